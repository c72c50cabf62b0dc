"""Figures for the notebooks. Nothing here computes a result or changes matplotlib's settings."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import tensorflow as tf
from matplotlib.figure import Figure

from nst_keras.images import to_pixels
from nst_keras.optimize import History

# Lines differ by dash and marker as well as by color, so that they can be told apart without it.
LINE_STYLES = [("-", "o"), ("--", "s"), (":", "^"), ("-.", "D"), ("-", "x"), ("--", "v"), (":", "P"), ("-.", "*")]


def show_images(
    images: Sequence[tf.Tensor], titles: Sequence[str] | None = None, columns: int | None = None, tile: float = 3.2,
    suptitle: str | None = None,
) -> Figure:  # fmt: skip
    """Show images in a grid.

    Args:
        images: list of (1, H, W, 3) or (H, W, 3), RGB 0..255 (values outside are clipped for display).
        titles: one text per image, or None.
        columns: images per row; all in one row when None.
        tile: width of one image in inches.
        suptitle: a title for the whole figure.

    Returns the figure, which has been shown.

    Raises:
        ValueError: no images, or fewer titles than images.
    """
    if len(images) == 0:
        raise ValueError("no images to show; give at least one")
    if titles is not None and len(titles) < len(images):
        raise ValueError(f"{len(images)} images, but only {len(titles)} titles; give one for each image, or None")
    pixels = [to_pixels(image) for image in images]
    columns = columns or len(pixels)
    rows = -(-len(pixels) // columns)
    tallest = max(image.shape[0] / image.shape[1] for image in pixels)
    lines = max(title.count("\n") + 1 for title in titles) if titles else 0
    figure, axes = plt.subplots(
        rows, columns, figsize=(tile * columns, (tile * tallest + 0.22 * lines) * rows), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for axis in axes.flat:
        axis.axis("off")
    for index, (axis, image) in enumerate(zip(axes.flat, pixels, strict=False)):
        axis.imshow(image)
        if titles:
            axis.set_title(titles[index], fontsize=10)
    if suptitle:
        figure.suptitle(suptitle)
    return _shown(figure)


def show_evolution(frames: Sequence[tuple[int, tf.Tensor]], tile: float = 2.4) -> Figure:
    """Show a strip of (step, image) pairs, left to right."""
    return show_images([image for _, image in frames], [f"step {step}" for step, _ in frames], tile=tile)


def plot_history(
    history: History | dict[str, History], terms: str | Sequence[str] = ("J",), relative: bool = True,
    logarithmic: bool = True,
) -> Figure:  # fmt: skip
    """Plot terms of a run over its steps.

    Args:
        history: a History, or {label: History} to compare runs (their first term is shown).
        terms: one name, or several, of terms such as "J", "alpha*J_content", "beta*J_style".
        relative: divide each curve by its largest value, so that terms of unlike size can be compared.
        logarithmic: logarithmic vertical axis.

    Returns the figure, which has been shown.

    Raises:
        ValueError: no run, a run without a step, or a term that it does not have.
    """
    terms = [terms] if isinstance(terms, str) else list(terms)
    runs = history if isinstance(history, dict) else {"": history}
    shown = terms if len(runs) == 1 else terms[:1]
    curves = [(label or term, _curve(run, term)) for label, run in runs.items() for term in shown]
    if not curves:
        raise ValueError("nothing to plot; give at least one run and one term")
    figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for index, (label, values) in enumerate(curves):
        largest = max(values)
        values = [value / largest for value in values] if relative and largest > 0 else values
        line, marker = LINE_STYLES[index % len(LINE_STYLES)]
        every = max(1, len(values) // 10)
        axis.plot(values, line, marker=marker, markevery=every, label=label)
    axis.set(xlabel="step (gradient evaluations)", ylabel="share of the largest value" if relative else "cost")
    if logarithmic:
        axis.set_yscale("log")
    axis.grid(alpha=0.3)
    axis.legend()
    return _shown(figure)


def _curve(history, term):
    """The values of a term, one a step."""
    if not history.costs:
        raise ValueError("nothing to plot: the run has not made a step")
    if term not in history.costs[0]:
        raise ValueError(f"unknown term {term!r}; the run has {', '.join(history.costs[0])}")
    return history[term]


def _shown(figure):
    plt.show()
    figure._ipython_display_ = lambda: None  # or a cell that ends with the call would show it a second time
    return figure
