"""Large pictures: the same J and the same gradient, with the activations of one tile of the picture at a time.

Each block of VGG is computed tile by tile. What the costs need of the activations are sums over positions, so they may
be taken in pieces: a tile adds its moments and its squared difference from C, hands on its part of the pool at the end
of the block, and is forgotten. On the way back, from the last block to the first, each tile is computed once more, with
∂J/∂moments known: the gradients of all tiles add up to the gradient of the whole.

A unit at a tile's edge sees beyond it, one position for each convolution of its block. So a tile is read with that much
more on all sides, and only what belongs to it is counted. At the picture's own border there is no more, and the network
pads there as it always does.
"""

import itertools
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.images import preprocess
from nst_keras.objective import Objective, any_size, costs_of, painted, traced
from nst_keras.style import Moments, moments, sums


class Span(NamedTuple):
    """Rows or columns start..stop of a block's input, and first..last that are read for them."""

    start: int
    stop: int
    first: int
    last: int


def cut(length: int, side: int, margin: int) -> list[Span]:
    """Spans of this side, the last one with what is left, read with a margin at both ends."""
    edges = [*range(0, length, side), length]
    return [Span(a, b, max(0, a - margin), min(length, b + margin)) for a, b in itertools.pairwise(edges)]


def joined(shape: tuple, dtype: Any, pieces: Iterable[tuple[int, np.ndarray]], axis: int) -> np.ndarray:
    """The sum of pieces that overlap along an axis: (where it begins, piece), in order, without a gap between them."""
    whole, covered = np.empty(shape, dtype), 0
    along = np.moveaxis(whole, axis, 0)
    for first, piece in pieces:
        piece, overlap, end = np.moveaxis(piece, axis, 0), covered - first, first + piece.shape[axis]
        along[first:covered] += piece[:overlap]
        along[covered:end] = piece[overlap:]
        covered = max(covered, end)
    return whole


def exceeds_tile(tile: int | str | None, pixels: float) -> bool:
    """Whether an image of so many pixels is computed in tiles. A tile of "auto" counts as None: never."""
    return tile not in ("auto", None) and pixels > tile


