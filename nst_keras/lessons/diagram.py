"""The whole method in one drawing, with all its parts in color or only one."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyBboxPatch, Polygon

from nst_keras import data_path, load_image
from nst_keras.images import to_pixels

COLORS = {"network": "#00796b", "content": "#1565c0", "style": "#c05a00", "gradient": "#c62828"}
GRAY, BLACK = "#b0b0b0", "black"
# The canvas is 130 wide and 72 high. A picture: file, height of its middle, where its arrow ends, parts it belongs to.
PICTURES = {
    "C: content image": ("content/palace.jpg", 61, 43, ("network", "content")),
    "G: generated image": ("gallery/palace_great_wave.jpg", 35.5, 39.6, tuple(COLORS)),
    "S: style image": ("style/great_wave.jpg", 10, 28, ("network", "style")),
}
BLOCKS = {1: (42, 20.6), 2: (52, 18.2), 3: (62, 15.8), 4: (72, 13.4), 5: (82, 11)}  # number: (position, height)


def draw_method(highlight=None, content_block=4):
    """C, S and G, one frozen network, two costs, one gradient. `highlight`: a key of COLORS; None for all in color."""
    if highlight not in (None, *COLORS):
        raise ValueError(f"highlight is {highlight!r}; expected None or one of {', '.join(COLORS)}")
    axis = plt.figure(figsize=(10.8, 10.8 * 72 / 130)).add_axes((0, 0, 1, 1), frameon=False, xticks=[], yticks=[])
    color = {part: ink if highlight in (None, part) else GRAY for part, ink in COLORS.items()}
    for title in PICTURES:
        _picture(axis, title, highlight, color)
    axis.set(xlim=(0, 130), ylim=(0, 72))
    for part, draw in {"network": _network, "content": _content, "style": _style, "gradient": _gradient}.items():
        draw(axis, color[part])
    x, height = BLOCKS[content_block]
    _arrow(axis, (x, 36 + height / 2), (x, 59.4 if content_block == 4 else 56.2), color["content"])
    _total(axis, color, BLACK if highlight in (None, "gradient") else GRAY)
    plt.show()


def _picture(axis, title, highlight, color):
    path, y, entry, parts = PICTURES[title]
    pixels = to_pixels(load_image(data_path(path), 240))
    ink = BLACK if highlight in (None, *parts) else GRAY
    if ink == GRAY:  # pale as well
        pixels = np.repeat(170 + pixels.mean(axis=-1, keepdims=True) / 3, 3, axis=-1).astype(np.uint8)
    axis.imshow(pixels, extent=(2, 22, y - 6.7, y + 6.7), aspect="auto", zorder=2, interpolation="lanczos")
    _text(axis, 12, y + 8.4, title, ink, 11, weight="bold")
    way = color["network"] if highlight == "network" else ink if title[0] == "G" else color[parts[1]]
    _arrow(axis, (22.6, entry if title[0] == "G" else y), (33.6, entry), GRAY if highlight == "gradient" else way)


def _network(axis, ink):
    _box(axis, 34, 22.5, 56, 27.5, ink)
    _text(axis, 36, 47.9, "one network, VGG19, frozen", ink, 12, ha="left", weight="bold")
    for block, (x, height) in BLOCKS.items():
        _box(axis, x - 4.1, 35.5 - height / 2, 8.2, height, ink, fill=f"{ink}{30 + 5 * block:02x}")
        _text(axis, x, 34 + height / 2, f"block {block}", GRAY if ink == GRAY else BLACK, 10.5)


def _content(axis, ink):
    _box(axis, 34, 53.5, 56, 17, ink)
    _text(axis, 47.4, 66.6, "content cost", ink, 13, weight="bold")
    _text(axis, 47.4, 60, "Are the same things\nat the same places?\n(activations of a deep layer)", ink, 10)
    of_C, of_G = _two_alike(5, (4, 6))
    for name, x, values in [("C", 60.6, of_C), ("G", 73.9, of_G)]:
        _grid(axis, values, x, 60, 9.5, 6.4, ink)
        _text(axis, x + 4.75, 68, name, ink, 12, weight="bold")
    _text(axis, 72, 63.2, "−", ink, 18)


def _style(axis, ink):
    _box(axis, 34, 0.6, 56, 19.9, ink)
    _text(axis, 36, 5.2, "style cost", ink, 13, ha="left", weight="bold")
    _text(axis, 50, 3.9, "Are there the same strokes and colors?\n(Gram matrices of five layers)", ink, 10.5, ha="left")
    _text(axis, 36.6, 12.5, "S\n\nG", ink, 12, weight="bold", linespacing=1.6)
    for block, (x, height) in BLOCKS.items():
        for y, a in zip((12.8, 7), _two_alike(block, (4 + block // 2, 6)), strict=True):
            _grid(axis, a @ a.T, x - 2.6, y, 5.2, 5.2, ink)
        _arrow(axis, (x, 35.1 - height / 2), (x, 18.2), ink)


def _total(axis, color, ink):
    _box(axis, 97, 29, 32, 13, ink)
    _text(axis, 101, 37.3, "J  =", ink, 13)
    _text(axis, 117.3, 37.3, "+", ink, 13)
    _text(axis, 113, 32.3, "one number: how far G is off", ink, 10.5)
    for part, symbol, x, start, end in [("content", "α", 110, 62, 42.6), ("style", "β", 123.2, 10.5, 28.4)]:
        _text(axis, x, 37.3, f"{symbol} · J$_{{{part}}}$", ink if color[part] == GRAY else color[part], 13)
        _arrow(axis, (90.6, start), (113, end), color[part], "angle,angleA=0,angleB=90,rad=10")


def _gradient(axis, ink):
    corners = [(22.8, 35.5), (26.2, 38.5), (26.2, 37.2), (96.2, 37.2), (96.2, 33.8), (26.2, 33.8), (26.2, 32.5)]
    axis.add_patch(Polygon(corners, facecolor="#dcdcdc" if ink == GRAY else ink, edgecolor="white", zorder=7))
    text = "gradient: how to change each pixel of G so that J falls"
    _text(axis, 61, 35.4, text, "#808080" if ink == GRAY else "white", 11.5, weight="bold")
    _text(axis, 12, 26.8, "Its pixels change.", ink, 10.5)


def _two_alike(seed, shape):
    first, a, b = np.random.default_rng(seed).random((3, *shape))
    return first, np.clip(first + 0.35 * (a - b), 0, 1)


def _box(axis, x, y, width, height, ink, fill="#f8f8f8"):
    look = {"boxstyle": "round,pad=0,rounding_size=0.8", "facecolor": fill, "edgecolor": ink, "linewidth": 1.6}
    axis.add_patch(FancyBboxPatch((x, y), width, height, **look))


def _grid(axis, values, x, y, width, height, ink):
    edges = np.linspace(x, x + width, values.shape[1] + 1), np.linspace(y, y + height, values.shape[0] + 1)
    colors = LinearSegmentedColormap.from_list("", ["white", ink])
    axis.pcolormesh(*edges, values[::-1], cmap=colors, edgecolors="white", linewidth=0.8, zorder=3)


def _arrow(axis, start, end, ink, shape="arc3"):
    line = {"arrowstyle": "-|>,head_length=0.5,head_width=0.28", "linewidth": 1.8, "color": ink, "shrinkA": 0}
    axis.annotate("", end, start, arrowprops={**line, "shrinkB": 0, "connectionstyle": shape}, zorder=4)


def _text(axis, x, y, text, ink, size, ha="center", **font):
    axis.text(x, y, text, color=ink, fontsize=size, ha=ha, va="center", zorder=9, **font)
