"""The settings of a style transfer: all that is to be said of one stands here, in one place, and nowhere else.

A new setting is one more field of `Settings`. Its check, its flag, `--vary`, its documentation and its entry in the
sidecar are made from it; see `nst_keras.checks.setting`.
"""

import dataclasses
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args

from nst_keras import checks
from nst_keras.checks import by_layer, expecting, number, path, paths, setting, whole, wrong

NETWORKS = ("vgg16", "vgg19")  # as in files.weights, which is not imported: --help would wait for NumPy
PRECISIONS = ("float32", "bfloat16", "auto")
POOLINGS = ("max", "avg")
PADDINGS = ("zero", "symmetric")
STYLE_COSTS = ("gram", "wasserstein")
CONTENT_NORMALIZERS = ("mean", "half_sum", "course", "relative")
STYLE_NORMALIZERS = ("gatys", "frobenius", "notes", "mean", "per_position", "relative")
STYLE_SCALES = (0.25, 4)
SMALLEST_TILE = 2**14  # pixels
SMALLEST_SIDE = 32  # pixels; below it block5 has next to nothing left to compare
CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in (1, 2, 3, 4, 5))
# λ by name, from block1 to block5: the more weight in front, the finer the strokes, and the more is left of C. A unit
# of block 5 sees 156 pixels, and what it brings from S are objects: only "deep" asks it.
LAYER_WEIGHTS = {
    "equal": (1, 1, 1, 1, 0),
    "fine": (8, 4, 2, 1, 0),
    "finest": (64, 16, 4, 1, 0),
    "coarse": (1, 2, 4, 8, 0),
    "deep": (16, 8, 4, 2, 1),
}
LAMBDAS = {
    name: {layer: weight / sum(by_block) for layer, weight in zip(STYLE_LAYERS, by_block, strict=True) if weight}
    for name, by_block in LAYER_WEIGHTS.items()
}
COLORS = ("style", "content", "luminance")
# For each style cost: β at strength 60, and the power by which it grows. Measured, see benchmarks/strengths.py.
STRENGTH = {"wasserstein": (75.0, 1.75), "gram": (100.0, 2.4)}
OPTIMIZERS = ("lbfgs", "adam", "gradient_descent")
INITIAL_IMAGES = ("content", "noise", "blend")
RELATIVE = (
    'See `nst_keras.costs`. With "relative" every layer has a cost that starts near 1, whatever the size of its '
    "activations, so that one α, β, λ serves all pictures, sizes and layers."
)


