"""Exercises of notebook 10."""

import numpy as np
from PIL import Image

from nst_keras import Settings, data_path
from nst_keras.images import luminance
from nst_keras.lessons.exercises import Exercise, Turn, checker, turns


def put_back(G, C):
    return C + luminance(G) - luminance(C)


PICTURES = [np.random.default_rng(seed).uniform(60, 190, (2, 1, 4, 5, 3)).astype(np.float32) for seed in (1, 2)]
your_turn = turns(
    {
        "put_back": Turn(
            put_back,
            [tuple(pair) for pair in PICTURES],
            hints=[
                (lambda G, C: G + luminance(C) - luminance(G), "The other way round: the color is to be that of C."),
                (lambda G, C: luminance(G), "That is gray; add it to the color of C."),
                (lambda G, C: C + luminance(G), "C has a brightness of its own already; take it away."),
                (
                    lambda G, C: C * luminance(G) / luminance(C),
                    "That multiplies, and bright spots of a strong color leave 0..255. Add the same to R, G and B.",
                ),
                (lambda G, C: C + G - luminance(C), "G brings its own color along; take its brightness alone."),
            ],
            praise="The differences of R, G and B are those of C.",
        )
    }
)

LEAST_SHARED = 0.85  # of all that is white in one of two masks


def mask_fault(drawing):
    """None when a mask is white where the astronaut is not, otherwise a message."""
    mask = np.asarray(drawing.convert("L") if isinstance(drawing, Image.Image) else drawing)
    if mask.shape != (512, 512):
        return f"It should be as large as the photograph, 512 by 512 pixels, and not {mask.shape}."
    with Image.open(data_path("regions/astronaut.png")) as bundled:
        wall = np.asarray(bundled.convert("RGB"))[..., 2] > 127
    shared = [np.sum((mask > 127) & each) / np.sum((mask > 127) | each) for each in (wall, ~wall)]
    if shared[0] > LEAST_SHARED:
        return None
    if shared[1] > LEAST_SHARED:
        return "Now she is painted, and the wall is not: what is white gets painted."
    return f"It shares {shared[0]:.0%} of its white with ours; {LEAST_SHARED:.0%} will do."


def options_fault(options):
    """None when the options are those that were wished for, otherwise a message."""
    try:
        chosen = Settings(**options)
    except (TypeError, ValueError) as error:
        return f"{error}."
    faults = {
        "The colors are still those of the painting.": chosen.colors == "style",
        "The strokes are to be twice as large.": chosen.style_scale != 2,
        "That keeps no more of the photograph than the default does, 60.": (chosen.beta or 0) >= (Settings().beta or 0),
    }
    return next((message for message, wrong in faults.items() if wrong), None)


check = checker(
    {
        1: Exercise(mask_fault, praise="A dozen corners are enough."),
        2: Exercise(options_fault, praise="Three wishes in one picture."),
        3: Exercise(
            ("luminance", "scale", "strength", "content"),
            hints=[
                (
                    ("content", "scale", "strength", "luminance"),
                    "Which of A and D has only colors that the photograph has at that place?",
                ),
                (
                    ("luminance", "strength", "scale", "content"),
                    "In which of B and C are windows still windows?",
                ),
            ],
            praise="With luminance every spot keeps its color.",
        ),
    }
)
