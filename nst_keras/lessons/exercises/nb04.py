"""Notebook 04: the Gram matrix that the reader writes, and the exercises."""

import numpy as np
import tensorflow as tf

from nst_keras import gram_matrix
from nst_keras.lessons.exercises import Exercise, Turn, checker, turns
from nst_keras.lessons.grams import wrong_gram

a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)  # two rows, two columns, three channels
larger = np.float32(np.arange(2 * 4 * 3) % 7).reshape(1, 2, 4, 3)


def by_place(x):
    return tf.reshape(x, (-1, x.shape[-1]))


your_turn = turns(
    {
        "gram": Turn(
            gram_matrix,
            [(a,), (larger,)],
            hints=[
                (wrong_gram, "The rows of that reshape are not channels. Channels come last: give each place a row."),
                (
                    lambda x: by_place(x) @ tf.transpose(by_place(x)),
                    "That is place by place: the transpose comes first.",
                ),
                (lambda x: gram_matrix(x) / by_place(x).shape[0], "That is the mean; add up, do not divide."),
                (lambda x: tf.reduce_sum(by_place(x) ** 2, axis=0), "That is the diagonal; all pairs are wanted."),
                (lambda x: by_place(x) * by_place(x), "A star multiplies entry by entry; the matrix product is @."),
                (lambda x: np.cov(by_place(x).numpy().T, bias=True), "Nothing is subtracted in a Gram matrix."),
                (by_place, "That is the long table; now its transpose times itself."),
            ],
            praise="The corner is 6.",
        )
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
