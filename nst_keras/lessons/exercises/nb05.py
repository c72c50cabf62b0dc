"""Exercises of notebook 05."""

from nst_keras.lessons.exercises import Exercise, checker

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
            1.0,
            hints=[
                (16.0, "Sort both first: a palette does not know where a pixel is."),
                (0.0, "The sorted values are 0, 10, 20, 30 and 0, 12, 22, 30."),
                (4.0, "That is the sum; take the mean over the four pairs."),
                (2.0, "That is the mean square; take the mean of the distances themselves."),
            ],
            praise="Place by place the same pictures are 16 gray levels apart.",
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
