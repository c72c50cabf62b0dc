"""J(G): the whole cost as one object whose targets are computed once."""

import functools
import math

import tensorflow as tf

from nst_keras.costs import (
    check_sizes,
    content_cost,
    gram_cost,
    gram_matrix,
    positions,
    total_cost,
    total_variation_cost,
)
from nst_keras.vgg import FeatureExtractor

CONTENT_LAYER = "block4_conv2"
LAYER_WEIGHTS = {f"block{block}_conv1": 1 / 5 for block in (1, 2, 3, 4, 5)}  # λ[l]


class Objective:
    """J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G).

    C and S never change during a run, so a[l](C) and the Gram matrices of S are computed here, once.
    Several styles are blended by averaging their Gram matrices.

    Args:
        content: C, (1, H, W, 3), RGB 0..255.
        styles: S, (1, H', W', 3), or a list of such images.
        alpha, beta, gamma: weights of the content, style and total variation cost, 0 or more.
        content_layer: the layer of the content cost.
        layer_weights: {layer name: λ} of the style cost.
        style_weights: one weight per style image (normalized to sum 1); equal when None.
        extractor: a FeatureExtractor that gives all these layers; a new one on the bundled VGG19 when None.
        content_normalizer, style_normalizer: see `nst_keras.costs`.

    Raises:
        ValueError: sizes that the normalizer cannot compare; style weights that do not fit the styles.
    """

    def __init__(
        self,
        content,
        styles,
        alpha,
        beta,
        gamma=0.0,
        content_layer=CONTENT_LAYER,
        layer_weights=LAYER_WEIGHTS,
        style_weights=None,
        extractor=None,
        content_normalizer="relative",
        style_normalizer="relative",
    ):
        styles = list(styles) if isinstance(styles, (list, tuple)) else [styles]
        self.alpha, self.beta, self.gamma = alpha, beta, gamma
        self.content_layer, self.layer_weights = content_layer, dict(layer_weights)
        self.content_normalizer, self.style_normalizer = content_normalizer, style_normalizer
        self.extractor = extractor or FeatureExtractor([content_layer, *layer_weights])
        self.shape = tuple(content.shape)

        a_C = self.extractor(content)
        self.content_target = a_C[content_layer]
        n_G = {layer: positions(a_C[layer]) for layer in self.layer_weights}
        del a_C  # large, and done with
        self.gram_targets = dict.fromkeys(self.layer_weights, 0.0)
        for weight, style in zip(style_shares(style_weights, len(styles)), styles, strict=True):
            a_S = self.extractor(style)
            for layer in self.layer_weights:
                n_S = positions(a_S[layer])
                check_sizes(n_S, n_G[layer], style_normalizer)
                self.gram_targets[layer] += weight * gram_matrix(a_S[layer]) * (n_G[layer] / n_S)

    def __call__(self, G):
        """J(G), a float32 scalar. Differentiable: it may be called under a tf.GradientTape."""
        return self._terms(self._checked(G))["J"]

    def terms(self, G):
        """Every term of J(G), keyed by its formula: {"J": ..., "J_content": ..., "alpha*J_content": ...}.

        For each style layer there is "J_style[block1_conv1]" and, with its weight, "lambda*J_style[block1_conv1]".
        """
        return _as_floats(self._terms(self._checked(G)))

    def value_and_gradient(self, G):
        """The terms of J(G) as `terms` gives them, and ∂J/∂G, a tensor of G's shape."""
        terms, gradient = self._terms_and_gradient(self._checked(G))
        return _as_floats(terms), gradient

    # Traced at first use, for the one shape that G can have.
    @functools.cached_property
    def _terms(self):
        return tf.function(self._cost_terms).get_concrete_function(tf.TensorSpec(self.shape, tf.float32))

    @functools.cached_property
    def _terms_and_gradient(self):
        return tf.function(self._differentiate).get_concrete_function(tf.TensorSpec(self.shape, tf.float32))

    def _cost_terms(self, G):
        a_G = self.extractor(G)
        J_content = content_cost(self.content_target, a_G[self.content_layer], self.content_normalizer)
        J_layer = {
            l: gram_cost(self.gram_targets[l], gram_matrix(a_G[l]), positions(a_G[l]), self.style_normalizer)
            for l in self.layer_weights
        }
        weighted = {l: self.layer_weights[l] * J_layer[l] for l in J_layer}  # λ[l]·J_style[l]
        J_style = tf.add_n(list(weighted.values()))
        J_tv = total_variation_cost(G)
        return {
            "J": total_cost(J_content, J_style, self.alpha, self.beta) + self.gamma * J_tv,
            "J_content": J_content,
            "J_style": J_style,
            "J_tv": J_tv,
            "alpha*J_content": self.alpha * J_content,
            "beta*J_style": self.beta * J_style,
            "gamma*J_tv": self.gamma * J_tv,
            **{f"J_style[{l}]": cost for l, cost in J_layer.items()},
            **{f"lambda*J_style[{l}]": cost for l, cost in weighted.items()},
        }

    def _differentiate(self, G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            terms = self._cost_terms(G)
        return terms, tape.gradient(terms["J"], G)

    def _checked(self, G):
        if tuple(G.shape) != self.shape:
            raise ValueError(f"G must have the shape of the content image, {self.shape}, not {tuple(G.shape)}")
        return tf.cast(G, tf.float32)


def style_shares(weights, n):
    """Weights of n styles, normalized to sum 1."""
    if n == 0:
        raise ValueError("no style image; give at least one")
    weights = [1.0] * n if weights is None else [float(weight) for weight in weights]
    if len(weights) != n:
        raise ValueError(f"{n} style images need {n} style weights, not {len(weights)}")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or sum(weights) == 0:
        raise ValueError(f"style weights must be 0 or more and not all 0, not {weights}")
    return [weight / sum(weights) for weight in weights]


def _as_floats(terms):
    return {name: float(value) for name, value in terms.items()}
