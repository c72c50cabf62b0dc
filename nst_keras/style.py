"""The style of an image in one layer: the first two moments of its activations.

a = a[l] are the activations of a layer, (1, nH, nW, nC) or (nH, nW, nC): a cloud of N = nH·nW points in nC dimensions.
All that a style cost needs to know of an image are N, Σa and Σaaᵀ over the positions. The last one is the Gram
matrix of the notes.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf


def gram_matrix(a: tf.Tensor) -> tf.Tensor:
    """Gram matrix ("style matrix") of one layer: which channels are active together.

        Gram[k,k'] = Σ_ij a[i,j,k] · a[i,j,k']

    The raw sum of the notes: nothing is divided and no mean subtracted, so it is an uncentered
    second moment and not a covariance or correlation. The sum runs over positions: *where*
    something happens is forgotten.

    Args:
        a: (1, nH, nW, nC) or (nH, nW, nC).

    Returns:
        float32, (nC, nC), symmetric and positive semi-definite.

    Raises:
        ValueError: when `a` holds more than one image or has another rank.
    """
    A = as_matrix(a)
    return tf.matmul(A, A, transpose_a=True)


def as_matrix(a: tf.Tensor) -> tf.Tensor:
    """The activations of one image as float32, (N, nC): a row for each position."""
    a = tf.cast(a, tf.float32)
    if a.shape.rank not in (3, 4) or (a.shape.rank == 4 and a.shape[0] not in (1, None)):
        raise ValueError(
            f"expected the activations of one image, (1, nH, nW, nC) or (nH, nW, nC), not {tuple(a.shape)}"
        )
    # Channels are last in Keras, so the rows of this reshape are positions.
    # A reshape to (nC, nH·nW) would mix channels up; PyTorch's view(c, h*w) is right only there.
    return tf.reshape(a, (-1, a.shape[-1]))


class Moments(NamedTuple):
    """The first two moments of a layer's activations: all that a style cost needs to know of an image.

    They are sums over positions, so the moments of an image are the sum of those of its parts: `one + other`.
    """

    n: float  # N = nH·nW, the number of positions, or the sum of their mask
    sum: Any  # Σ_ij a[i,j,:], (nC,)
    gram: Any  # Σ_ij a[i,j,:] a[i,j,:]ᵀ, (nC, nC)

    def __add__(self, other):
        return Moments(*(mine + its for mine, its in zip(self, other, strict=True)))


def moments(a: tf.Tensor, mask: np.ndarray | None = None) -> Moments:
    """N, Σ a and Σ aaᵀ over the positions of one layer; `a` is (1, nH, nW, nC) or (nH, nW, nC).

    With a mask m, (nH, nW), numbers of 0 or more, a part of the image counts: Σ m, Σ m·a and Σ m·aaᵀ.

    Raises:
        ValueError: as `gram_matrix`; a mask of another shape.
    """
    A = as_matrix(a)
    if mask is None:
        n = tf.cast(tf.shape(A)[0], tf.float32) if A.shape[0] is None else A.shape[0]
        return Moments(n, *_sums(A))
    if tuple(mask.shape) != tuple(a.shape[-3:-1]):
        expected = f"{tuple(a.shape[-3:-1])}, a number for each position"
        raise ValueError(f"the mask has the shape {tuple(mask.shape)}; expected {expected}")
    m = tf.reshape(tf.cast(mask, tf.float32), (-1, 1))
    part = A * tf.sqrt(m)
    n = tf.reduce_sum(m) if tf.is_symbolic_tensor(m) else float(np.sum(mask))
    return Moments(n, tf.reduce_sum(A * m, axis=0), tf.matmul(part, part, transpose_a=True))


@tf.custom_gradient
def _sums(A):
    """Σ a and `gram_matrix`. Their gradient takes one matrix product; TensorFlow's own takes two, and an addition."""

    def gradient(d_sum, d_gram):
        return tf.nn.bias_add(tf.matmul(A, d_gram + tf.transpose(d_gram)), d_sum)

    return (tf.reduce_sum(A, axis=0), tf.matmul(A, A, transpose_a=True)), gradient


def blend(several: Sequence[Moments], weights: Sequence[float], n: float) -> Moments:
    """The weighted mean of some images' moments per position, as those of an image with n positions.

    ValueError: weights that are all 0; a mask that leaves nothing of an image."""
    if not any(weights):
        raise ValueError("the styles of a region all have the weight 0")
    if min(n, *(each.n for each in several)) <= 0:
        raise ValueError("a mask is 0 everywhere in a layer; leave out a region that is not there")
    shares = [weight / sum(weights) for weight in weights]
    scaled = [(share, n / each.n, each) for share, each in zip(shares, several, strict=True)]
    return Moments(
        n,
        sum(share * each.sum * ratio for share, ratio, each in scaled),
        sum(share * each.gram * ratio for share, ratio, each in scaled),
    )


def check_style_weights(weights: Sequence[float] | None, n: int) -> list[float]:
    """The weights of n styles; equal ones for None. ValueError: no style, or another number of weights."""
    if n == 0:
        raise ValueError("no style image; give at least one")
    if weights is not None and len(weights) != n:
        raise ValueError(f"{n} style images need {n} style weights, not {len(weights)}")
    return [1.0] * n if weights is None else list(weights)


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
