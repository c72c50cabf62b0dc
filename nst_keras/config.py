"""The settings of a style transfer, checked before any work is done."""

import math
from dataclasses import dataclass, field

import numpy as np

from nst_keras import costs, vgg
from nst_keras.objective import CONTENT_LAYER, LAYER_WEIGHTS

SMALLEST_SIDE = 32  # pixels; below it block5 has next to nothing left to compare


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
        weights = list(self.layer_weights.values()) if isinstance(self.layer_weights, dict) else []
        _expect(
            bool(weights) and all(map(_is_weight, weights)) and sum(weights) > 0,
            "layer_weights", self.layer_weights, "a dict {layer: weight} with weights of 0 or more, not all 0",
        )  # fmt: skip
        vgg.check_layers([self.content_layer, *self.layer_weights], vgg.known_layers(self.network))


def plain_numbers(value):
    """For json.dumps: settings may be NumPy's numbers and arrays."""
    return value.tolist()


def _is_weight(value):
    return isinstance(value, (int, float, np.number)) and math.isfinite(value) and value >= 0


def _expect(condition, name, value, expected):
    if not condition:
        raise ValueError(f"{name} is {value!r}; expected {expected}")
