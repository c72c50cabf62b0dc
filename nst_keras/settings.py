"""The settings of a style transfer: every default stands here, and nowhere else."""

import dataclasses
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from nst_keras.files.weights import CONVOLUTIONS

NETWORKS = tuple(CONVOLUTIONS)
PRECISIONS = ("float32", "bfloat16", "auto")
POOLINGS = ("max", "avg")
PADDINGS = ("zero", "symmetric")
STYLE_COSTS = ("gram", "wasserstein")
CONTENT_NORMALIZERS = ("mean", "half_sum", "course", "relative")
STYLE_NORMALIZERS = ("gatys", "frobenius", "notes", "mean", "per_position", "relative")
STYLE_SCALES = (0.25, 4)
SMALLEST_TILE = 2**14  # pixels
SMALLEST_SIDE = 32  # pixels; below it block5 has next to nothing left to compare
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in (1, 2, 3, 4, 5))
# λ by name, from block1 to block5: the more weight in front, the finer the strokes, and the more is left of C.
LAYER_WEIGHTS = {
    "equal": (1, 1, 1, 1, 1),
    "fine": (16, 8, 4, 2, 1),
    "finest": (256, 64, 16, 4, 1),
    "coarse": (1, 2, 4, 8, 16),
}
COLORS = ("style", "content", "luminance")
# For each style cost: β at strength 60, and the power by which it grows. Measured, see benchmarks/strengths.py.
STRENGTH = {"wasserstein": (25.0, 1.14), "gram": (35.0, 1.58)}
OPTIMIZERS = ("lbfgs", "adam", "gradient_descent")
INITIAL_IMAGES = ("content", "noise", "blend")


