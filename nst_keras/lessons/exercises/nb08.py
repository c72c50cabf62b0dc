"""Right and typically wrong answers of notebook 08."""

import numpy as np

from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, flat, turns
from nst_keras.style import mean_and_covariance, moments


def style(a):
    return mean_and_covariance(moments(a))


your_turn = turns(
    {
        "style": Turn(
            style,
            [(activations(1),), (activations(2, 5, 4),)],
            hints=[
                (
                    lambda a: (flat(a).mean(0), flat(a).T @ flat(a) / len(flat(a))),
                    "That is Gram/N; take μμᵀ away from it.",
                ),
                (
                    lambda a: (flat(a).mean(0), np.cov(flat(a).T)),
                    "Divide by N, not N - 1: Σ is the mean of the products.",
                ),
                (lambda a: (flat(a).sum(0), np.cov(flat(a).T, bias=True)), "μ is the mean, not the sum."),
                (lambda a: np.cov(flat(a).T, bias=True), "Return both: mean, covariance."),
                (lambda a: (flat(a).mean(0), flat(a).var(0)), "Those are the variances; Σ has a value for each pair."),
            ],
        )
    }
)

check = checker(
    {
        1: Exercise(
            0.1670657,
            hints=[
                (0.0477331 / 3.5, "The cost is W divided by tr M; to get W back, multiply."),
                (0.0477331 * 2.25, "2.25 is tr M of the covariances, without the means; use tr Gram / N = 14 / 4."),
                (0.0477331 * 1.25, "That is tr Σ; the cost is divided by tr M = tr Σ + ‖μ‖²."),
                (0.0477331 * 14, "14 is the trace of Gram; M is Gram / N, with N = 4."),
                (0.0477331, "That is the cost itself; multiply it by tr M of S."),
            ],
            praise="All of it comes from the covariances: a and b have the same mean.",
        ),
        2: Exercise(
            (37.5625, 1.0),
            hints=[
                ((1.0, 37.5625), "The other way round: first W, then the cost, which is W / tr M."),
                ((23.2890625, 1.0), "That is tr Σ alone; the means move, too: add ‖μ‖²."),
                ((37.5625, 37.5625), "The cost is W divided by tr M of S = A."),
                ((601.0, 1.0), "That is a sum over the 16 positions; M is the mean over them."),
                ((601.0, 16.0), "That is a sum over the 16 positions; M is the mean over them."),
                ((112.6875, 3.0), "The deviations are doubled, not the variances: (2σ - σ)² = σ²."),
            ],
            praise="Doubled activations are as far from A as no activations at all: the cost is 1 for both.",
        ),
        3: Exercise(
            (1.0, 3.5 / 45.5),
            hints=[
                ((1.0, 1.0), "W stays, but the cost is W divided by tr M, and M = Σ + μμᵀ knows the mean."),
                ((1.0, 45.5 / 3.5), "The other way up: a larger tr M makes the cost smaller."),
                ((0.1670657, 0.1670657 / 45.5), "Those are the new values; divide each by the old one."),
                ((1.0, 0.1670657 / 45.5), "The second one is the new cost; divide it by the old one."),
                ((1.0, 3.5 / 30.5), "Add 3 to each mean: ‖μ + 3‖² = 16 + 12.25 + 16, and tr Σ is still 1.25."),
                ((1.0, 3.5 / 6.5), "The shift enters squared: ‖μ + 3‖² = 16 + 12.25 + 16."),
            ],
            praise="A distance does not change when both move; a distance as a share of the way to 0 does.",
        ),
        4: Exercise(
            0.2928932,
            hints=[
                (0.25, "That is the distance of the deviations; the means differ as well."),
                (0.0428932, "That is the distance of the means; add that of the deviations, (1/2 - 0)²."),
                (0.5411961, "That is the root; W is the squared distance."),
                (0.0, "Their Gram matrices are equal. Their means, 1/√2 and 1/2, are not."),
                (0.7071068, "Square both differences before you add them."),
            ],
            praise="It is 1 - 1/√2: the sum of the variances and means drops out, because the Gram matrices are equal.",
        ),
        5: Exercise(
            (1.0, 2.0),
            hints=[
                ((4 / 3, 13 / 9), "Tiles of different sizes count differently: add the sums first, then divide."),
                ((1.0, 5 / 3), "Means add up, variances do not: the tiles' means differ. Add N, Σa and Σa² first."),
                ((1.0, 3.0), "That is Σa² / N; subtract the square of the mean."),
                ((8.0, 24.0), "Those are the sums; divide by N = 8, then subtract μ²."),
            ],
            praise="So a picture too large for the memory can be measured tile by tile.",
        ),
    }
)
