"""Right and typically wrong answers of notebook 09."""

from nst_keras.lessons.exercises import Exercise, checker

check = checker(
    {
        1: Exercise(
            (4, 4, 4, 16),
            hints=[
                ((4, 4, 16, 4), "The squares are the other way round: the climb has four small differences."),
                ((4, 4, 16, 16), "Square each difference, then add; not the other way round."),
                ((4, 4, 2, 4), "Do not take the root of the sum of squares."),
                ((4, 16, 4, 4), "Right numbers, wrong order: both sums of absolute values come first."),
                ((10, 8, 30, 32), "Those are the pixels; take the differences of neighbors."),
            ],
            praise="Squares prefer a smooth climb; absolute values do not mind an edge of the same height.",
        ),
        2: Exercise(
            (12, 4),
            hints=[
                ((4, 4), "The corners are right; what about the edges between them?"),
                ((12, 6), "The border is right, but a corner has zeros on two sides."),
                ((8, 6), "Count the corners as well; each has zeros on two sides."),
                ((0, 9), "That is symmetric padding; here the kernel sees zeros beyond the border."),
                ((4, 9), "Those are the positions in the middle, which give 9."),
                ((4, 12), "Right numbers, wrong order: first how many positions, then the smallest value."),
            ],
            praise="A corner gives 4, an edge 6: zero padding tells every layer where the border is.",
        ),
        3: Exercise(
            44.0,
            tolerance=5e-3,
            hints=[
                (88, "That is the number of steps; a step at a smaller size costs less."),
                (35, "That is with 20 steps at each size; the smaller ones get 28 and 40."),
                (60, "That is 20 steps at each of three sizes, all at full price."),
                (20 + 28 / 2**0.5 + 40 / 2, "A step costs what its picture has in pixels, not in length of side."),
                (20 * 1 + 28 / 4 + 40 / 16, "√2 times shorter is half of the pixels, not a quarter."),
            ],
            praise="The two smaller sizes take more than half of the work, and the large strokes are made there.",
        ),
        4: Exercise(
            0.1 * (900 * 1400) / (192 * 128) * 6000 / 3600,
            hints=[
                (0.1 * 1400 / 192 * 6000 / 3600, "Time follows the number of pixels, not the length of a side."),
                (0.1 * (900 * 1400) / (192 * 128) * 6000, "That is in seconds."),
                (0.1 * (900 * 1400) / (192 * 128) * 6000 / 60, "That is in minutes."),
                (0.1 * 6000 / 3600, "That would be 6000 evaluations at 192 x 128."),
            ],
            praise="Better optimizers and small sizes first turn a night into minutes.",
        ),
    }
)
