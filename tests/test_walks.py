"""The walks in the valley of notebook 06."""

import numpy as np
import pytest

from nst_keras import adam, gradient_descent
from nst_keras.lessons.walks import Valley, best_rates, costs_of_walks, settled


def test_settled_for_good():
    J = np.array([[100, 100, 100], [0.5, 50, 0.9], [2, 0.5, 0.5], [0.5, 0.5, np.inf]])
    np.testing.assert_array_equal(settled(J), [3, 2, np.inf])


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
    _, J = valley.walk(optimizer, 10)
    eta, m, by_adam = rate
    together = costs_of_walks(valley, np.array([eta, 2 * eta]), np.array([m, m]), by_adam, 10)
    np.testing.assert_allclose(together[:, 0], J, rtol=1e-3)


def test_both_directions_have_the_same_part_in_J():
    valley = Valley(50, 0)
    far, across = (valley.start - [180, 100]) ** 2 * [1, 50]
    assert far == pytest.approx(across)


def test_momentum_needs_the_root():
    """Four times as narrow: four times as many steps, or twice as many."""
    (plain, momentum), (plain_4, momentum_4) = (
        [best_rates(k)[name][0] for name in ("gradient descent", "momentum")] for k in (20, 80)
    )
    assert plain_4 / plain == pytest.approx(4, rel=0.1)
    assert momentum_4 / momentum == pytest.approx(2, rel=0.15)
    assert best_rates(20)["gradient descent"][1] == pytest.approx(2 / 21, rel=0.06)
