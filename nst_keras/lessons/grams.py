"""Figures and small runs about Gram matrices: notebook 04."""

import functools

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import (
    FeatureExtractor,
    gram_matrix,
    initial_image,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    resize_image,
    show_images,
)  # fmt: skip
from nst_keras.images import to_pixels
from nst_keras.lessons.stored import load_picture
from nst_keras.settings import STYLE_LAYERS

PAIR, BLUE, LINES = "block2_conv1", 49, 97  # a layer, its channel for dark blue, and the one for slanted lines
PAINTINGS = ("great_wave", "church_auvers", "cafe_terrace", "night_cafe", "composition_viii")
PAIRS = (  # C and S
    ("palace", "great_wave"), ("astronaut", "composition_viii"), ("chelsea", "church_auvers"),
    ("coffee", "cafe_terrace"), ("rocket", "great_wave"), ("astronaut", "night_cafe"),
)  # fmt: skip


@functools.cache
def extractor_of(*layers):
    return FeatureExtractor(layers, load_vgg(padding="symmetric"))


def square(name, side=256):
    """The middle square of a picture."""
    image = load_image(name)
    shorter = min(image.shape[1:3])
    return resize_image(tf.image.resize_with_crop_or_pad(image, shorter, shorter), (side, side))


def wrong_gram(a):
    """The line that programs for channels-first arrays have: in Keras its rows are no channels."""
    rows = tf.reshape(a, (a.shape[-1], -1))
    return tf.matmul(rows, rows, transpose_b=True)


# By pencil


def show_stripes():
    """Two pictures, eight places wide, with the activations of a channel for stripes and one for blue."""
    stripe = np.array([1, 0] * 4)
    blue, orange, cream = "#2b5fa8", "#e08a2c", "#f3ead2"
    worlds = {"blue stripes": (stripe, blue, cream), "orange stripes on blue": (1 - stripe, orange, blue)}
    _, axes = plt.subplots(2, 2, figsize=(11, 4), height_ratios=[1.1, 1], layout="constrained")
    for (picture, table), (name, (is_blue, ink, ground)) in zip(axes.T, worlds.items(), strict=True):
        picture.imshow([[plt.matplotlib.colors.to_rgb(ink if each else ground) for each in stripe]], aspect="auto")
        picture.set(xticks=[], yticks=[])
        picture.set_title(name, fontsize=14)
        rows = np.stack([stripe, is_blue, stripe * is_blue])
        table.imshow(rows, cmap="Greys", vmax=3, aspect="auto")
        table.set_yticks(range(3), ["stripe", "blue", "product"], fontsize=13)
        table.set_xticks([])
        for (row, place), value in np.ndenumerate(rows):
            table.text(place, row, value, ha="center", va="center", fontsize=13)
        table.set_xlabel(f"the products add up to {stripe @ is_blue}", fontsize=13)
    plt.show()


def show_outer_products(a):
    """One table of products for each of four places, and their sum."""
    positions = np.reshape(a, (-1, a.shape[-1])).astype(int)
    _, axes = plt.subplots(2, 3, figsize=(11, 7.4), layout="constrained")
    for axis, p, name in zip(axes.flat, positions, "1234", strict=False):
        _numbers(axis, np.outer(p, p), f"place {name}: {p}", [[f"{x}·{y} = {x * y}" for y in p] for x in p])
    _numbers(axes[1, 1], positions.T @ positions, "added up: the Gram matrix")
    axes[1, 2].axis("off")
    plt.show()


def _numbers(axis, table, title, texts=None):
    axis.imshow(table, cmap="YlGnBu", vmin=0, vmax=9)
    for (k, m), value in np.ndenumerate(table):
        axis.text(m, k, texts[k][m] if texts else value, ha="center", va="center", fontsize=13 if texts else 20)
    axis.set(xticks=[], yticks=[])
    axis.set_title(title, fontsize=14)


# Two channels of VGG19


def blue_and_lines(image):
    """The maps of the two channels."""
    maps = extractor_of(PAIR)(image)[PAIR][0].numpy()
    return maps[..., BLUE], maps[..., LINES]


