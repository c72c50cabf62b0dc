"""J(G): a list of terms, each a small function of sums over the positions of a layer.

    J(G) = α·Σ content terms + β·Σ style terms + γ·J_tv(G)

What a term compares G with, and every weight, is an argument of J's TensorFlow graph. So one graph, which takes a
second to trace, serves pictures of all sizes and all weights.
"""

import functools
import math
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.costs import check_sizes, content_constant, gram_cost, total_variation_cost, wasserstein_cost
from nst_keras.files.weights import check_layers
from nst_keras.settings import STYLE_NORMALIZERS, Settings
from nst_keras.style import Moments, blend, check_style_weights, main_directions, moments
from nst_keras.vgg import FeatureExtractor, load_vgg

ALL = slice(None), slice(None)  # rows and columns of a layer
# That stay in memory. To forget one gains little: of the 60 MB of a graph TensorFlow gives back a third.
KEPT_EXTRACTORS = 12
MOST_GRAPHS = 32  # of an extractor: an evaluation in tiles has some twenty
IMAGE = tf.TensorSpec((1, None, None, 3), tf.float32)


class Term(NamedTuple):
    """One summand of J: λ · factor · cost(of_G=sums(a, **places), **target), with a the activations of G in its layer.

    `sums` and `cost` are functions of a module, not lambdas: by them a graph is found again.
    """

    kind: str  # "content" or "style": whose weight in J is α or β
    layer: str  # whose weight among its kind is λ
    sums: Callable  # all that the cost needs to know of G: sums over positions, so that those of tiles add up
    cost: Callable | None  # 0 for "the same"; None: the sum itself is the cost
    factor: Any  # of content the constant of its normalizer; of style the share of the region
    places: Mapping[str, Any]  # what belongs to positions, by name: tensors (1, nH, nW, nC) or (nH, nW)
    target: Mapping[str, Any]  # what G is compared with, by name


OPEN: dict[str, Any] = dict.fromkeys(("factor", "places", "target"))  # arguments of the graph; None in a formula


def terms_of(settings: Settings, a_C: Mapping, of_styles: Sequence, regions: Sequence[tuple], N: Mapping) -> list[Term]:
    """The terms of J.

    Args:
        a_C: {layer: a[l](C)} of the content layers.
        of_styles: for each style, for each region, {layer: Moments}; {} where it is not in the region.
        regions: as in `Objective`.
        N: {layer: number of positions in G}.
    """
    s, weights, terms = settings, check_style_weights(settings.style_weights, len(of_styles)), []
    for l in s.content_layers:
        constant = content_constant(a_C[l], s.content_normalizer)
        terms.append(Term("content", l, squared_difference, None, constant, {"a_C": a_C[l]}, {}))
    style_cost = "wasserstein" if s.style_cost == "wasserstein" else s.style_normalizer
    for number, (share, masks, _) in enumerate(regions):
        here = [(weight, of[number]) for weight, of in zip(weights, of_styles, strict=True) if of[number]]
        for l in s.layer_weights:
            places = {} if masks.get(l) is None else {"mask": np.float32(masks[l])}
            n = float(np.sum(places["mask"])) if places else N[l]
            for _, of in here if s.style_cost == "gram" else ():
                check_sizes(of[l].n, n, style_cost)
            of_S = blend([of[l] for _, of in here], [weight for weight, _ in here], n)
            target = {"of_S": of_S} | ({"B": main_directions(of_S, s.rank)} if style_cost == "wasserstein" else {})
            terms.append(Term("style", l, moments, STYLE_COSTS[style_cost], float(share), places, target))
    return terms


def squared_difference(a: tf.Tensor, a_C: tf.Tensor) -> tf.Tensor:
    """D = Σ_ijk (a_C[i,j,k] - a[i,j,k])²."""
    return tf.reduce_sum(tf.square(tf.cast(a_C, tf.float32) - a))


STYLE_COSTS = {"wasserstein": wasserstein_cost}
STYLE_COSTS |= {name: functools.partial(gram_cost, normalizer=name) for name in STYLE_NORMALIZERS}


class View(NamedTuple):
    """What the costs see of C, S and G, and what may change of G."""

    see: Callable | None = None  # of an image, such as its luminance; None: all of it
    allow: tuple[Callable, ...] = ()  # (gradient, mask) -> the gradient of what may change
    mask: Any = 1.0  # (1, H, W, 1), for them


EVERYTHING = View()


