"""J(G): a list of terms, each a small function of sums over the positions of a layer.

    J(G) = α·Σ content terms + β·Σ style terms + γ·J_tv(G)

What a term compares G with, and every weight, is an argument of J's TensorFlow graph. So one graph, which takes a
second to trace, serves pictures of all sizes and all weights.
"""

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.costs import check_sizes, content_constant, gram_cost, total_cost, total_variation_cost, wasserstein_cost
from nst_keras.files.weights import check_layers
from nst_keras.settings import STYLE_NORMALIZERS, Settings
from nst_keras.style import Moments, blend, check_style_weights, main_directions, moments, sums
from nst_keras.vgg import FeatureExtractor, fast_precision, load_vgg

ALL = slice(None), slice(None)  # rows and columns of a layer
IMAGE = tf.TensorSpec((1, None, None, 3), tf.float32)


class Term(NamedTuple):
    """One summand of J: weight · cost(target, sums(target, a)), with a the activations of G in its layer.

    `sums` and `cost` are functions of a module, not lambdas: by them a graph is found again.
    """

    kind: str  # "content" or "style": whose weight in J is α or β
    layer: str
    sums: Callable  # all that the cost needs to know of G: sums over positions, so that those of tiles add up
    cost: Callable  # 0 for "the same"
    weight: Any  # among its kind, λ[l]
    target: Mapping[str, Any]  # what G is compared with: tensors by name; "a" and "mask", (1, nH, nW, ·), by position


def content_term(l: str, a_C: tf.Tensor, weight: float, normalizer: str) -> Term:
    """How far the activations of G are from a_C, place by place: see `content_cost`."""
    target = {"a": a_C, "constant": content_constant(a_C, normalizer)}
    return Term("content", l, _squared_difference, _scaled, weight, target)


def style_term(
    l: str, of_S: Moments, weight: float, style_cost: str, rank: int = 128, share: float = 1.0, mask: Any = None
) -> Term:
    """How far the moments of G are from those of S.

    Args:
        of_S: of one style or the mean of several, for as many positions as G has.
        style_cost: "wasserstein", or the normalizer of `gram_cost`.
        rank: of `main_directions`, for "wasserstein".
        share, mask: of a region; (nH, nW), the part of G that counts. None: all of it.
    """
    target = {"of_S": of_S, "share": float(share)}
    target |= {} if mask is None else {"mask": tf.cast(mask, tf.float32)[None, ..., None]}
    target |= {"B": main_directions(of_S, rank)} if style_cost == "wasserstein" else {}
    return Term("style", l, _sums_of_part, STYLE_TERMS[style_cost], weight, target)


def style_terms(settings: Settings, shapes: Mapping, of_styles: Sequence, regions: Sequence[tuple]) -> list[Term]:
    """One for each region and layer, of shape (1, nH, nW, nC); `of_styles`: for each style what `moments_of` gives."""
    s, weights = settings, check_style_weights(settings.style_weights, len(of_styles))
    style_cost = "wasserstein" if s.style_cost == "wasserstein" else s.style_normalizer
    terms = []
    for number, (share, masks, _) in enumerate(regions):
        here = [(weight, of[number]) for weight, of in zip(weights, of_styles, strict=True) if of[number]]
        for l, weight in s.layer_weights.items():
            mask = None if masks.get(l) is None else np.float32(masks[l])
            n = float(math.prod(shapes[l][1:3]) if mask is None else np.sum(mask))
            for _, of in here:
                check_sizes(of[l].n, n, style_cost)
            of_S = blend([of[l] for _, of in here], [its for its, _ in here], n)
            terms.append(style_term(l, of_S, weight, style_cost, s.rank, share, mask))
    return terms


def _squared_difference(target, a):
    return tf.reduce_sum(tf.square(tf.cast(target["a"], tf.float32) - a))


def _scaled(target, D):
    return target["constant"] * D


def _sums_of_part(target, a):
    return sums(a, target.get("mask"))


def _wasserstein(target, of_G):
    return target["share"] * wasserstein_cost(target["of_S"], Moments(target["of_S"].n, *of_G), target["B"])


def _gram(normalizer, target, of_G):
    return target["share"] * gram_cost(target["of_S"], Moments(target["of_S"].n, *of_G), normalizer)


