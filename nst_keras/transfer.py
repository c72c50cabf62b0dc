"""From coarse to fine: what is painted at each size, and the loop over the sizes."""

import math
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import tensorflow as tf

from nst_keras.images import resize_image
from nst_keras.objective import EVERYTHING, View
from nst_keras.optimize import RANGE, History, minimize
from nst_keras.settings import SMALLEST_SIDE, Settings
from nst_keras.vgg import FeatureExtractor

SMALLEST_COARSE = 40  # pixels on the shorter side of a coarse scale: with fewer, block5 has too little to compare

Picture: TypeAlias = str | os.PathLike | tf.Tensor  # a path, a bundled picture's short name, or an image (1, H, W, 3)


class Scene(NamedTuple):
    """What is painted at one size. A control is a function Scene -> Scene."""

    C: tf.Tensor  # the content image
    styles: Sequence[tf.Tensor]  # the style images, shrunk as much as C
    first: tf.Tensor  # the image to begin with
    regions: Sequence[tuple] = ()  # parts of G with styles of their own: see `Objective`
    view: View = EVERYTHING  # what the costs see, and what may change
    bounds: Any = RANGE  # of each pixel


@dataclass
class Run:
    """One style transfer: what it was given, and how far it has come. `stylize` returns it.

    Attributes:
        content, styles: the pictures as they were given, `styles` as a list.
        settings: its Settings; a precision or tile of "auto" is replaced by what was chosen.
        C, S: the content image, and the list of style images, at the largest size.
        extractor: the network, with the layers that the costs compare.
        sizes, steps: (height, width) of each scale, and the number of gradient evaluations there.
        begin: run -> (J, the first image, optimizer) of the scale that the run is at.
        controls: what changes the Scene of each size, in this order.
        regions, mask: where which style goes, and what is painted at all; None: everything.
        scale: number of the scale that the run is at.
        history: its History, over all scales.
        image: G, the best image so far at this scale, (1, H, W, 3), RGB 0..255; None before the first step.
        files: {("picture" or "map", name as it was given): (absolute path, SHA-256)}, as they were read.
        weights_sha256: of the weights, as they were read.
    """

    content: Picture
    styles: list
    settings: Settings
    C: tf.Tensor = field(repr=False)
    S: list = field(repr=False)
    extractor: FeatureExtractor = field(repr=False)
    sizes: list
    steps: list
    begin: Callable = field(repr=False)
    controls: list[Callable[[Scene], Scene]] = field(default_factory=list, repr=False)
    regions: Any = field(default=None, repr=False)
    mask: np.ndarray | None = field(default=None, repr=False)
    scale: int = 0
    history: History = field(default_factory=History)
    image: tf.Tensor | None = field(default=None, repr=False)
    files: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict, repr=False)
    weights_sha256: str | None = field(default=None, repr=False)


def inputs_of(run: Run) -> list[str]:
    """The files that a run was made from, which nothing may overwrite."""
    return [path for path, _ in run.files.values()]


class Callback:
    """Something that watches a run, as Keras's callbacks do. Override what you need; `self.run` is the Run."""

    run: Run

    def on_run_begin(self) -> None:
        """Before the first step. An error raised here refuses the run."""

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        """After J was evaluated for the image G; steps are counted across all scales."""

    def on_run_end(self) -> None:
        """After the last step, also when the run was interrupted or failed; not if `on_run_begin` refused it.

        An error raised here becomes a warning: the run's result and the other callbacks do not suffer from it."""


def paint(run: Run, callbacks: Sequence[Callback | Callable] = ()) -> Run:
    """Minimize J at each size, from where the run stands to its end, each time from the result of the size before.

    The second half of `stylize`; arguments and errors as there. Returns the run."""
    watchers, begun, first = [_as_callback(each, run) for each in callbacks], [], None

    def after_step(step, G, costs):
        nonlocal first
        first = None  # of a large picture every copy counts
        run.image = run.history.progress.best if run.history.progress else G
        for watcher in watchers:
            watcher.on_step_end(step, G, costs)

    try:
        for watcher in watchers:
            watcher.on_run_begin()
            begun.append(watcher)
        with run.history.running():
            while not run.history.interrupted:
                J, first, optimizer = run.begin(run)
                run.image, _ = minimize(J, first, optimizer, run.steps[run.scale], after_step, run.history)
                if run.history.interrupted or run.scale == len(run.sizes) - 1:
                    break
                run.scale += 1
    except KeyboardInterrupt:  # outside the optimizer's loop
        if run.image is None:
            raise
        run.history.interrupted = True
    finally:
        for watcher in begun:
            try:
                watcher.on_run_end()
            except Exception as error:
                warnings.warn(f"{type(watcher).__name__} failed at the end of the run: {error!r}", stacklevel=2)
    return run


def _as_callback(watcher, run):
    if not isinstance(watcher, Callback):
        function, watcher = watcher, Callback()
        watcher.on_step_end = function
    watcher.run = run
    return watcher


def ladder(
    C: tf.Tensor, steps: int, scales: int | None = None, coarsest: int = 128
) -> tuple[list[tuple[int, int]], list[int]]:
    """The scales to go through: (height, width) of each, and its number of steps.

    C's own size is the last, each is √2 times the one before, and there are as many as `scales` says, or so many that
    the first is about `coarsest` pixels long; sizes with a side below SMALLEST_COARSE are left out. The last one gets
    `steps`, the others as many more as they are smaller: what is large is decided there, where a step is cheap (at 1/4
    of the size, 1/16 of the price).
    """
    if scales is None:
        scales = 1 + max(0, round(2 * math.log2(max(C.shape[1:3]) / coarsest)))
    sizes = [scaled(C, 2 ** (-level / 2)) for level in reversed(range(scales))]
    sizes = [size for size in sizes[:-1] if min(size) >= SMALLEST_COARSE] + sizes[-1:]
    return sizes, [round(steps * max(sizes[-1]) / max(size)) for size in sizes]


def at_size(size: tuple[int, int], C: tf.Tensor, S: Sequence[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """C with this (height, width), and the styles S shrunk as much."""
    return resize_image(C, size), [resize_image(one, scaled(one, size[0] / C.shape[1])) for one in S]


def scaled(image: tf.Tensor, factor: float) -> tuple[int, int]:
    """(height, width) of an image times a factor, or times the least one that leaves SMALLEST_SIDE pixels."""
    factor = max(factor, min(1.0, SMALLEST_SIDE / min(image.shape[1:3])))
    return tuple(max(SMALLEST_SIDE, round(side * factor)) for side in image.shape[1:3])
