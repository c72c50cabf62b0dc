"""Exercises of notebook 04."""

import numpy as np

from nst_keras.lessons.exercises import Exercise, checker


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
