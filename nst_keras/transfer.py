"""stylize(): from two pictures to a third, from coarse to fine."""

import math
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from nst_keras.controls.colors import color_bounds, keep_colors, recolor
from nst_keras.controls.regions import Regions, at_layers, mask_at_size, read_mask, read_regions
from nst_keras.controls.tiles import TiledObjective, exceeds_tile
from nst_keras.files.weights import check_layers, known_layers
from nst_keras.images import initial_image, load_image, resize_image
from nst_keras.objective import Objective, make_extractor
from nst_keras.optimize import RANGE, History, Optimizer, adam, gradient_descent, lbfgs, minimize
from nst_keras.settings import SMALLEST_SIDE, Settings
from nst_keras.style import style_shares
from nst_keras.vgg import FeatureExtractor

# Pixels on the longer side, about, where coarse-to-fine begins. From noise a composition has yet to be found.
COARSEST = {"content": 128, "blend": 128, "noise": 64}
SMALLEST_COARSE = 40  # pixels on the shorter side of a coarse scale: with fewer, block5 has too little to compare
MUCH_ENLARGED = 2  # times; more is worth a word
PAIRS_IN_TILES = 2  # that L-BFGS remembers: each takes two arrays as large as the picture; J ends within 2 % as ever

Picture = str | os.PathLike | tf.Tensor  # a path, a bundled picture's short name, or an image (1, H, W, 3)
Pictures = Picture | Sequence[Picture]


@dataclass
class Run:
    """One style transfer: what it was given, and how far it has come. `stylize` returns it.

    Attributes:
        content, styles: the pictures as they were given, `styles` as a list.
        settings: its Settings; a precision of "auto" is replaced by the one that was chosen.
        C, S: the content image, and the list of style images, at the largest size.
        extractor: the network, with the layers that the costs compare.
        sizes, steps: (height, width) of each scale, and the number of gradient evaluations there.
        regions, mask: where which style goes, and what is painted at all; None: everything.
        scale: number of the scale that the run is at.
        history: its History, over all scales.
        image: G, the best image so far at this scale, (1, H, W, 3), RGB 0..255; None before the first step.
    """

    content: Picture
    styles: list
    settings: Settings
    C: tf.Tensor = field(repr=False)
    S: list = field(repr=False)
    extractor: FeatureExtractor = field(repr=False)
    sizes: list
    steps: list
    regions: Regions | None = field(default=None, repr=False)
    mask: np.ndarray | None = field(default=None, repr=False)
    scale: int = 0
    history: History = field(default_factory=History)
    image: tf.Tensor | None = field(default=None, repr=False)


class Callback:
    """Something that watches a run, as Keras's callbacks do. Override what you need; `self.run` is the Run."""

    run: Run

    def on_run_begin(self) -> None:
        """Before the first step."""

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        """After J was evaluated for the image G; steps are counted across all scales."""

    def on_run_end(self) -> None:
        """After the last step, also when the run was interrupted or failed; not if `on_run_begin` refused it."""


def stylize(
    content: Picture, style: Pictures, settings: Settings | None = None,
    callbacks: Sequence[Callback | Callable] = (), **changes: Any,
) -> Run:  # fmt: skip
    """Paint the content of one picture in the style of another.

    Minimizes J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G) over the pixels of G,
    from coarse to fine.

    Args:
        content: path of a picture, short name of a bundled one, or an image (1, H, W, 3), RGB 0..255.
        style: the same, or a list of several.
        settings: Settings to start from.
        callbacks: what watches the run: Callback objects, or functions called as f(step, G, costs) after each step.
        **changes: settings given one by one, such as beta=20.

    Returns:
        Run, with image, history and settings. After an interrupt (Ctrl-C) its image is the best so far, and
        `run.history.interrupted` is True.

    Raises:
        ValueError, FileNotFoundError: bad settings or pictures.
        CostNotFiniteError: the cost overflowed. KeyboardInterrupt: interrupted before the first step.
    """
    return paint(prepare(content, style, settings, **changes), callbacks)


def prepare(content: Picture, style: Pictures, settings: Settings | None = None, **changes: Any) -> Run:
    """The first half of `stylize`: read the pictures, load the network, plan the sizes."""
    settings = (settings or Settings()).replace(**changes)
    styles = list(style) if isinstance(style, (list, tuple)) else [style]
    style_shares(settings.style_weights, len(styles))  # mistakes are said before the network is loaded
    check_layers(settings.layers, known_layers(settings.network))
    C = as_image(content, settings.max_side)
    S = [recolor(scaled_style(one, settings), C, settings.colors) for one in styles]
    regions = read_regions(settings.regions, C, S) if settings.regions else None
    mask = read_mask(settings.mask, C) if settings.mask else None
    extractor = make_extractor(settings)
    settings = settings.replace(precision=extractor.precision)  # what "auto" has chosen
    sizes = scale_sizes(C, settings.scales, COARSEST[settings.init])
    return Run(content, styles, settings, C, S, extractor, sizes, scale_steps(sizes, settings.steps), regions, mask)


def paint(run: Run, callbacks: Sequence[Callback | Callable] = ()) -> Run:
    """The second half of `stylize`: optimize at each size, from where the run stands to its end; returns the run."""
    watchers, begun, first = [_as_callback(each, run) for each in callbacks], [], None

    def after_step(step, G, costs):
        nonlocal first
        first = None  # of a large picture every copy counts
        run.image = run.history.position.best if run.history.position else G
        for watcher in watchers:
            watcher.on_step_end(step, G, costs)

    try:
        for watcher in watchers:
            watcher.on_run_begin()
            begun.append(watcher)
        while not run.history.interrupted:
            J, first, optimizer = begin_scale(run, run.sizes[run.scale])
            run.image, _ = minimize(J, first, optimizer, run.steps[run.scale], after_step, run.history)
            if run.scale == len(run.sizes) - 1:
                break
            run.scale += 1
    except KeyboardInterrupt:  # outside the optimizer's loop
        if run.image is None:
            raise
        run.history.interrupted = True
    finally:
        for watcher in begun:
            watcher.on_run_end()
    return run


