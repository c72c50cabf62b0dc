"""Right and typically wrong answers of notebook 07."""

from exercises import Exercise, checker


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
            (2.5, 10.0),
            hints=[
                ((40.0, 160.0), "The other way round: the constants of the tensorflow convention are larger."),
                ((2.5, 40.0), "Content is right. For style compare 1/(2·N·nC)² with 1/(N·nC)²."),
                ((2.5, 160.0), "Content is right. The style constant grows by 4, so beta must shrink."),
                ((2.5, 20.0), "Content is right. The 2 stands inside the square."),
                ((10.0, 10.0), "Style is right. For content compare 1/(4·N·nC) with 1/(N·nC)."),
            ],
            praise="The ratio is 4 both times: only the unit of J has changed.",
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
            {"S3": 1, "S4": 16, "course": 1, "tensorflow": 1},
            hints=[
                (
                    lambda answer: answer["S3"] == 4,
                    "S3: the sum over squared Gram differences grows by 16, its constant 1/(2·N·nC) shrinks by 4, "
                    "and the content cost 1/2·Σ(Δa)² grows too.",
                ),
                (
                    lambda answer: answer["S4"] in (1, 4),
                    "S4: the mean over nC² entries of raw Gram matrices does not know N. A Gram entry grows by 4; "
                    "its square?",
                ),
            ],
            praise="In S4's convention beta must be tuned again for every image size.",
        ),
    }
)