@dataclass(frozen=True)
class Settings:
    """Every setting of a style transfer. They are checked when the object is made, and never change.

    Attributes:
        strength: how much style, 0 (C itself) to 100 (style alone); it chooses α and β, see `weights_of_strength`.
        alpha, beta, gamma: weights of the content, style and total variation cost, 0 or more. α or β, when given,
            take the place of what strength chooses.
        content_layer: the layer of the content cost, or {layer name: weight} of several.
        layer_weights: {layer name: λ} of the style cost, or one of the names in LAYER_WEIGHTS.
        style_weights: one weight per style image; None for equal weights.
        style_cost: "gram", the cost of Gatys et al. and of most texts, or "wasserstein", which sees more of a style.
        rank: number of main directions that the Wasserstein cost compares in each layer.
        content_normalizer, style_normalizer: conventions of the costs, see `nst_keras.costs`. "relative"
            makes every layer's cost start near 1, whatever its activations' size, so that one α, β, λ
            serves all pictures, sizes and layers.
        optimizer: "lbfgs", "adam" or "gradient_descent".
        steps: gradient evaluations at the largest scale; see `scale_steps` for the others.
        learning_rate: for "adam" in units of the pixel range 0..255; for "gradient_descent" it depends on J.
        init: initial image, "content", "noise" or "blend".
        colors: "style": those of S; "content": those of C, S is recolored before the run; "luminance": those of C, and
            the costs see brightness alone.
        style_scale: size of S relative to G, 0.25 to 4: larger means larger strokes.
        regions: color maps of C and of each style, as files: what has one color in both belongs together. In
            place of a style's map, the name of a color stands for all of it.
        mask: a black and white picture; only what is white in it is painted, the rest keeps C.
        max_side: longer side of the result in pixels, to which C and S are scaled; None keeps their sizes.
        scales: number of sizes to go through, each √2 times the one before; None for as many as lead from about
            128 pixels to max_side (from noise: from 64).
        tile: sizes of more pixels than this are computed in tiles of so many pixels, which takes less memory and more
            time, see `nst_keras.controls.tiles`. None: never; "auto": where `runs.check_memory` finds it necessary.
        seed: for the noise of the initial image.
        network, weights, pooling, padding, precision: see `load_vgg` and `FeatureExtractor`. Average pooling
            gives smoother pictures than the maximum that VGG was trained with (Gatys et al. 2016, section 2).

    Raises ValueError for a setting that makes no sense: which one, its value, and what was expected.
    """

    strength: float | None = 60.0
    alpha: float | None = None
    beta: float | None = None
    gamma: float = 5e-5
    content_layer: str | Mapping[str, float] = "block4_conv2"
    layer_weights: Mapping[str, float] | str = "fine"
    style_weights: Sequence[float] | None = None
    style_cost: str = "wasserstein"
    rank: int = 128
    content_normalizer: str = "relative"
    style_normalizer: str = "relative"
    optimizer: str = "lbfgs"
    steps: int = 20
    learning_rate: float = 5.0
    init: str = "content"
    colors: str = "style"
    style_scale: float = 1.0
    regions: Sequence[str] | None = None
    mask: str | os.PathLike | None = None
    max_side: int | None = 512
    scales: int | None = None
    tile: int | str | None = "auto"
    seed: int = 0
    network: str = "vgg19"
    weights: str | os.PathLike = "bundled"
    pooling: str = "max"
    padding: str = "symmetric"
    precision: str = "auto"

    def __post_init__(self):
        for name, allowed in {
            "style_cost": STYLE_COSTS,
            "content_normalizer": CONTENT_NORMALIZERS,
            "style_normalizer": STYLE_NORMALIZERS,
            "optimizer": OPTIMIZERS,
            "init": INITIAL_IMAGES,
            "colors": COLORS,
            "network": NETWORKS,
            "pooling": POOLINGS,
            "padding": PADDINGS,
            "precision": PRECISIONS,
        }.items():
            _expect(getattr(self, name) in allowed, name, getattr(self, name), "one of " + ", ".join(allowed))
        self._set_weights()
        for name in ("alpha", "beta", "gamma", "learning_rate"):
            self._set(name, _weight(name, getattr(self, name)))
        _expect(self.alpha + self.beta > 0, "alpha, beta", (self.alpha, self.beta), "at least one above 0")
        _expect(self.learning_rate > 0, "learning_rate", self.learning_rate, "a finite number above 0")
        for name, least in {"steps": 1, "scales": 1, "seed": 0, "rank": 1, "max_side": SMALLEST_SIDE}.items():
            if getattr(self, name) is not None or name not in ("max_side", "scales"):
                self._set(name, _whole(name, getattr(self, name), least))
        if self.tile not in ("auto", None):
            self._set("tile", _whole("tile", self.tile, SMALLEST_TILE))
        is_path = isinstance(self.weights, (str, os.PathLike))
        _expect(is_path, "weights", self.weights, "'bundled', 'imagenet' or the path of a file")
        self._set("weights", os.fspath(self.weights))
        if isinstance(self.layer_weights, str):
            known, name = "one of " + ", ".join(LAYER_WEIGHTS), self.layer_weights
            _expect(name in LAYER_WEIGHTS, "layer_weights", name, known)
            by_block = LAYER_WEIGHTS[name]
            self._set("layer_weights", {l: w / sum(by_block) for l, w in zip(STYLE_LAYERS, by_block, strict=True)})
        self._set("layer_weights", _by_layer("layer_weights", self.layer_weights))
        if not isinstance(self.content_layer, str):
            self._set("content_layer", _by_layer("content_layer", self.content_layer))
        if self.style_weights is not None:
            self._set("style_weights", _weights("style_weights", self.style_weights))
        in_range = isinstance(self.style_scale, (int, float)) and STYLE_SCALES[0] <= self.style_scale <= STYLE_SCALES[1]
        _expect(in_range, "style_scale", self.style_scale, "a number from {} to {}".format(*STYLE_SCALES))
        if self.regions is not None:
            is_list = not isinstance(self.regions, str) and len(self.regions) > 1
            _expect(is_list, "regions", self.regions, "a list of maps: of the content, and of each style")
            self._set("regions", tuple(os.fspath(path) for path in self.regions))
        if self.mask is not None:
            self._set("mask", os.fspath(self.mask))

    def _set_weights(self):
        """α and β of the strength, unless they are given; if they say something else, there is no strength."""
        _expect(self.strength is not None or None not in (self.alpha, self.beta), "strength", None, "0 to 100")
        if self.strength is not None:
            self._set("strength", _weight("strength", self.strength))
            _expect(self.strength <= 100, "strength", self.strength, "a number from 0 to 100")
            alpha, beta = weights_of_strength(self.strength, self.style_cost)
            self._set("alpha", alpha if self.alpha is None else self.alpha)
            self._set("beta", beta if self.beta is None else self.beta)
            if (self.alpha, self.beta) != (alpha, beta):
                self._set("strength", None)

    def _set(self, name, value):
        object.__setattr__(self, name, value)  # frozen for everybody else

    @property
    def layers(self) -> list[str]:
        """The layers whose activations the costs compare."""
        return list(dict.fromkeys([*self.content_layers, *self.layer_weights]))

    @property
    def content_layers(self) -> Mapping[str, float]:
        """{layer: weight} of the content cost."""
        return {self.content_layer: 1.0} if isinstance(self.content_layer, str) else self.content_layer

    @property
    def maps(self) -> list[str]:
        """The maps of `regions` and `mask`."""
        return [*(self.regions or ()), *([self.mask] if self.mask else [])]

    def replace(self, **changes: Any) -> "Settings":
        """The same settings with some changed. A new strength takes the place of α and β."""
        if "strength" in changes and {"alpha", "beta"} & changes.keys():
            raise ValueError("strength chooses alpha and beta; give either strength, or the two")
        if "strength" in changes or (self.strength is not None and "style_cost" in changes):
            changes = {"alpha": None, "beta": None} | changes
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `Settings(**settings.as_dict()) == settings`."""
        is_name = isinstance(self.content_layer, str)
        return vars(self) | {
            "layer_weights": dict(self.layer_weights),
            "content_layer": self.content_layer if is_name else dict(self.content_layer),
            "style_weights": self.style_weights and list(self.style_weights),
            "regions": self.regions and list(self.regions),
        }


def weights_of_strength(strength: float, style_cost: str = Settings.style_cost) -> tuple[float, float]:
    """(α, β) of a strength from 0 to 100, for costs with the normalizer "relative".

        α = 1,  β = β₆₀ · (odds / 1.5)^p,  odds = strength / (100 - strength)

    so that equal steps look equal: each takes about the same share of what style alone takes of the content, as
    another network measures it. 100 is style alone, (0, 1).
    """
    if strength == 100:
        return 0.0, 1.0
    beta_60, power = STRENGTH[style_cost]
    return 1.0, beta_60 * (strength / (100 - strength) / 1.5) ** power


def _by_layer(name, weights):
    """{layer: weight} as a copy that cannot be changed."""
    _expect(isinstance(weights, Mapping) and len(weights) > 0, name, weights, "a dict {layer: weight}")
    return MappingProxyType(dict(zip(weights, _weights(name, weights.values()), strict=True)))


def _weight(name, value):
    is_weight = isinstance(value, (int, float, np.number)) and math.isfinite(value) and value >= 0
    _expect(is_weight, name, value, "a finite number of 0 or more")
    return float(value)


def _weights(name, values):
    is_list = isinstance(values, Iterable) and not isinstance(values, (str, Mapping))
    _expect(is_list, name, values, "a list of numbers")
    weights = tuple(_weight(name, value) for value in values)
    _expect(sum(weights) > 0, name, list(weights), "weights of 0 or more, not all 0")
    return weights


def _whole(name, value, least):
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least
    _expect(is_whole, name, value, f"a whole number from {least} up")
    return int(value)


def _expect(condition, name, value, expected):
    if not condition:
        raise ValueError(f"{name} is {value!r}; expected {expected}")
