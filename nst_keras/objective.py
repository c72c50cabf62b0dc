"""J(G): the whole cost as one object whose targets are computed once."""

import functools
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from nst_keras.costs import (
    check_sizes,
    content_cost,
    gram_cost,
    total_cost,
    total_variation_cost,
    wasserstein_cost,
)
from nst_keras.settings import Settings
from nst_keras.style import blend, main_directions, moments
from nst_keras.vgg import FeatureExtractor, check_layers, load_vgg


class Objective:
    """J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G).

    C and S never change during a run, so a[l](C) and the moments of S are computed here, once.
    Several styles are blended by averaging their moments. An Objective does not change: for other weights, make
    another one.

    Args:
        content: C, (1, H, W, 3), RGB 0..255.
        styles: S, (1, H', W', 3), or a list of such images.
        settings: Settings; those of the costs and of the network are used.
        extractor: a FeatureExtractor that gives all these layers; a new one by the settings when None.
        **changes: settings given one by one, such as beta=20.

    Attributes:
        settings, extractor; content_target: a[l](C) of the content layer; style_targets: {layer: moments of S};
        directions: {layer: B of `main_directions`}, empty for the Gram cost.

    Raises ValueError: sizes that the normalizer cannot compare; style weights that do not fit the styles; an
    extractor that lacks a layer; a bad setting.
    """

    def __init__(
        self, content: tf.Tensor, styles: tf.Tensor | Sequence[tf.Tensor], settings: Settings | None = None,
        extractor: FeatureExtractor | None = None, **changes: Any,
    ):  # fmt: skip
        settings = (settings or Settings()).replace(**changes)
        styles = list(styles) if isinstance(styles, (list, tuple)) else [styles]
        shares = style_shares(settings.style_weights, len(styles))
        extractor = extractor or make_extractor(settings)
        check_layers(settings.layers, extractor.layers)

        is_gram = settings.style_cost == "gram"
        a_C = extractor(content)
        content_target = a_C[settings.content_layer]
        n_G = {l: a_C[l].shape[1] * a_C[l].shape[2] for l in settings.layer_weights}  # nH·nW
        del a_C  # large, and done with
        of_styles = {l: [] for l in settings.layer_weights}
        for style in styles:
            a_S = extractor(style)
            for l in of_styles:
                of_styles[l].append(moments(a_S[l]))
                if is_gram:
                    check_sizes(of_styles[l][-1].n, n_G[l], settings.style_normalizer)
        style_targets = {l: blend(several, shares, n_G[l]) for l, several in of_styles.items()}
        directions = {} if is_gram else {l: main_directions(of_S, settings.rank) for l, of_S in style_targets.items()}
        self.__dict__.update(
            settings=settings, extractor=extractor, shape=tuple(content.shape), content_target=content_target,
            style_targets=style_targets, directions=directions,
        )  # fmt: skip

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
        s, a_G = self.settings, self.extractor(G)
        J_content = content_cost(self.content_target, a_G[s.content_layer], s.content_normalizer)
        J_layer = {l: self._layer_style_cost(l, moments(a_G[l])) for l in s.layer_weights}
        weighted = {l: s.layer_weights[l] * J_layer[l] for l in J_layer}  # λ[l]·J_style[l]
        J_style = tf.add_n(list(weighted.values()))
        J_tv = total_variation_cost(G)
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
        if self.settings.style_cost == "wasserstein":
            return wasserstein_cost(self.style_targets[l], of_G, self.directions[l])
        return gram_cost(self.style_targets[l], of_G, self.settings.style_normalizer)

    def _differentiate(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            terms = self._formula(G)
        return terms, tape.gradient(terms["J"], G)

    def _checked(self, G):
        if tuple(G.shape) != self.shape:
            raise ValueError(f"G must have the shape of the content image, {self.shape}, not {tuple(G.shape)}")
        return tf.cast(G, tf.float32)


def make_extractor(settings: Settings) -> FeatureExtractor:
    """The network of the settings, with the layers that their costs compare."""
    network = load_vgg(settings.network, settings.weights, settings.pooling, settings.padding)
    return FeatureExtractor(settings.layers, network, settings.precision)


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