class TiledObjective(Objective):
    """An `Objective` for large pictures: the same costs and the same gradient, computed in tiles.

    It makes three passes instead of two, and the margins come on top: the more, the smaller the tiles.

    Args:
        tile: pixels of a square tile in the first block, 4 or more. It has half as many positions in the next block,
            where there are twice as many channels, and so on, so that tiles take about the same memory everywhere.
        The others: as `Objective`.
    """

    def __init__(self, *args: Any, tile: int, **kwargs: Any):
        if tile < 4:
            raise ValueError(f"tile is {tile}; expected 4 pixels or more, since pools join two rows and two columns")
        self.__dict__.update(tile=tile)
        super().__init__(*args, **kwargs)

    def _measure_content(self, content):
        shapes = self.extractor.network.compute_output_shape(tuple(content.shape))
        dtype = tf.as_dtype(self.extractor.precision).as_numpy_dtype  # as the network computes them: nothing is lost
        targets = {l: np.empty(shapes[l], dtype) for l in self.settings.content_layers}
        for l, place, a in self._along(content):
            if l in targets:
                targets[l][:, *place] = a
        return targets, {l: shape[1:3] for l, shape in shapes.items()}

    def _measure_style(self, style, weights):
        found = [None if of_S is None else {} for of_S in weights]
        for l, place, a in self._along(style):
            self._add_moments(found, weights, l, place, a)
        return found

    def _terms(self, G):
        return self._costs_along(G, None)[0]

    def _terms_and_gradient(self, G):
        inputs = []
        terms, d_content, d_moments = self._costs_along(G, inputs)
        gradient = None  # ∂J/∂ the output of a block, from the last block to the first
        while inputs:
            gradient = self._gradient(len(inputs) - 1, inputs.pop(), gradient, d_content, d_moments)
        add_total_variation(gradient, np.asarray(G), np.float32(self.settings.gamma))
        return terms, painted(self.kind, self.targets, gradient)

    def _cuts(self, number, x):
        """The rows and the columns of a block's tiles."""
        side = max(2, math.isqrt(self.tile // 2**number) // 2 * 2)  # even, since the pool joins pairs
        return [cut(length, side, _margin(self.extractor.blocks[number])) for length in x.shape[1:3]]

    def _along(self, image, inputs=None):
        """(layer, place, its activations there) of every tile of every block; `inputs` collects the blocks' inputs."""
        x = np.asarray(image)  # NumPy gives memory back that is not needed any more; TensorFlow keeps it
        for number in range(len(self.extractor.blocks)):
            if inputs is not None:
                inputs.append(x)
            pooled = None
            for tile in itertools.product(*self._cuts(number, x)):
                out, activations = _run(_block, self.kind, number, *_read(x, tile))
                for l, a in activations.items():
                    yield l, _place(l, tile), a
                if pooled is None:
                    height, width = x.shape[1:3]
                    pooled = np.empty((1, height // 2, width // 2, out.shape[-1]), out.dtype.as_numpy_dtype)
                pooled[:, *_place("pool", tile)] = out
            x = pooled

    def _costs_along(self, G, inputs):
        """The terms of J, ∂J/∂D of each content layer, and ∂J/∂(Σa, Σaaᵀ) of each region and layer."""
        T, weights = self.targets, [part.weights for part in self.targets.parts]
        D, found = dict.fromkeys(T.content, 0.0), [{} for _ in weights]
        for l, place, a in self._along(G, inputs):
            if l in D:
                D[l] += tf.reduce_sum(tf.square(self._content_target(l, place) - a))
            self._add_moments(found, weights, l, place, a)
        sources = D, [{l: of[l][1:] for l in of} for of in found]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            terms = costs_of(self.kind, T, *sources, total_variation(np.asarray(G)))
        d_content, d_moments = tape.gradient(terms["J"], sources, unconnected_gradients="zero")
        return terms, d_content, d_moments

    def _gradient(self, number, x, upstream, d_content, d_moments):
        """∂J/∂x, x the input of a block, from ∂J/∂ its output."""
        names = [layer.name for layer in self.extractor.blocks[number] if layer.name in self.extractor.layers]
        down, across = self._cuts(number, x)

        def of_tile(*tile):
            at = {l: _place(l, tile) for l in names}
            above = () if upstream is None else (tf.constant(upstream[:, *_place("pool", tile)]),)
            content = {l: (d_content[l], self._content_target(l, at[l])) for l in names if l in d_content}
            style = [
                {l: (d[l], (part.weights[l][at[l]],) if l in part.weights else ()) for l in names if l in d}
                for part, d in zip(self.targets.parts, d_moments, strict=True)
            ]
            return _run(_block_gradient, self.kind, number, *_read(x, tile), above, content, style).numpy()

        def of_row(rows):
            shape = 1, rows.last - rows.first, *x.shape[2:]
            return joined(shape, x.dtype, ((columns.first, of_tile(rows, columns)) for columns in across), axis=2)

        return joined(x.shape, x.dtype, ((rows.first, of_row(rows)) for rows in down), axis=1)

    def _content_target(self, l, place):
        return tf.cast(self.targets.content[l][:, *place], tf.float32)

    def _add_moments(self, found, weights, l, place, a):
        for total, of_region in zip(found, weights, strict=True):
            if total is not None and l in self.settings.layer_weights:
                w = of_region.get(l)
                more = moments(a, None if w is None else w[place])
                total[l] = Moments(*map(sum, zip(total[l], more, strict=True))) if l in total else more


def _run(function, kind, number, *args):
    """function(kind, number, *args) as a TensorFlow graph, which serves tiles of all sizes."""
    sizes = tf.nest.map_structure(any_size, args)
    return traced(function, kind, number).get_concrete_function(*sizes)(*args)


def _block(kind, number, x, tile):
    """A block's output, and the activations of its layers, in a tile of what was read."""
    x, activations = preprocess(kind.see(x)) if number == 0 else x, {}
    for layer in kind.extractor.blocks[number]:
        x = layer(x)
        if layer.name in kind.extractor.layers:
            activations[layer.name] = tf.cast(_inside(x, layer.name, tile), tf.float32)
    return _inside(x, "pool", tile), activations


def _block_gradient(kind, number, x, tile, upstream, content, style):
    with tf.GradientTape() as tape:
        tape.watch(x)
        out, a = _block(kind, number, x, tile)
        terms = [(out, above) for above in upstream]  # none in the last block
        terms += [(tf.reduce_sum(tf.square(a_C - a[l])), d_D) for l, (d_D, a_C) in content.items()]
        for of_region in style:
            for l, (d, weights) in of_region.items():
                terms += zip(sums(a[l], *weights), d, strict=True)
    targets, seeds = zip(*terms, strict=True)
    return tape.gradient(list(targets), x, list(seeds))


def _inside(x, l, tile):
    """x[:, *_place(l, tile)]; the gradient of this one is twice as fast."""
    rows, columns = _place(l, tile)
    sides = rows.stop - rows.start, columns.stop - columns.start
    return tf.slice(x, [0, rows.start, columns.start, 0], [1, *sides, x.shape[-1]])


def _margin(block):
    """One position for each convolution, and one more if that makes it even, so that the pool joins the right pairs."""
    convolutions = sum("conv" in layer.name for layer in block)
    return convolutions + convolutions % 2


def _read(x, tile):
    """What is read for a tile, and where the tile is in it."""
    rows, columns = tile
    within = [Span(*(tf.constant(edge - span.first) for edge in span)) for span in tile]
    return tf.constant(x[:, rows.first : rows.last, columns.first : columns.last]), within


def _place(l, tile):
    """The rows and columns of a tile, as those of a layer of its block."""
    by = 2 if "pool" in l else 1
    return tuple(slice(span.start // by, span.stop // by) for span in tile)


def total_variation(G: np.ndarray) -> float:
    """`total_variation_cost` by hand: TensorFlow would hold six arrays as large as the picture."""
    return sum(np.sum(np.square(d), dtype=np.float64) for _, _, d in _differences(G)) / G.size


def add_total_variation(gradient: np.ndarray, G: np.ndarray, gamma: np.ndarray) -> None:
    """Add γ·∂J_tv/∂G to a gradient: each difference pulls both neighbors towards each other."""
    for rows, axis, d in _differences(G):
        d, g = np.moveaxis(d, axis, 0), np.moveaxis(gradient[:, rows], axis, 0)
        d *= gamma * np.float32(2 / G.size)
        g[1:] += d
        g[:-1] -= d


def _differences(G, some=64):
    """(rows, axis, differences of neighbors along it), some rows at a time, which fit into the processor's cache."""
    for top in range(0, G.shape[1], some):
        for axis, rows in (1, slice(top, top + some + 1)), (2, slice(top, top + some)):
            yield rows, axis, np.diff(G[:, rows], axis=axis)
