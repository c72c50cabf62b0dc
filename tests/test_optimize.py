"""Gradient descent, Adam and L-BFGS on costs whose minimum is known."""

import math
import os
import subprocess
import sys
import time

import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

from nst_keras import CostNotFiniteError, History, Objective, adam, gradient_descent, lbfgs, load_image, minimize

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
    "gradient_descent": gradient_descent(0.3),
    "momentum": gradient_descent(0.1, momentum=0.5),
    "adam": adam(10.0),
    "lbfgs": lbfgs(),
}
START = tf.fill(TARGET.shape, 128.0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_walks_downhill(name):
    seen = []
    G, history = minimize(Bowl(), START, OPTIMIZERS[name], 40, callback=lambda *args: seen.append(args))
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
    G, _ = minimize(Bowl(2.0), START, gradient_descent(0.1), 1)
    np.testing.assert_allclose(G, START - 0.1 * 2.0 * (START - TARGET), rtol=1e-6)
    # J = x²/2 at η = 1.9: x is multiplied by 1 - 1.9 at each step, so 0.81 after two
    G, _ = minimize(Bowl(1.0, tf.zeros((1, 1, 1, 1))), tf.ones((1, 1, 1, 1)), gradient_descent(1.9, clip=False), 2)
    assert float(G[0, 0, 0, 0]) == pytest.approx(0.81)


def test_momentum_remembers():
    one = tf.ones((1, 1, 1, 1))
    G, _ = minimize(Bowl(1.0, 0 * one), one, gradient_descent(0.1, momentum=0.5, clip=False), 2)
    # V1 = -0.1, G1 = 0.9;  V2 = 0.5·(-0.1) - 0.1·0.9 = -0.14, G2 = 0.76
    assert float(G[0, 0, 0, 0]) == pytest.approx(0.76)


def test_the_first_step_of_adam_is_the_learning_rate():
    G, _ = minimize(Bowl(), START, adam(3.0), 1)
    np.testing.assert_allclose(np.abs(G - START), 3.0, rtol=1e-4)
    np.testing.assert_array_equal(np.sign(G - START), np.sign(TARGET - START))


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_the_scale_of_J_does_not_matter(name):
    small, _ = minimize(Bowl(1e-4), START, OPTIMIZERS[name], 8)
    large, _ = minimize(Bowl(1e4), START, OPTIMIZERS[name], 8)
    np.testing.assert_allclose(small, large, atol=0.05)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_pixels_stay_in_range(name):
    outside = Bowl(target=tf.where(TARGET > 128, 500.0, -300.0))
    G, _ = minimize(outside, START, OPTIMIZERS[name], 30)
    assert float(tf.reduce_min(G)) >= 0
    assert float(tf.reduce_max(G)) <= 255
    np.testing.assert_allclose(G, tf.where(TARGET > 128, 255.0, 0.0), atol=25 if name == "adam" else 1e-3)


def test_lbfgs_stops_at_the_minimum_and_counts_evaluations():
    _, history = minimize(Bowl(), START, lbfgs(), 200)
    assert len(history) < 200
    _, history = minimize(Bowl(), START, lbfgs(), 2)
    assert len(history) == 3


def test_lbfgs_agrees_with_scipy():
    """A bounded quadratic with curvatures from 1 to 1000: as near to its minimum as scipy's L-BFGS-B."""
    random = np.random.default_rng(3)
    curvature = tf.constant(10 ** random.uniform(0, 3, START.shape), tf.float32)
    J = Bowl(curvature, tf.constant(random.uniform(-100, 355, START.shape), tf.float32))
    G, history = minimize(J, START, lbfgs(), 60)

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


def test_lbfgs_agrees_with_scipy_on_a_real_cost():
    """With VGG and equally many evaluations, J ends at most 5 percent higher than with scipy's L-BFGS-B."""
    C, S = load_image("palace", 64), load_image("great_wave", 64)
    J, evaluations, seen = Objective(C, S, precision="float32"), 40, []
    _, history = minimize(J, C, lbfgs(), evaluations)

    def evaluate(x):
        costs, gradient = J.value_and_gradient(tf.constant(x.reshape(C.shape), tf.float32))
        seen.append(costs["J"])
        return costs["J"], np.asarray(gradient, np.float64).ravel()

    bounds, options = scipy.optimize.Bounds(0, 255), {"maxfun": evaluations, "ftol": 0, "gtol": 0}
    scipy.optimize.minimize(evaluate, np.float64(C).ravel(), jac=True, bounds=bounds, options=options)
    assert len(seen) >= evaluations == history.evaluations
    assert history.final["J"] < 1.05 * min(seen[:evaluations])
    assert history.final["J"] < 0.3 * history["J"][0]


def test_a_cost_that_is_not_finite_stops_the_run():
    with pytest.raises(CostNotFiniteError, match=r"not finite at step \d+.*lower learning rate") as error:
        minimize(Bowl(), START, gradient_descent(10.0, clip=False), 500)
    assert math.isfinite(error.value.history["J"][-1])
    assert Bowl().terms(error.value.image)["J"] == min(error.value.history["J"])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_interrupt_keeps_the_best_image(name):
    def interrupt(step, G, costs):
        if step == 4:
            raise KeyboardInterrupt

    G, history = minimize(Bowl(), START, OPTIMIZERS[name], 40, callback=interrupt)
    assert history.interrupted
    assert len(history) == 5
    assert Bowl().terms(G)["J"] == min(history["J"])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_final_terms_are_those_of_the_returned_image(name):
    """Also when a run is interrupted after it has got worse again."""
    wild = {"adam": adam(120.0), "gradient_descent": gradient_descent(1.95)}.get(name, OPTIMIZERS[name])

    def interrupt(step, G, costs):
        if step == 6:
            raise KeyboardInterrupt

    G, history = minimize(Bowl(), START, wild, 40, callback=interrupt)
    assert history.final["J"] == Bowl().terms(G)["J"] == min(history["J"])
    G, history = minimize(Bowl(), START, wild, 40)
    assert history.final == history.costs[-1] == Bowl().terms(G)


def test_an_interrupt_before_the_first_look_is_passed_on():
    class Slow(Bowl):
        def value_and_gradient(self, G):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimize(Slow(), START, lbfgs(), 5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_evaluations_are_counted(name):
    class Counting(Bowl):
        gradients = 0

        def value_and_gradient(self, G):
            self.gradients += 1
            return super().value_and_gradient(G)

    J = Counting()
    _, history = minimize(J, START, OPTIMIZERS[name], 9)
    assert history.evaluations == J.gradients <= 9
    assert len(history) == J.gradients + 1
    _, history = minimize(J, START, OPTIMIZERS[name], 3, history=history)
    assert history.evaluations == J.gradients


class Scaled:
    """Another cost, times a constant."""

    def __init__(self, J, scale):
        self.J, self.scale = J, scale

    def terms(self, G):
        return {"J": self.scale * self.J.terms(G)["J"]}

    def value_and_gradient(self, G):
        return self.terms(G), self.scale * self.J.value_and_gradient(G)[1]


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
@pytest.mark.parametrize(
    ("scale", "exact"), [(1e-26, False), (1e-20, False), (1e-16, False), (2.0**-86, True), (2.0**-53, True)]
)
def test_a_tiny_J_walks_the_same_way(name, scale, exact):
    random = np.random.default_rng(3)
    J = Bowl(tf.constant(10 ** random.uniform(0, 2, START.shape), tf.float32))
    expected, _ = minimize(J, START, OPTIMIZERS[name], 12)
    G, history = minimize(Scaled(J, scale), START, OPTIMIZERS[name], 12)
    assert history["J"][-1] < 0.7 * history["J"][0]
    if exact:  # a power of 2 changes no digit
        np.testing.assert_array_equal(G, expected)
    else:
        np.testing.assert_allclose(G, expected, atol=0.05)


def test_lbfgs_on_a_plane():
    """A gradient that never changes teaches nothing about curvature, and must not be divided by."""

    class Plane(Bowl):
        def terms(self, G):
            return {"J": float(tf.reduce_sum(G))}

        def value_and_gradient(self, G):
            return self.terms(G), tf.ones_like(G)

    G, history = minimize(Plane(), START, lbfgs(), 200)
    assert np.isfinite(history["J"]).all()
    np.testing.assert_array_equal(G, tf.zeros_like(START))


def test_history_says_what_it_is():
    assert repr(History()) == "History of a run that has not begun"
    history = History([{"J": 8.0}, {"J": 4.0}, {"J": 2.0}], [0.0, 1.0, 2.5])
    assert repr(history) == "History of 3 images: J 8 -> 2 in 2.5 s"
    assert (history["J"], history.steps, len(history), history.final) == ([8, 4, 2], [0, 1, 2], 3, {"J": 2.0})
    history.interrupted = True
    assert "(interrupted)" in repr(history)


def test_a_history_is_written_on():
    """One history over several calls, as over the scales of a run: numbers and seconds go on."""
    seen = []
    _, history = minimize(Bowl(), START, adam(5.0), 2, callback=lambda step, G, costs: seen.append(step))
    _, same = minimize(Bowl(), START, adam(5.0), 2, callback=lambda step, G, costs: seen.append(step), history=history)
    assert same is history
    assert seen == history.steps == [0, 1, 2, 3, 4, 5]
    assert history["J"][3:] == history["J"][:3]
    assert history.seconds == sorted(history.seconds)
    assert history.evaluations == 4


@pytest.mark.parametrize("optimizer", [lbfgs(), adam(1.0), gradient_descent(1.0)])
def test_no_steps_are_refused(optimizer):
    with pytest.raises(ValueError, match="steps is 0; expected 1 or more"):
        minimize(None, tf.zeros((1, 2, 2, 3)), optimizer, steps=0)


def test_the_clock_of_a_history():
    history = History(costs=[{"J": 2.0}], seconds=[5.0])
    time.sleep(0.3)
    with history.running():
        with history.running():
            history.append({"J": 1.0})
        history.append({"J": 0.5})
    history.append({"J": 0.4})
    assert history.seconds[1:] == pytest.approx([5, 5, 5], abs=0.2)
    assert history.seconds == sorted(history.seconds)


def test_lbfgs_without_bounds():
    """As its siblings: clip=False."""

    class Parabola:
        def value_and_gradient(self, G):
            return {"J": float(tf.reduce_sum((G - 300) ** 2))}, 2 * (G - 300)

    G, _ = minimize(Parabola(), tf.zeros((1, 2, 2, 3)), lbfgs(clip=False), 20)
    np.testing.assert_allclose(G, 300, atol=1e-3)


FORKS = """
import os, signal, sys
import nst_keras
from nst_keras import prepare
from nst_keras.optimize import FORKED, HANGS

def in_child(action):
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.alarm(100)
    try:
        action()
        os._exit(0)
    except ChildProcessError as error:
        os._exit(3 if "get_context('spawn')" in str(error) else 4)

def check_fork():
    if FORKED:
        raise ChildProcessError(HANGS)

def whole():
    prepare("coffee", "great_wave", max_side=48, content_layer="block1_conv2", layer_weights={"block1_conv1": 1})

print(in_child(check_fork))
nst_keras.preprocess(nst_keras.load_image("coffee", 32))
print(in_child(check_fork), in_child(whole))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_fork_in_which_tensorflow_would_hang_is_refused():
    result = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True)
    assert result.stdout.split() == ["0", "3", "3"], result.stderr
