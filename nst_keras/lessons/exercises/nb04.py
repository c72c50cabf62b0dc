"""Exercises of notebook 04."""

import numpy as np
import tensorflow as tf

from nst_keras import gram_matrix
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, flat, turns
from nst_keras.lessons.grams import wrong_gram

a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)  # two rows, two columns, three channels


def J_style(of_S, of_G):
    return tf.reduce_sum((of_S - of_G) ** 2) / tf.reduce_sum(of_S**2)


GRAMS = [
    (flat(activations(n)).T @ flat(activations(n)), flat(activations(n + 1)).T @ flat(activations(n + 1)))
    for n in (1, 3)
]
your_turn = turns(
    {
        "gram": Turn(
            gram_matrix,
            [(activations(1),), (activations(2, 5, 4),)],
            hints=[
                (
                    lambda a: a.reshape(a.shape[-1], -1) @ a.reshape(a.shape[-1], -1).T,
                    "This reshape mixes channels. Channels are last, so the rows must be positions.",
                ),
                (lambda a: flat(a) @ flat(a).T, "That is positions times positions; the transpose stands first."),
                (lambda a: flat(a).T @ flat(a) / len(flat(a)), "That is Gram/N; the raw sum is asked for."),
                (lambda a: np.cov(flat(a).T, bias=True), "That is the covariance; no mean is subtracted."),
                (lambda a: np.sum(flat(a) ** 2, axis=0), "That is the diagonal alone; each pair of channels counts."),
            ],
        ),
        "J_style": Turn(
            J_style,
            GRAMS,
            hints=[
                (
                    lambda S, G: np.sum((S - G) ** 2),
                    "Divide by what S itself has, Σ of_S², so that all layers count alike.",
                ),
                (
                    lambda S, G: np.mean((S - G) ** 2),
                    "Divide by what S itself has, Σ of_S², so that all layers count alike.",
                ),
                (lambda S, G: np.sum((S - G) ** 2) / np.sum(G**2), "Divide by what S has, not G: S does not change."),
                (lambda S, G: np.sum(np.abs(S - G)) / np.sum(S), "Square the differences, and what you divide by."),
            ],
        ),
    }
)


def half_blue(answer):
    """None when two rows of eight zeros and ones have the Gram matrix [[4, 2], [2, 4]], otherwise a message."""
    rows = np.array(answer)
    if rows.shape != (2, 8):
        return f"Two rows of eight numbers, please; this has the shape {rows.shape}."
    if not np.isin(rows, (0, 1)).all():
        return "Zeros and ones only: a thing is there or not."
    table = rows @ rows.T
    return None if table.tolist() == [[4, 2], [2, 4]] else f"Its Gram matrix is {table.tolist()}."


def catches(test):
    """None when `test` tells right Gram functions from wrong ones, otherwise a message."""
    if not callable(test):
        return "The answer is the function itself, without parentheses: answer = is_right."
    if not bool(test(gram_matrix)):
        return "It rejects the right one."
    if bool(test(wrong_gram)):
        return "It lets the wrong reshape pass."
    return None


check = checker(
    {
        1: Exercise(half_blue, praise="Two of the four stripes are blue."),
        2: Exercise(catches, praise="Keep it: it takes a minute to write and saves a week."),
        3: Exercise(
            (2, 3, 1),
            hints=[((3, 1, 2), "The other way round: for table A, B, C the number of its patch.")],
            praise="The one number beside the diagonal tells sea from foam.",
        ),
    }
)
