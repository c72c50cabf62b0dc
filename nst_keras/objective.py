"""J(G): the whole cost as one object whose targets are computed once.

What J compares G with, and every weight, is an argument of its TensorFlow graph. So one graph, which takes a second to
trace, serves pictures of all sizes and all weights.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.costs import check_sizes, content_constant, gram_cost, total_cost, total_variation_cost, wasserstein_cost
from nst_keras.files.weights import check_layers
from nst_keras.images import luminance
from nst_keras.settings import Settings
from nst_keras.style import Moments, Part, Region, blend, main_directions, moments, positions, style_shares, sums
from nst_keras.vgg import FeatureExtractor, fast_precision, load_vgg


class Targets(NamedTuple):
    """All numbers of J(G) but the pixels of G, as tensors."""

    alpha: Any
    beta: Any
    gamma: Any
    content: Mapping[str, Any]  # {layer: a[l](C)}
    content_factors: Mapping[str, Any]  # {layer: its weight, times the constant of the content cost}
    layer_weights: Mapping[str, Any]  # {layer: λ[l]}
    parts: Sequence[Part]
    mask: Any  # (1, H, W, 1), or 1


class Kind(NamedTuple):
    """What is not a number in J(G): Objectives of one kind share their graphs."""

    extractor: FeatureExtractor
    colors: str
    style_cost: str
    style_normalizer: str

    def see(self, image: tf.Tensor) -> tf.Tensor:
        """What the costs see of an image: all of it, or its luminance."""
        return luminance(image) if self.colors == "luminance" else image

    def activations(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        return self.extractor(self.see(image))


class Objective:
    """J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G).

    C and S never change during a run, so a[l](C) and the moments of S are computed here, once.
    Several styles are blended by averaging their moments. With regions, J_style[l] is the mean over them, weighted by
    their shares of G. An Objective does not change: for other weights, make another one.

    Args:
        content: C, (1, H, W, 3), RGB 0..255.
        styles: S, (1, H', W', 3), or a list of such images.
        settings: Settings; those of the costs and of the network are used.
        extractor: a FeatureExtractor that gives all these layers; by the settings when None.
        regions: parts of G with styles of their own; None: one style everywhere. See `nst_keras.controls.regions`.
        mask: (H, W), 0 or 1; where it is 0 the gradient is 0, so that G stays as it is.
        **changes: settings given one by one, such as beta=20.

    Attributes: settings, extractor; `targets`, what G is compared with: see `Targets`.

    Raises ValueError: sizes that the normalizer cannot compare; style weights that do not fit the styles; an
    extractor that lacks a layer; weights of positions that do not fit a layer; a bad setting.
    """

    def __init__(
        self, content: tf.Tensor, styles: tf.Tensor | Sequence[tf.Tensor], settings: Settings | None = None,
        extractor: FeatureExtractor | None = None, regions: Sequence[Region] | None = None,
        mask: np.ndarray | None = None, **changes: Any,
    ):  # fmt: skip
        s = (settings or Settings()).replace(**changes)
        styles = list(styles) if isinstance(styles, (list, tuple)) else [styles]
        shares = style_shares(s.style_weights, len(styles))
        extractor = extractor or make_extractor(s)
        check_layers(s.layers, extractor.layers)
        kind = Kind(extractor, s.colors, s.style_cost, s.style_normalizer)
        self.__dict__.update(settings=s, extractor=extractor, shape=tuple(content.shape), kind=kind)

        a_C, shapes = self._measure_content(content)
        regions = list(regions or [Region(of_styles=[{}] * len(styles))])
        of_regions = [[] for _ in regions]  # (share, {layer: moments}) of each style that is in a region
        for number, (share, style) in enumerate(zip(shares, styles, strict=True)):
            found = self._measure_style(style, [region.of_styles[number] for region in regions])
            for of_region, of_S in zip(of_regions, found, strict=True):
                if of_S is not None:
                    of_region.append((share, of_S))
        targets = Targets(
            s.alpha, s.beta, s.gamma,
            content=a_C,
            content_factors={l: s.content_layers[l] * content_constant(a_C[l], s.content_normalizer) for l in a_C},
            layer_weights=dict(s.layer_weights),
            parts=[_part(region, of_S, shapes, s) for region, of_S in zip(regions, of_regions, strict=True)],
            mask=1.0 if mask is None else np.float32(mask)[None, ..., None],
        )  # fmt: skip
        self.__dict__.update(targets=tf.nest.map_structure(tf.convert_to_tensor, targets))

    def _measure_content(self, content):
        """a[l](C) of the content layers, and (nH, nW) of all layers."""
        a_C = self.kind.activations(content)
        return {l: a_C[l] for l in self.settings.content_layers}, {l: tuple(a_C[l].shape[1:3]) for l in a_C}

    def _measure_style(self, style, weights):
        """For each region's weights in this style: {layer: moments}, or None where they are None."""
        a_S, layers = self.kind.activations(style), self.settings.layer_weights
        return [None if of_S is None else {l: moments(a_S[l], of_S.get(l)) for l in layers} for of_S in weights]

    def __setattr__(self, name, value):
        raise AttributeError(f"an Objective does not change; make another one, Objective(C, S, {name}=...)")

    def __call__(self, G: tf.Tensor) -> tf.Tensor:
        """J(G), a float32 scalar. Differentiable: it may be called under a tf.GradientTape."""
        return self._terms(self._checked(G))["J"]

    def terms(self, G: tf.Tensor) -> dict[str, float]:
        """Every term of J(G), keyed by its formula: {"J": ..., "J_content": ..., "alpha*J_content": ...}.

        For each style layer there is "J_style[block1_conv1]" and, with its weight, "lambda*J_style[block1_conv1]".
        """
        return _as_floats(self._terms(self._checked(G)))

    def value_and_gradient(self, G: tf.Tensor) -> tuple[dict[str, float], tf.Tensor]:
        """The terms of J(G) as `terms` gives them, and ∂J/∂G, a tensor of G's shape."""
        terms, gradient = self._terms_and_gradient(self._checked(G))
        return _as_floats(terms), gradient

    @functools.cached_property
    def _terms(self):
        return _graph(_formula, self.kind, self.targets)

    @functools.cached_property
    def _terms_and_gradient(self):
        return _graph(_differentiate, self.kind, self.targets)

    def _checked(self, G):
        if tuple(G.shape) != self.shape:
            raise ValueError(f"G must have the shape of the content image, {self.shape}, not {tuple(G.shape)}")
        return tf.cast(G, tf.float32)


