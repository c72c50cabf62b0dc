"""J(G): the whole cost as one object whose targets are computed once."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.costs import (
    check_sizes,
    content_constant,
    gram_cost,
    total_cost,
    total_variation_cost,
    wasserstein_cost,
)
from nst_keras.images import luminance
from nst_keras.settings import Settings
from nst_keras.style import blend, main_directions, moments
from nst_keras.vgg import FeatureExtractor, check_layers, load_vgg


class Region(NamedTuple):
    """A part of G and the parts of the styles that it is painted in: weights, 0..1, of the positions in each layer."""

    share: float = 1.0  # of all that is painted
    of_G: Mapping[str, np.ndarray] = {}  # {layer: (nH, nW)}; a layer that is missing, or None there: all positions
    of_styles: Sequence[Mapping[str, np.ndarray] | None] = ()  # the same in each style; None: nothing of this style


class Objective:
    """J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G).

    C and S never change during a run, so a[l](C) and the moments of S are computed here, once.
    Several styles are blended by averaging their moments. With regions, J_style[l] is the mean over them, weighted by
    their shares of G. An Objective does not change: for other weights, make another one.

    Args:
        content: C, (1, H, W, 3), RGB 0..255.
        styles: S, (1, H', W', 3), or a list of such images.
        settings: Settings; those of the costs and of the network are used.
        extractor: a FeatureExtractor that gives all these layers; a new one by the settings when None.
        regions: parts of G with styles of their own; None: one style everywhere. See `nst_keras.controls.regions`.
        mask: (H, W), 0 or 1; where it is 0 the gradient is 0, so that G stays as it is.
        **changes: settings given one by one, such as beta=20.

    Attributes:
        settings, extractor; content_targets: {content layer: a[l](C)}; for each region, `style_targets`: {layer:
        moments of S}, and `directions`: {layer: B of `main_directions`}, empty for the Gram cost.

    Raises ValueError: sizes that the normalizer cannot compare; style weights that do not fit the styles; an
    extractor that lacks a layer; a bad setting.
    """

    def __init__(
        self, content: tf.Tensor, styles: tf.Tensor | Sequence[tf.Tensor], settings: Settings | None = None,
        extractor: FeatureExtractor | None = None, regions: Sequence[Region] | None = None,
        mask: np.ndarray | None = None, **changes: Any,
    ):  # fmt: skip
        settings = (settings or Settings()).replace(**changes)
        styles = list(styles) if isinstance(styles, (list, tuple)) else [styles]
        shares = style_shares(settings.style_weights, len(styles))
        extractor = extractor or make_extractor(settings)
        check_layers(settings.layers, extractor.layers)

        regions = list(regions or [Region(of_styles=[{}] * len(styles))])
        see = luminance if settings.colors == "luminance" else tf.identity
        self.__dict__.update(
            settings=settings, extractor=extractor, shape=tuple(content.shape), regions=regions, see=see,
            mask=None if mask is None else tf.constant(mask[None, ..., None], tf.float32),
        )  # fmt: skip
        content_targets, shapes = self._measure_content(content)
        n_G = [{l: _positions(shapes[l], region.of_G.get(l)) for l in settings.layer_weights} for region in regions]
        content_constants = {l: content_constant(a, settings.content_normalizer) for l, a in content_targets.items()}
        parts = [[] for _ in regions]  # of each region: (share, {layer: moments}) of each style that is in it
        for number, (share, style) in enumerate(zip(shares, styles, strict=True)):
            found = self._measure_style(style, [region.of_styles[number] for region in regions])
            for of_region, of_S in zip(parts, found, strict=True):
                if of_S is not None:
                    of_region.append((share, of_S))
        style_targets = [_blended(of_region, n, settings) for of_region, n in zip(parts, n_G, strict=True)]
        directions = [
            {l: main_directions(of_S[l], settings.rank) for l in of_S if settings.style_cost == "wasserstein"}
            for of_S in style_targets
        ]
        self.__dict__.update(
            content_targets=content_targets, content_constants=content_constants, style_targets=style_targets,
            directions=directions,
        )  # fmt: skip

    def _measure_content(self, content):
        """a[l](C) of the content layers, and (nH, nW) of all layers."""
        a_C = self.extractor(self.see(content))
        return {l: a_C[l] for l in self.settings.content_layers}, {l: tuple(a_C[l].shape[1:3]) for l in a_C}

    def _measure_style(self, style, weights):
        """For each region's weights in this style: {layer: moments}, or None where they are None."""
        a_S, layers = self.extractor(self.see(style)), self.settings.layer_weights
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

    # Traced at first use, for the one shape that G can have.
    @functools.cached_property
    def _terms(self):
        return tf.function(self._formula).get_concrete_function(tf.TensorSpec(self.shape, tf.float32))

    @functools.cached_property
    def _terms_and_gradient(self):
        return tf.function(self._differentiate).get_concrete_function(tf.TensorSpec(self.shape, tf.float32))

    def _formula(self, G):
        a_G = self.extractor(self.see(G))
        differences = {l: tf.reduce_sum(tf.square(a_C - a_G[l])) for l, a_C in self.content_targets.items()}
        layers = self.settings.layer_weights
        of_G = [{l: moments(a_G[l], region.of_G.get(l)) for l in layers} for region in self.regions]
        return self._costs(differences, of_G, total_variation_cost(G))

    def _costs(self, differences, of_G, J_tv):
        """J and its terms from all that they need of G: D = Σ (a_C - a_G)² of each content layer, the moments of each
        region and layer, and the total variation."""
        s = self.settings
        J_content = tf.add_n([s.content_layers[l] * (self.content_constants[l] * D) for l, D in differences.items()])
        J_layer = {l: self._layer_style_cost(l, [of_region[l] for of_region in of_G]) for l in s.layer_weights}
        weighted = {l: s.layer_weights[l] * J_layer[l] for l in J_layer}  # λ[l]·J_style[l]
        J_style = tf.add_n(list(weighted.values()))
        return {
            "J": total_cost(J_content, J_style, s.alpha, s.beta) + s.gamma * J_tv,
            "J_content": J_content,
            "J_style": J_style,
            "J_tv": J_tv,
            "alpha*J_content": s.alpha * J_content,
            "beta*J_style": s.beta * J_style,
            "gamma*J_tv": s.gamma * J_tv,
            **{f"J_style[{l}]": cost for l, cost in J_layer.items()},
            **{f"lambda*J_style[{l}]": cost for l, cost in weighted.items()},
        }

    def _layer_style_cost(self, l, of_G):
        each = zip(self.regions, self.style_targets, of_G, self.directions, strict=True)
        return tf.add_n([part.share * self._style_distance(of_S[l], of, B.get(l)) for part, of_S, of, B in each])

    def _style_distance(self, of_S, of_G, B):
        if self.settings.style_cost == "wasserstein":
            return wasserstein_cost(of_S, of_G, B)
        return gram_cost(of_S, of_G, self.settings.style_normalizer)

    def _differentiate(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            terms = self._formula(G)
        return terms, self._painted(tape.gradient(terms["J"], G))

    def _painted(self, gradient):
        """The gradient of what may change: of brightness alone, or inside of the mask."""
        if self.settings.colors == "luminance":  # R, G and B go up and down together, so that C's colors stay
            gradient = tf.repeat(tf.reduce_mean(gradient, axis=-1, keepdims=True), 3, axis=-1)
        return gradient if self.mask is None else gradient * self.mask

    def _checked(self, G):
        if tuple(G.shape) != self.shape:
            raise ValueError(f"G must have the shape of the content image, {self.shape}, not {tuple(G.shape)}")
        return tf.cast(G, tf.float32)


def make_extractor(settings: Settings) -> FeatureExtractor:
    """The network of the settings, with the layers that their costs compare."""
    network = load_vgg(settings.network, settings.weights, settings.pooling, settings.padding)
    return FeatureExtractor(settings.layers, network, settings.precision)


def _positions(shape, weights):
    """N, or the sum of the positions' weights."""
    return math.prod(shape) if weights is None else float(np.sum(weights))


def _blended(parts, n, settings):
    """The style of one region: the weighted mean of its styles' moments, {layer: Moments}."""
    if not any(share for share, _ in parts):
        raise ValueError("the styles of a region all have the weight 0")
    shares = style_shares([share for share, _ in parts], len(parts))
    if settings.style_cost == "gram":
        for _, of_S in parts:
            for l in n:
                check_sizes(of_S[l].n, n[l], settings.style_normalizer)
    return {l: blend([of_S[l] for _, of_S in parts], shares, n[l]) for l in n}


def style_shares(weights: Sequence[float] | None, n: int) -> list[float]:
    """Weights of n styles, normalized to sum 1."""
    if n == 0:
        raise ValueError("no style image; give at least one")
    weights = [1.0] * n if weights is None else list(weights)
    if len(weights) != n:
        raise ValueError(f"{n} style images need {n} style weights, not {len(weights)}")
    return [weight / sum(weights) for weight in weights]


def _as_floats(terms):
    return {name: float(value) for name, value in terms.items()}
