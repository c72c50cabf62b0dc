"""What one knob does, by records and pictures that benchmarks/knobs.py and make_runs.py have made: notebook 09."""

import math

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from nst_keras import data_path, load_image, show_images
from nst_keras.images import luminance, to_pixels
from nst_keras.lessons.figures import magnified
from nst_keras.lessons.stored import Frame, load_record, load_stored, show_slider
from nst_keras.runs.quality import grain, noise
from nst_keras.settings import Settings
from nst_keras.transfer import ladder

LINE = ("β / 3", "default", "3 β")  # painted with less and with more style, and nothing else
FAMILIES = {  # knob: a judge that is like the default in this, and one that has it turned, too
    "VGG16": ("VGG19", "VGG16"),
    "average pooling": ("VGG16", "average pooling"),
    "zero padding": ("mirrored borders", "VGG16"),
}
PICTURES = {  # knob: its run in data/runs, of the palace after the Great Wave, and what is to be seen
    "β / 3": ("00_beta_25", "Nearly the photograph, in the colors of the print."),
    "3 β": (
        "00_beta_250",
        "Waves in the trees, and dark strokes in the sky; the pagoda is still whole.",
    ),
    "γ = 0": ("09_rough", "Fine specks of color, plain in the enlarged corner."),
    "half the steps": ("09_half", "Nearly the default; a stroke here and there has moved."),
    "one size": ("09_one_size", "An orange blot in the sky, and loose strokes around the roof."),
    "average pooling": ("09_average", "The same picture, a little softer."),
    "all of block 5": ("09_block5", "The title box of the print in the sky, and a wave that runs through the pagoda."),
}
STEPS = {  # what the last step of the program adds, one after the other: runs in data/runs
    "before": "09_full_zeros",
    "and mirrors": "09_full_mirror",
    "and `enough`": "09_one_size",
    "and small sizes first": "00_beta_75",
}
BLOCK_4 = ("all of block 4, β = 28", "all of block 4")  # the same with less and with more style
DO = {  # what the reader is told to do with it
    "β / 3": "turn it", "default": "-", "3 β": "turn it", "half the steps": "for drafts",
    "all of block 4": "for things", "all of block 5": "for things",
}  # fmt: skip
NAME_BESIDE = {  # its dot on each of the two maps: points, side
    "β / 3": 2 * [((12, 2), "left")],
    "default": 2 * [((-14, -16), "right")],
    "3 β": 2 * [((8, 8), "left")],
    "one size": [((-12, 8), "right"), ((-14, 0), "right")],
    "half the steps": 2 * [((14, 2), "left")],
    "γ = 0": [((-14, -3), "right"), ((-14, -34), "right")],
    "all of block 4, β = 28": [((-14, -8), "right"), ((0, 20), "center")],
    "all of block 4": [((-14, -18), "right"), ((0, 12), "center")],
}
PROGRAM = {  # its picture after each notebook that changed it: what is to be seen
    "00": "Waves and strokes all over the sky, behind a dark pagoda.",
    "03": "Waves and strokes all over the sky, behind a dark pagoda.",
    "04": "Specks all around a dark, greenish pagoda; great waves in the sky at the right.",
    "05": "A gray-green sky with slanted strokes; a clearer pagoda in dark blue and brown.",
    "06": "Roofs of blue and sand with clear tiles; finer slanted strokes; orange at the right.",
    "07": "As after 06, with a smoother and more orange sky.",
    "08": "A sand-colored sky with loose dark strokes left of the roof; roofs of a stronger blue.",
    "09": "A calm sand-colored sky; the pagoda clean in ink blue.",
}
DEFAULT = "00_beta_75"


def rough(G):
    """How much pixels differ from the mean of their four neighbors, in gray levels of brightness."""
    return noise(luminance(G))


def mesh(G, C):
    """The same in that quarter of the picture where C has the least detail."""
    of_C, of_G = (grain(luminance(image)) for image in (C, G))
    detail = tf.nn.avg_pool2d(of_C, 9, 1, "SAME")
    return float(tf.reduce_mean(of_G[detail <= np.quantile(detail, 0.25)]))


def knobs():
    """Those that change neither the network nor what the judge has in common with it."""
    return [knob for knob in next(iter(load_record("09_knobs").values())) if knob not in (*LINE, *FAMILIES)]


def value(measured, what):
    """One number of a picture; its content in the eyes of VGG16."""
    return measured["content"]["VGG16"] if what == "content" else measured[what]


