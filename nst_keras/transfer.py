"""stylize(): from two pictures to a third, with settings that are recorded beside the result."""

import dataclasses
import json
import math
import platform
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tqdm.auto import tqdm

from nst_keras import __version__, costs, optimize, vgg
from nst_keras.images import initial_image, load_image, resize_image, save_image, write_whole
from nst_keras.objective import CONTENT_LAYER, LAYER_WEIGHTS, Objective

SMALLEST_SIDE = 32  # pixels; below it block5 has next to nothing left to compare
COARSEST_SIDE = 64  # pixels; coarse-to-fine starts no smaller than this


@dataclass(frozen=True)
class StyleTransferConfig:
    """Every setting of a style transfer. Checked when it is made, before any network is built.

    Attributes:
        alpha, beta, gamma: weights of the content, style and total variation cost, 0 or more.
        content_layer: the layer of the content cost.
        layer_weights: {layer name: λ} of the style cost.
        style_weights: one weight per style image; None for equal weights.
        content_normalizer, style_normalizer: conventions of the costs, see `nst_keras.costs`. "relative"
            makes every layer's cost start near 1, whatever its activations' size, so that one α, β, λ
            serves all pictures, sizes and layers.
        optimizer: "lbfgs", "adam" or "gradient_descent".
        steps: gradient evaluations at each scale.
        learning_rate: for "adam" in units of the pixel range 0..255; for "gradient_descent" it depends on J.
        init: initial image, "content", "noise" or "blend".
        max_side: longer side of the result in pixels, to which C and S are scaled; None keeps their sizes.
        scales: number of sizes to go through, from max_side / 2**(scales - 1) up to max_side.
        seed: for the noise of the initial image.
        network, weights, pooling, precision: see `load_vgg` and `FeatureExtractor`. Average pooling gives
            smoother pictures than the maximum that VGG was trained with (Gatys et al. 2016, section 2).
    """

    alpha: float = 1.0
    beta: float = 10.0
    gamma: float = 5e-5
    content_layer: str = CONTENT_LAYER
    layer_weights: dict = field(default_factory=lambda: dict(LAYER_WEIGHTS))
    style_weights: tuple | None = None
    content_normalizer: str = "relative"
    style_normalizer: str = "relative"
    optimizer: str = "lbfgs"
    steps: int = 60
    learning_rate: float = 5.0
    init: str = "content"
    max_side: int | None = 384
    scales: int = 2
    seed: int = 0
    network: str = "vgg19"
    weights: str = "bundled"
    pooling: str = "avg"
    precision: str = "float32"

    def __post_init__(self):
        for name, allowed in {
            "content_normalizer": costs.CONTENT_NORMALIZERS,
            "style_normalizer": costs.STYLE_NORMALIZERS,
            "optimizer": ("lbfgs", "adam", "gradient_descent"),
            "init": ("content", "noise", "blend"),
            "network": tuple(vgg.CONVOLUTIONS),
            "pooling": ("max", "avg"),
            "precision": vgg.PRECISIONS,
        }.items():
            _expect(getattr(self, name) in allowed, name, getattr(self, name), "one of " + ", ".join(allowed))
        for name in ("alpha", "beta", "gamma"):
            _expect(_is_weight(getattr(self, name)), name, getattr(self, name), "a finite number of 0 or more")
        _expect(self.alpha + self.beta > 0, "alpha, beta", (self.alpha, self.beta), "at least one above 0")
        rate = self.learning_rate
        _expect(_is_weight(rate) and rate > 0, "learning_rate", rate, "a finite number above 0")
        for name, least in {"steps": 1, "scales": 1, "seed": 0, "max_side": SMALLEST_SIDE}.items():
            value = getattr(self, name)
            whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least
            _expect(whole or (name == "max_side" and value is None), name, value, f"a whole number from {least} up")
        weights = list(self.layer_weights.values())
        _expect(
            bool(weights) and all(map(_is_weight, weights)) and sum(weights) > 0,
            "layer_weights", self.layer_weights, "weights of 0 or more for some layers, not all 0",
        )  # fmt: skip
        vgg.check_layers([self.content_layer, *self.layer_weights], vgg.known_layers(self.network))


def _is_weight(value):
    return isinstance(value, (int, float, np.number)) and math.isfinite(value) and value >= 0


def _expect(condition, name, value, expected):
    if not condition:
        raise ValueError(f"{name} is {value!r}; expected {expected}")


@dataclass(frozen=True)
class StyleTransferResult:
    """What `stylize` returns: the image (1, H, W, 3), the History of the run, and its settings."""

    image: tf.Tensor
    history: optimize.History
    config: StyleTransferConfig
    content: str
    styles: tuple

    def sidecar(self):
        """All that is needed to make the image again, and what it cost, as a dict for JSON."""
        return {
            "content": self.content,
            "styles": list(self.styles),
            "size": [self.image.shape[2], self.image.shape[1]],
            "settings": dataclasses.asdict(self.config),
            "weights_sha256": vgg.weights_sha256(self.config.weights),
            "costs_at_start": self.history.costs[0],
            "costs_at_end": self.history.costs[-1],
            "gradient_evaluations": len(self.history),
            "interrupted": self.history.interrupted,
            "seconds": round(self.history.seconds[-1], 1),
            "versions": {
                "nst_keras": __version__,
                "python": platform.python_version(),
                "tensorflow": tf.__version__,
                "keras": keras.__version__,
            },
        }

    def save(self, path, overwrite=False):
        """Write the picture, and beside it `<name>.json` with the settings. Returns both paths."""
        path = Path(path)
        beside = path.with_suffix(".json")
        if beside.exists() and not overwrite:
            raise FileExistsError(f"{str(beside)!r} exists; choose another name or allow overwriting")
        save_image(self.image, path, overwrite)
        text = json.dumps(self.sidecar(), indent=2, ensure_ascii=False) + "\n"
        write_whole(beside, lambda file: file.write(text.encode()), overwrite)
        return path, beside


