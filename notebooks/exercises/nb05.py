"""Exercises of notebook 05."""

from exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            (0.1, 0.2, 0.3, 0.2, 0.2),
            hints=[
                ((1, 2, 3, 2, 2), "Their sum is still 10; divide each by it."),
                ((0.2, 0.4, 0.6, 0.4, 0.4), "Divide by the sum of the weights, not by their number."),
                ((1 / 3, 2 / 3, 1.0, 2 / 3, 2 / 3), "Divide by the sum of the weights, not by the largest."),
            ],
            praise="Only proportions matter when α is 0.",
        ),
        2: Exercise(
            (1 / 7, -1.0),
            hints=[
                ((3 / 7, 1 / 3), "Subtract the mean 1/2 first; then the values are -1/2 and 1/2."),
                ((1 / 8, -3 / 4), "Take the mean over the overlapping part: 7 products for shift 1, 6 for shift 2."),
                ((0.25 / 7, -0.25), "Divide by the mean square, which is 1/4."),
            ],
            praise="Where the stripes meet their opposite, the autocorrelation is -1.",
        ),
        3: Exercise(
            ("block1_conv1", "block5_conv1"),
            hints=[
                (("block5_conv1", "block1_conv1"), "The larger the receptive field, the more positions see a border."),
            ],
            praise="The deeper the layer, the more of its positions see a border between tiles.",
        ),
        4: Exercise(
            81,
            hints=[
                (3, "Gram entries are products of two activations, and their difference is squared."),
                (9, "That is the factor of a Gram entry; the cost squares it."),
                (6561, "Count again: the product gives a power of 2, the square doubles it."),
            ],
            praise="This is how one block can take 99 % of the style cost at equal λ.",
        ),
    }
)
