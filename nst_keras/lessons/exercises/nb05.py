"""Exercises of notebook 05."""

import functools

import numpy as np
import tensorflow as tf

from nst_keras import gram_matrix, load_image
from nst_keras.lessons.exercises import Exercise, Turn, checker, turns
from nst_keras.lessons.grams import style_costs
from nst_keras.lessons.layers import halves


def lambdas(weights):
    return [weight / sum(weights) for weight in weights]


your_turn = turns(
    {
        "lambdas": Turn(
            lambdas,
            [((8, 4, 2, 1),), ((0, 3, 1),)],
            hints=[
                (lambda w: w, "They do not add up to 1 yet."),
                (lambda w: np.array(w) / len(w), "Divide by their sum, not by their number."),
                (lambda w: np.array(w) / max(w), "Divide by their sum, not by the largest."),
                (lambda w: np.exp(w) / np.sum(np.exp(w)), "That is a softmax: 8 is to be twice 4, not e⁴ times."),
                (lambda w: sum(w), "That is the number to divide by."),
            ],
        )
    }
)


@functools.cache
def night_cafe(side=192):
    """The painting, and how far its halves are from each other in five blocks."""
    S = load_image("night_cafe", side)
    left, right = halves(S)
    both = [style_costs(*pair, gram_matrix) for pair in ((left, right), (right, left))]
    return S, np.mean(both, axis=0)


def spoils(change):
    """None when `change` is heard in block 3 and not in block 1, otherwise a message."""
    if not callable(change):
        return "The answer is the function itself, without parentheses: answer = spoil."
    S, two_halves = night_cafe()
    G = tf.clip_by_value(tf.cast(change(S), tf.float32), 0, 255)
    if G.shape.rank != 4 or G.shape[-1] != 3 or min(G.shape[1:3]) < 32:
        return f"It should give an image, (1, H, W, 3); this has the shape {tuple(G.shape)}."
    first, _, third, *_ = style_costs(S, G, gram_matrix) / two_halves
    if first > 0.5:
        return f"Block 1 hears {first:.2f} halves, at most 0.5. Keep the colors."
    if third < 1:
        return f"Block 3 hears {third:.2f} halves only, at least 1. Spoil the strokes more."
    return None


check = checker(
    {
        1: Exercise(
            ("4-5", "1-2", "4-5"),
            hints=[(("1-2", "4-5", "1-2"), "Look at the ground of A: is it Kandinsky's cream?")],
            praise="Shallow blocks bring the colors, deep ones the things.",
        ),
        2: Exercise(
            368,
            hints=[
                (512 * 16, "512 places are wanted in the whole picture, not along one side."),
                (512, "That is the number of channels; 512 pixels have 32 x 32 places."),
                (352, "22 x 22 places are 484, a few too few."),
                (23, "So many places along one side; how many pixels are they?"),
            ],
            praise="Your 192 pixels are far below: 12 x 12 places.",
        ),
        3: Exercise(spoils, praise="One painting for block 1, another one for block 3."),
    }
)
