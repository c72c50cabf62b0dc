"""Exercises of notebook 06."""

import numpy as np

from nst_keras.lessons.exercises import Exercise, Turn, checker, turns
from nst_keras.lessons.walks import Valley, settled, walks_side_by_side


def quasi_newton(d, pairs, scale):
    if not pairs:
        return scale * d
    *older, (s, y) = pairs
    share = np.vdot(s, d) / np.vdot(s, y)
    d = quasi_newton(d - share * y, older, scale)
    return d + (share - np.vdot(y, d) / np.vdot(s, y)) * s


def pairs_of(count, shape=(1, 2, 3, 3)):
    """Pairs (s, y) as a walk in a bowl gives them, and one more array."""
    random = np.random.default_rng(count)
    bends = random.uniform(1, 5, shape)
    steps = random.normal(size=(count, *shape))
    return random.normal(size=shape), [(s, bends * s + 0.1 * s.mean()) for s in steps]


def oldest_first(d, pairs, scale):
    return quasi_newton(d, pairs[::-1], scale)


def without_the_way_back(d, pairs, scale):
    if not pairs:
        return scale * d
    *older, (s, y) = pairs
    share = np.vdot(s, d) / np.vdot(s, y)
    return without_the_way_back(d - share * y, older, scale) + share * s


def with_other_share(d, pairs, scale):
    if not pairs:
        return scale * d
    *older, (s, y) = pairs
    share = np.vdot(y, d) / np.vdot(y, y)
    d = with_other_share(d - share * y, older, scale)
    return d + (share - np.vdot(y, d) / np.vdot(s, y)) * s


def without_the_rest(d, pairs, scale):
    if not pairs:
        return scale * d
    *older, (s, y) = pairs
    share = np.vdot(s, d) / np.vdot(s, y)
    d = without_the_rest(d, older, scale)
    return d + (share - np.vdot(y, d) / np.vdot(s, y)) * s


your_turn = turns(
    {
        "quasi_newton": Turn(
            quasi_newton,
            [(*pairs_of(count), 0.3) for count in (0, 1, 3)],
            hints=[
                (oldest_first, "The newest pair is the last of the list: *older, (s, y) = pairs."),
                (without_the_way_back, "On the way back, take y·d / s·y from the share: the rest may lean on s, too."),
                (with_other_share, "The share is s·d / s·y, not y·d / y·y."),
                (without_the_rest, "The older pairs are asked about the rest alone, d - share * y."),
                (lambda d, pairs, scale: scale * d, "That forgets all pairs: plain gradient descent."),
            ],
            praise="Five lines that stand for a matrix with billions of numbers.",
        ),
    }
)

QUICK, NARROW = 20, 100  # steps, κ


def gets_there(answer):
    """None when η and m lead through the narrow valley quickly enough, otherwise a message."""
    eta, m = (float(each) for each in answer)
    if not 0 <= m < 1:
        return "m is a share of the last step: at least 0, below 1."
    with np.errstate(all="ignore"):
        away = walks_side_by_side(Valley(NARROW), eta, m, False, 300)
    steps = settled(away)
    if steps <= QUICK:
        return None
    if not away[-1] < away[0]:
        return "It climbs out of the valley. Halve η."
    return f"There after {steps:.0f} steps." if np.isfinite(steps) else "Not there after 300 steps."


def is_rate(function):
    """None when it gives η for a gradient and a first step in gray levels, otherwise a message."""
    if not callable(function):
        return "The answer is the function itself, without parentheses: answer = rate."
    g = np.random.default_rng(0).normal(size=(1, 4, 5, 3)).astype(np.float32)
    eta = float(function(g, 5.0))
    if np.isclose(eta, 5.0 / np.abs(g).max()):
        return "That moves the pixel with the largest slope so far; the average is asked for."
    if np.isclose(eta, 5.0 / g.mean()):
        return "Slopes of both signs cancel: take the mean of |g|."
    moved = float(np.abs(eta * g).mean())
    return None if np.isclose(moved, 5.0, rtol=1e-3) else f"The average pixel moves by {moved:.3g}, not by 5."


check = checker(
    {
        1: Exercise(
            ("Adam", "gradient descent", "momentum"),
            hints=[
                (lambda a: a[0] != "Adam", "Adam's steps are nearly equal in length at first. Look again."),
                (lambda a: a[1] == "momentum", "Who turns in wide bends carries a part of the last step along."),
            ],
            praise="Equal steps, a zigzag, and a swing.",
        ),
        2: Exercise(gets_there, praise="Without momentum nobody does it in less than 160."),
        3: Exercise(is_rate, praise="Whatever the unit of J is."),
    }
)
