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
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.costs import COLOR
from nst_keras.files.backend import keras
from nst_keras.images import preprocess
from nst_keras.objective import Objective, any_size, costs_of, traced
from nst_keras.vgg import is_pool


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


class TiledObjective(Objective):
    """An `Objective` for large pictures: the same terms and the same gradient, computed in tiles.

    It makes three passes instead of two, and the margins come on top: the more, the smaller the tiles.

    Args:
        tile: pixels of a square tile in the first block, 4 or more. It has half as many positions in the next block,
            where there are twice as many channels, and so on, so that tiles take about the same memory everywhere.
        The others: as `Objective`.

    Raises ValueError also for a tile that is too small, and for a network that cannot be cut: see `check_network`.
    """

    def __init__(self, *args: Any, tile: int, **kwargs: Any):
        if tile < 4:
            raise ValueError(f"tile is {tile}; expected 4 pixels or more, since pools join two rows and two columns")
        self.tile = tile
        super().__init__(*args, **kwargs)

    def content_of(self, content: tf.Tensor) -> tuple[dict[str, Any], dict[str, Sequence[int]]]:
        check_network(self.extractor.network)
        shapes = self.extractor.network.compute_output_shape(self.shape)
        dtype = tf.as_dtype(self.extractor.precision).as_numpy_dtype  # as the network computes them: nothing is lost
        found = {l: np.empty(shapes[l], dtype) for l in self.settings.content_layers}
        for l, place, a in self.pieces(content):
            if l in found:
                found[l][:, *place] = a.numpy()
        return found, shapes

    def pieces(self, image: tf.Tensor, inputs: list | None = None) -> Iterator[tuple]:
        """(layer, place, its activations there) of every tile of every block; `inputs` collects the blocks' inputs."""
        x = np.asarray(image)  # NumPy gives memory back that is not needed any more; TensorFlow keeps it
        for number, block in enumerate(self.extractor.blocks):
            if inputs is not None:
                inputs.append(x)
            pooled = None
            for tile in itertools.product(*self.cuts(number, x)):
                out, activations = _run(_block, (self.extractor, self.view.see, number), *_cut_out(x, tile))
                places = _places(block, tile)
                for l, a in activations.items():
                    yield l, places[l], a
                if is_pool(block[-1]):
                    if pooled is None:
                        height, width = x.shape[1:3]
                        pooled = np.empty((1, height // 2, width // 2, out.shape[-1]), out.dtype.as_numpy_dtype)
                    pooled[:, *places[block[-1].name]] = out.numpy()
            if pooled is not None:
                x = pooled

    def costs(self, G: tf.Tensor) -> dict[str, tf.Tensor]:
        sums_of_G = self.sums_of(self.checked(G))
        return costs_of(self.formulas, self.numbers, sums_of_G, total_variation(np.asarray(G)))

    def value_and_gradient(self, G: tf.Tensor) -> tuple[dict[str, float], tf.Tensor]:
        inputs: list = []
        sums_of_G = self.sums_of(self.checked(G), inputs)
        with tf.GradientTape() as tape:
            tape.watch(sums_of_G)
            costs = costs_of(self.formulas, self.numbers, sums_of_G, total_variation(np.asarray(G)))
        seeds = tape.gradient(costs["J"], sums_of_G, unconnected_gradients="zero")
        gradient = self.gradient(len(inputs) - 1, inputs.pop(), None, seeds)  # ∂J/∂ the input of the last block
        while inputs:  # and so on to the first
            gradient = self.gradient(len(inputs) - 1, inputs.pop(), gradient, seeds)
        add_total_variation(gradient, np.asarray(G), np.float32(self.settings.gamma))
        for allow in self.view.allow:
            gradient = allow(gradient, self.numbers["mask"])
        return {name: float(cost) for name, cost in costs.items()}, tf.convert_to_tensor(gradient)

    def sums_of(self, G: tf.Tensor, inputs: list | None = None) -> list:
        """What each term needs of G, added up over all tiles."""
        found: list = [None] * len(self.formulas)
        for l, place, a in self.pieces(G, inputs):
            for n, term in enumerate(self.formulas):
                if term.layer == l:
                    more = term.sums(a, **_there(self.numbers["places"][n], place))
                    found[n] = more if found[n] is None else found[n] + more
        return _as_floats(found)

    def gradient(self, number: int, x: np.ndarray, upstream: np.ndarray | None, seeds: Sequence) -> np.ndarray:
        """∂J/∂x, x the input of a block, from ∂J/∂ its output and ∂J/∂ the sums of each term."""
        block = self.extractor.blocks[number]
        names = {layer.name for layer in block}
        here = [n for n, term in enumerate(self.formulas) if term.layer in names]
        fixed = self.extractor, self.view.see, number, tuple(self.formulas[n] for n in here)
        down, across = self.cuts(number, x)

        def of_tile(*tile):
            places = _places(block, tile)
            above = () if upstream is None else (tf.constant(upstream[:, *places[block[-1].name]]),)
            of_terms = [_there(self.numbers["places"][n], places[self.formulas[n].layer]) for n in here]
            return _run(_block_gradient, fixed, *_cut_out(x, tile), above, of_terms, [seeds[n] for n in here]).numpy()

        def of_row(rows):
            shape = 1, rows.last - rows.first, *x.shape[2:]
            return joined(shape, x.dtype, ((columns.first, of_tile(rows, columns)) for columns in across), axis=2)

        return joined(x.shape, x.dtype, ((rows.first, of_row(rows)) for rows in down), axis=1)

    def cuts(self, number: int, x: np.ndarray) -> list[list[Span]]:
        """The rows and the columns of a block's tiles."""
        side = max(2, math.isqrt(self.tile // 2**number) // 2 * 2)  # even, since the pool joins pairs
        return [cut(length, side, _margin(self.extractor.blocks[number])) for length in x.shape[1:3]]


def check_network(network: keras.Model) -> None:
    """Refuse a network that tiles would compute wrongly: ValueError names the first layer that does not fit."""
    for layer in network.layers[1:]:
        config = layer.get_config()
        if isinstance(layer, keras.layers.Conv2D):
            fits = (config["strides"], config["dilation_rate"], config["padding"]) == ((1, 1), (1, 1), "same")
        elif is_pool(layer):
            fits = (config["pool_size"], config["strides"], config["padding"]) == ((2, 2), (2, 2), "valid")
        else:
            fits = isinstance(layer, (keras.layers.Activation, keras.layers.ReLU))
        if not fits:
            raise ValueError(
                f"{network.name} cannot be computed in tiles because of its layer {layer.name!r}; expected "
                "convolutions of stride 1 with padding 'same', pools of 2 x 2, and activations; use tile=None"
            )


def _run(function, fixed, *args):
    """function(*fixed, *args) as a TensorFlow graph, which serves tiles of all sizes."""
    sizes = tf.nest.map_structure(any_size, args)
    return traced(function, *fixed).get_concrete_function(*sizes)(*args)


def _block(extractor, see, number, x, tile):
    """A block's output if it ends in a pool, and the activations of its layers, in a tile of what was read."""
    block, activations = extractor.blocks[number], {}
    if number == 0:
        x = preprocess(see(x) if see else x)
    for layer in block:
        x = layer(x)
        if layer.name in extractor.layers:
            activations[layer.name] = tf.cast(_inside(x, is_pool(layer), tile), tf.float32)
    return _inside(x, True, tile) if is_pool(block[-1]) else (), activations


def _block_gradient(extractor, see, number, formulas, x, tile, upstream, places, seeds):
    with tf.GradientTape() as tape:
        tape.watch(x)
        out, a = _block(extractor, see, number, x, tile)
        sums_of_x = [term.sums(a[term.layer], **there) for term, there in zip(formulas, places, strict=True)]
        sums_of_x = _as_floats(sums_of_x)
    outputs = [out for _ in upstream]  # none in the last block
    return tape.gradient([outputs, sums_of_x], x, [list(upstream), seeds])


def _as_floats(sums):
    """N is a whole number outside of a graph."""
    return tf.nest.map_structure(lambda x: tf.cast(x, tf.float32), sums)


def _inside(x, pooled, tile):
    """x[:, *place] of the tile; the gradient of this one is twice as fast."""
    rows, columns = _rows_and_columns(tile, pooled)
    sides = rows.stop - rows.start, columns.stop - columns.start
    return tf.slice(x, [0, rows.start, columns.start, 0], [1, *sides, x.shape[-1]])


def _margin(block):
    """How far a unit of a block sees, and one more if that makes it even, so that the pool joins the right pairs."""
    reach = sum(layer.kernel_size[0] // 2 for layer in block if hasattr(layer, "kernel_size"))
    return reach + reach % 2


def _cut_out(x, tile):
    """What is read for a tile, and where the tile is in it."""
    rows, columns = tile
    within = [Span(*(tf.constant(edge - span.first) for edge in span)) for span in tile]
    return tf.constant(x[:, rows.first : rows.last, columns.first : columns.last]), within


def _there(places, place):
    """What of a term's `places` belongs to some rows and columns."""
    return {name: x[place] if x.shape.rank == 2 else x[:, *place] for name, x in places.items()}


def _places(block, tile):
    """For each layer of a block the rows and columns of a tile."""
    return {layer.name: _rows_and_columns(tile, is_pool(layer)) for layer in block}


def _rows_and_columns(tile, pooled):
    by = 2 if pooled else 1
    return tuple(slice(span.start // by, span.stop // by) for span in tile)


def total_variation(G: np.ndarray) -> float:
    """`total_variation_cost(G, "color")` by hand: TensorFlow would hold six arrays as large as the picture."""
    return 3 * sum(np.sum(np.square(d @ COLOR), dtype=np.float64) for _, _, d in _differences(G)) / G.size


def add_total_variation(gradient: np.ndarray, G: np.ndarray, gamma: np.float32) -> None:
    """Add γ·∂J_tv/∂G to a gradient: each difference pulls both neighbors towards each other."""
    pull = np.asarray(6 * gamma / G.size * (COLOR @ COLOR.T), np.float32)
    for rows, axis, d in _differences(G):
        d, g = np.moveaxis(d @ pull, axis, 0), np.moveaxis(gradient[:, rows], axis, 0)
        g[1:] += d
        g[:-1] -= d


def _differences(G, some=64):
    """(rows, axis, differences of neighbors along it), some rows at a time, which fit into the processor's cache."""
    for top in range(0, G.shape[1], some):
        for axis, rows in (1, slice(top, top + some + 1)), (2, slice(top, top + some)):
            yield rows, axis, np.diff(G[:, rows], axis=axis)
