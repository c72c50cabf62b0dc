"""Exercises of notebook 03."""

from exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            (12.0, 6.0, 1.0, 0.25),
            hints=[
                ((0.0, 0.0, 0.0, 0.0), "Square each difference before you add: otherwise plus and minus cancel."),
                ((12.0, 6.0, 3.0, 0.75), "n counts all activations, nH·nW·nC = 12, not only the positions."),
                ((12.0, 6.0, 4.0, 1.0), "n counts all activations, nH·nW·nC = 12, not only the channels."),
                ((12.0, 24.0, 1.0, 0.25), "half_sum is D divided by 2."),
                (lambda answer: answer[0] == 144, "D is a sum of squares, not the square of a sum."),
                (lambda answer: answer[0] == 10, "(2,2,3): are all twelve differences squared and added?"),
            ],
            praise="One sum and three scales.",
        ),
        2: Exercise(
            55_296.0,
            hints=[
                (110_592, "That is n. half_sum also has a factor 1/2."),
                (2 / 110_592, "The other way round: a mean is smaller than a sum, so its weight must be larger."),
                (1 / 55_296, "The other way round: a mean is smaller than a sum, so its weight must be larger."),
                (108, "The channels count as well: n = nH·nW·nC."),
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
    }
)
