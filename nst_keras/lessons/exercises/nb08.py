"""Exercises of notebook 08."""

import numpy as np
import tensorflow as tf

from nst_keras.costs import wasserstein_cost
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, flat, turns
from nst_keras.style import Moments, main_directions, mean_and_covariance, moments


def J_style(of_S, B, of_G):
    S, G = (Moments(1.0, mean, cov + mean[:, None] * mean) for mean, cov in (of_S, of_G))
    return wasserstein_cost(S, G, B)


def clouds(seed):
    """Arguments of J_style: (mean, covariance) of a layer, its main directions, (mean, covariance) of another one."""
    of_S, of_G = (moments(activations(number, 5, 6)) for number in (seed, seed + 1))
    return mean_and_covariance(of_S), main_directions(of_S), mean_and_covariance(of_G)


def parts(of_S, B, of_G):
    """What the formula is made of: ‖Δμ‖², tr(Σ_S + Σ_G), twice the trace of the root, ‖μ_S‖² and tr Σ_S."""
    (mean_S, cov_S), (mean_G, cov_G) = ([np.asarray(x) for x in of] for of in (of_S, of_G))
    twice = 2 * np.sqrt(np.linalg.eigvalsh(B.numpy().T @ cov_G @ B.numpy()).clip(0)).sum()
    far, length, spread = np.sum((mean_S - mean_G) ** 2), np.sum(mean_S**2), np.trace(cov_S)
    return far, spread + np.trace(cov_G), twice, length, spread


def W(*arguments):
    far, spreads, twice, *_ = parts(*arguments)
    return far + spreads - twice


your_turn = turns(
    {
        "J_style": Turn(
            J_style,
            [clouds(1), clouds(3)],
            hints=[
                (W, "That is W. Divide it by S's own size, ‖μ_S‖² + tr Σ_S."),
                (lambda *x: W(*x) / parts(*x)[4], "Divide by ‖μ_S‖² + tr Σ_S: the mean belongs to S, too."),
                (lambda *x: W(*x) / parts(*x)[3], "Divide by ‖μ_S‖² + tr Σ_S: the spread belongs to S, too."),
                (
                    lambda *x: (W(*x) - parts(*x)[0]) / sum(parts(*x)[3:]),
                    "The means are missing: add ‖μ_S − μ_G‖².",
                ),
                (
                    lambda *x: (W(*x) + parts(*x)[2] / 2) / sum(parts(*x)[3:]),
                    "Take the overlap away twice: (σ_S − σ_G)² = σ_S² + σ_G² − 2·σ_S·σ_G.",
                ),
                (
                    lambda *x: (W(*x) + parts(*x)[2]) / sum(parts(*x)[3:]),
                    "The overlap is missing: take 2 · overlap away, or equal clouds would not cost 0.",
                ),
                (
                    lambda *x: (W(*x) - parts(*x)[0] + parts(*x)[0] ** 0.5) / sum(parts(*x)[3:]),
                    "No root of the means' distance: W adds squared lengths.",
                ),
            ],
            praise="This is the cost that `stylize` uses.",
        )
    }
)

even = np.full(10, np.sqrt(0.5))  # ten places of one channel, Gram = 5


def distance(x, y):
    """W of two channels: the squares of the differences of their means and of their deviations."""
    return (np.mean(x) - np.mean(y)) ** 2 + (np.std(x) - np.std(y)) ** 2


def far_from_even(answer):
    """None when ten activations share the Gram matrix of `even` and are more than 0.5 from it, otherwise a message."""
    x = np.asarray(answer, float)
    if x.shape != (10,):
        return "Write ten numbers in a list."
    if x.min() < 0:
        return "After a ReLU no activation is below 0."
    if abs(np.sum(x**2) - 5) > 0.01:
        return f"Its Gram matrix is {np.sum(x**2):.2f}; the squares must add up to 5."
    W = distance(x, even)
    return None if W > 0.5 else f"W is {W:.3f}. The more uneven, the farther: gather the 5 in fewer places."


def recolors(answer):
    """None when a function gives each color channel of C the mean and deviation that it has in S."""
    if not callable(answer):
        return "Write a function, `def recolor(C, S): ...`, and answer = recolor."
    rng = np.random.default_rng(0)
    C, S = (rng.normal(m, s, (1, 9, 8, 3)) for m, s in (((90, 120, 150), (9, 20, 14)), ((140, 100, 80), (25, 8, 30))))
    (mean, std), (mean_S, std_S), (_, std_C) = (
        (flat(np.asarray(x)).mean(0), flat(np.asarray(x)).std(0))
        for x in (answer(tf.constant(C), tf.constant(S)), S, C)
    )
    if mean.shape != (3,) or np.asarray(answer(tf.constant(C), tf.constant(S))).shape != C.shape:
        return "The result must have the shape of C."
    if np.allclose(mean, mean_S, atol=0.1) and np.allclose(std, std_S, atol=0.1):
        return None
    if np.allclose(mean, mean_S, atol=0.1) and np.allclose(std, std_C, atol=0.1):
        return "The means are those of S. Stretch around the mean, too: by σ_S / σ_C."
    if np.allclose(std, std_S, atol=0.1):
        return "The deviations are those of S, the means are not: take μ_C away before you stretch, add μ_S after it."
    if np.ptp(mean - mean_S) > 0.1 and np.allclose(mean.mean(), mean_S.mean(), atol=0.1):
        return "Each color channel has a mean of its own: average over rows and columns alone, axis=(1, 2)."
    return "Mean and deviation of each channel must be those of S."


check = checker(
    {
        1: Exercise(
            ("C", "A", "B"),
            hints=[
                (("B", "A", "C"), "From near to far, not from far to near."),
                (("A", "C", "B"), "Moving by 2 costs 4. Stretching C costs (2 - 1)² twice."),
                (("C", "B", "A"), "Moving by 2 costs 4. Stretching B costs (3 - 1)² twice."),
            ],
            praise="W is 2, 4 and 8.",
        ),
        2: Exercise(far_from_even, praise="The farthest of all is a single √5: W = 0.684."),
        3: Exercise(recolors, praise="Now paint it: what is left for the style cost to do?"),
    }
)
