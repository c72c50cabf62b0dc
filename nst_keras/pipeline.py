"""stylize(): settings -> pictures, network, controls -> for each size J and an optimizer -> `paint`.

The one place that knows both the algorithm and the controls.
"""

import math
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import tensorflow as tf

from nst_keras.controls.colors import by_brightness, recolor
from nst_keras.controls.memory import fitting_tile
from nst_keras.controls.regions import divided, masked, read_mask, read_regions
from nst_keras.controls.tiles import TiledObjective
from nst_keras.files.pictures import check_enlargement, map_path, picture_path, sha256_of
from nst_keras.files.weights import LAYERS, check_layers, weights_sha256
from nst_keras.images import as_floats, initial_image, load_image, refuse_fractions, resize_image
from nst_keras.objective import Objective, make_extractor
from nst_keras.optimize import FORKED, HANGS, Optimizer, adam, gradient_descent, lbfgs
from nst_keras.settings import SMALLEST_SIDE, Settings
from nst_keras.style import check_style_weights
from nst_keras.transfer import Callback, Picture, Run, Scene, at_size, ladder, paint, scaled

# Pixels on the longer side, about, where coarse-to-fine begins. From noise a composition has yet to be found.
COARSEST = {"content": 128, "blend": 128, "noise": 64}
PAIRS, PAIRS_IN_TILES = 10, 2  # that L-BFGS remembers: each takes two arrays as large as the picture

Pictures: TypeAlias = Picture | Sequence[Picture]


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
    if FORKED:
        raise ChildProcessError(HANGS)
    settings = (settings or Settings()).replace(**changes)
    styles = list(style) if isinstance(style, (list, tuple)) else [style]
    check_style_weights(settings.style_weights, len(styles))  # mistakes are said before the network is loaded
    check_layers(settings.layers, LAYERS[settings.network])
    C = as_image(content, settings.max_side)
    S = [as_image(one, settings.max_side, settings.style_scale) for one in styles]
    if settings.colors != "style":
        S = [recolor(one, C, settings.colors) for one in S]
    regions = read_regions(settings.regions, C, S) if settings.regions else None
    mask = read_mask(os.fspath(settings.mask), C) if settings.mask else None
    extractor = make_extractor(settings)
    settings = settings.replace(precision=extractor.precision)  # what "auto" has chosen
    sizes, steps = ladder(C, settings.steps, settings.scales, COARSEST[settings.init])
    run = Run(content, styles, settings, C, S, extractor, sizes, steps, begin_scale, regions=regions, mask=mask)
    sources = [os.fspath(one) for one in (content, *styles) if isinstance(one, (str, os.PathLike))]
    maps = settings.maps if regions is not None or mask is not None else []
    read = {("map", name): map_path(name) for name in maps}  # a map may be called as its picture
    read |= {("picture", name): picture_path(name) for name in sources}
    run.files = {name: (str(path.resolve()), sha256_of(path)) for name, path in read.items() if path and path.is_file()}
    run.weights_sha256 = weights_sha256(settings.network, settings.weights)
    if settings.colors == "luminance":
        run.controls.append(by_brightness)
    if regions is not None or mask is not None:
        run.controls.append(divided(regions, mask, extractor, list(settings.layer_weights)))
    if mask is not None:
        run.controls.append(masked(mask))
    if settings.tile == "auto":
        run.settings = settings.replace(tile=fitting_tile(run))
    return run


def begin_scale(run: Run) -> tuple[Objective, tf.Tensor, Optimizer]:
    """J at the size that the run is at, the image to start from there, and the optimizer."""
    s, size = run.settings, run.sizes[run.scale]
    C, S = at_size(size, run.C, run.S)
    scene = Scene(C, S, initial_image(s.init, C, s.seed, smaller=run.image))
    for control in run.controls:
        scene = control(scene)
    given = (scene.C, scene.styles, s, run.extractor, scene.regions, scene.view)
    J: Objective
    if isinstance(s.tile, int) and max(math.prod(image.shape[1:3]) for image in (C, *S)) > s.tile:
        J, pairs = TiledObjective(*given, tile=s.tile), PAIRS_IN_TILES
    else:
        J, pairs = Objective(*given), PAIRS
    if s.optimizer == "lbfgs":
        return J, scene.first, lbfgs(pairs, scene.bounds)
    by_gradient = adam if s.optimizer == "adam" else gradient_descent
    return J, scene.first, by_gradient(s.learning_rate, clip=scene.bounds)


def as_image(source: Picture, max_side: int | None, scale: float = 1.0) -> tf.Tensor:
    """An image from a path or a tensor, of max_side times `scale` on the longer side; large enough for VGG."""
    max_side = max_side and round(max_side * scale)
    if isinstance(source, (str, os.PathLike)):
        name, image = f"{os.fspath(source)!r}", load_image(source, max_side)
    else:
        name, image = "the image in memory", as_floats(source)
        if image.shape.rank != 4 or image.shape[0] != 1 or image.shape[-1] != 3:
            raise ValueError(f"expected an image of shape (1, H, W, 3), not {tuple(image.shape)}")
        low, high = float(tf.reduce_min(image)), float(tf.reduce_max(image))
        if not (low >= 0 and high <= 255):  # also catches NaN
            raise ValueError(f"image values must be in 0..255, but these run from {low:g} to {high:g}")
        refuse_fractions(image)
        if max_side is not None:
            check_enlargement(name, image.shape[1], image.shape[2], max_side)
            image = resize_image(image, max_side)
    if max_side is None and scale != 1:
        image = resize_image(image, scaled(image, scale))
    if min(image.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"{name} is {image.shape[2]} x {image.shape[1]} pixels here; VGG needs at least "
            f"{SMALLEST_SIDE} on each side, so use a larger max_side or a less elongated picture"
        )
    return image
