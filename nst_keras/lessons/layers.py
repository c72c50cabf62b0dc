"""What each layer adds to a style: a painting that is changed, textures grown from noise, λ; notebook 05."""

import math

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import load_image
from nst_keras.images import to_pixels
from nst_keras.lessons.figures import heat_map, pixels_of, show_at_own_size
from nst_keras.lessons.grams import PAINTINGS
from nst_keras.lessons.stored import Frame, load_stored, show_slider

BLOCKS = [f"block {n}" for n in range(1, 6)]


# A painting that is changed


def halves(image):
    """The left and the right half, of one width."""
    half = image.shape[2] // 2
    return image[:, :, :half], image[:, :, -half:]


def in_tiles(image, t, change):
    """The image with its squares of t pixels, (squares, t, t, 3), changed; what is left at the borders stays."""
    pixels = np.array(image)
    rows, columns = (n // t for n in pixels.shape[1:3])
    part = pixels[0, : rows * t, : columns * t]
    squares = part.reshape(rows, t, columns, t, 3).swapaxes(1, 2)
    changed = np.reshape(change(squares.reshape(-1, t, t, 3)), squares.shape)
    part[:] = changed.swapaxes(1, 2).reshape(part.shape)
    return tf.constant(pixels)


def colors_exchanged(image):
    """Red := blue, green := red, blue := green. Every stroke stays where it is."""
    return tf.gather(image, [2, 0, 1], axis=-1)


def strokes_mixed(image, t=4, seed=0):
    """The pixels of each small square in another order. All colors stay, and so does the picture from afar."""
    rng = np.random.default_rng(seed)
    return in_tiles(image, t, lambda squares: [rng.permutation(each.reshape(-1, 3)) for each in squares])


def pieces_moved(image, t=64, seed=0):
    """Large squares of the picture in another order. Colors and strokes stay."""
    return in_tiles(image, t, np.random.default_rng(seed).permutation)


CHANGES = {"colors exchanged": colors_exchanged, "strokes mixed": strokes_mixed, "pieces moved": pieces_moved}


def show_heard(heard):
    """How loudly each block protests against each change: all paintings, printed, and the median, drawn.

    `heard` is {change: a list of five costs for each painting}, in multiples of a yardstick."""
    tables = [np.array(rows) for rows in heard.values()]
    print(f"{'five paintings':17}" + "".join(f"{block:>12}" for block in BLOCKS))
    for how, table in zip(heard, tables, strict=True):
        ranges = zip(table.min(axis=0), table.max(axis=0), strict=True)
        print(f"{how:17}" + "".join(f"{f'{low:.1f} to {high:.1f}':>12}" for low, high in ranges))
    for how, table in zip(heard, tables, strict=True):
        loudest = zip(PAINTINGS, table.argmax(axis=1) + 1, strict=True)
        print(f"{how}, loudest block: " + ", ".join(f"{name.split('_')[-1]} {block}" for name, block in loudest))
    medians = np.array([np.median(table, axis=0) for table in tables])
    heat_map(medians, list(heard), BLOCKS, "{:.1f}", np.log(medians + 0.1))


# Textures grown from noise


def show_hero():
    """The Night Café, and what grew from noise by the Gram matrices of all five blocks, in two ways."""
    grown = [load_stored(f"05_night_cafe_12345{end}").image for end in ("_one_size", "")]
    S = load_image("night_cafe", grown[0].shape[2])
    show_at_own_size([S, *grown], ["van Gogh", "from noise, at one size", "from noise, from coarse to fine"])


def short(number):
    """Two digits of a number."""
    if number < 0.005:
        return "< 0.01"
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def show_riddle():
    """Three textures, from blocks that are not named."""
    images = [load_stored(f"05_{name}").image for name in ("composition_45", "composition_12", "night_cafe_45")]
    show_at_own_size(images, ["A", "B", "C"])


# Layers and λ in a compromise with a photograph


def turn_lambda(mixtures, costs):
    """A slider over pictures that differ in λ: λ, and how far each block is from S in the end.

    `mixtures` is {name: λ of blocks 1 to 4}; `costs` a function of S and G that gives the costs of at least these."""
    runs = {name: load_stored(f"05_lambda_{name.replace(' ', '_')}").image for name in mixtures}
    S = load_image("night_cafe", max(runs["fine"].shape[1:3]))
    left = np.array([costs(S, G)[:4] for G in runs.values()])
    times = left / left.min(axis=0)
    rows = zip(mixtures.items(), times, strict=True)
    frames = [beside_lambda(name, runs[name], shares, each, times.max()) for (name, shares), each in rows]
    return show_slider("λ, from the shallow blocks to the deep ones", frames)


def beside_lambda(name, image, shares, times, most):
    """A picture, its λ, and the style cost of each block, in multiples of the lowest, as one frame of a slider."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(4, image.shape[1] / 100), dpi=100, layout="constrained")
    above.bar_label(above.bar(BLOCKS[:4], shares, color="#1565c0"), fmt="%.2f")
    above.set(title="λ", ylim=(0, 1.2), yticks=[])
    below.bar_label(below.bar(BLOCKS[:4], times, color="#c62828"), [f"x {short(each)}" for each in times])
    below.set(title="style missing, best of five = 1", yscale="log", ylim=(0.7, 8 * most))
    below.set_yticks([10**n for n in range(math.ceil(math.log10(8 * most)))])
    below.yaxis.set_major_formatter("x {x:,g}")
    below.minorticks_off()
    pixels = np.concatenate([to_pixels(image), pixels_of(figure)[0]], axis=1)
    said = ", ".join(f"{block} {share:.2f}" for block, share in zip(BLOCKS, shares, strict=False))
    return Frame(name, pixels[np.newaxis], f"The astronaut after the Night Café. λ: {said}.")
