"""Large pictures: the same J and the same gradient, with the activations of one stripe of the picture at a time.

Each block of VGG is computed stripe by stripe. What the costs need of the activations are sums over positions, so
they may be taken in pieces: a stripe adds its moments and its squared difference from C, hands on its part of the
pool at the end of the block, and is forgotten. On the way back, from the last block to the first, each stripe is
computed once more, with ∂J/∂moments known: the gradients of all stripes add up to the gradient of the whole.

A unit at a stripe's edge sees rows beyond it, one for each convolution of its block. So a stripe is read with that many
rows more on both sides, and only what belongs to it is counted. At the picture's own border there are none, and the
network pads there as it always does.
"""

import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.images import preprocess
from nst_keras.objective import Objective, costs_of, painted
from nst_keras.style import Moments, moments, sums


class Stripe(NamedTuple):
    """Rows top..bottom of a block's input, and the rows first..last that are read for them."""

    top: int
    bottom: int
    first: int
    last: int


def cut(height: int, rows: int, margin: int) -> list[Stripe]:
    """Stripes of so many rows, the last one with what is left, read with a margin on both sides."""
    edges = [*range(0, height, rows), height]
    return [Stripe(a, b, max(0, a - margin), min(height, b + margin)) for a, b in itertools.pairwise(edges)]


def joined(shape: tuple, dtype: Any, pieces: Iterable[tuple[int, np.ndarray]]) -> np.ndarray:
    """The sum of pieces that overlap: (first row, piece), from top to bottom, without a gap between them."""
    whole, covered = np.empty(shape, dtype), 0
    for first, piece in pieces:
        overlap, end = covered - first, first + piece.shape[1]
        whole[:, first:covered] += piece[:, :overlap]
        whole[:, covered:end] = piece[:, overlap:]
        covered = max(covered, end)
    return whole


def exceeds_tile(tile: int | str | None, pixels: float) -> bool:
    """Whether an image of so many pixels is computed in stripes. A tile of "auto" counts as None: never."""
    return tile not in ("auto", None) and pixels > tile