@dataclass(frozen=True)
class Settings:
    """Every setting of a style transfer. They are checked when the object is made, and never change.

    CONTENT is the picture C, STYLE the picture S, or each of several.

    Raises ValueError for a setting that makes no sense: which one, its value, and what was expected.
    """

    # One row after the other: value and check, what it is, what else is to be known, and what else it needs.
    # fmt: off
    strength: float | None = setting(60.0, number(0, 100, "a number from 0 to 100"),
        "how much style, 0 (C itself) to 100 (style alone); in place of alpha and beta",
        "It chooses α and β, see `weights_of_strength`.", harmless_since="0.4.0")
    alpha: float | None = setting(None, number(), "weight of the content cost",
        "0 or more; when given, it takes the place of what strength chooses.")
    beta: float | None = setting(None, number(), "weight of the style cost; higher: more style",
        "0 or more; when given, it takes the place of what strength chooses.")
    gamma: float = setting(5e-5, number(), "weight of the total variation; higher: smoother", "0 or more.", flag="tv")
    content_layer: str | Mapping[str, float] = setting(CONTENT_LAYER, by_layer(),
        "the layer of the content cost, such as block4_conv2; several with weights",
        "In Python several are {layer name: weight}.", costs=True, metavar="L[=W],L[=W]",
        read=expecting("a layer, or several with weights, such as block4_conv2=1,block3_conv1=0.5", checks.read_layer))
    layer_weights: Mapping[str, float] | str = setting("fine", by_layer(LAMBDAS),
        f"λ of the style cost, one per layer; or {', '.join(LAYER_WEIGHTS)}",
        "In Python {layer name: λ}, or such a name.", costs=True, metavar="λ,λ",
        read=expecting("a name, or numbers such as 1,2", checks.read_layer_weights))
    positions_per_channel: float = setting(12.0, number(),
        "a layer's λ counts as far as G has so many positions for each of its channels; 0: in full at all sizes",
        "λ · min(1, positions / (12 · channels)): the moments of few points are not a texture, they are the painting.")
    style_weights: Sequence[float] | None = setting(None, checks.shares, "one weight per style picture",
        "None: equal weights.", metavar="W,W", read=expecting("numbers such as 1,2.5", checks.read_numbers))
    style_cost: str = setting("wasserstein", STYLE_COSTS, "gram or wasserstein",
        'The cost of Gatys et al. and of most texts is "gram"; "wasserstein" sees more of a style.')
    rank: int = setting(128, whole(1), "main directions of each layer that the Wasserstein cost compares")
    content_normalizer: str = setting("relative", CONTENT_NORMALIZERS, "convention of the content cost",
        RELATIVE, metavar="NAME")
    style_normalizer: str = setting("relative", STYLE_NORMALIZERS, "convention of the style cost",
        RELATIVE, metavar="NAME")
    optimizer: str = setting("lbfgs", OPTIMIZERS, "lbfgs, adam or gradient_descent")
    steps: int = setting(18, whole(1), "gradient evaluations at the largest scale; smaller ones get more",
        "How many more, says `ladder`.", costs=True)
    learning_rate: float = setting(5.0, number(sys.float_info.min, expected="a finite number above 0"),
        "for adam (in units of 0..255) and gradient_descent", "For gradient_descent it depends on J.")
    init: str = setting("content", INITIAL_IMAGES, "the image to start from: content, noise or blend", costs=True)
    colors: str = setting("style", COLORS,
        "style: those of STYLE; content: those of CONTENT; luminance: the same, while the costs see brightness alone",
        'With "content" S is recolored before the run.', harmless_since="0.4.0")
    style_scale: float = setting(1.0, number(*STYLE_SCALES, "a number from {} to {}".format(*STYLE_SCALES)),
        "size of STYLE relative to the result, 0.25 to 4; larger: larger strokes",
        costs=True, harmless_since="0.4.0")
    regions: Sequence[str] | None = setting(None, paths(2, "a list of maps: of the content, and of each style"),
        "color maps of CONTENT and of each STYLE (or a color for all of it): equal colors belong together",
        nargs="+", metavar="MAP", read=str, costs=True, harmless_since="0.4.0")
    mask: str | os.PathLike | None = setting(None, path("the path of a black and white picture"),  # noqa: RUF009
        "a black and white picture; only what is white in it is painted", "The rest keeps C.",
        metavar="FILE", costs=True, harmless_since="0.4.0")
    max_side: int | None = setting(512, whole(SMALLEST_SIDE), "longer side of the result; 0 keeps the sizes",
        "In pixels; C and S are scaled to it. None, for the flag 0, keeps their sizes.",
        costs=True, metavar="PIXELS", read=expecting("a number of pixels, or 0", checks.read_pixels))
    scales: int | None = setting(None, whole(1), "sizes to go through, from coarse to fine",
        "Each is √2 times the one before. None: as many as lead from about 128 pixels to max_side (from noise: 64).",
        costs=True)
    tile: int | str | None = setting("auto", whole(SMALLEST_TILE), "larger sizes go in tiles of so many; 0: never",
        "That takes less memory and more time, see `nst_keras.controls.tiles`. None, for the flag 0: never; "
        '"auto": where the memory does not suffice otherwise.', words=("auto",), costs=True, harmless_since="0.5.0",
        metavar="PIXELS", read=expecting("a number of pixels, 0, or auto", checks.read_tile))
    seed: int = setting(0, whole(0), "for the noise of the initial image")
    network: str = setting("vgg19", NETWORKS, "vgg19 or vgg16", costs=True)
    weights: str | os.PathLike = setting("bundled", path("'bundled', 'imagenet' or the path of a file"),  # noqa: RUF009
        "'bundled', 'imagenet' or the path of a .h5 file", "See `load_vgg`.", words=("bundled", "imagenet"))
    pooling: str = setting("max", POOLINGS, "max or avg",
        "The average gives smoother pictures than the maximum, which VGG was trained with (Gatys et al. 2016).")
    padding: str = setting("symmetric", PADDINGS, "of the network's convolutions: zero or symmetric")
    precision: str = setting("auto", PRECISIONS, "float32, bfloat16, or auto: what the processor has",
        "See `FeatureExtractor`.", costs=True)
    # fmt: on

    def __post_init__(self):
        for field in dataclasses.fields(self):
            about, value = field.metadata, getattr(self, field.name)
            as_it_is = isinstance(value, str) and value in about["words"]
            if not as_it_is and not (value is None and NoneType in get_args(field.type)):
                self.__dict__[field.name] = about["check"](field.name, value)  # frozen for everybody else
        alpha, beta = self.alpha, self.beta  # those of the strength, unless they are given and say something else
        if self.strength is not None:
            chosen = weights_of_strength(self.strength, self.style_cost)
            alpha, beta = (chosen[0] if alpha is None else alpha), (chosen[1] if beta is None else beta)
            self.__dict__.update(alpha=alpha, beta=beta, strength=self.strength if (alpha, beta) == chosen else None)
        elif alpha is None or beta is None:
            raise wrong("strength", None, "0 to 100")
        if alpha + beta == 0:
            raise wrong("alpha, beta", (alpha, beta), "at least one above 0")

    @property
    def layers(self) -> list[str]:
        """The layers whose activations the costs compare."""
        return list(dict.fromkeys([*self.content_layers, *self.layer_weights]))

    @property
    def content_layers(self) -> Mapping[str, float]:
        """The layers of the content cost, with their weights."""
        return {self.content_layer: 1.0} if isinstance(self.content_layer, str) else self.content_layer

    @property
    def maps(self) -> list[str]:
        """The maps of `regions` and `mask`."""
        return [*(self.regions or ()), *([os.fspath(self.mask)] if self.mask else [])]

    def replace(self, **changes: Any) -> "Settings":
        """The same settings with some changed. A new strength takes the place of α and β."""
        if "strength" in changes and {"alpha", "beta"} & changes.keys():
            raise ValueError("strength chooses alpha and beta; give either strength, or the two")
        if "strength" in changes or (self.strength is not None and "style_cost" in changes):
            changes = {"alpha": None, "beta": None} | changes
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `Settings(**settings.as_dict()) == settings`."""
        return {
            name: dict(value) if isinstance(value, dict) else list(value) if isinstance(value, tuple) else value
            for name, value in vars(self).items()
        }


Settings.__doc__ = checks.described(Settings)


def names_where(key: str) -> list[str]:
    """The settings of which this is said, such as "costs": see `nst_keras.checks.setting`."""
    return [field.name for field in dataclasses.fields(Settings) if field.metadata[key]]


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