def show_two_channels(names, side=256):
    """A row for each picture: the picture, both maps, and their product; one scale for each column."""
    pictures = [square(name, side) for name in names]
    maps = [(p, q, p * q / 1000) for p, q in map(blue_and_lines, pictures)]
    tops = [max(np.quantile(each[column], 0.995) for each in maps) for column in range(3)]
    _, axes = plt.subplots(len(names), 4, figsize=(12, 3 * len(names)), layout="constrained", squeeze=False)
    titles = ["", f"channel {BLUE}: blue", f"channel {LINES}: lines", "their product"]
    for row, name, picture, of_picture in zip(axes, names, pictures, maps, strict=True):
        row[0].imshow(to_pixels(picture))
        for axis, values, top in zip(row[1:], of_picture, tops, strict=True):
            axis.imshow(values, cmap="magma", vmin=0, vmax=top)
        p, q, _ = of_picture
        covariance = (p * q).mean() - p.mean() * q.mean()
        means = f"blue {p.mean():4.0f}   lines {q.mean():4.0f}   product {(p * q).mean():7,.0f}"
        print(f"{name:17}{means}   covariance {covariance:7,.0f}")
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title, fontsize=13)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
    plt.show()


# What a Gram matrix knows of places


def rearranged(S):
    """{how: S with its pixels in other places}."""
    return {
        "moved by 16 pixels": tf.roll(S, 16, axis=2),
        "moved by half": tf.roll(S, S.shape[2] // 2, axis=2),
        "turned on its head": S[:, ::-1, ::-1],
        "mirrored": S[:, :, ::-1],
    }


def activations_and_shuffled(S, seed=0):
    """The activations of S in block 1, and the same with their places in another order."""
    a = extractor_of(STYLE_LAYERS[0])(S)[STYLE_LAYERS[0]].numpy()
    rows = np.random.default_rng(seed).permutation(a.reshape(-1, a.shape[-1]))
    return a, rows.reshape(a.shape)


def style_costs(S, G, gram):
    """How far G is from S in each of five layers, relative, by this function of activations."""
    extractor = extractor_of(*STYLE_LAYERS)
    of_S, of_G = ([gram(a) / (a.shape[1] * a.shape[2]) for a in extractor(image).values()] for image in (S, G))
    return [float(tf.reduce_sum((s - g) ** 2) / tf.reduce_sum(s**2)) for s, g in zip(of_S, of_G, strict=True)]


def print_mirror_and_turn(gram):
    """For each painting: how often the cost of half a turn goes into the cost of a mirror, in five layers."""
    print(f"{'mirrored costs':18}" + "".join(f"{f'block {n}':>11}" for n in range(1, 6)))
    for name in PAINTINGS:
        copies = rearranged(S := square(name))
        mirrored, turned = (style_costs(S, copies[how], gram) for how in ("mirrored", "turned on its head"))
        ratios = [m / t for m, t in zip(mirrored, turned, strict=True)]
        print(f"{name:18}" + "".join(f"{ratio:9.1f} x" for ratio in ratios))


# A picture from noise


class TextureCost:
    """Mean relative distance of two matrices over blocks 1 to 4, in the form that `minimize` asks for."""

    def __init__(self, S, gram, extractor):
        self.gram, self.extractor = gram, extractor
        self.targets = {l: gram(a) for l, a in extractor(S).items()}
        self.graph = tf.function(self.with_gradient, autograph=False)

    def with_gradient(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            of_G = {l: self.gram(a) for l, a in self.extractor(G).items()}
            pairs = [(self.targets[l], of_G[l]) for l in of_G]
            J = tf.add_n([tf.reduce_sum((s - g) ** 2) / tf.reduce_sum(s**2) for s, g in pairs]) / len(pairs)
        return J, tape.gradient(J, G)

    def value_and_gradient(self, G):
        J, gradient = self.graph(G)
        return {"J": float(J)}, gradient

    def terms(self, G):
        return self.value_and_gradient(G)[0]


def grow(name, gram, side=240, steps=15, seed=0):
    """White noise, driven towards the matrices of a picture, at a quarter, half and all of the size: (G, J)."""
    extractor = FeatureExtractor(STYLE_LAYERS[:4], load_vgg(padding="symmetric"), "auto")
    G = None
    for part, evaluations in ((4, 6 * steps), (2, 2 * steps), (1, steps)):
        S = square(name, side // part)
        G = initial_image("noise", S, seed) if G is None else resize_image(G, (side // part, side // part))
        G, history = minimize(TextureCost(S, gram, extractor), G, lbfgs(), evaluations)
    return G, history["J"][-1]


def show_grown(*names):
    """Two of these, large: a painting, and what a search from noise found for its right and its wrong matrices."""
    stored = {"04_right": "from noise, by Gram matrices", "04_wrong": "from noise, by the wrong matrices"}
    images = [load_picture(name) if name in stored else square(name, 384) for name in names]
    show_images(images, [stored.get(name, "van Gogh") for name in names], tile=3.6)


# Which layer speaks


def shares(pairs, costs_of, side=128):
    """The share of each layer in the style cost, in %, for each pair (C, S): {name of a cost: (pairs, layers)}.

    `costs_of` holds functions of two Gram matrices, of S and of C, and of the number of places."""
    extractor = extractor_of(*STYLE_LAYERS)
    found: dict[str, list] = {name: [] for name in costs_of}
    for pair in pairs:
        of_C, of_S = (list(extractor(square(name, side)).values()) for name in pair)
        for name, cost in costs_of.items():
            layers = zip(of_S, of_C, strict=True)
            costs = np.array([float(cost(gram_matrix(s), gram_matrix(c), s.shape[1] * s.shape[2])) for s, c in layers])
            found[name].append(100 * costs / costs.sum())
    return {name: np.array(rows) for name, rows in found.items()}


def gradient_shares(pairs, cost, side=128):
    """As `shares`, at G = C, of the lengths of the gradients: how strongly each layer pulls at the pixels."""
    extractor, rows = extractor_of(*STYLE_LAYERS), []
    for C, S in pairs:
        G, of_S = square(C, side), extractor(square(S, side)).values()
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(G)
            layers = zip(of_S, extractor(G).values(), strict=True)
            costs = [cost(gram_matrix(s), gram_matrix(g), s.shape[1] * s.shape[2]) for s, g in layers]
        lengths = np.array([float(tf.norm(tape.gradient(each, G))) for each in costs])
        rows.append(100 * lengths / lengths.sum())
    return np.array(rows)


# A riddle


def show_riddle(patches=((150, 30), (20, 150), (75, 5)), size=64):
    """Three patches of the Great Wave, and, in another order, what two channels say of them."""
    S, finer = square("great_wave"), square("great_wave", 512)  # the finer one is for the eye
    crops = [S[:, top : top + size, left : left + size] for top, left in patches]
    shown = [finer[:, 2 * top : 2 * (top + size), 2 * left : 2 * (left + size)] for top, left in patches]
    tables = []
    for crop in crops:
        p, q = blue_and_lines(crop)
        tables.append(np.array([[(p * p).mean(), (p * q).mean()], [(p * q).mean(), (q * q).mean()]]) / 1000)
    _, axes = plt.subplots(2, 3, figsize=(7.5, 5.4), layout="constrained")
    for axis, crop, name in zip(axes[0], shown, "123", strict=True):
        axis.imshow(to_pixels(crop))
        axis.set_title(f"patch {name}", fontsize=13)
        axis.axis("off")
    for axis, index, name in zip(axes[1], (1, 2, 0), "ABC", strict=True):
        axis.imshow(tables[index], cmap="YlGnBu", vmin=0, vmax=max(map(np.max, tables)))
        for (k, m), value in np.ndenumerate(tables[index]):
            axis.text(m, k, f"{value:.0f}", ha="center", va="center", fontsize=14, color="w" if value > 250 else "k")
        axis.set_xticks(range(2), ["blue", "lines"], fontsize=12)
        axis.set_yticks(range(2), ["blue", "lines"], fontsize=12)
        axis.set_title(f"table {name}", fontsize=13)
    plt.show()