def rows_of_stripes(tile: int | str | None, C: tf.Tensor, S: Sequence[tf.Tensor]) -> int | None:
    """Rows of stripes with about `tile` pixels, an even number; None when all images are small enough without."""
    if not exceeds_tile(tile, max(math.prod(image.shape[1:3]) for image in [C, *S])):
        return None
    return max(2, tile // max(image.shape[2] for image in [C, *S]) // 2 * 2)


class StripedObjective(Objective):
    """An `Objective` for large pictures: the same costs and the same gradient, computed in stripes.

    An evaluation takes 1.8 to 2.0 times as long, the more the fewer rows a stripe has: activations are computed once
    for J and once more for its gradient.

    Args:
        rows: rows of a stripe, an even number. It is the same in every block, whose stripes then take as much memory:
            from block to block there are twice as many channels, and half as many columns.
        The others: as `Objective`.
    """

    def __init__(self, *args: Any, rows: int, **kwargs: Any):
        if rows < 2 or rows % 2:
            raise ValueError(f"rows is {rows}; expected an even number, 2 or more, since pools join pairs of rows")
        self.__dict__.update(rows=rows)
        super().__init__(*args, **kwargs)

    @functools.cached_property
    def _traced(self):
        """For each block, the functions `_block` and `_block_gradient` as TensorFlow graphs, for any stripe."""
        traced = functools.partial(tf.function, autograph=False, reduce_retracing=True)
        numbers = range(len(self.extractor.blocks))
        return [[traced(functools.partial(f, n)) for f in (self._block, self._block_gradient)] for n in numbers]

    def _measure_content(self, content):
        targets, shapes = {l: [] for l in self.settings.content_layers}, {}
        for l, _, a in self._along(content):
            height, width = shapes.get(l, (0, 0))[0] + a.shape[1], a.shape[2]
            shapes[l] = (height, width)
            if l in targets:
                targets[l].append(tf.cast(a, self.extractor.precision))  # as the network computed them: nothing is lost
        return {l: tf.concat(pieces, axis=1) for l, pieces in targets.items()}, shapes

    def _measure_style(self, style, weights):
        found = [None if of_S is None else {} for of_S in weights]
        for l, rows, a in self._along(style):
            self._add_moments(found, weights, l, rows, a)
        return found

    def _terms(self, G):
        return self._costs_along(G, None)[0]

    def _terms_and_gradient(self, G):
        inputs = []
        terms, d_content, d_moments = self._costs_along(G, inputs)
        gradient = self._gradient_along(inputs, d_content, d_moments)
        gradient += np.float32(self.settings.gamma) * total_variation_and_gradient(np.asarray(G))[1]
        return terms, painted(self.kind, self.targets, gradient)

    def _along(self, image, inputs=None):
        """(layer, rows, its activations there) of every stripe of every block; `inputs` collects the blocks' inputs."""
        x = np.asarray(image)  # NumPy gives memory back that is not needed any more; TensorFlow keeps it
        for number, block in enumerate(self.extractor.blocks):
            if inputs is not None:
                inputs.append(x)
            pooled = None
            for stripe in cut(x.shape[1], self.rows, _margin(block)):
                out, activations = self._traced[number][0](x[:, stripe.first : stripe.last], *_within(stripe))
                for l, a in activations.items():
                    yield l, _rows(l, stripe.top, stripe.bottom), a
                if pooled is None:
                    pooled = np.empty((1, x.shape[1] // 2, *out.shape[2:]), out.dtype.as_numpy_dtype)
                pooled[:, stripe.top // 2 : stripe.bottom // 2] = out.numpy()
            x = pooled

    def _costs_along(self, G, inputs):
        """The terms of J, ∂J/∂D of each content layer, and ∂J/∂(Σa, Σaaᵀ) of each region and layer."""
        T = self.targets
        D, weights = dict.fromkeys(T.content, 0.0), [part.weights for part in T.parts]
        found, J_tv = [{} for _ in weights], total_variation_and_gradient(np.asarray(G))[0]
        for l, rows, a in self._along(G, inputs):
            if l in D:
                D[l] += tf.reduce_sum(tf.square(self._content_target(l, rows) - a))
            self._add_moments(found, weights, l, rows, a)
        sources = D, [{l: of[l][1:] for l in of} for of in found]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            terms = costs_of(self.kind, T, *sources, J_tv)
        d_content, d_moments = tape.gradient(terms["J"], sources, unconnected_gradients="zero")
        return terms, d_content, d_moments

    def _gradient_along(self, inputs, d_content, d_moments):
        """∂J/∂G, from the last block to the first."""
        upstream = None  # ∂J/∂ the output of a block
        for number in reversed(range(len(inputs))):
            x = inputs.pop()
            pieces = self._gradients(number, x, upstream, d_content, d_moments)
            upstream = joined(x.shape, x.dtype, pieces)
        return upstream

    def _gradients(self, number, x, upstream, d_content, d_moments):
        """(first row, ∂J/∂x by what one stripe adds to J) of each stripe of a block with the input x."""
        block = self.extractor.blocks[number]
        names = [layer.name for layer in block if layer.name in self.extractor.layers]
        for stripe in cut(x.shape[1], self.rows, _margin(block)):
            rows = {l: _rows(l, stripe.top, stripe.bottom) for l in names}
            content = {l: (d_content[l], self._content_target(l, rows[l])) for l in names if l in d_content}
            style = [
                (l, part.weights[l][rows[l]] if l in part.weights else None, d[l])
                for part, d in zip(self.targets.parts, d_moments, strict=True)
                for l in names if l in d
            ]  # fmt: skip
            above = None if upstream is None else upstream[:, stripe.top // 2 : stripe.bottom // 2]
            read = x[:, stripe.first : stripe.last]
            yield stripe.first, self._traced[number][1](read, *_within(stripe), above, content, style).numpy()

    def _block(self, number, x, top, bottom):
        """A block's output, and the activations of its layers, in the rows top..bottom of what was read."""
        x, activations = preprocess(self.kind.see(x)) if number == 0 else x, {}
        for layer in self.extractor.blocks[number]:
            x = layer(x)
            if layer.name in self.extractor.layers:
                activations[layer.name] = tf.cast(x[:, _rows(layer.name, top, bottom)], tf.float32)
        return x[:, top // 2 : bottom // 2], activations

    def _block_gradient(self, number, x, top, bottom, upstream, content, style):
        with tf.GradientTape() as tape:
            tape.watch(x)
            out, a = self._block(number, x, top, bottom)
            terms = [] if upstream is None else [(out, upstream)]
            terms += [(tf.reduce_sum(tf.square(a_C - a[l])), d_D) for l, (d_D, a_C) in content.items()]
            for l, weights, d in style:
                terms += zip(sums(a[l], weights), d, strict=True)
        targets, seeds = zip(*terms, strict=True)
        return tape.gradient(list(targets), x, list(seeds))

    def _content_target(self, l, rows):
        return tf.cast(self.targets.content[l][:, rows], tf.float32)

    def _add_moments(self, found, weights, l, rows, a):
        for total, of_region in zip(found, weights, strict=True):
            if total is not None and l in self.settings.layer_weights:
                w = of_region.get(l)
                more = moments(a, None if w is None else w[rows])
                total[l] = Moments(*map(sum, zip(total[l], more, strict=True))) if l in total else more


def _margin(block):
    """One row for each convolution, and one more if that makes it even, so that the pool joins the right pairs."""
    convolutions = sum("conv" in layer.name for layer in block)
    return convolutions + convolutions % 2


def _within(stripe):
    """The rows of a stripe, counted from the first one that is read."""
    return tf.constant(stripe.top - stripe.first), tf.constant(stripe.bottom - stripe.first)


def _rows(l, top, bottom):
    """Rows top..bottom of a block's input, as rows of its layer l."""
    return slice(top // 2, bottom // 2) if "pool" in l else slice(top, bottom)


def total_variation_and_gradient(G: np.ndarray) -> tuple[float, np.ndarray]:
    """`total_variation_cost` and its gradient by hand: TensorFlow would hold six arrays as large as the picture."""
    J, gradient = 0.0, np.zeros_like(G)
    for axis in (1, 2):  # down and right, each as if it were down
        x, g = np.moveaxis(G, axis, 0), np.moveaxis(gradient, axis, 0)
        d = x[1:] - x[:-1]
        J += np.sum(np.square(d), dtype=np.float64)
        g[1:] += d
        g[:-1] -= d
    return J / G.size, gradient * np.float32(2 / G.size)
