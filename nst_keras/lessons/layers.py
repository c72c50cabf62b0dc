"""What each layer adds to a style: a painting that is changed, textures grown from noise, λ; notebook 05."""

import math

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import load_image, show_images
from nst_keras.images import to_pixels
from nst_keras.lessons.figures import heat_map, pixels_of, show_at_own_size
from nst_keras.lessons.grams import PAINTINGS
from nst_keras.lessons.stored import Frame, load_record, load_stored, show_slider
from nst_keras.transfer import ladder

BLOCKS = [f"block {n}" for n in range(1, 6)]
SERIES = {"block 1": "1", "blocks 1-2": "12", "blocks 1-3": "123", "blocks 1-4": "1234", "blocks 1-5": "12345"}
GROWN = {"at one size": "_one_size", "from coarse to fine": ""}  # the ends of the names of their runs
TESTED = {"night_cafe": "night_cafe", "composition_viii": "composition"}  # paintings, as their runs name them
BEGUN = {
    "1234": "1-4, begun small", "12345": "1-5, begun small",
    "1234_one_size": "1-4, begun large", "12345_one_size": "1-5, begun large",
}  # fmt: skip
WEIGHTS = {  # λ, from block 1 to block 4
    "finest": (64, 16, 4, 1), "fine": (8, 4, 2, 1),
    "equal": (1, 1, 1, 1), "coarse": (1, 2, 4, 8), "block 4": (0, 0, 0, 1),
}  # fmt: skip


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


def show_changes(name, side=256):
    """A painting, and what is done to it."""
    S = load_image(name, side)
    show_images([S, *(change(S) for change in CHANGES.values())], [name, *CHANGES], columns=2, tile=side / 100 + 0.1)


def show_heard(costs, yardstick, side=256):
    """How loudly each block protests against each change: five paintings, printed, and the median, drawn.

    `costs` is a function of S and G that gives five costs; `yardstick` one of S that gives their units."""
    paintings = [load_image(name, side) for name in PAINTINGS]
    units = [yardstick(S) for S in paintings]
    heard = np.array([
        [costs(S, change(S)) / unit for S, unit in zip(paintings, units, strict=True)] for change in CHANGES.values()
    ])  # fmt: skip
    print(f"{'five paintings':17}" + "".join(f"{block:>12}" for block in BLOCKS))
    for how, rows in zip(CHANGES, heard, strict=True):
        ranges = zip(rows.min(axis=0), rows.max(axis=0), strict=True)
        print(f"{how:17}" + "".join(f"{f'{low:.1f} to {high:.1f}':>12}" for low, high in ranges))
    for how, rows in zip(CHANGES, heard, strict=True):
        loudest = zip(PAINTINGS, rows.argmax(axis=1) + 1, strict=True)
        print(f"{how}, loudest block: " + ", ".join(f"{name.split('_')[-1]} {block}" for name, block in loudest))
    medians = np.median(heard, axis=1)
    heat_map(medians, list(CHANGES), BLOCKS, "{:.1f}", np.log(medians + 0.1))


# Textures grown from noise


def show_hero():
    """The Night Café, and what grew from noise by the Gram matrices of all five blocks, in two ways."""
    S, *grown = series("12345")
    titles = ["van Gogh", "from noise, at one size", "from noise, from coarse to fine"]
    show_at_own_size([S, *grown], titles)


def series(blocks):
    """S, and its textures of these blocks: at one size, and from coarse to fine."""
    grown = [load_stored(f"05_night_cafe_{blocks}{end}").image for end in GROWN.values()]
    return load_image("night_cafe", grown[0].shape[2]), *grown


def show_series(way):
    """What grew from noise by the Gram matrices of more and more blocks."""
    images = [load_stored(f"05_night_cafe_{blocks}{GROWN[way]}").image for blocks in SERIES.values()]
    show_at_own_size(images, list(SERIES), columns=3, scale=0.65 if GROWN[way] else 0.8)


def short(number):
    """Two digits of a number."""
    if number < 0.005:
        return "< 0.01"
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def print_places(name="night_cafe", side=304):
    """How many places the two deep blocks have at each size of a search from coarse to fine."""
    sizes, _ = ladder(load_image(name, side), 1, coarsest=64)
    rows = {"longer side, pixels": [max(size) for size in sizes]}
    for block in (4, 5):
        rows[f"places in block {block}"] = [math.prod(n // 2 ** (block - 1) for n in size) for size in sizes]
    for title, numbers in rows.items():
        print(f"{title:22}" + "".join(f"{number:8,}" for number in numbers))


def show_beginnings():
    """Two paintings, and textures of four and of five blocks, from a small beginning and from a large one."""
    images = []
    for name, key in TESTED.items():
        grown = [load_stored(f"05_{key}_{end}").image for end in BEGUN]
        images += [load_image(name, grown[0].shape[2]), *grown]
    show_at_own_size(images, ["S", *BEGUN.values()] * len(TESTED), columns=5, scale=0.55)


def show_riddle():
    """Three textures, from blocks that are not named."""
    images = [load_stored(f"05_{name}").image for name in ("composition_45", "composition_12", "night_cafe_45")]
    show_at_own_size(images, ["A", "B", "C"])


# Layers and λ in a compromise with a photograph


def print_objects():
    """For six pairs: the share of the picture that looks more like some place of S than like C there."""
    rows = load_record("05_objects")
    print(f"{'more like S than like C':28}" + "".join(f"{way:>18}" for way in next(iter(rows.values()))))
    for pair, found in rows.items():
        print(f"{pair:28}" + "".join(f"{each['objects']:18.0%}" for each in found.values()))


def show_objects(names=("chelsea", "palace")):
    """Pictures of equal content, for four and for five blocks."""
    images = [load_stored(f"05_{name}_{blocks}_blocks").image for name in names for blocks in (4, 5)]
    titles = [f"{blocks} blocks" for _ in names for blocks in (4, 5)]
    show_at_own_size(images, titles, columns=2)


def turn_lambda(costs):
    """A slider over pictures that differ in λ: λ, and how far each block is from S in the end.

    `costs` is a function of S and G that gives the costs of at least four blocks."""
    runs = {name: load_stored(f"05_lambda_{name.replace(' ', '_')}").image for name in WEIGHTS}
    S = load_image("night_cafe", max(runs["fine"].shape[1:3]))
    left = np.array([costs(S, G)[:4] for G in runs.values()])
    times = left / left.min(axis=0)
    frames = [beside_lambda(name, runs[name], each, times.max()) for name, each in zip(runs, times, strict=True)]
    return show_slider("λ, from the shallow blocks to the deep ones", frames)


def beside_lambda(name, image, times, most):
    """A picture, its λ, and the style cost of each block, in multiples of the lowest, as one frame of a slider."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(4, image.shape[1] / 100), dpi=100, layout="constrained")
    shares = np.array(WEIGHTS[name]) / sum(WEIGHTS[name])
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
