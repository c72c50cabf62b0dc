"""The walks in the valley of notebook 06."""

import numpy as np
import pytest

from nst_keras import adam, gradient_descent
from nst_keras.lessons.walks import Valley, best_rates, settled, walks_side_by_side


def test_settled_for_good():
    away = np.array([[100, 100, 100], [4, 50, 4.9], [6, 4, 4], [4, 4, np.inf]])
    np.testing.assert_array_equal(settled(away), [3, 2, np.inf])


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [
        (gradient_descent(0.05, 0.6, clip=False), (0.05, 0.6, False)),
        (gradient_descent(0.09, clip=False), (0.09, 0, False)),
        (adam(10, clip=False), (10, 0, True)),
    ],
)
def test_walks_side_by_side_are_those_of_the_package(optimizer, rate):
    valley = Valley(20)
    _, away = valley.walk(optimizer, 10)
    eta, m, by_adam = rate
    together = walks_side_by_side(valley, np.array([eta, 2 * eta]), np.array([m, m]), by_adam, 10)
    np.testing.assert_allclose(together[:, 0], away, rtol=1e-3)


def test_momentum_needs_the_root():
    """Four times as narrow: four times as many steps, or twice as many."""
    (plain, momentum), (plain_4, momentum_4) = (
        [best_rates(k)[name][0] for name in ("gradient descent", "momentum")] for k in (20, 80)
    )
    assert plain_4 / plain == pytest.approx(4, rel=0.1)
    assert momentum_4 / momentum == pytest.approx(2, rel=0.15)
    assert best_rates(20)["gradient descent"][1] == pytest.approx(2 / 21, rel=0.06)
