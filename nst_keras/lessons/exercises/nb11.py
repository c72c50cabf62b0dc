"""Right and typically wrong answers of notebook 11."""

from nst_keras.lessons.exercises import Exercise, checker

BRIEF = {"content": 1.0, "style": 0.35}  # at most, by the referee


def fulfills_the_brief(G):
    """None if the picture keeps enough of the palace and takes enough of the Great Wave, otherwise what it lacks."""
    from nst_keras import load_image
    from nst_keras.runs import referee

    if getattr(G, "shape", (0,))[0] != 1 or len(G.shape) != 4 or max(G.shape[1:3]) < 64:
        return "The answer is an image, (1, H, W, 3), at least 64 pixels on its longer side: run.image."
    C, S = (load_image(name, max(G.shape[1:3])) for name in ("palace", "great_wave"))
    if C.shape != G.shape:
        return "It has not the proportions of the palace: C is to be 'palace'."
    found = referee(C, [S])(G)
    content, style = found["content"], found["styles"][0]["wasserstein"]
    if content > BRIEF["content"]:
        return f"Too little is left of the palace: content {content:.2f}, at most {BRIEF['content']}. Less strength."
    if style > BRIEF["style"]:
        return f"Too little of the Great Wave: style {style:.3f}, at most {BRIEF['style']}. Use more strength or steps."
    return None


check = checker(
    {
        1: Exercise(
            {"A": "gamma", "B": "layer_weights", "C": "init", "D": "strength"},
            hints=[
                (
                    lambda a: "padding" in a.values(),
                    "A wrong padding leaves a line along the border; none of the four has one.",
                ),
                (
                    lambda a: "channels" in a.values(),
                    "With red and blue exchanged, red things turn blue; in none of the four have they.",
                ),
                (
                    lambda a: a["A"] == "strength",
                    "A has the colors of S, so the style was not too weak. What else did it lose?",
                ),
                (lambda a: a["B"] == "strength", "B has the shapes of strokes. What do they lack?"),
                (
                    lambda a: a["C"] == "gamma",
                    "A larger γ does smooth, but there is no rocket in this picture. How did the run begin?",
                ),
                (
                    lambda a: a["C"] == "strength",
                    "C has grain all over, and no painting has that. How did the run begin?",
                ),
                (lambda a: a["D"] == "init", "A run from noise as short as these has grain; D has none."),
                (lambda a: a["D"] == "layer_weights", "D has the colors and the strokes of S. What has it lost?"),
            ],
            praise="Each of the four has one line as its cure.",
        ),
        2: Exercise(
            {1: "converged", 2: "learning rate", 3: "next size"},
            hints=[
                (
                    lambda a: a[2] == "next size",
                    "Curve 2 jumps again and again in its first steps. Each new size makes one jump.",
                ),
                (
                    lambda a: a[3] == "learning rate",
                    "Curve 3 falls smoothly between its two jumps, and after each one ends lower than before.",
                ),
                (lambda a: a[1] == "too early", "Compare curve 1 at step 60 and at its end: what did 20 steps gain?"),
                (lambda a: a[2] == "converged", "Curve 2 ends higher than the other two."),
                (lambda a: a[3] == "converged", "What happened at the two jumps of curve 3?"),
            ],
            praise="Read a curve before you change a setting.",
        ),
        3: Exercise(
            75.0 * (80 / 20 / 1.5) ** 1.75,
            hints=[
                (75.0 * (80 / 1.5) ** 1.75, "The odds are 80 to 20, not 80."),
                (75.0 * (80 / 20) ** 1.75, "Divide the odds by those of 60, which are 1.5."),
                (75.0 * (80 / 20 / 1.5), "Do not forget the power."),
                (75.0 * 80 / 60, "β grows faster than the strength: see the formula."),
            ],
            praise="Five times the β of strength 60.",
        ),
        4: Exercise(fulfills_the_brief, praise="The brief is fulfilled, by a network that your run has not seen."),
    }
)
