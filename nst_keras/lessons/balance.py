"""How content and style share a picture: figures of stored runs, and of the pulls in a live one; notebook 07."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import load_image, resize_image, show_images
from nst_keras.images import to_pixels
from nst_keras.lessons.cases import beside_its_own
from nst_keras.lessons.figures import pixels_of, plot_falls, show_at_own_size
from nst_keras.lessons.stored import Frame, load_picture, load_record, load_stored, show_slider

# The settings with which the package has the J of notebooks/program/07_total_cost.py
PROGRAM: dict[str, Any] = {
    "style_cost": "gram",
    "layer_weights": "fine",
    "padding": "zero",
    "positions_per_channel": 0.0,
}
PAIR = ("chelsea", "great_wave")  # of the stored runs
BETAS = (16, 80, 400, 2000)
SHORT, LONG = 30, 300  # steps of each
SEEN = {
    16: "A cat with inked stripes, after 30 and after 300 steps. Both points are at the upper left.",
    80: "After 30 steps a cat with dark specks, after 300 a calmer one in blue and cream, lower in style cost.",
    400: "After 30 steps much as with 80; after 300 foam on the brow, and a style cost that is less than a third.",
    2000: "After 30 steps a speckled cat in its own colors, far up in style cost; after 300 a cat of foam, the lowest.",
}

SHOWN = {
    "chelsea, great_wave": "From C a second wave where the ear was; from S the print, and a faint ring for an eye.",
    "palace, great_wave": "From C waves in the shape of the pagoda; from S the print without a pagoda.",
    "astronaut, composition_viii": "From C circles in the shape of a head; from S the painting without an astronaut.",
    "chelsea, church_auvers": "From C two churches where the eyes were; from S the church, in one piece.",
    "coffee, cafe_terrace": "From C yellow and violet walls around a cup of sky; from S the terrace without a cup.",
    "rocket, great_wave": "From C a white wave where the rocket stood; from S the print without a rocket.",
    "astronaut, night_cafe": "From C a body of yellow floor; from S the café with its table, without an astronaut.",
}


def stored(beta, steps=LONG):
    return load_stored(f"07_beta_{beta}_{steps}")


# Stored runs


def two_ends():
    """{start: the run of the same J that begins with it}: from C and from S."""
    return {"C": stored(BETAS[-1]), "S": load_stored("07_from_S")}


def show_two_ends():
    """The same J, walked down from C and from S."""
    runs = two_ends().values()
    titles = [f"J = {run.record['costs_at_end']['J']:.2f}" for run in runs]
    show_at_own_size([run.image for run in runs], titles)


def ends(steps):
    """Content and style cost at the end of the stored runs."""
    finals = [stored(beta, steps).record["costs_at_end"] for beta in BETAS]
    return [final["J_content"] for final in finals], [final["J_style"] for final in finals]


def drag_beta():
    """A slider over β: G after few and after many steps, and where both lie between content and style."""
    frames = []
    for number, beta in enumerate(BETAS):
        figure = plt.figure(figsize=(9.4, 7), layout="constrained")
        axes = figure.subplot_mosaic([[SHORT, LONG], ["curve", "curve"]], height_ratios=[1, 1.1])
        for (steps, marker), color in zip({SHORT: "s", LONG: "o"}.items(), ("tab:orange", "tab:blue"), strict=True):
            axes[steps].imshow(to_pixels(stored(beta, steps).image))
            axes[steps].axis("off")
            axes[steps].set_title(f"after {steps} steps", fontsize=13)
            content, style = ends(steps)
            axes["curve"].semilogy(content, style, f"-{marker}", color=color, label=f"{steps} steps")
            axes["curve"].plot(content[number], style[number], marker, color=color, markersize=15)
        axes["curve"].set_xlabel("J_content: right, less of C", fontsize=13)
        axes["curve"].set_ylabel("J_style: low, more of S", fontsize=13)
        axes["curve"].grid(alpha=0.3)
        axes["curve"].legend(fontsize=13)
        frames.append(Frame(f"β = {beta}", pixels_of(figure), SEEN[beta]))
    return show_slider("β", frames)


def print_ends():
    """Content and style cost of the stored runs, and how much their J still fell at last."""
    print(f"{'':20}" + "".join(f"{f'β = {beta}':>12}" for beta in BETAS))
    for steps in (SHORT, LONG):
        for name, costs in zip(("J_content", "J_style"), ends(steps), strict=True):
            print(f"{name:10}{steps:4} steps" + "".join(f"{cost:12.4f}" for cost in costs))
    J = [stored(beta).record["J"] for beta in BETAS]
    print("J, last 100 steps   " + "".join(f"{each[-1] / each[-101] - 1:12.1%}" for each in J))


def print_two_ends():
    """The costs of the two pictures of `show_two_ends`."""
    for start, run in two_ends().items():
        end = run.record["costs_at_end"]
        content, style, tv = (end[term] for term in ("alpha*J_content", "beta*J_style", "gamma*J_tv"))
        print(f"begun with {start}: J = {end['J']:.3f} = "
              f"α·J_content {content:.3f} + β·J_style {style:.3f} + γ·J_tv {tv:.3f}")  # fmt: skip


def show_falls():
    """The lowest J so far of the two runs of `show_two_ends`; only what is below 6."""
    axis = plot_falls({f"begun with {start}": run.record["J"][:LONG] for start, run in two_ends().items()})
    axis.set_ylim(2, 6)
    plt.show()


def print_starts():
    """J of seven pairs from both starts, after so many steps."""
    records = load_record("07_starts")
    steps = list(next(iter(records.values()))["C"])
    print(f"{'J at 96 pixels after':28}" + "".join(f"{each + ' steps':>15}" for each in steps))
    print(f"{'begun with':28}" + f"{'C':>9}{'S':>6}" * len(steps))
    for pair, found in records.items():
        print(f"{pair:28}" + "".join(f"{found['C'][each]:9.2f}{found['S'][each]:6.2f}" for each in steps))


def drag_pairs():
    """A slider over the seven pairs: S, and the pictures from both starts."""
    frames = []
    for pair, J in load_record("07_starts").items():
        content, style = pair.split(", ")
        from_C, from_S = (load_picture(f"07_{content}_{style}_from_{start}") for start in "CS")
        figure, axes = plt.subplots(1, 3, figsize=(8, 3), layout="constrained")
        titles = ["S", *(f"from {start}: J = {J[start]['300']:.2f}" for start in "CS")]
        for axis, image, title in zip(
            axes, [at_size_of(load_image(style, 96), from_C), from_C, from_S], titles, strict=True
        ):
            axis.imshow(to_pixels(image))
            axis.axis("off")
            axis.set_title(title, fontsize=13)
        frames.append(Frame(pair, pixels_of(figure), SHOWN[pair]))
    return show_slider("pair", frames, quality=75)


def show_reward():
    """One picture, large, beside its C and S."""
    show_at_own_size([beside_its_own("07_reward")[np.newaxis]], ["C, S and G"])


def show_riddle():
    """Details of three runs that are not named."""
    runs = (2000, LONG), (80, SHORT), (2000, SHORT)
    images = [stored(*run).image[:, 20:212, 90:282] for run in runs]
    show_images(images, ["A", "B", "C"], tile=2.6)


# Live runs


def print_differences(found, split):
    """Of some pictures, (1, H, W, 3), the squared differences of neighbors for a pixel: in brightness, and in color.

    `split`: a pixel times this is its brightness, and two numbers for its color."""
    print(f"{'differences in':17}brightness   color   color's share")
    for name, image in found.items():
        parts = np.asarray(image)[0] @ split
        down, right = np.diff(parts, axis=0) ** 2, np.diff(parts, axis=1) ** 2
        bright, *color = (down.sum(axis=(0, 1)) + right.sum(axis=(0, 1))) / parts[..., 0].size
        print(f"{name:17}{bright:10.0f}{sum(color):8.0f}{sum(color) / (bright + sum(color)):12.0%}")


def print_terms(found):
    """The terms of J, and J, of some pictures: {name: terms}."""
    print(f"{'':17}α·J_content  β·J_style  γ·J_tv       J")
    for name, terms in found.items():
        print(f"{name:17}{terms[0]:11.2f}{terms[1]:11.2f}{terms[2]:8.2f}{terms.sum():8.2f}")


def show_curve(curve):
    """The terms of J over a run, each of the best picture so far; thin: J of every picture that was looked at."""
    terms = np.array(curve)
    J = terms.sum(axis=1)
    best = terms[[np.argmin(J[: step + 1]) for step in range(len(J))]]
    quarters = sorted({max(1, len(J) * part // 4) for part in (0, 1, 2, 4)})
    print_terms({f"step {step}": best[step - 1] for step in quarters})
    _, axis = plt.subplots(figsize=(9, 4), layout="constrained")
    steps = range(1, len(J) + 1)
    axis.semilogy(steps, J, color="gray", linewidth=0.8)
    axis.semilogy(steps, best.sum(axis=1), "k-", linewidth=2.5, label="J")
    for term, line, name in zip(best.T, ("-", "--", ":"), ("α·J_content", "β·J_style", "γ·J_tv"), strict=True):
        axis.semilogy(steps, np.where(term > 0, term, np.nan), line, linewidth=2.5, label=name)
    axis.set_xlabel("step", fontsize=13)
    axis.grid(alpha=0.3)
    axis.legend(fontsize=13)
    plt.show()


def pulls(objective, G):
    """The pulls of content and of style at each pixel: minus the gradients of their terms, (H, W, 3) each."""
    found = []
    for number in (0, 1):
        with tf.GradientTape() as tape:
            tape.watch(G)
            term = objective(G)[number]
        found.append(-tape.gradient(term, G).numpy()[0])
    return found


def cosine(x, y, axis=None):
    """1: the same direction; -1: opposite."""
    return (x * y).sum(axis) / np.sqrt((x**2).sum(axis) * (y**2).sum(axis))


def show_pulls(objective, stages, block=8):
    """For each stage of a run the picture, and in each block of pixels the cosine of the two pulls.

    Args:
        objective: G -> the terms of J, content and style first.
        stages: {steps: G}.
    """
    _, axes = plt.subplots(2, len(stages), figsize=(12, 5.5), layout="constrained")
    for (above, below), (steps, G) in zip(axes.T, stages.items(), strict=True):
        content, style = pulls(objective, G)
        height, width = (n // block for n in content.shape[:2])
        both = [
            pull[: height * block, : width * block].reshape(height, block, width, block, 3).swapaxes(1, 2)
            for pull in (content, style)
        ]
        above.imshow(to_pixels(G))
        above.set_title(f"after {steps} steps", fontsize=14)
        image = below.imshow(cosine(both[0], both[1], axis=(2, 3, 4)), cmap="PuOr", vmin=-1, vmax=1)
        below.set_title(f"cosine {cosine(content, style):.2f}", fontsize=14)
        print(f"after {steps:3} steps: cosine {cosine(content, style):.2f}")
        for axis in (above, below):
            axis.axis("off")
    bar = plt.colorbar(image, ax=list(axes[1]), shrink=0.9)
    bar.set_ticks([-1, 0, 1], labels=["opposite", "unrelated", "the same"])
    plt.show()


def stages(first):
    """{2: `first`, and what the stored run had after 30 and after 300 steps with the β of the program}."""
    return {2: first, **{steps: stored(80, steps).image for steps in (SHORT, LONG)}}


def at_size_of(S, C):
    """S stretched to the size of C."""
    return resize_image(S, tuple(C.shape[1:3]))