def stylize(content, style, callback=None, progress=False, config=None, **settings):
    """Paint the content of one picture in the style of another.

    Minimizes J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G) over the pixels of G,
    from coarse to fine.

    Args:
        content: path of a picture, or an image (1, H, W, 3), RGB 0..255.
        style: the same, or a list of several.
        callback: called as callback(step, G, costs) for each image, steps counted across all scales.
        progress: show a progress bar with the cost.
        config: a StyleTransferConfig to start from.
        **settings: any attribute of StyleTransferConfig.

    Returns:
        StyleTransferResult with image, history and config. After an interrupt (Ctrl-C) it holds the best
        image so far, and `result.history.interrupted` is True.

    Raises:
        ValueError, FileNotFoundError: bad settings or pictures.
        CostNotFiniteError: the cost overflowed; its `image` is the best one before that.
    """
    config = dataclasses.replace(config or StyleTransferConfig(), **settings)
    styles = list(style) if isinstance(style, (list, tuple)) else [style]
    C = _as_image(content, config.max_side)
    S = [_as_image(one, config.max_side) for one in styles]
    network = vgg.load_vgg(config.network, config.weights, config.pooling)
    extractor = vgg.FeatureExtractor([config.content_layer, *config.layer_weights], network, config.precision)

    G, history = None, optimize.History()
    sizes = [_scaled(C, shrink) for shrink in _shrinks(C, config.scales)]
    with _progress_bar(sizes, config.steps, progress) as bar:
        for size in sizes:
            C_scaled = resize_image(C, size)
            S_scaled = [resize_image(one, _scaled(one, size[0] / C.shape[1])) for one in S]
            J = Objective(
                C_scaled, S_scaled, config.alpha, config.beta, config.gamma,
                config.content_layer, config.layer_weights, config.style_weights, extractor,
                config.content_normalizer, config.style_normalizer,
            )  # fmt: skip
            G = initial_image(config.init, C_scaled, config.seed) if G is None else resize_image(G, size)
            G, run = _optimize(J, G, config, _reporter(bar, size, len(history), callback))
            history.extend(run)
            if history.interrupted:
                break
    return StyleTransferResult(G, history, config, _name(content), tuple(map(_name, styles)))


def _optimize(J, G, config, callback):
    if config.optimizer == "lbfgs":
        return optimize.lbfgs(J, G, config.steps, callback)
    run = {"adam": optimize.adam, "gradient_descent": optimize.gradient_descent}[config.optimizer]
    return run(J, G, config.steps, config.learning_rate, callback)


def _progress_bar(sizes, steps, show):
    """A bar that counts pixels times steps, so that the time left is right across scales."""
    layout = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    total = sum(steps * height * width for height, width in sizes)
    return tqdm(total=total, disable=not show, bar_format=layout, desc="stylize")


def _reporter(bar, size, first, callback):
    """The callback of one scale: moves the bar, and passes the step on counted across all scales."""
    height, width = size

    def report(step, G, costs):
        bar.set_postfix_str(f"{width}x{height} J={costs['J']:.4g}", refresh=False)
        bar.update(height * width if step else 0)
        if callback:
            callback(first + step, G, costs)

    return report


def _shrinks(C, scales):
    """1/4, 1/2, 1 for three scales; those that would make C too small are left out."""
    shrinks = [2.0**-level for level in reversed(range(scales))]
    return [shrink for shrink in shrinks if shrink == 1 or min(_scaled(C, shrink)) >= COARSEST_SIDE]


def _scaled(image, factor):
    return tuple(max(SMALLEST_SIDE, round(side * factor)) for side in image.shape[1:3])


def _as_image(source, max_side):
    """An image from a path or a tensor, scaled to max_side, and large enough for VGG."""
    if isinstance(source, (str, Path)):
        image = load_image(source, max_side)
    else:
        image = tf.convert_to_tensor(source, tf.float32)
        if image.shape.rank != 4 or image.shape[0] != 1 or image.shape[-1] != 3:
            raise ValueError(f"expected an image of shape (1, H, W, 3), not {tuple(image.shape)}")
        low, high = float(tf.reduce_min(image)), float(tf.reduce_max(image))
        if not (low >= 0 and high <= 255):  # also catches NaN
            raise ValueError(f"image values must be in 0..255, but these run from {low:g} to {high:g}")
        if max_side is not None:
            image = resize_image(image, max_side)
    if min(image.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"{_name(source)} is {image.shape[2]} x {image.shape[1]} pixels here; VGG needs at least "
            f"{SMALLEST_SIDE} on each side, so use a larger max_side or a less elongated picture"
        )
    return image


def _name(source):
    return str(source) if isinstance(source, (str, Path)) else "an image in memory"
