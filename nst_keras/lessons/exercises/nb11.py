"""Your turn, and right and typically wrong answers, of notebook 11."""

import numpy as np

from nst_keras.lessons.cases import strange_photograph
from nst_keras.lessons.exercises import Exercise, Turn, checker, turns


def diagnose(content, detail, objects):
    if objects > 0.6:
        return "C is gone"
    if detail < 0.3:
        return "out of focus"
    return "hardly painted" if content < 0.3 else "look at it"


def content_high(content, detail, objects):
    return "hardly painted" if objects <= 0.6 and detail >= 0.3 and content > 0.3 else diagnose(0.5, detail, objects)


def objects_low(content, detail, objects):
    return "C is gone" if objects < 0.6 else diagnose(content, detail, 0)


your_turn = turns(
    {
        "diagnose": Turn(
            diagnose,
            [(1.4, 1.0, 0.9), (0.8, 0.16, 0.2), (0.15, 0.9, 0.0), (0.8, 0.9, 0.45), (0.6, 0.9, 0.1)],
            hints=[
                (content_high, "A content near 0 is hardly painted: G is still C."),
                (objects_low, "Many objects mean that C is gone: above 0.6, not below."),
            ],
            praise="Now see what it says.",
        )
    }
)


def detail(G, S):
    """The mean squared difference of a pixel and its right neighbor: of G over that of S."""
    of_G, of_S = (np.mean((image[:, 1:] - image[:, :-1]) ** 2) for image in (G, S))
    return of_G / of_S


def detail_fault(answer):
    """None if it is that function, otherwise a message."""
    if not callable(answer):
        return "The answer is the function itself, without parentheses: answer = detail."
    G, S = (np.random.default_rng(seed).uniform(0, scale, (6, 8, 3)) for seed, scale in ((0, 50), (1, 200)))
    found = float(answer(G, S))
    if np.isclose(found, detail(G, S)):
        return None
    if np.isclose(found, detail(S, G)):
        return "That is S over G."
    if np.isclose(found, detail(G.swapaxes(0, 1), S.swapaxes(0, 1))):
        return "Those are the neighbors below; the right ones are in the next column."
    if np.isclose(found, np.mean(np.abs(np.diff(G, axis=1))) / np.mean(np.abs(np.diff(S, axis=1)))):
        return "Those are absolute values; take squares."
    return f"For two pictures of noise it gives {found:.3f}, expected is {detail(G, S):.3f}."


def mended_fault(answer):
    """None if it turns BGR, 0..1, into RGB, 0..255, otherwise a message."""
    if not callable(answer):
        return "The answer is the function itself, without parentheses: answer = mended."
    strange = strange_photograph()
    right, found = 255 * strange[..., ::-1], answer(strange)
    if getattr(found, "shape", None) != right.shape:
        return f"It is to give an image of the shape {tuple(right.shape)}."
    faults = {
        "The values are still from 0 to 1.": strange[..., ::-1],
        "The suit is still blue: red and blue are exchanged.": 255 * strange,
        "That mirrors the picture: the channels are the last axis.": 255 * strange[:, :, ::-1],
    }
    if np.allclose(found, right, atol=0.01):
        return None
    said = [fault for fault, image in faults.items() if np.allclose(found, image, atol=0.01)]
    return said[0] if said else "The largest value is to be 255, and the suit orange."


check = checker(
    {
        1: Exercise(
            {"A": "gamma", "B": "layer_weights", "C": "beta", "D": "defaults"},
            hints=[
                (lambda a: a["D"] != "defaults", "D has whole things, the colors and the strokes of S."),
                (lambda a: a["A"] == "beta", "β makes too little or too much of S. Look at the edges in A."),
                (lambda a: a["B"] in ("beta", "gamma"), "B has strokes. What do they lack?"),
                (
                    lambda a: a["C"] == "content_layer",
                    "Block 5 would have kept a cat, in pieces. Is there one?",
                ),
            ],
            praise="Three causes, three cures, and one picture to be left alone.",
        ),
        2: Exercise(detail_fault, praise="1 is as fine as S."),
        3: Exercise(mended_fault, praise="RGB, 0 to 255: now it can be painted."),
    }
)
