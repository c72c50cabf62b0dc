"""Right and typically wrong answers of notebook 07."""

import numpy as np

from nst_keras.costs import total_variation_cost
from nst_keras.lessons.exercises import Exercise, Turn, activations, checker, turns


def J_tv(G):
    return total_variation_cost(G)


def differences(G):
    return G[:, 1:] - G[:, :-1], G[:, :, 1:] - G[:, :, :-1]


your_turn = turns(
    {
        "J_tv": Turn(
            J_tv,
            [(activations(1, 4, 5, 3),), (activations(2, 6, 3, 3),)],
            hints=[
                (lambda G: sum(np.sum(d**2) for d in differences(G)), "Divide by the number of values, H·W·3."),
                (lambda G: sum(np.mean(d**2) for d in differences(G)), "Add up all squares, then divide by H·W·3."),
                (lambda G: sum(np.sum(np.abs(d)) for d in differences(G)) / G.size, "Square the differences."),
                (
                    lambda G: np.sum(differences(G)[0] ** 2) / G.size,
                    "Those are neighbors above each other; add those beside.",
                ),
                (
                    lambda G: np.sum(differences(G)[1] ** 2) / G.size,
                    "Those are neighbors side by side; add those above.",
                ),
                (
                    lambda G: np.sum((G - G.mean()) ** 2) / G.size,
                    "Compare each pixel with its neighbors, not the mean.",
                ),
            ],
        )
    }
)


def _doubled_alpha(answer):
    once, twice = (float(cost) for cost in answer)
    if once <= 0 or twice <= 0:
        return "Costs are above 0; take result.history['J_style'][-1] of each run."
    if once == twice:
        return "Both costs are equal; do the two runs really differ in alpha?"
    if twice < once:
        return (
            "The style cost fell. Is the run with the larger alpha the second one? If so, change nothing else, start "
            "from the content image and take a few more steps."
        )
    return None


check = checker(
    {
        1: Exercise(
            (34.0, 4.9),
            hints=[
                ((16.0, 3.9), "Alpha belongs to content, the first cost, and beta to style."),
                (34.0, "That is the first one; answer with both, as a tuple."),
                ((50.0, 11.0), "That is alpha + beta; multiply each with its cost first."),
            ],
            praise="Those are the values that the course's own test expects.",
        ),
        2: Exercise(
            (0.0003, -1.0),
            hints=[
                ((0.0003, 1.0), "The length is right. If both pointed the same way, their sum would not be zero."),
                ((0.0003, 0.0), "The length is right. The cosine of opposite directions is -1, of right angles 0."),
                ((0.006, -1.0), "The direction is right. The *weighted* gradients are equally long: 1·0.006 = 20·?"),
                ((0.12, -1.0), "The direction is right. Divide by beta: 1·0.006 = 20·?"),
                ((0.0, -1.0), "A zero gradient of J_style would leave that of J_content without a counterweight."),
                ((0.0, 0.0), "Only their weighted sum is zero, and neither of the two."),
                (lambda answer: float(answer[0]) < 0, "A length is never negative."),
            ],
            praise="So long gradients of single terms are no sign that a run has not finished.",
        ),
        3: Exercise(
            (20.0, 3.0),
            hints=[
                ((20.0, 0.6), "Beta is right. But J is now a fifth of what it was, and so is each step."),
                ((20.0, 0.12), "Beta is right. The gradient shrank by 5; the learning rate must make up for that."),
                ((500.0, 0.6), "Divide both weights by 5."),
                ((500.0, 3.0), "Divide both weights by 5."),
            ],
            praise="With Adam or L-BFGS only the ratio 20 would matter.",
        ),
        4: Exercise(_doubled_alpha, praise="More weight on content leaves less room for style."),
        5: Exercise(
            (2.5, 10.0),
            hints=[
                ((40.0, 160.0), "The other way round: the second program has larger constants, so smaller weights."),
                ((2.5, 40.0), "Content is right. For style compare 1/(2·N·nC)² with 1/(N·nC)²."),
                ((2.5, 160.0), "Content is right. The style constant grows by 4, so beta must shrink."),
                ((2.5, 20.0), "Content is right. The 2 stands inside the square."),
                ((10.0, 10.0), "Style is right. For content compare 1/(4·N·nC) with 1/(N·nC)."),
            ],
            praise="The ratio is 4 both times: only the unit of J has changed.",
        ),
    }
)