def at_equal_content(of_pair, knob, what):
    """What a knob changes in one number, as a multiple of what the default has with the same content.

    For the default lies a line through three β, straight between them where both axes are logarithmic; beyond its ends
    nothing is known (NaN)."""
    x, y = np.log([[value(of_pair[name], each) for name in LINE] for each in ("content", what)])
    line = np.interp(np.log(value(of_pair[knob], "content")), x, y, left=np.nan, right=np.nan)
    return float(value(of_pair[knob], what) / np.exp(line))


def print_judges():
    """The content cost of the default and of a picture with one knob turned, by judges that are like one of them."""
    pairs = load_record("09_knobs").values()
    print(f"{'content':17}{'judge like the default':>27}{'judge like the knob':>31}")
    print(f"{'':17}" + 2 * f"{'default':>10}{'turned':>9}{'own wins':>10}  ")
    for knob, judges in FAMILIES.items():
        print(f"{knob:17}", end="")
        for judge, own in zip(judges, (0, 1), strict=True):
            costs = np.array([[of_pair[name]["content"][judge] for name in ("default", knob)] for of_pair in pairs])
            wins = f"{sum(costs[:, own] < costs[:, 1 - own])} of {len(pairs)}"
            print("{:10.2f}{:9.2f}".format(*costs.mean(axis=0)) + f"{wins:>10}", end="  ")
        print()


def print_table():
    """For each knob: content, style and patches beside the default at equal content, objects, fine color, time, and
    what to do with it."""
    pairs = load_record("09_knobs").values()
    mean = lambda knob, what: np.mean([value(of_pair[knob], what) for of_pair in pairs])
    print(f"{'':22}{'content':>7}{'style':>10}{'patches':>10}{'objects':>8}{'color':>6}{'time':>5}  do")
    for knob in (*LINE, *knobs()):
        ratios = [[at_equal_content(of_pair, knob, what) for of_pair in pairs] for what in ("wasserstein", "patches")]
        style, patches = ("line" if knob in LINE else change(each) for each in ratios)
        time = np.mean([of_pair[knob]["seconds"] / of_pair["default"]["seconds"] for of_pair in pairs])
        print(f"{knob:22}{mean(knob, 'content'):7.2f}{style:>10}{patches:>10}{mean(knob, 'objects'):8.0%}", end="")
        print(f"{mean(knob, 'fine_chroma'):6.1f}{time:5.1f}  {DO.get(knob, 'leave it')}")


def change(ratios):
    """The mean of ratios in percent, and in how many cases it got worse."""
    if np.isnan(ratios).any():
        return "beyond"
    mean = 100 * (np.exp(np.mean(np.log(ratios))) - 1)
    return f"{mean:+.0f} % ({sum(ratio > 1 for ratio in ratios)})"


def show_map():
    """Content against style and against patches, as multiples of the default: each pair small, their means large.

    All of block 4 is there for two β, with a line between them; all of block 5 would lie far to the right."""
    pairs = load_record("09_knobs").values()
    _, axes = plt.subplots(2, figsize=(9, 8.5), sharex=True, layout="constrained")
    for number, (axis, what) in enumerate(zip(axes, ("wasserstein", "patches"), strict=True)):
        times = {
            knob: np.array([
                [value(of_pair[knob], each) / value(of_pair["default"], each) for of_pair in pairs]
                for each in ("content", what)
            ])
            for knob in NAME_BESIDE
        }  # fmt: skip
        means = {knob: np.exp(np.log(each).mean(axis=1)) for knob, each in times.items()}
        for line, color in ((LINE, "gray"), (BLOCK_4, "#c62828")):
            axis.plot(*np.transpose([means[knob] for knob in line]), color=color)
        for knob, place in means.items():
            color = "gray" if knob in LINE else "#c62828"
            axis.plot(*times[knob], "o", color=color, markersize=4, alpha=0.35)
            axis.plot(*place, "o", color=color, markersize=10)
            shift, side = NAME_BESIDE[knob][number]
            axis.annotate(knob, place, shift, textcoords="offset points", fontsize=13, ha=side)
        axis.set_ylabel(("style cost", "patches")[number] + ", default = 1", fontsize=13)
    axes[1].set_xlabel("content cost, default = 1", fontsize=13)
    plt.show()


def turn_knobs():
    """A slider over knobs: the default, and the picture with this one turned; below them a corner of each, enlarged."""
    default, frames = load_stored(DEFAULT).image, []
    for knob, (name, seen) in PICTURES.items():
        frames.append(Frame(f"left: default; right: {knob}", side_by_side(default, load_stored(name).image), seen))
    return show_slider("turn a knob", frames, quality=85)


