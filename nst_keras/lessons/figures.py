"""Figures of several notebooks."""

import matplotlib.pyplot as plt
import numpy as np

from nst_keras.display import show_images


def pixels_of(figure):
    """A matplotlib figure as an image, (1, H, W, 3), RGB 0..255."""
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    plt.close(figure)
    return pixels[np.newaxis].astype(np.float32)


def show_at_own_size(images, titles, columns=None, scale=1.0):
    """Images in a grid, the first one with as many pixels on the page as it has, or `scale` times as many."""
    show_images(images, titles, columns, scale * images[0].shape[2] / 100 + 0.1)


def magnified(pixels, times):
    """Each pixel of an array (H, W, ...) as a square of so many pixels on a side."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def plot_falls(curves):
    """The lowest J so far, over the steps; `curves` is {label: J of each step}. Returns the axis."""
    _, axis = plt.subplots(figsize=(9, 3.4), layout="constrained")
    for (label, J), line in zip(curves.items(), ("-", "--", ":"), strict=False):
        axis.plot(range(1, len(J) + 1), np.minimum.accumulate(J), line, linewidth=2.5, label=label)
    axis.set_xlabel("step", fontsize=13)
    axis.set_ylabel("J", fontsize=13)
    axis.grid(alpha=0.3)
    axis.legend(fontsize=13)
    return axis


def heat_map(values, rows, columns, form="{:.2f}", shades=None):
    """A table whose cells are the darker, the larger `shades` are (or the values)."""
    values, shades = np.asarray(values), np.asarray(values if shades is None else shades)
    _, axis = plt.subplots(figsize=(2.4 + 1.25 * len(columns), 0.9 + 0.55 * len(rows)), layout="constrained")
    low, high = shades.min(), shades.max()
    axis.imshow(shades, cmap="Oranges", vmin=low, vmax=low + 1.3 * (high - low), aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        axis.text(column, row, form.format(value), ha="center", va="center", fontsize=12)
    axis.set_xticks(range(len(columns)), columns)
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    plt.show()
