"""Gradient descent, Adam and L-BFGS on costs whose minimum is known."""

import math

import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

from nst_keras import CostNotFiniteError, History, adam, gradient_descent, lbfgs

TARGET = tf.constant(np.random.default_rng(0).uniform(20, 230, (1, 4, 5, 3)), tf.float32)


class Bowl:
    """J(G) = curvature/2 · Σ (G - target)²."""

    def __init__(self, curvature=1.0, target=TARGET):
        self.curvature, self.target = curvature, target

    def terms(self, G):
        return {"J": float(tf.reduce_sum(self.curvature / 2 * (G - self.target) ** 2))}

    def value_and_gradient(self, G):
        return self.terms(G), self.curvature * (G - self.target)


OPTIMIZERS = {
    "gradient_descent": lambda J, G, steps, callback=None: gradient_descent(J, G, steps, 0.3, callback),
    "momentum": lambda J, G, steps, callback=None: gradient_descent(J, G, steps, 0.1, callback, momentum=0.5),
    "adam": lambda J, G, steps, callback=None: adam(J, G, steps, 10.0, callback),
    "lbfgs": lbfgs,
}
START = tf.fill(TARGET.shape, 128.0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_walks_downhill(name):
    seen = []
    G, history = OPTIMIZERS[name](Bowl(), START, 40, lambda *args: seen.append(args))
    assert history["J"][-1] < 0.05 * history["J"][0]
    assert history.steps == list(range(len(history))) == [step for step, _, _ in seen]
    assert len(history) <= 41
    assert history["J"] == [costs["J"] for _, _, costs in seen]
    assert sorted(history.seconds) == history.seconds
    np.testing.assert_array_equal(G, seen[-1][1])  # the last record is the image that is returned
    assert history["J"][-1] == Bowl().terms(G)["J"]
    assert not history.interrupted
    assert G.shape == START.shape
    assert G.dtype == tf.float32


def test_gradient_descent_is_the_rule_of_the_notes():
    G, _ = gradient_descent(Bowl(2.0), START, 1, learning_rate=0.1)
    np.testing.assert_allclose(G, START - 0.1 * 2.0 * (START - TARGET), rtol=1e-6)
    # J = x²/2 at η = 1.9: x is multiplied by 1 - 1.9 at each step, so 0.81 after two
    G, _ = gradient_descent(Bowl(1.0, tf.zeros((1, 1, 1, 1))), tf.ones((1, 1, 1, 1)), 2, 1.9, clip=False)
    assert float(G[0, 0, 0, 0]) == pytest.approx(0.81)


def test_momentum_remembers():
    one = tf.ones((1, 1, 1, 1))
    G, _ = gradient_descent(Bowl(1.0, 0 * one), one, 2, 0.1, momentum=0.5, clip=False)
    # V1 = -0.1, G1 = 0.9;  V2 = 0.5·(-0.1) - 0.1·0.9 = -0.14, G2 = 0.76
    assert float(G[0, 0, 0, 0]) == pytest.approx(0.76)


def test_the_first_step_of_adam_is_the_learning_rate():
    G, _ = adam(Bowl(), START, 1, 3.0)
    np.testing.assert_allclose(np.abs(G - START), 3.0, rtol=1e-4)
    np.testing.assert_array_equal(np.sign(G - START), np.sign(TARGET - START))


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_the_scale_of_J_does_not_matter(name):
    small, _ = OPTIMIZERS[name](Bowl(1e-4), START, 8)
    large, _ = OPTIMIZERS[name](Bowl(1e4), START, 8)
    np.testing.assert_allclose(small, large, atol=0.05)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_pixels_stay_in_range(name):
    outside = Bowl(target=tf.where(TARGET > 128, 500.0, -300.0))
    G, _ = OPTIMIZERS[name](outside, START, 30)
    assert float(tf.reduce_min(G)) >= 0
    assert float(tf.reduce_max(G)) <= 255
    np.testing.assert_allclose(G, tf.where(TARGET > 128, 255.0, 0.0), atol=25 if name == "adam" else 1e-3)


def test_lbfgs_stops_at_the_minimum_and_counts_evaluations():
    _, history = lbfgs(Bowl(), START, 200)
    assert len(history) < 200
    _, history = lbfgs(Bowl(), START, 2)
    assert len(history) == 3


def test_lbfgs_agrees_with_scipy():
    """A bounded quadratic with curvatures from 1 to 1000: as near to its minimum as scipy's L-BFGS-B."""
    random = np.random.default_rng(3)
    curvature = tf.constant(10 ** random.uniform(0, 3, START.shape), tf.float32)
    J = Bowl(curvature, tf.constant(random.uniform(-100, 355, START.shape), tf.float32))
    G, history = lbfgs(J, START, 60)

    def evaluate(x):
        costs, gradient = J.value_and_gradient(tf.constant(x.reshape(START.shape), tf.float32))
        return costs["J"], np.asarray(gradient, np.float64).ravel()

    bounds = scipy.optimize.Bounds(0, 255)
    expected = scipy.optimize.minimize(
        evaluate, np.full(START.shape, 128.0).ravel(), jac=True, bounds=bounds, options={"maxfun": 60}
    )
    lowest = J.terms(tf.clip_by_value(J.target, 0, 255))["J"]
    gap = history["J"][0] - lowest
    assert expected.fun - lowest < 1e-5 * gap
    assert J.terms(G)["J"] - lowest < 1e-5 * gap


def test_a_cost_that_is_not_finite_stops_the_run():
    with pytest.raises(CostNotFiniteError, match=r"not finite at step \d+.*lower learning rate") as error:
        gradient_descent(Bowl(), START, 500, 10.0, clip=False)
    assert math.isfinite(error.value.history["J"][-1])
    assert Bowl().terms(error.value.image)["J"] == min(error.value.history["J"])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_interrupt_keeps_the_best_image(name):
    def interrupt(step, G, costs):
        if step == 4:
            raise KeyboardInterrupt

    G, history = OPTIMIZERS[name](Bowl(), START, 40, interrupt)
    assert history.interrupted
    assert len(history) == 5
    assert Bowl().terms(G)["J"] == min(history["J"])


def test_history_extends():
    one, two = History(), History()
    one.steps, one.costs, one.seconds = [0, 1], [{"J": 4.0}, {"J": 3.0}], [0.1, 0.2]
    two.steps, two.costs, two.seconds = [0, 1], [{"J": 2.0}, {"J": 1.0}], [0.1, 0.3]
    one.extend(two)
    assert one.steps == [0, 1, 2, 3]
    assert one["J"] == [4, 3, 2, 1]
    assert one.seconds == pytest.approx([0.1, 0.2, 0.3, 0.5])
