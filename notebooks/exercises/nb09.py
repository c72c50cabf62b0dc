"""Right and typically wrong answers of notebook 09."""

import numpy as np
import tensorflow as tf

from exercises import Exercise, checker


def _matched(answer):
    """Whether answer(S, C) gives S the mean and deviation of C in each channel, and changes nothing else."""
    if not callable(answer):
        return "Answer with a function of S and C, without calling it."
    generator = np.random.default_rng(8)
    S, C = (
        (generator.uniform(size=(1, height, width, 3)) * contrast + (20, 50, 80)).astype(np.float32)
        for height, width, contrast in ((6, 7, (30, 60, 90)), (8, 5, (80, 20, 40)))
    )
    result = np.asarray(answer(tf.constant(S), tf.constant(C)))
    if result.shape != S.shape:
        return f"For an S of shape {S.shape} the result has shape {result.shape}; it must be a changed S."
    axes = (0, 1, 2)
    if not np.allclose(result.mean(axes), C.mean(axes), rtol=1e-2):
        return "The mean of each channel is not that of C. Subtract the mean of S first, and add the mean of C last."
    if not np.allclose(result.std(axes), C.std(axes), rtol=1e-2):
        return "The means are right, the standard deviations are not: divide by that of S, multiply by that of C."
    slopes = [np.corrcoef(S[..., k].ravel(), result[..., k].ravel())[0, 1] for k in range(3)]
    return None if np.allclose(slopes, 1, atol=1e-3) else "Each channel must be a rising linear function of S's own."


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
            76,
            hints=[
                (33, "Coarse steps are cheaper: count the pixels of each size."),
                (57, "Half the side is a quarter of the pixels, and a quarter of the side a sixteenth."),
                (80, "That is for two sizes; the third has a sixteenth of the pixels."),
                (131, "Multiplied instead of divided: 100 = steps · (1 + 1/4 + 1/16)."),
                (100 / 1.3125, "Right, but round it to a whole number."),
            ],
            praise="The two coarser sizes together take less than a quarter of the work.",
        ),
        3: Exercise(
            0.1 * (900 * 1400) / (192 * 128) * 6000 / 3600,
            hints=[
                (0.1 * 1400 / 192 * 6000 / 3600, "Time follows the number of pixels, not the length of a side."),
                (0.1 * (900 * 1400) / (192 * 128) * 6000, "That is in seconds."),
                (0.1 * (900 * 1400) / (192 * 128) * 6000 / 60, "That is in minutes."),
                (0.1 * 6000 / 3600, "That would be 6000 evaluations at 192 x 128."),
            ],
            praise="Better optimizers and small sizes first turn a night into minutes.",
        ),
        4: Exercise(
            _matched,
            praise="Strokes and texture of S in the palette of C.",
        ),
    }
)
