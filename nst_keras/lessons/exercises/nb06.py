"""Exercises of notebook 06."""

from nst_keras.lessons.exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            (2.0, 0.81),
            hints=[
                ((1.0, 0.81), "At η = 1 the very first step lands in the minimum."),
                ((0.5, 0.81), "The limit is 2/k, not k/2."),
                ((2.0, -0.9), "That is x after one step."),
                ((2.0, -0.81), "Two changes of sign cancel."),
                ((2.0, 0.01), "The slope is x itself: x - 1.9 x = -0.9 x, not 0.1 x."),
            ],
            praise="Below 2/k the steps shrink, above it they grow; at 1.9 x jumps across the minimum each time.",
        ),
        2: Exercise(
            (5.0, 5.0),
            hints=[
                ((0.0005, 5000.0), "That is plain gradient descent; Adam divides by the size of the gradient."),
                ((-5.0, -5.0), "The distance is asked for, not the direction."),
            ],
            praise="Only the sign of the gradient counts in the first step: the scale of J drops out.",
        ),
        3: Exercise(
            14.0,
            hints=[
                (12.0, "The step goes against the slope: a negative slope means that J falls to the right."),
                (15.0, "That is 13 minus the slope, a step with η = 1. Divide by the curvature."),
                (17.0, "The slope at 13 is -2; -8 was the slope at 10."),
                (13 + 1 / 9, "Curvature is the change of the slope over that of the gray level, 6/3, not 6 times 3."),
            ],
            praise="There the slope is 0, as a straight line through both says: -8 at 10, -2 at 13, 0 at 14.",
        ),
    }
)
