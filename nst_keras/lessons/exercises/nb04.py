"""Exercises of notebook 04."""

import numpy as np
import tensorflow as tf

from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, turns
from nst_keras.style import gram_matrix


def gram_fault(gram):
    """None when `gram` is a right Gram function for (nH, nW, nC), otherwise a message."""
    if not callable(gram):
        return "The answer is the function itself, without parentheses: answer = gram."
    a = np.arange(24.0).reshape(2, 4, 3) % 7
    seen, expected = np.asarray(gram(a)), np.einsum("ijk,ijm->km", a, a)
    rows, positions = a.reshape(3, -1), a.reshape(-1, 3)
    if seen.shape == expected.shape and np.allclose(seen, expected):
        return None
    if np.array_equal(seen, rows @ rows.T):
        return "Still the wrong reshape: its rows mix channels. Channels are last, so the rows must be positions."
    if seen.shape == (8, 8) and np.allclose(seen, positions @ positions.T):
        return "That is (positions, positions). The transpose stands first: channels times channels."
    if seen.shape == expected.shape and np.allclose(seen, expected / 8):
        return "That is Gram/N; the raw sum is asked for."
    if seen.shape == expected.shape and np.allclose(seen, np.cov(positions.T, bias=True)):
        return "That is the covariance; no mean is subtracted in a Gram matrix."
    return f"For a test array of shape (2, 4, 3) it gives an array of shape {seen.shape} with other values."


def J_style(of_S, of_G):
    return tf.reduce_sum((of_S - of_G) ** 2) / tf.reduce_sum(of_S**2)


def flat(a):
    return a.reshape(-1, a.shape[-1])


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
D, n = 85930, 48  # ‖ΔGram‖²_F and N·nC of exercise 3

check = checker(
    {
        1: Exercise(
            [[10, 2], [2, 4]],
            hints=[
                ([[5, 3], [3, 9]], "That is positions times positions; sum over positions, for each pair of channels."),
                ([[5, 1], [1, 2]], "That is Gram/N; the raw sum is asked for."),
                ([[1, -1], [-1, 1]], "That is the covariance; nothing is subtracted here."),
                (lambda g: g[0][1] != g[1][0], "A Gram matrix is symmetric."),
            ],
        ),
        2: Exercise(gram_fault, praise="One line, and one of the most copied bugs."),
        3: Exercise(
            (D / (2 * n), D / (2 * n) ** 2, D / 9),
            hints=[
                (lambda x: np.isclose(x[0], D / (2 * 16)), "The channels count as well: N·nC = 48."),
                (lambda x: np.isclose(x[0], D / n), "The 2 is missing: 1/(2·N·nC)."),
                (lambda x: np.isclose(x[1], D / n**2), "The 2 is squared as well: 1/(2·N·nC)²."),
                (lambda x: np.isclose(x[1], D / (2 * n**2)), "The 2 is squared as well: 1/(2·N·nC)²."),
                (lambda x: np.isclose(x[2], D / n), "The mean is over the entries of the Gram matrix: nC·nC of them."),
                (lambda x: np.isclose(x[2], D / 3), "A Gram matrix of 3 channels has 3·3 entries."),
                (lambda x: np.isclose(x[0], D / (2 * n) ** 2), "The order is: notes, gatys, mean."),
            ],
            praise="Three texts, three numbers, one distance.",
        ),
        4: Exercise(
            (100.0, 10_000.0),
            hints=[
                (lambda x: np.allclose(x, (10, 10)), "Content squares a difference, style one of products."),
                (lambda x: np.allclose(x, (100, 100)), "Gram is quadratic, and its difference is squared again."),
                (lambda x: np.allclose(x, (10_000, 100)), "The order is (content, style)."),
                (lambda x: np.allclose(x, (0.01, 0.0001)), "Asked is what the costs are divided by."),
            ],
            praise="Style is of degree four: small mistakes of scale become huge.",
        ),
    }
)