def side_by_side(*images):
    """Pictures in a row, and below each its upper left corner, enlarged as wide as the picture."""
    columns = []
    for pixels in map(to_pixels, images):
        corner = magnified(pixels[: pixels.shape[0] // 3, : pixels.shape[1] // 3], 3)
        columns.append(np.concatenate([pixels, np.full((12, pixels.shape[1], 3), 255, np.uint8), corner]))
    gap = np.full((columns[0].shape[0], 12, 3), 255, np.uint8)
    return np.concatenate([columns[0], gap, columns[1]], axis=1)


def show_last_step():
    """One pair, by the program before and after its last step."""
    show_images([load_stored(f"program_{step}").image for step in ("08", "09")], ["before", "after"], tile=4)


def show_program():
    """A slider over the steps of the program: one pair, as each of them paints it."""
    frames = [Frame(f"after notebook {step}", load_stored(f"program_{step}").image, PROGRAM[step]) for step in PROGRAM]
    return show_slider("your program", frames, quality=85)


def show_steps(rows=110, columns=220):
    """The sky of one pair, as each part of the program's last step is added."""
    skies = [magnified(to_pixels(load_stored(name).image)[:rows, :columns], 3) for name in STEPS.values()]
    show_images(skies, list(STEPS), columns=2, tile=4.6)


def show_mesh(share=0.18, contrast=3):
    """An empty place of C, of S, and of G painted at two sizes, equal parts, with more contrast."""
    large = data_path("gallery/palace_great_wave.jpg")
    pictures = {
        "C": (load_image("palace", 384), 0.04, 0.56),
        "S": (load_image("great_wave", 384), 0.08, 0.78),
        "G, 384 pixels": (load_stored(DEFAULT).image, 0.04, 0.56),
        "G, 1024 pixels": (load_image(large), 0.04, 0.56),
    }
    tiles = []
    for image, down, right in pictures.values():
        top, left, side = round(down * image.shape[1]), round(right * image.shape[2]), round(share * max(image.shape))
        crop = to_pixels(image)[top : top + side, left : left + side].astype(float)
        strong = np.clip(128 + contrast * (crop - crop.mean(axis=(0, 1))), 0, 255)
        tiles.append(magnified(strong, 414 // side))
    show_images(tiles, list(pictures), columns=2, tile=3.4)


def print_mesh():
    """How rough S and G are, in all, and in their emptiest quarter (for G, that of C): the means of the pairs."""
    rows: dict[str, list] = {"all of it": [], "the emptiest quarter": []}
    for pair, of_pair in load_record("09_knobs").items():
        S = load_image(pair.split(", ")[1], 256)
        rows["all of it"].append((rough(S), of_pair["default"]["rough"]))
        rows["the emptiest quarter"].append((mesh(S, S), of_pair["default"]["mesh"]))
    print(f"{'':22}{'S':>6}{'G':>6}   G is rougher in")
    for name, each in rows.items():
        print(f"{name:22}" + "{:6.1f}{:6.1f}".format(*np.mean(each, axis=0)), end="   ")
        print(f"{sum(G > S for S, G in each)} of {len(each)} pairs")


def print_work():
    """What the default ladder costs, in steps at its largest size, and in seconds where they were measured."""
    seconds = load_record("09_speeds")
    print(f"{'pixels':11}{'sizes':>6}{'steps':>6}{'worth, at full size':>21}" + "".join(f"{p:>11}" for p in seconds))
    for width, height in ((256, 171), (512, 341), (1400, 900)):
        sizes, steps = ladder(tf.zeros((1, height, width, 3)), Settings.steps)
        worth = sum(n * math.prod(size) for n, size in zip(steps, sizes, strict=True)) / math.prod(sizes[-1])
        cells = [f"{by_side[str(width)]:.0f} s" if str(width) in by_side else "" for by_side in seconds.values()]
        print(f"{f'{width} x {height}':11}{len(sizes):6}{sum(steps):6}{worth:21.0f}", *[f"{c:>10}" for c in cells])


def show_riddle(rows=90, columns=130):
    """The upper left corner of the pictures of three steps of the program, which are not named."""
    images = [load_stored(f"program_{step}").image for step in ("09", "05", "08")]
    show_images([magnified(to_pixels(image)[:rows, :columns], 3) for image in images], list("ABC"), tile=4)
