"""Exercises of notebook 07."""

import numpy as np
import tensorflow as tf

from nst_keras.costs import COLOR, total_variation_cost
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, turns


def J_tv(G):
    return total_variation_cost(G, "color")


def differences(G):
    G = G @ COLOR
    return G[:, 1:] - G[:, :-1], G[:, :, 1:] - G[:, :, :-1]


your_turn = turns(
    {
        "J_tv": Turn(
            J_tv,
            [(activations(1, 4, 5, 3),), (activations(2, 6, 3, 3),)],
            hints=[
                (lambda G: sum(np.sum(d**2) for d in differences(G)), "Divide by the number of pixels, H·W."),
                (lambda G: sum(np.mean(d**2) for d in differences(G)), "Add up all squares, then divide by H·W."),
                (lambda G: sum(np.sum(np.abs(d)) for d in differences(G)) / (G.size / 3), "Square the differences."),
                (
                    lambda G: np.sum(differences(G)[0] ** 2) / (G.size / 3),
                    "Those are neighbors above each other; add those beside.",
                ),
                (
                    lambda G: np.sum(differences(G)[1] ** 2) / (G.size / 3),
                    "Those are neighbors side by side; add those above.",
                ),
                (
                    lambda G: np.sum((G - G.mean()) ** 2) / (G.size / 3),
                    "Compare each pixel with its neighbors, not the mean.",
                ),
            ],
        )
    }
)


def grays(wish):
    """None when a function is 0 for pictures without color, and grows with the color of a picture; else a message."""
    if not callable(wish):
        return "The answer is the function itself, without parentheses: answer = J_gray."
    image = tf.constant(activations(1, 4, 5, 3) * 80)
    gray = tf.reduce_mean(image, axis=-1, keepdims=True)
    pale, colored = gray + 0.5 * (image - gray), image
    costs = [np.asarray(wish(each)) for each in (0 * image + gray, pale, colored)]
    if any(cost.shape != () for cost in costs):
        return f"One number for a picture, please; this has the shape {costs[0].shape}."
    if abs(costs[0]) > 1e-4:
        return f"A picture of grays costs {costs[0]:.3g}; it has no color, so 0 is wanted."
    return None if 0 < costs[1] < costs[2] else "It does not grow when the colors get stronger."


check = checker(
    {
        1: Exercise(
            ("B", "C", "A"),
            hints=[
                (("C", "B", "A"), "A is right. A large β makes the first steps wild: which of the two is speckled?"),
                (("B", "A", "C"), "B is right. Which of the other two had time for long lines?"),
            ],
            praise="More of β is no more of the style, unless there are steps to use it.",
        ),
        2: Exercise(
            (120.0, 0.0002),
            hints=[
                ((600.0, 0.001), "α is smaller now, so the others must be, too: only the ratios matter."),
                ((120.0, 0.001), "β is right; γ has a ratio to α, too."),
                ((3000.0, 0.005), "The other way round: divide by 5."),
            ],
            praise="J is a fifth of your friend's, and the picture the same.",
        ),
        3: Exercise(grays, praise="That is how every term began: as somebody's wish."),
    }
)
