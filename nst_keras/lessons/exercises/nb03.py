"""Exercises of notebook 03."""

import numpy as np

from nst_keras.costs import content_cost
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, turns


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
        )
    }
)

check = checker(
    {
        1: Exercise(
            (12.0, 6.0, 1.0, 0.25),
            hints=[
                ((0.0, 0.0, 0.0, 0.0), "Square each difference before you add: otherwise plus and minus cancel."),
                ((12.0, 6.0, 3.0, 0.75), "Divide by the number of activations, N·nC = 12, not of positions."),
                ((12.0, 6.0, 4.0, 1.0), "Divide by the number of activations, N·nC = 12, not of channels."),
                ((12.0, 24.0, 1.0, 0.25), "half_sum is D divided by 2."),
                (lambda answer: answer[0] == 144, "D is a sum of squares, not the square of a sum."),
                (lambda answer: answer[0] == 10, "(2,2,3): are all twelve differences squared and added?"),
            ],
            praise="One sum and three scales.",
        ),
        2: Exercise(
            55_296.0,
            hints=[
                (110_592, "That is N·nC. half_sum also has a factor 1/2."),
                (2 / 110_592, "The other way round: a mean is smaller than a sum, so its weight must be larger."),
                (1 / 55_296, "The other way round: a mean is smaller than a sum, so its weight must be larger."),
                (108, "The channels count as well: the mean divides by N·nC."),
                (221_184, "half_sum is D/2, not 2·D."),
            ],
            praise="That is why weights such as 1 and 50000 may mean the same in two texts.",
        ),
        3: Exercise(
            10.0,
            hints=[
                (0, "The order has changed, so position (i,j) meets another position."),
                (12, "That is D between a and b; here a meets itself in another order."),
                (5, "That is half_sum; D has no factor 1/2."),
                (10 / 12, "That is the mean; D is the plain sum."),
            ],
            praise="The content cost sees places: the same things elsewhere are another content.",
        ),
        4: Exercise(
            1.5,
            hints=[
                (6, "That is the cost before the step."),
                (3, "That would be D after the step, or half the cost; the cost is quadratic in the distance."),
                (13.5, "The step went the wrong way: subtract the gradient b - a."),
                (0, "With η = 1 you would be there at once; η is 1/2."),
            ],
            praise="Half the distance, a quarter of the cost.",
        ),
        5: Exercise(
            (0.25, 2.0),
            hints=[
                ((0.5, 2.0), "The cost is a *squared* distance: half as strong is half the distance away."),
                ((0.75, 2.0), "That is 1 - r². The difference of the arrays is a/2; square that."),
                ((0.25, 1.0), "The second: 1 is the cost of no response at all. Here r² is added to it."),
                ((0.25, 0.0), "The second: equal strength is not enough, other units are excited."),
                ((2.0, 0.25), "The other way round."),
            ],
            praise="A weak right response is nearer than a strong wrong one.",
        ),
    }
)