def _formula(kind, T, G):
    a_G = kind.activations(G)
    differences = {l: tf.reduce_sum(tf.square(a_C - a_G[l])) for l, a_C in T.content.items()}
    of_G = [{l: sums(a_G[l], part.weights.get(l)) for l in T.layer_weights} for part in T.parts]
    return costs_of(kind, T, differences, of_G, total_variation_cost(G))


def costs_of(kind: Kind, T: Targets, differences: Mapping, of_G: Sequence[Mapping], J_tv: Any) -> dict[str, tf.Tensor]:
    """J and its terms from all that they need of G: D = Σ (a_C - a_G)² of each content layer, (Σa, Σaaᵀ) of each
    region and layer, and the total variation."""
    J_content = tf.add_n([T.content_factors[l] * D for l, D in differences.items()])
    J_layer = {
        l: tf.add_n([part.share * _distance(kind, part, l, *of[l]) for part, of in zip(T.parts, of_G, strict=True)])
        for l in T.layer_weights
    }
    weighted = {l: T.layer_weights[l] * J_layer[l] for l in J_layer}  # λ[l]·J_style[l]
    J_style = tf.add_n(list(weighted.values()))
    return {
        "J": total_cost(J_content, J_style, T.alpha, T.beta) + T.gamma * J_tv,
        "J_content": J_content,
        "J_style": J_style,
        "J_tv": J_tv,
        "alpha*J_content": T.alpha * J_content,
        "beta*J_style": T.beta * J_style,
        "gamma*J_tv": T.gamma * J_tv,
        **{f"J_style[{l}]": cost for l, cost in J_layer.items()},
        **{f"lambda*J_style[{l}]": cost for l, cost in weighted.items()},
    }