STYLE_TERMS = {"wasserstein": _wasserstein} | {name: functools.partial(_gram, name) for name in STYLE_NORMALIZERS}


class View(NamedTuple):
    """What the costs see of C, S and G, and what may change of G."""

    see: Callable | None = None  # of an image, such as its luminance; None: all of it
    allow: Sequence[Callable] = ()  # (gradient, mask) -> the gradient of what may change
    mask: Any = 1.0  # (1, H, W, 1), for them


EVERYTHING = View()


class Objective:
    """J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G).

    C and S never change during a run, so a[l](C) and the moments of S are computed here, once.
    Several styles are blended by averaging their moments. With regions, J_style[l] is the mean over them, weighted by
    their shares of G. For other weights, make another Objective.

    Args:
        content: C, (1, H, W, 3), RGB 0..255.
        styles: S, (1, H', W', 3), or a list of such images.
        settings: Settings; those of the costs and of the network are used. (Colors, regions and mask are controls:
            they change what is given here, see `nst_keras.pipeline`.)
        extractor: a FeatureExtractor that gives all these layers; by the settings when None.
        regions: parts of G with styles of their own, of each (its share of G, {layer: mask of G}, for each style
            {layer: mask of S}); masks are (nH, nW), 0 or more. A layer that is missing, or None there: all of it; None
            in place of a style's masks: nothing of this style. Without regions: one style everywhere.
        view: what is seen and what may change.
        **changes: settings given one by one, such as beta=20.

    Attributes: settings, extractor, view; `summands`, its Terms. (Its graph has their `numbers` as arguments, and is
    found again by their `formulas`, which is the rest of them.)

    Raises ValueError: sizes that the normalizer cannot compare; style weights that do not fit the styles; an
    extractor that lacks a layer; masks that do not fit a layer, or are 0 everywhere; a bad setting.
    """

    def __init__(
        self, content: tf.Tensor, styles: tf.Tensor | Sequence[tf.Tensor], settings: Settings | None = None,
        extractor: FeatureExtractor | None = None, regions: Sequence[tuple] = (), view: View = EVERYTHING,
        **changes: Any,
    ):  # fmt: skip
        self.settings = s = (settings or Settings()).replace(**changes)
        self.extractor = extractor or make_extractor(s)
        check_layers(s.layers, self.extractor.layers)
        self.shape, self.view = tuple(content.shape), view
        styles = styles if isinstance(styles, (list, tuple)) else [styles]
        regions = regions or [(1.0, {}, [{}] * len(styles))]
        a_C = self.content_of(content)
        of_styles = [self.moments_of(S, [masks[n] for *_, masks in regions]) for n, S in enumerate(styles)]
        terms = [content_term(l, a_C[l], w, s.content_normalizer) for l, w in s.content_layers.items()]
        terms += style_terms(s, self.extractor.network.compute_output_shape(self.shape), of_styles, regions)
        numbers = {"alpha": s.alpha, "beta": s.beta, "gamma": s.gamma, "mask": view.mask}
        numbers["terms"] = [(t.weight, t.target) for t in terms]
        self.numbers = tf.nest.map_structure(tf.convert_to_tensor, numbers)
        self.sizes = tf.nest.map_structure(any_size, self.numbers), IMAGE
        self.formulas = tuple(t._replace(weight=None, target=None) for t in terms)
        self.summands = filled(self.formulas, self.numbers)

    def content_of(self, content: tf.Tensor) -> dict[str, tf.Tensor]:
        """{layer: a[l](C)} of the content layers."""
        return {l: a for l, _, a in self.pieces(content) if l in self.settings.content_layers}

    def moments_of(self, style: tf.Tensor, regions: Sequence[Mapping | None]) -> list[dict[str, Moments]]:
        """For each region the moments of its part of a style, {layer: Moments}; {} for a region without masks."""
        found = [{} for _ in regions]
        for l, place, a in self.pieces(style):
            for of_region, masks in zip(found, regions, strict=True):
                if masks is not None and l in self.settings.layer_weights:
                    more = moments(a, None if masks.get(l) is None else masks[l][place])
                    of_region[l] = of_region[l] + more if l in of_region else more
        return found

    def pieces(self, image: tf.Tensor) -> Iterator[tuple]:
        """(layer, its rows and columns, the activations there) of an image as the costs see it, in one piece."""
        for l, a in self.extractor(self.view.see(image) if self.view.see else image).items():
            yield l, ALL, a

    def __call__(self, G: tf.Tensor) -> tf.Tensor:
        """J(G), a float32 scalar. Differentiable: it may be called under a tf.GradientTape."""
        return self.costs(G)["J"]

    def terms(self, G: tf.Tensor) -> dict[str, float]:
        """Every term of J(G), keyed by its formula: {"J": ..., "J_content": ..., "alpha*J_content": ...}.

        For each style layer there is "J_style[block1_conv1]" and, with its weight, "lambda*J_style[block1_conv1]".
        """
        return {name: float(cost) for name, cost in self.costs(G).items()}

    def costs(self, G: tf.Tensor) -> dict[str, tf.Tensor]:
        """`terms` as tensors."""
        graph = traced(costs, self.extractor, self.view._replace(mask=None), self.formulas)
        return graph.get_concrete_function(*self.sizes)(self.numbers, self.checked(G))

    def value_and_gradient(self, G: tf.Tensor) -> tuple[dict[str, float], tf.Tensor]:
        """The terms of J(G) as `terms` gives them, and ∂J/∂G, a tensor of G's shape."""
        graph = traced(costs_and_gradient, self.extractor, self.view._replace(mask=None), self.formulas)
        found, gradient = graph.get_concrete_function(*self.sizes)(self.numbers, self.checked(G))
        return {name: float(cost) for name, cost in found.items()}, gradient

    def checked(self, G: tf.Tensor) -> tf.Tensor:
        """G as float32, if it has the shape of C."""
        if tuple(G.shape) != self.shape:
            raise ValueError(f"G must have the shape of the content image, {self.shape}, not {tuple(G.shape)}")
        return tf.cast(G, tf.float32)


