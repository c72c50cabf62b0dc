"""Your turn, and right and typically wrong answers, of notebook 11."""

import numpy as np

from nst_keras import load_image
from nst_keras.lessons.exercises import Exercise, Turn, checker, turns
from nst_keras.runs import referee

LIKENESS, PAINTED = 0.30, 0.14  # of content and style, at most, by the referee


def diagnose(content, style, detail, objects):
    if content > 1:
        return "C is gone"
    if detail < 0.3:
        return "out of focus"
    if style > 0.13:
        return "hardly painted"
    return "things of S" if objects > 0.3 else "look at it"


def style_first(content, style, detail, objects):
    return "hardly painted" if content <= 1 and style > 0.13 else diagnose(content, style, detail, objects)


def objects_first(content, style, detail, objects):
    return "things of S" if objects > 0.3 else diagnose(content, style, detail, objects)


your_turn = turns(
    {
        "diagnose": Turn(
            diagnose,
            [
                (1.4, 0.02, 1.0, 0.9),
                (0.8, 0.25, 0.16, 0.2),
                (0.2, 0.14, 0.9, 0.0),
                (0.8, 0.04, 0.9, 0.45),
                (0.6, 0.05, 0.9, 0.1),
            ],
            hints=[
                (style_first, "A picture out of focus is far from S, too: ask for detail first."),
                (objects_first, "Where C is gone, nearly all is a thing of S: ask for content first."),
            ],
            praise="Now see what it says.",
        )
    }
)


def detail(G, S):
    """How much a pixel differs from its right neighbor, on average: of G over that of S."""
    of_G, of_S = (np.mean(np.abs(image[:, 1:] - image[:, :-1])) for image in (G, S))
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
    if np.isclose(found, np.mean(G[:, 1:] - G[:, :-1]) / np.mean(S[:, 1:] - S[:, :-1])):
        return "Take absolute values, or steps up and down cancel out."
    return f"For two pictures of noise it gives {found:.3f}, expected is {detail(G, S):.3f}."


def likeness_fault(G):
    """None if the picture is a likeness and has enough of the painting, otherwise what it lacks."""
    if getattr(G, "shape", (0,))[0] != 1 or len(G.shape) != 4 or max(G.shape[1:3]) < 128:
        return "The answer is an image, (1, H, W, 3), at least 128 pixels on its longer side: run.image."
    C, S = (load_image(name, max(G.shape[1:3])) for name in ("astronaut", "composition_viii"))
    if C.shape != G.shape:
        return "It has not the proportions of the portrait: C is to be 'astronaut'."
    found = referee(C, [S])(G)
    content, style = found["content"], found["styles"][0]["wasserstein"]
    if content > LIKENESS:
        return f"Not a likeness yet: content {content:.2f}, at most {LIKENESS}."
    if style > PAINTED:
        return f"Too little of the painting: style {style:.3f}, at most {PAINTED}."
    return None


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
                (lambda a: a["C"] == "positions_per_channel", "More than some things of S: S has swallowed C."),
            ],
            praise="Three causes, three cures, and one picture to be left alone.",
        ),
        2: Exercise(detail_fault, praise="1 is as fine as S."),
        3: Exercise(likeness_fault, praise="A likeness, and painted, says a network that your run has not seen."),
    }
)