def begin_scale(run: Run, size: tuple[int, int]) -> tuple[Objective, tf.Tensor, Optimizer]:
    """J at one size, the image to start from there, and the optimizer with the bounds of its pixels."""
    settings, bounds = run.settings, RANGE
    C, S = at_size(size, run.C, run.S)
    first = initial_image(settings.init, C, settings.seed) if run.image is None else resize_image(run.image, size)
    if settings.colors == "luminance":
        first, bounds = keep_colors(first, C), color_bounds(C)
    parts = mask = None
    if run.regions is not None or run.mask is not None:
        parts = at_layers(run.regions, run.mask, C, S, run.extractor, list(settings.layer_weights))
    if run.mask is not None:
        mask = mask_at_size(run.mask, size)
        first = tf.where(mask[None, ..., None] > 0, first, C)
    if not exceeds_tile(settings.tile, max(math.prod(image.shape[1:3]) for image in [C, *S])):
        return Objective(C, S, settings, run.extractor, parts, mask), first, make_optimizer(settings, bounds)
    J = TiledObjective(C, S, settings, run.extractor, parts, mask, tile=settings.tile)
    return J, first, make_optimizer(settings, bounds, PAIRS_IN_TILES)


def make_optimizer(settings: Settings, bounds: Any = RANGE, pairs: int = 10) -> Optimizer:
    """The optimizer of the settings; `bounds`: the lowest and the highest value of each pixel; `pairs`: see `lbfgs`."""
    if settings.optimizer == "lbfgs":
        return lbfgs(pairs, clip=bounds)
    return {"adam": adam, "gradient_descent": gradient_descent}[settings.optimizer](settings.learning_rate, clip=bounds)


def scale_sizes(C: tf.Tensor, scales: int | None, coarsest: int) -> list[tuple[int, int]]:
    """(height, width) of each scale: C's own size last, and each √2 times the one before.

    As many as `scales` says, or so many that the first one is about `coarsest` pixels long; sizes with a side below
    SMALLEST_COARSE are left out.
    """
    if scales is None:
        scales = 1 + max(0, round(2 * math.log2(max(C.shape[1:3]) / coarsest)))
    sizes = [scaled(C, 2 ** (-level / 2)) for level in reversed(range(scales))]
    return [size for size in sizes[:-1] if min(size) >= SMALLEST_COARSE] + sizes[-1:]


def scale_steps(sizes: Sequence[tuple[int, int]], steps: int) -> list[int]:
    """Number of steps at each scale: as many times more than at the last one as the picture is smaller.

    What is large is decided at the coarse scales, where a step is cheap: at 1/4 of the size, 1/16 of the price.
    """
    return [round(steps * max(sizes[-1]) / max(size)) for size in sizes]


def at_size(size: tuple[int, int], C: tf.Tensor, S: Sequence[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """C with this (height, width), and the styles S shrunk as much."""
    return _resized(C, size), [_resized(one, scaled(one, size[0] / C.shape[1])) for one in S]


def _resized(image, size):
    return image if tuple(image.shape[1:3]) == tuple(size) else resize_image(image, size)


def scaled(image: tf.Tensor, factor: float) -> tuple[int, int]:
    """(height, width) of an image times a factor."""
    return tuple(max(SMALLEST_SIDE, round(side * factor)) for side in image.shape[1:3])


def scaled_style(source: Picture, settings: Settings) -> tf.Tensor:
    """A style image at its size beside the largest G: that of max_side, times style_scale."""
    if settings.max_side is not None:
        return as_image(source, round(settings.max_side * settings.style_scale))
    S = as_image(source, None)
    return S if settings.style_scale == 1 else resize_image(S, scaled(S, settings.style_scale))


def as_image(source: Picture, max_side: int | None) -> tf.Tensor:
    """An image from a path or a tensor, scaled to max_side, and large enough for VGG."""
    if isinstance(source, (str, os.PathLike)):
        name, image = f"{os.fspath(source)!r}", load_image(source, max_side)
    else:
        name, image = "the image in memory", tf.convert_to_tensor(source, tf.float32)
        if image.shape.rank != 4 or image.shape[0] != 1 or image.shape[-1] != 3:
            raise ValueError(f"expected an image of shape (1, H, W, 3), not {tuple(image.shape)}")
        low, high = float(tf.reduce_min(image)), float(tf.reduce_max(image))
        if not (low >= 0 and high <= 255):  # also catches NaN
            raise ValueError(f"image values must be in 0..255, but these run from {low:g} to {high:g}")
        _, height, width, _ = image.shape
        if max_side is not None and max_side > MUCH_ENLARGED * max(height, width):
            warnings.warn(f"{name} has {width} x {height} pixels and is enlarged to {max_side}", stacklevel=3)
        image = image if max_side is None else resize_image(image, max_side)
    if min(image.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"{name} is {image.shape[2]} x {image.shape[1]} pixels here; VGG needs at least "
            f"{SMALLEST_SIDE} on each side, so use a larger max_side or a less elongated picture"
        )
    return image


def _as_callback(watcher, run):
    if not isinstance(watcher, Callback):
        function, watcher = watcher, Callback()
        watcher.on_step_end = function
    watcher.run = run
    return watcher