def costs(
    extractor: FeatureExtractor, view: View, formulas: Sequence[Term], numbers: Mapping, G: tf.Tensor
) -> dict[str, tf.Tensor]:
    """J and its terms for G; `numbers` has what `formulas` leave open."""
    terms = filled(formulas, numbers)
    a = extractor(view.see(G) if view.see else G)
    return costs_of(terms, numbers, [t.sums(t.target, a[t.layer]) for t in terms], total_variation_cost(G))


def filled(formulas: Sequence[Term], numbers: Mapping) -> list[Term]:
    """The terms, put together again."""
    return [t._replace(weight=w, target=target) for t, (w, target) in zip(formulas, numbers["terms"], strict=True)]


def costs_of(terms: Sequence[Term], numbers: Mapping, sums_of_G: Sequence, J_tv: Any) -> dict[str, tf.Tensor]:
    """J and its terms from all that they need of G; tiles call it with the sums that they have added up."""
    J = {"content": 0.0, "style": 0.0}
    J_layer, weighted = {}, {}
    for t, of_G in zip(terms, sums_of_G, strict=True):
        cost = t.cost(t.target, of_G)
        J[t.kind] += t.weight * cost
        if t.kind == "style":  # λ[l]·J_style[l], the sum over the regions
            J_layer[t.layer] = J_layer.get(t.layer, 0.0) + cost
            weighted[t.layer] = t.weight * J_layer[t.layer]
    alpha, beta, gamma = (numbers[name] for name in ("alpha", "beta", "gamma"))
    return {
        "J": total_cost(J["content"], J["style"], alpha, beta) + gamma * J_tv,
        "J_content": J["content"],
        "J_style": J["style"],
        "J_tv": J_tv,
        "alpha*J_content": alpha * J["content"],
        "beta*J_style": beta * J["style"],
        "gamma*J_tv": gamma * J_tv,
        **{f"J_style[{l}]": cost for l, cost in J_layer.items()},
        **{f"lambda*J_style[{l}]": cost for l, cost in weighted.items()},
    }


def costs_and_gradient(
    extractor: FeatureExtractor, view: View, formulas: Sequence[Term], numbers: Mapping, G: tf.Tensor
) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
    """`costs`, and ∂J/∂G of what may change."""
    with tf.GradientTape() as tape:
        tape.watch(G)
        found = costs(extractor, view, formulas, numbers, G)
    gradient = tape.gradient(found["J"], G)
    for allow in view.allow:
        gradient = allow(gradient, numbers["mask"])
    return found, gradient


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
