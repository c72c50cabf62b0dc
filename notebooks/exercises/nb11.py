"""Right and typically wrong answers of notebook 11."""

from exercises import Exercise, checker

BRIEF = {"content": 1.0, "style": 0.35}  # at most, by the referee


def fulfills_the_brief(G):
    """None if the picture keeps enough of the palace and takes enough of the Great Wave, otherwise what it lacks."""
    from nst_keras import load_image
    from nst_keras.runs import judge

    if getattr(G, "shape", (0,))[0] != 1 or len(G.shape) != 4 or max(G.shape[1:3]) < 64:
        return "The answer is an image, (1, H, W, 3), at least 64 pixels on its longer side: run.image."
    C, S = (load_image(name, max(G.shape[1:3])) for name in ("palace", "great_wave"))
    if C.shape != G.shape:
        return "It has not the proportions of the palace: C is to be 'palace'."
    found = judge(C, [S], G)
    content, style = found["content"], found["styles"][0]["wasserstein"]
    if content > BRIEF["content"]:
        return f"Too little is left of the palace: content {content:.2f}, at most {BRIEF['content']}. Less strength."
    if style > BRIEF["style"]:
        return f"Too little of the Great Wave: style {style:.3f}, at most {BRIEF['style']}. Use more strength or steps."
    return None


check = checker(
    {
        1: Exercise(
            {"A": "strength", "B": "range", "C": "channels", "D": "gamma"},
            hints=[
                (
                    lambda a: a["B"] == "strength",
                    "B is black: which numbers does a black picture have?",
                ),
                (lambda a: a["C"] == "range", "C is bright enough; look at which colors have changed places."),
                (lambda a: a["A"] == "gamma", "A is sharp; total variation blurs."),
            ],
            praise="Each of the four has one line as its cure.",
        ),
        2: Exercise(
            25.0 * (80 / 20 / 1.5) ** 1.14,
            hints=[
                (25.0 * (80 / 1.5) ** 1.14, "The odds are 80 to 20, not 80."),
                (25.0 * (80 / 20) ** 1.14, "Divide the odds by those of 60, which are 1.5."),
                (25.0 * (80 / 20 / 1.5), "Do not forget the power."),
                (25.0 * 80 / 60, "β grows faster than the strength: see the formula."),
            ],
            praise="Three times the β of strength 60.",
        ),
        3: Exercise(fulfills_the_brief, praise="The brief is fulfilled, by a network that your run has not seen."),
    }
)
