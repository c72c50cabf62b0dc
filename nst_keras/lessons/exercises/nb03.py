"""Exercises of notebook 03."""

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, content_cost, load_image, load_vgg
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, turns

# Two tiny "activations", (2, 2, 3)
a = np.array([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]], np.float32)
b = np.array([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]], np.float32)


def J_content(a_C, a_G):
    return content_cost(a_C, a_G, "relative")


your_turn = turns(
    {
        "J_content": Turn(
            J_content,
            [(activations(1), activations(2)), (activations(3, 5, 4), activations(4, 5, 4))],
            hints=[
                (
                    lambda C, G: np.sum((C - G) ** 2),
                    "That grows with the picture; divide by what C itself has, Σ a_C².",
                ),
                (lambda C, G: np.mean((C - G) ** 2), "That depends on how strong a layer is; divide by Σ a_C²."),
                (lambda C, G: np.sum((C - G) ** 2) / np.sum(G**2), "Divide by what C has, not G: C does not change."),
                (lambda C, G: np.sum(np.abs(C - G)) / np.sum(C), "Square the differences, and what you divide by."),
                (lambda C, G: np.sum(C - G) ** 2 / np.sum(C**2), "Square each difference first; then add them up."),
                (lambda C, G: (C - G) ** 2 / np.sum(C**2), "Add up over all positions and channels: one number."),
            ],
            praise="0.857 for the tiny layer.",
        )
    }
)

layers = {"block3_conv2": (a, b), "block4_conv2": (2 * a, a)}  # shares of 12/14 and 1/4


def several_fault(J):
    """None when J is the mean of the shares of C in several layers, otherwise a message."""
    if not callable(J):
        return "The answer is the function itself, without parentheses: answer = J."
    of_C, of_G = ({layer: pair[which] for layer, pair in layers.items()} for which in (0, 1))
    found, shares = float(J(of_C, of_G)), [float(J_content(*pair)) for pair in layers.values()]
    if np.isclose(found, np.mean(shares), rtol=1e-4):
        return None
    if np.isclose(found, np.sum(shares), rtol=1e-4):
        return "That is the sum of the shares; divide by their number."
    if np.isclose(found, np.mean([content_cost(*pair, "mean") for pair in layers.values()]), rtol=1e-4):
        return "Those are means of squares: the layer with the largest activations drowns the others. Take shares."
    return f"For two tiny layers with the shares {shares[0]:.3f} and {shares[1]:.3f} it gives {found:.3f}."


def disguise_fault(disguise):
    """None when a change of the astronaut is large in pixels and small to block 5, otherwise a message."""
    if not callable(disguise):
        return "The answer is the function itself, without parentheses: answer = disguise."
    C, layer = load_image("astronaut", 256), "block5_conv2"
    G = tf.clip_by_value(tf.cast(disguise(C), tf.float32), 0, 255)
    extractor = FeatureExtractor([layer], load_vgg(padding="symmetric"))
    off, cost = float(tf.reduce_mean(tf.abs(G - C))), float(J_content(extractor(C)[layer], extractor(G)[layer]))
    if off > 20 and cost < 0.1:
        return None
    return f"It changes the pixels by {off:.0f} gray levels, and block 5 sees a cost of {cost:.2f}."


check = checker(
    {
        1: Exercise(
            (5, 4, 2),
            hints=[
                ((4, 5, 2), "Which of A and B has kept the colors of the suit and of the background?"),
                ((2, 4, 5), "Does A look like the photograph?"),
            ],
            praise="The deeper, the less of the face.",
        ),
        2: Exercise(several_fault, praise="Each layer has the same say."),
        3: Exercise(disguise_fault, praise="Anything that keeps its shapes will do."),
    }
)
