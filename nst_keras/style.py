"""The style of an image in one layer: the first two moments of its activations.

a = a[l] are the activations of a layer, (1, nH, nW, nC) or (nH, nW, nC): a cloud of N = nH·nW points in nC dimensions.
All that a style cost needs to know of an image are N, Σa and Σaaᵀ over the positions. The last one is the Gram
matrix of the notes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf


class Moments(NamedTuple):
    """The first two moments of a layer's activations: all that a style cost needs to know of an image.

    They are sums over positions, so the moments of an image are the sum of those of its parts.
    """

    n: float  # N = nH·nW, the number of positions, or the sum of their weights
    sum: Any  # Σ_ij a[i,j,:], (nC,)
    gram: Any  # Σ_ij a[i,j,:] a[i,j,:]ᵀ, (nC, nC)


class Region(NamedTuple):
    """A part of G and the parts of the styles that it is painted in: weights, 0..1, of the positions in each layer."""

    share: float = 1.0  # of all that is painted
    of_G: Mapping[str, np.ndarray] = {}  # {layer: (nH, nW)}; a layer that is missing, or None there: all positions
    of_styles: Sequence[Mapping[str, np.ndarray] | None] = ()  # the same in each style; None: nothing of this style


class Part(NamedTuple):
    """What a region of G is compared with."""

    share: Any
    weights: Mapping[str, Any]  # {layer: those of the positions in G}; in a layer that is missing all count alike
    moments: Mapping[str, Moments]  # {layer: those of its styles, for as many positions as G has}
    directions: Mapping[str, Any]  # {layer: B of `main_directions`}; empty for the Gram cost


def moments(a: tf.Tensor, weights: np.ndarray | None = None) -> Moments:
    """N, Σ a and Σ aaᵀ over the positions of one layer; `a` is (1, nH, nW, nC) or (nH, nW, nC).

    With `weights` w, (nH, nW), numbers of 0 or more, a part of the image counts: Σ w, Σ w·a and Σ w·aaᵀ.

    Raises:
        ValueError: when `a` holds more than one image or has another rank; weights of another shape.
    """
    a = tf.cast(a, tf.float32)
    if a.shape.rank not in (3, 4) or (a.shape.rank == 4 and a.shape[0] not in (1, None)):
        raise ValueError(
            f"expected the activations of one image, (1, nH, nW, nC) or (nH, nW, nC), not {tuple(a.shape)}"
        )
    return Moments(positions(tuple(a.shape[-3:-1]), weights), *sums(a, weights))


def sums(a: tf.Tensor, weights: np.ndarray | tf.Tensor | None = None) -> tuple[tf.Tensor, tf.Tensor]:
    """Σ a and Σ aaᵀ, or Σ w·a and Σ w·aaᵀ, over the positions: `moments` without N."""
    # Channels are last in Keras, so the rows of this reshape are positions: (nH·nW, nC).
    # A reshape to (nC, nH·nW) would mix channels up; PyTorch's view(c, h*w) is right only there.
    features = tf.reshape(a, (-1, a.shape[-1]))
    if weights is None:
        return _sums(features)
    w = tf.reshape(tf.cast(weights, tf.float32), (-1, 1))
    part = features * tf.sqrt(w)
    return tf.reduce_sum(features * w, axis=0), tf.matmul(part, part, transpose_a=True)


@tf.custom_gradient
def _sums(features):
    """Σ a and Σ aaᵀ. Their gradient takes one matrix product; TensorFlow's own takes two, and an addition as large."""

    def gradient(d_sum, d_gram):
        return tf.nn.bias_add(tf.matmul(features, d_gram + tf.transpose(d_gram)), d_sum)

    return (tf.reduce_sum(features, axis=0), tf.matmul(features, features, transpose_a=True)), gradient


def gram_matrix(a: tf.Tensor) -> tf.Tensor:
    """Gram matrix ("style matrix") of one layer: which channels are active together.

        Gram[k,k'] = Σ_ij a[i,j,k] · a[i,j,k']

    The raw sum of the notes: nothing is divided and no mean subtracted, so it is an uncentered
    second moment and not a covariance or correlation. The sum runs over positions: *where*
    something happens is forgotten.

    Returns float32, (nC, nC), symmetric and positive semi-definite; Args, Raises: as `moments`.
    """
    return moments(a).gram


def blend(several: Sequence[Moments], weights: Sequence[float], n: float) -> Moments:
    """The weighted mean of some images' moments per position, as those of an image with n positions."""
    scaled = [(weight, n / each.n, each) for weight, each in zip(weights, several, strict=True)]
    return Moments(
        n,
        sum(weight * each.sum * ratio for weight, ratio, each in scaled),
        sum(weight * each.gram * ratio for weight, ratio, each in scaled),
    )


def positions(shape: tuple[int, int], weights: np.ndarray | None = None) -> float:
    """N = nH·nW of a layer, or the sum of its positions' weights. ValueError: they do not fit."""
    if weights is None:
        return shape[0] * shape[1]
    if np.shape(weights) != shape:
        raise ValueError(f"weights have the shape {np.shape(weights)}; expected {shape}, one for each position")
    return float(np.sum(weights))


def style_shares(weights: Sequence[float] | None, n: int) -> list[float]:
    """Weights of n styles, normalized to sum 1."""
    if n == 0:
        raise ValueError("no style image; give at least one")
    weights = [1.0] * n if weights is None else list(weights)
    if len(weights) != n:
        raise ValueError(f"{n} style images need {n} style weights, not {len(weights)}")
    return [weight / sum(weights) for weight in weights]


def mean_and_covariance(of: Moments) -> tuple[tf.Tensor, tf.Tensor]:
    """μ = Σa / N, (nC,), and Σ = Gram / N - μμᵀ, (nC, nC)."""
    mean = of.sum / of.n
    return mean, of.gram / of.n - mean[:, None] * mean


def main_directions(of_S: Moments, rank: int = 128) -> tf.Tensor:
    """B, (nC, r), with BBᵀ = Σ_S in the r ≤ rank directions in which S varies most: principal axes times deviations.

    Directions whose deviation is below a thousandth of the largest are left out: float32 does not know them.
    """
    variances, axes = tf.linalg.eigh(tf.cast(mean_and_covariance(of_S)[1], tf.float64))  # in ascending order
    known = tf.reduce_sum(tf.cast(variances > 1e-6 * variances[-1], tf.int32))
    r = min(rank, int(known))
    largest = slice(len(variances) - r, None)
    return tf.cast(axes[:, largest] * tf.sqrt(variances[largest]), tf.float32)
