"""Right and typically wrong answers of notebook 00."""

import numpy as np

from nst_keras.costs import content_cost
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, turns


def J_content(a_C, a_G):
    return content_cost(a_C, a_G, "mean")


your_turn = turns(
    {
        "J_content": Turn(
            J_content,
            [(activations(1), activations(2)), (activations(3, 2, 6, 4), activations(4, 2, 6, 4))],
            hints=[
                (lambda C, G: np.sum((C - G) ** 2), "That is their sum; take the mean."),
                (lambda C, G: np.mean(C - G), "Square each difference, or those above and below 0 cancel out."),
                (lambda C, G: np.mean(np.abs(C - G)), "Square the differences."),
                (lambda C, G: np.mean(C - G) ** 2, "Square first, then take the mean."),
                (lambda C, G: (C - G) ** 2, "One number is asked for: take the mean."),
            ],
        )
    }
)
check = checker(
    {
        1: Exercise(
            ("the thing in the painting", "photo"),
            hints=[
                (("the thing in the photo", "photo"), "paint(S, C) begins with S. Whose shapes does it keep?"),
                (("the thing in the painting", "painting"), "The second picture gives the style. Which one is it now?"),
                (("the thing in the photo", "painting"), "That is paint(C, S). Here the roles are swapped."),
            ],
            praise="Content and style are roles; any picture can play either.",
        ),
        2: Exercise(
            ("P", "Q"),
            hints=[
                (("Q", "P"), "Lower is better: J is how far a picture is off."),
                (("P", "P"), "With β = 2: 0.9 + 2 · 0.01 against 0.3 + 2 · 0.05."),
                (("Q", "Q"), "With β = 25: 0.9 + 25 · 0.01 against 0.3 + 25 · 0.05."),
            ],
            praise="The same two pictures change places: what counts as best depends on β.",
        ),
        3: Exercise(
            (65536, 65536),
            hints=[
                ((256, 256), "It is a table: a row and a column for each channel."),
                ((65536, 1048576), "Which of its numbers would the places add? They are summed over."),
                ((256, 1024), "The number of channels does not depend on the picture."),
            ],
            praise="Whatever the size of a picture, its style is a table of one size.",
        ),
    }
)
