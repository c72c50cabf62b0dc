"""Clouds of activations, and style costs that compare them: notebook 08."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import load_image, resize_image
from nst_keras.images import to_pixels
from nst_keras.lessons.figures import pixels_of, show_at_own_size
from nst_keras.lessons.grams import blue_and_lines
from nst_keras.lessons.stored import Frame, load_picture, load_record, load_stored, show_slider, show_wipe
from nst_keras.style import Moments, main_directions, mean_and_covariance, moments

SHOWN = (("palace", "great_wave"), ("astronaut", "composition_viii"))  # C and S of the stored pictures
NAMES = {
    "gram": "Gram", "squares": "μ and Σ, squares", "roots": "Gram/N, root", "covariance": "Σ alone, root",
    "wasserstein": "Wasserstein",
}  # fmt: skip
PATCHES = ("patches", "recolored")  # of 7 x 7 pixels: how far those of G are from those of S, as painted and recolored
COLORS = {"S": "#1565c0", "G": "#e08a2c"}

# Style costs between Gram and Wasserstein: what they compare, Gram/N or mean and covariance or one of them, and how


def by_squares(of_S: Moments, of_G: Moments) -> tf.Tensor:
    """Mean and covariance, compared as Gram matrices are: ‖Δμ‖² / ‖μ_S‖² + ‖ΔΣ‖² / ‖Σ_S‖²."""
    pairs = zip(mean_and_covariance(of_S), mean_and_covariance(of_G), strict=True)
    return tf.add_n([tf.reduce_sum((s - g) ** 2) / tf.reduce_sum(s**2) for s, g in pairs])


def about_zero(of: Moments) -> Moments:
    """The moments of a cloud and of its mirror image together: their mean is 0, their covariance is Gram/N."""
    return of._replace(sum=tf.zeros_like(of.sum))


def about_its_mean(of: Moments) -> Moments:
    """The moments of a cloud that was moved to 0: its covariance alone is left."""
    return of._replace(sum=tf.zeros_like(of.sum), gram=of.gram - of.sum[:, None] * of.sum / of.n)


def by_roots(J, sees):
    """An objective whose Wasserstein cost sees of a cloud what `sees` leaves of its moments."""
    for target in J.numbers["target"]:
        if target:
            of_S = sees(target["of_S"])
            target |= {"of_S": of_S, "B": main_directions(of_S, J.settings.rank)}
    J.formulas = tuple(t._replace(sums=lambda a: sees(moments(a))) if t.kind == "style" else t for t in J.formulas)
    return J


def moments_by_squares(J):
    """An objective that compares mean and covariance `by_squares`."""
    J.formulas = tuple(t._replace(cost=by_squares) if t.kind == "style" else t for t in J.formulas)
    return J


WAYS = {
    "squares": moments_by_squares,
    "roots": lambda J: by_roots(J, about_zero),
    "covariance": lambda J: by_roots(J, about_its_mean),
}


def compared_by(way, run):
    """A run that compares styles in one of these ways: "squares" takes one with the Gram cost, the others with W."""
    begin = run.begin
    run.begin = lambda run: (lambda J, *more: (WAYS[way](J), *more))(*begin(run))
    return run


# Stored pictures


def painted(content, way="wasserstein"):
    """The stored picture of this photograph, painted with this style cost."""
    if way in WAYS:
        return load_picture(f"08_{way}")
    return load_stored("00_beta_75" if (content, way) == ("palace", "wasserstein") else f"08_{content}_{way}").image


def show_pairs():
    """Two photographs after two paintings, each by the Gram and by the Wasserstein cost."""
    ways = ("gram", "wasserstein")
    rows = [(*pair, [painted(pair[0], way) for way in ways]) for pair in SHOWN]
    heights = [images[0].shape[1] for *_, images in rows]
    _, axes = plt.subplots(
        2, 3, figsize=(10, sum(heights) / 100 + 0.6), width_ratios=(0.5, 1, 1), height_ratios=heights,
        layout="constrained",
    )  # fmt: skip
    for row, (content, style, images) in zip(axes, rows, strict=True):
        height, width = images[0].shape[1:3]
        small = [resize_image(load_image(name), width // 2) for name in (content, style)]
        small = [255 - tf.image.resize_with_crop_or_pad(255 - image, height // 2, width // 2) for image in small]
        for axis, image in zip(row, [tf.concat(small, axis=1), *images], strict=True):
            axis.imshow(to_pixels(image))
    for axis, title in zip(axes[0], ("C and S", *(NAMES[way] for way in ways)), strict=True):
        axis.set_title(title, fontsize=13)
    for axis in axes.flat:
        axis.axis("off")
    plt.show()


def wipe(content="astronaut"):
    """The two pictures of one photograph, divided by a line that the reader moves."""
    alts = {"gram": "The photograph, painted by the Gram cost.", "wasserstein": "The same by the Wasserstein cost."}
    return show_wipe("move the line", [Frame(NAMES[way], painted(content, way), alt) for way, alt in alts.items()])


def show_programs():
    """What the program of notebook 07, and the one with the new cost, paint at 384 pixels."""
    images = [load_stored(f"program_{number}").image for number in ("07", "08")]
    show_at_own_size(images, ["your program in notebook 07", "and now"])


# Clouds


def show_even_and_striped():
    """One channel of two pictures, ten places each, with the same Gram matrix."""
    even, striped = np.full((2, 5), np.sqrt(0.5)), np.stack([np.ones(5), np.zeros(5)])
    _, axes = plt.subplots(1, 2, figsize=(9, 2.4), layout="constrained")
    for axis, a, name in zip(axes, (even, striped), ("even", "striped"), strict=True):
        axis.pcolormesh(a, cmap="gray", vmin=0, vmax=1, edgecolors="tab:gray")
        for (row, column), value in np.ndenumerate(a):
            axis.text(column + 0.5, row + 0.5, f"{value:.2f}", ha="center", va="center", color="tab:red", fontsize=13)
        axis.set(xticks=[], yticks=[], aspect="equal")
        axis.set_title(f"{name}: Gram = {np.sum(a**2):.0f}, mean {a.mean():.2f}, deviation {a.std():.2f}", fontsize=12)
    plt.show()


def cloud(image):
    """The blue and the line channel at all places of a picture, (2, places)."""
    return np.stack([each.ravel() for each in blue_and_lines(image)])


def show_clouds(content="palace", style="great_wave", points=1500, seed=0):
    """Some places of C and of S, with cross and ellipse."""
    side = painted(content).shape[2]
    clouds = {"the photograph": cloud(load_image(content, side)), "the print": cloud(load_image(style, side))}
    right, top = np.quantile(clouds["the print"], 0.995, axis=1)
    _, axes = plt.subplots(1, 2, figsize=(10, 4.2), sharex=True, sharey=True, layout="constrained")
    for axis, (name, of), color in zip(axes, clouds.items(), (COLORS["G"], COLORS["S"]), strict=True):
        some = np.random.default_rng(seed).choice(of, points, axis=1)
        axis.plot(*some, ".", color=color, alpha=0.4, markersize=4)
        axis.plot(*ellipse(of.mean(axis=1), np.cov(of, bias=True)), "k-", linewidth=2)
        axis.plot(*of.mean(axis=1), "kX", markersize=9)
        axis.set(xlim=(-0.15 * right, right), ylim=(-0.06 * top, top), xlabel="blue")
        axis.set_title(name, fontsize=13)
    axes[0].set_ylabel("lines")
    plt.show()


def show_both_ellipses(content="palace", style="great_wave"):
    """Of S and of two paintings: Gram/N as an ellipse about zero, and Σ as one about μ."""
    images = {f"painted by {NAMES[way]}": painted(content, way) for way in ("gram", "wasserstein")}
    of_S = cloud(load_image(style, painted(content).shape[2]))
    _, axes = plt.subplots(1, 2, figsize=(10, 4.8), sharex=True, sharey=True, layout="constrained")
    for axis, (name, image) in zip(axes, images.items(), strict=True):
        for who, of in {"S": of_S, "G": cloud(image)}.items():
            mean, M, style = of.mean(axis=1), of @ of.T / of.shape[1], {"color": COLORS[who], "linewidth": 2}
            axis.plot(*ellipse(0 * mean, M), "--", label=f"Gram/N of {who}", **style)
            axis.plot(*ellipse(mean, M - np.outer(mean, mean)), "-", label=f"Σ of {who}", **style)
            axis.plot(*mean, "X", color=COLORS[who], markersize=10)
        axis.axhline(0, color="gray", linewidth=0.8)
        axis.axvline(0, color="gray", linewidth=0.8)
        axis.set_xlabel("blue")
        axis.set_title(name, fontsize=13)
    axes[0].set_ylabel("lines")
    axes[0].legend(fontsize=11, loc="lower right")
    plt.show()


def ellipse(mean, cov, points=100):
    """Points one deviation away from the mean in every direction, (2, points)."""
    angles = np.linspace(0, 2 * np.pi, points)
    e, axes = np.linalg.eigh(cov)
    return mean[:, np.newaxis] + axes * np.sqrt(e.clip(0)) @ np.stack([np.cos(angles), np.sin(angles)])


def show_pairing(x, y):
    """Eight numbers, paired as they stand and in sorted order."""
    _, axes = plt.subplots(1, 2, figsize=(10, 2.6), sharey=True, layout="constrained")
    pairings = {"as they stand": (x, y), "both sorted": (np.sort(x), np.sort(y))}
    for axis, (name, (p, q)) in zip(axes, pairings.items(), strict=True):
        axis.plot([p, q], [np.ones(len(p)), np.zeros(len(q))], "k-", linewidth=1)
        axis.plot(p, np.ones(len(p)), "o", color=COLORS["S"], markersize=10)
        axis.plot(q, np.zeros(len(q)), "s", color=COLORS["G"], markersize=10)
        axis.set(xlabel="activation", yticks=[0, 1], yticklabels=["G", "S"], ylim=(-0.3, 1.3))
        axis.set_title(f"{name}: mean square {np.mean((p - q) ** 2):g}", fontsize=13)
    plt.show()


def show_ellipses(mean_S, deviations_S, mean_G, deviations_G):
    """Two clouds as upright ellipses: what moving costs, and what stretching costs."""
    mean_S, deviations_S, mean_G, deviations_G = map(np.array, (mean_S, deviations_S, mean_G, deviations_G))
    angles = np.linspace(0, 2 * np.pi, 33)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    S, moved, G = mean_S + circle * deviations_S, mean_G + circle * deviations_S, mean_G + circle * deviations_G
    move, stretch = np.sum((mean_S - mean_G) ** 2), np.sum((deviations_S - deviations_G) ** 2)
    _, axes = plt.subplots(1, 2, figsize=(11, 3.2), sharex=True, sharey=True, layout="constrained")
    for axis, name, start, end in ((axes[0], f"move: {move}", S, moved), (axes[1], f"stretch: {stretch}", moved, G)):
        axis.plot(*start.T, "-", color=COLORS["S"], linewidth=2)
        axis.plot(*end.T, "-", color=COLORS["G"], linewidth=2)
        for p, q in zip(start[::2], end[::2], strict=True):
            axis.annotate("", q, p, arrowprops={"arrowstyle": "->", "color": "gray"})
        axis.set(xlabel="channel 1", aspect="equal", xlim=(0, 11), ylim=(-0.3, 4.3))
        axis.set_title(name, fontsize=13)
    axes[0].set_ylabel("channel 2")
    plt.show()


def turn(long, short):
    """A slider that turns one of two equal ellipses with these deviations; W at each angle, by the formula."""
    return show_slider("turn the orange ellipse", [turned(long, short, angle) for angle in range(0, 91, 15)])


def turned(long, short, degrees):
    """Two equal ellipses, one of them turned, and W, as one frame of a slider."""
    cov_S, x = np.diag([long**2, short**2]), np.deg2rad(degrees)
    rotation = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]])
    cov_G, half = rotation @ cov_S @ rotation.T, np.diag([long, short])
    W = abs(np.trace(cov_S + cov_G) - 2 * np.sum(np.sqrt(np.linalg.eigvalsh(half @ cov_G @ half))))  # no -0
    figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
    axis.plot(*ellipse(np.zeros(2), cov_S), "-", color=COLORS["S"], linewidth=3)
    axis.plot(*ellipse(np.zeros(2), cov_G), "-", color=COLORS["G"], linewidth=3)
    axis.set(xlim=(-3.6, 3.6), ylim=(-3.3, 3.3), aspect="equal", xticks=[], yticks=[])
    axis.set_title(f"W = {W:.2f}", fontsize=15)
    seen = f"Two equal ellipses, one turned by {degrees} degrees: W = {W:.2f}."
    return Frame(f"{degrees}°", pixels_of(figure), seen)


# What decides


def recolored(G, S):
    """G with the mean and the deviation that each color channel has in S; not clipped."""
    mean, deviation = (lambda x, f=f: f(x, axis=(1, 2), keepdims=True) for f in (tf.reduce_mean, tf.math.reduce_std))
    return (G - mean(G)) / deviation(G) * deviation(S) + mean(S)


def print_ways():
    """What each cost leaves of the Gram cost's patches, before and after both are recolored, and how far the brightness
    is from that of S. The mean of the pairs, the least and the most."""
    record = load_record("08_clouds")
    print(f"{'':18}{'patches left':>20}{'recolored':>20}{'brightness off':>20}")
    for way, name in NAMES.items():
        columns = [[100 * rows[way][what] / rows["gram"][what] for rows in record.values()] for what in PATCHES]
        columns.append([abs(rows[way]["brightness"] - rows["S"]) for rows in record.values()])
        cells = [
            f"{np.mean(each):.0f}{unit} ({np.min(each):.0f} to {np.max(each):.0f})"
            for each, unit in zip(columns, (" %", " %", ""), strict=True)
        ]
        print(f"{name:18}" + "".join(f"{cell:>20}" for cell in cells))


def show_four(content="astronaut"):
    """One photograph, painted with each of the four costs."""
    images = [painted(content, way) for way in ("gram", "squares", "roots", "wasserstein")]
    titles = [
        "Gram: Gram/N, by squares",
        "μ and Σ, by squares",
        "Gram/N, by the root",
        "Wasserstein: μ and Σ, by the root",
    ]
    show_at_own_size(images, titles, columns=2)


# A riddle

RIDDLE = {  # mean and deviations of S and of G
    "A": ((3, 3), (2, 1), (5, 3), (2, 1)),
    "B": ((4, 3), (3, 1), (4, 3), (1, 3)),
    "C": ((4, 3), (1, 1), (4, 3), (2, 2)),
}


def show_riddle():
    """Three pairs of clouds."""
    circle = np.stack([np.cos(x := np.linspace(0, 2 * np.pi, 99)), np.sin(x)], axis=1)
    _, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharex=True, sharey=True, layout="constrained")
    for axis, (name, (mean_S, spread_S, mean_G, spread_G)) in zip(axes, RIDDLE.items(), strict=True):
        axis.plot(*(np.array(mean_S) + circle * spread_S).T, color=COLORS["S"], linewidth=3)
        axis.plot(*(np.array(mean_G) + circle * spread_G).T, color=COLORS["G"], linewidth=3)
        axis.set(xlim=(0, 8), ylim=(-0.3, 6.3), aspect="equal")
        axis.set_title(name, fontsize=14)
    plt.show()