class Objective:
    """J(G) = α·J_content(C,G) + β·Σ_l λ[l]·J_style[l](S,G) + γ·J_tv(G).

    A layer counts as far as it has enough positions for each of its channels: λ[l] is that of the settings times
    min(1, nH·nW / (positions_per_channel·nC)). The moments of few points are not a texture, they are the painting.
    C and S never change during a run, so a[l](C) and the moments of S are computed here, once.
    Several styles are blended by averaging their moments. With regions, J_style[l] is the mean over them, weighted by
    their shares of G. For other weights, make another Objective.

    Args:
        content: C, (1, H, W, 3), RGB 0..255.
        styles: S, (1, H', W', 3), or a list of such images.
        settings: Settings; those of the costs and of the network are used. (Colors, regions and mask are controls:
            they change what is given here, see `nst_keras.pipeline`.)
        extractor: a FeatureExtractor that gives all these layers, or another such function of images with its
            `layers`; by the settings when None.
        regions: parts of G with styles of their own, of each (its share of G, {layer: mask of G}, for each style
            {layer: mask of S}); masks are (nH, nW), 0 or more. A layer that is missing, or None there: all of it; None
            in place of a style's masks: nothing of this style. Without regions: one style everywhere.
        view: what is seen and what may change.
        **changes: settings given one by one, such as beta=20.

    Attributes: settings, extractor, view; the Terms, in two parts: `numbers` are the arguments of its graph, which is
    found again by `formulas`.

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
        a_C, shapes = self.content_of(content)
        of_styles = [self.moments_of(S, [masks[n] for *_, masks in regions]) for n, S in enumerate(styles)]
        N = {l: float(math.prod(shapes[l][1:3])) for l in s.layer_weights}
        terms = terms_of(s, a_C, of_styles, regions, N)
        enough = {l: s.positions_per_channel * shapes[l][-1] for l in N}
        weights: Any = s.layer_weights
        lambdas = {l: weights[l] * N[l] / max(N[l], enough[l]) for l in N}  # λ·min(1, positions / enough)
        numbers = {
            "alpha": s.alpha, "beta": s.beta, "gamma": s.gamma, "mask": view.mask,
            "lambda": {"content": dict(s.content_layers), "style": lambdas},
            **{name: [getattr(t, name) for t in terms] for name in OPEN},
        }  # fmt: skip
        self.numbers = tf.nest.map_structure(tf.convert_to_tensor, numbers)
        self.sizes = tf.nest.map_structure(any_size, self.numbers), IMAGE
        self.formulas = tuple(t._replace(**OPEN) for t in terms)

    def content_of(self, content: tf.Tensor) -> tuple[dict[str, Any], dict[str, Sequence[int]]]:
        """{layer: a[l](C)} of the content layers, and {layer: (1, nH, nW, nC)} of all."""
        a = {l: a for l, _, a in self.pieces(content)}
        return {l: a[l] for l in self.settings.content_layers}, {l: a[l].shape for l in a}

    def moments_of(self, style: tf.Tensor, regions: Sequence[Mapping | None]) -> list[dict[str, Moments]]:
        """For each region the moments of its part of a style, {layer: Moments}; {} for a region without masks."""
        found: list[dict[str, Moments]] = [{} for _ in regions]
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
    a = extractor(view.see(G) if view.see else G)
    sums_of_G = [t.sums(a[t.layer], **places) for t, places in zip(formulas, numbers["places"], strict=True)]
    return costs_of(formulas, numbers, sums_of_G, total_variation_cost(G, "color"))


def costs_of(formulas: Sequence[Term], numbers: Mapping, sums_of_G: Sequence, J_tv: Any) -> dict[str, tf.Tensor]:
    """J and its terms from all that they need of G; tiles call it with the sums that they have added up."""
    J_layer = {kind: dict.fromkeys(numbers["lambda"][kind], 0.0) for kind in ("content", "style")}
    for t, factor, target, of_G in zip(formulas, numbers["factor"], numbers["target"], sums_of_G, strict=True):
        J_layer[t.kind][t.layer] += factor * (t.cost(of_G=of_G, **target) if t.cost else of_G)
    weighted = {kind: {l: numbers["lambda"][kind][l] * cost for l, cost in J_layer[kind].items()} for kind in J_layer}
    J_content, J_style = (sum(weighted[kind].values()) for kind in ("content", "style"))
    alpha, beta, gamma = (numbers[name] for name in ("alpha", "beta", "gamma"))
    return {
        "J": alpha * J_content + beta * J_style + gamma * J_tv,
        "J_content": J_content,
        "J_style": J_style,
        "J_tv": J_tv,
        "alpha*J_content": alpha * J_content,
        "beta*J_style": beta * J_style,
        "gamma*J_tv": gamma * J_tv,
        **{f"J_style[{l}]": cost for l, cost in J_layer["style"].items()},
        **{f"lambda*J_style[{l}]": cost for l, cost in weighted["style"].items()},
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


def traced(function: Callable, extractor: FeatureExtractor, *fixed: Any) -> Any:
    """``function(extractor, *fixed, ...)`` as a tf.function, the same one for the same arguments.

    It belongs to the extractor and goes with it: otherwise it would keep a network in memory."""
    key, graphs, of = (function, *fixed), vars(extractor).setdefault("graphs", {}), weakref.ref(extractor)
    if key not in graphs:
        for oldest in list(graphs)[: max(0, len(graphs) - MOST_GRAPHS + 1)]:
            graphs.pop(oldest, None)
        graphs[key] = tf.function(lambda *args: function(of(), *fixed, *args), autograph=False)
    return graphs[key]


def any_size(x: tf.Tensor) -> tf.TensorSpec:
    """What a graph must know of one of its arguments: type and rank, and the channels of activations."""
    shape = (1, None, None, x.shape[-1]) if x.shape.rank == 4 else [None] * x.shape.rank
    return tf.TensorSpec(shape, x.dtype)


def make_extractor(settings: Settings) -> FeatureExtractor:
    """The network of the settings, with the layers that their costs compare; the same one for the same settings."""
    network = load_vgg(settings.network, settings.weights, settings.pooling, settings.padding)
    return _extractor(tuple(settings.layers), network, settings.precision)


_extractor = functools.lru_cache(maxsize=KEPT_EXTRACTORS)(FeatureExtractor)
