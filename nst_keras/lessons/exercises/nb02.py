"""Checks for the exercises of notebook 02."""

import numpy as np

from nst_keras.lessons.exercises import Exercise, Turn, checker, turns
from nst_keras.lessons.look import best_patch

PICTURE = np.arange(20 * 30 * 3, dtype=np.float32).reshape(20, 30, 3)
MAP = np.zeros((10, 15))
MAP[3, 6], MAP[4, 2] = 2.0, 1.0


def at(top, left):
    return PICTURE[top : top + 6, left : left + 6]


your_turn = turns(
    {
        "best_patch": Turn(
            best_patch,
            [(MAP, PICTURE, 6, 2, -2)],
            hints=[
                (lambda *_: at(3, 6), "i and j count places. Their first pixel is offset + i * stride."),
                (lambda *_: at(6, 12), "Right stride; the offset is missing."),
                (lambda *_: at(10, 4), "Down and right are exchanged: i counts rows, j columns."),
                (lambda *_: PICTURE[4:6, 10:12], "That is one stride wide; the patch is as wide as `size`."),
            ],
            praise="The search goes on with yours.",
        )
    }
)


def fault_of_pool(pool):
    """Try the pool on an array whose largest values are at all four places of a square."""
    if not callable(pool):
        return "Give the function itself: answer = my_function, without calling it."
    a = np.random.default_rng(0).permutation(4 * 6 * 2).reshape(4, 6, 2).astype(np.float32)
    squares, pooled = a.reshape(2, 2, 3, 2, 2), np.asarray(pool(a.copy()))
    if pooled.shape != (2, 3, 2):
        return f"Of (4, 6, 2) a pool should make (2, 3, 2), not {pooled.shape}."
    if np.array_equal(pooled, a[::2, ::2]):
        return "That keeps the upper left of each square, not the largest."
    if np.allclose(pooled, squares.mean(axis=(1, 3))):
        return "That is the average pool; take the largest."
    return (
        None if np.array_equal(pooled, squares.max(axis=(1, 3))) else "Right shape, but not the largest of each square."
    )


def fault_of_detector(kernel):
    """Lay the kernel on dark above bright, and on what it should not see."""
    kernel = np.asarray(kernel, float)
    if kernel.shape != (3, 3):
        return f"The kernel should be a table of 3 x 3 numbers, not {kernel.shape}."
    dark_above_bright = np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1]]) + np.array([[0], [0.5], [0]])
    if abs(kernel.sum()) > 1e-6:
        return "On an even surface it should answer 0: let its numbers add up to 0."
    if np.sum(kernel * dark_above_bright[::-1]) > 1e-6:
        return "It answers to bright above dark: turn it upside down."
    if np.sum(kernel * dark_above_bright) <= 1e-6:
        return "It does not answer to dark above bright."
    if abs(np.sum(kernel * dark_above_bright.T)) > 1e-6:
        return "It also answers to a left-right edge: let each row hold three equal numbers, or be symmetric."
    return None


check = checker(
    {
        1: Exercise(fault_of_pool, praise="And from its result nobody can go back."),
        2: Exercise(fault_of_detector, praise="You have made by hand what VGG19 had to learn."),
        3: Exercise(
            (31, 80),
            hints=[
                ((80, 31), "Block 1 first."),
                (
                    lambda answer: answer[0] == 31,
                    "White is right. For the other one look at the left and right half of its patches.",
                ),
                (
                    lambda answer: answer[1] == 80,
                    "Teal and red is right. For the other one look for patches in which nothing is to be seen.",
                ),
            ],
        ),
    }
)
