"""Exercises of notebook 06."""

from exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            2.0,
            hints=[
                (1.0, "At 1 the very first step lands in the minimum."),
                (0.5, "The limit is 2/k, not k/2."),
            ],
            praise="Below 2/k the steps shrink, above it they grow.",
        ),
        2: Exercise(
            0.81,
            hints=[
                (-0.9, "That is x after one step."),
                (-0.81, "Two changes of sign cancel."),
                (0.01, "The slope is x itself: x - 1.9 x = -0.9 x, not 0.1 x."),
            ],
            praise="-0.9 times -0.9: it jumps across the minimum each time, a little lower.",
        ),
        3: Exercise(
            (5.0, 5.0),
            hints=[
                ((0.0005, 5000.0), "That is plain gradient descent; Adam divides by the size of the gradient."),
                ((-5.0, -5.0), "The distance is asked for, not the direction."),
            ],
            praise="Only the sign of the gradient counts in the first step: the scale of J drops out.",
        ),
        4: Exercise(
            lambda name: None if str(name).strip(" .()").split(".")[-1] == "watch" else "It is a method of the tape.",
            hints=[("gradient", "That one is called; but the tape has not recorded anything about G.")],
            praise="Constants are recorded only on request.",
        ),
        5: Exercise(
            8.0,
            hints=[
                (9.0, "So one would think. Run it: does the traced function look up the name again?"),
                (10.0, "The first step moves the pixel by 1, whatever happens later."),
            ],
            praise="The traced function goes on with the optimizer that it was traced with.",
        ),
    }
)