def _distance(kind, part, l, *sums_of_G):
    of_S = part.moments[l]
    of_G = Moments(of_S.n, *sums_of_G)
    if kind.style_cost == "wasserstein":
        return wasserstein_cost(of_S, of_G, part.directions[l])
    return gram_cost(of_S, of_G, kind.style_normalizer)


def _differentiate(kind, T, G):
    with tf.GradientTape() as tape:
        tape.watch(G)
        terms = _formula(kind, T, G)
    return terms, painted(kind, T, tape.gradient(terms["J"], G))


def painted(kind: Kind, T: Targets, gradient: tf.Tensor) -> tf.Tensor:
    """The gradient of what may change: of brightness alone, or inside of the mask."""
    if kind.colors == "luminance":  # R, G and B go up and down together, so that C's colors stay
        gradient = tf.repeat(tf.reduce_mean(gradient, axis=-1, keepdims=True), 3, axis=-1)
    return gradient * T.mask


def _graph(function, kind, targets):
    """function(kind, targets, G) as a TensorFlow graph of G; traced if no Objective like this one has been before."""
    sizes, G = tf.nest.map_structure(any_size, targets), tf.TensorSpec((1, None, None, 3), tf.float32)
    return functools.partial(traced(function, kind).get_concrete_function(sizes, G), targets)


@functools.lru_cache(maxsize=64)
def traced(function: Callable, *fixed: Any) -> Callable:
    """``function(*fixed, ...)`` as a tf.function, the same one for the same arguments."""
    return tf.function(functools.partial(function, *fixed), autograph=False)


def any_size(x: tf.Tensor) -> tf.TensorSpec:
    """What a graph must know of one of its arguments: type and rank, and the channels of activations."""
    shape = (1, None, None, x.shape[-1]) if x.shape.rank == 4 else [None] * x.shape.rank
    return tf.TensorSpec(shape, x.dtype)


def make_extractor(settings: Settings) -> FeatureExtractor:
    """The network of the settings, with the layers that their costs compare; the same one for the same settings."""
    network = load_vgg(settings.network, settings.weights, settings.pooling, settings.padding)
    precision = fast_precision() if settings.precision == "auto" else settings.precision
    return _extractor(network, tuple(settings.layers), precision)


@functools.lru_cache(maxsize=8)
def _extractor(network, layers, precision):
    return FeatureExtractor(layers, network, precision)


def _part(region, styles, shapes, settings):
    """A region with its share, and the weighted mean of its styles' moments; `styles`: (share, {layer: moments})."""
    if not any(share for share, _ in styles):
        raise ValueError("the styles of a region all have the weight 0")
    shares = style_shares([share for share, _ in styles], len(styles))
    weights = {l: np.float32(w) for l, w in region.of_G.items() if w is not None and l in settings.layer_weights}
    targets, directions = {}, {}
    for l in settings.layer_weights:
        n = float(positions(shapes[l], weights.get(l)))
        targets[l] = blend([of_S[l] for _, of_S in styles], shares, n)
        if settings.style_cost == "wasserstein":
            directions[l] = main_directions(targets[l], settings.rank)
        else:
            for _, of_S in styles:
                check_sizes(of_S[l].n, n, settings.style_normalizer)
    return Part(float(region.share), weights, targets, directions)


def _as_floats(terms):
    return {name: float(value) for name, value in terms.items()}
