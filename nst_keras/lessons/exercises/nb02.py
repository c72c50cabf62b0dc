"""Checks for the exercises of notebook 02."""

import numpy as np

from nst_keras.lessons.exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            (20, 24),
            hints=[
                ((24, 20), "These are the right columns. The first answer belongs to the edge from dark to bright."),
                ((19, 23), "Close: the patch starts one column to the left of its middle. Give the middle column."),
                ((20, 23), "The second edge lies between the bar's last column and the first dark one."),
            ],
            praise="Each filter found its own side of the bar.",
        ),
        2: Exercise(
            14,
            hints=[
                (9, "Each convolution adds 2 times its stride; after the pool the stride is 2."),
                (13, "The pool makes the field larger too, by 1."),
                (10, "That is block2_conv1; one more convolution."),
                (16, "That includes the pool that ends block 2."),
            ],
        ),
        3: Exercise(
            (4, 4),
            hints=[
                ((1, 4), "Max pooling keeps the largest of the four numbers, wherever it stands."),
                ((2.5, 2.5), "That is average pooling. It cannot tell the two apart either."),
            ],
            praise="The same output for two inputs: from 4 alone nobody can go back.",
        ),
        4: Exercise(
            (512, 401408),
            hints=[
                ((512, 784), "28 x 28 positions, and at each of them 512 units."),
                ((401408, 512), "Detectors first: it is the channels that share their weights."),
                ((512, 50176), "Those are the positions of the image. How many has block4_conv2, after three pools?"),
                (lambda answer: np.asarray(answer).shape == (2,) and answer[1] == 14 * 14 * 512, "Three pools."),
            ],
            praise="401,408 units, but only 512 things to look for.",
        ),
    }
)
