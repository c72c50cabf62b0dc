"""The costs of neural style transfer: one function for each formula.

Letters as in the course notes: C content image, S style image, G generated image;
a = a[l] the activations of layer l, of shape (1, nH, nW, nC) or (nH, nW, nC);
i, j a position, k, k' two channels; N = nH·nW the number of positions.

A cost measures how unlike two pictures are: 0 means "the same", and lower is more similar.

The literature scales these costs in different ways. Each function takes a `normalizer` that names
the convention, so that numbers can be compared with the text they come from. Within one layer a
constant only rescales α or β; across layers it silently changes the layer weights λ.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from nst_keras.style import Moments, main_directions, mean_and_covariance, moments

TV_NORMALIZERS = ("mean", "squared", "absolute", "color")
# RGB @ YCBCR = brightness Y, and how blue and how red beyond it, Cb and Cr (BT.601)
YCBCR = np.array([[0.299, -0.168736, 0.5], [0.587, -0.331264, -0.418688], [0.114, 0.5, -0.081312]])
COLOR = (YCBCR * np.sqrt((1, 12, 12))).astype(np.float32)  # the squares of RGB @ COLOR are Y², 12·Cb² and 12·Cr²


def content_cost(a_C: tf.Tensor, a_G: tf.Tensor, normalizer: str = "mean") -> tf.Tensor:
    """Content cost of one layer: how far the activations of G are from those of C, place by place.

    With the squared difference D = Σ_ijk (a_C[i,j,k] - a_G[i,j,k])²:

        "mean"      D / (nH·nW·nC)      the same look at every image size (PyTorch's mse_loss)
        "half_sum"  D / 2               Gatys et al. 2016, eq. 1; Andrew Ng's lecture
        "course"    D / (4·nH·nW·nC)    the programming assignment of Ng's course
        "relative"  D / Σ_ijk a_C²      1 means: as far from C as activations that are all zero

    Args:
        a_C, a_G: activations of C and of G, both (1, nH, nW, nC) or (nH, nW, nC).
        normalizer: one of the names above.

    Raises ValueError for an unknown normalizer, or shapes that differ.
    """
    a_C, a_G = tf.cast(a_C, tf.float32), tf.cast(a_G, tf.float32)
    if a_C.shape != a_G.shape:
        shapes = f"a_C has shape {tuple(a_C.shape)} and a_G {tuple(a_G.shape)}"
        raise ValueError(f"content cost compares place by place, but {shapes}; resize C and G to the same size first")
    return content_constant(a_C, normalizer) * tf.reduce_sum(tf.square(a_C - a_G))


def content_constant(a_C: tf.Tensor, normalizer: str) -> tf.Tensor | float:
    """What `content_cost` multiplies the squared difference D by."""
    a_C = tf.cast(a_C, tf.float32)
    n = tf.cast(tf.size(a_C), tf.float32)  # nH·nW·nC
    constants = {
        "mean": 1 / n,
        "half_sum": 1 / 2,
        "course": 1 / (4 * n),
        "relative": 1 / tf.reduce_sum(tf.square(a_C)),
    }
    if normalizer not in constants:
        raise _unknown(normalizer, constants)
    return constants[normalizer]


def gram_cost(of_S: Moments, of_G: Moments, normalizer: str = "gatys") -> tf.Tensor:
    """constant · ‖Gram(S) - Gram(G)‖²_F, with Gram(S) brought to the n = nH·nW positions of G.

    "gatys"         1 / (2·nH·nW·nC)²   Gatys et al. 2016, eq. 4; Ng's lecture and course
    "frobenius"     1                   the plain squared Frobenius norm
    "notes"         1 / (2·nH·nW·nC)    as some lecture notes print it: the square was lost
    "mean"          1 / nC²             mean over the entries of the raw Gram matrices
    "per_position"  1 / (nH·nW·nC)²     mean over the entries of Gram / (nH·nW) (TensorFlow's tutorial)
    "relative"      1 / ‖Gram(S)‖²_F    1 means: as far from S as a Gram matrix that is all zero

    Raises ValueError for an unknown normalizer. "frobenius", "notes" and "mean" compare raw sums: see `check_sizes`.
    """
    n, n_C = of_G.n, of_G.gram.shape[-1]
    gram_S = of_S.gram * (n / of_S.n)
    constants = {
        "gatys": 1 / (2 * n * n_C) ** 2,
        "frobenius": 1.0,
        "notes": 1 / (2 * n * n_C),
        "mean": 1 / n_C**2,
        "per_position": 1 / (n * n_C) ** 2,
        "relative": 1 / tf.reduce_sum(tf.square(gram_S)),
    }
    if normalizer not in constants:
        raise _unknown(normalizer, constants)
    return constants[normalizer] * tf.reduce_sum(tf.square(gram_S - of_G.gram))


def layer_style_cost(a_S: tf.Tensor, a_G: tf.Tensor, normalizer: str = "gatys") -> tf.Tensor:
    """Style cost of one layer: the distance between two Gram matrices.

        J_style[l](S,G) = constant · Σ_kk' (Gram(S)[k,k'] - Gram(G)[k,k'])²

    The constants are listed in `gram_cost`. When S and G differ in size, each Gram matrix is
    divided by its own number of positions (Gram(S) is brought to the positions of G).

    Args:
        a_S, a_G: activations of S and of G, (1, nH, nW, nC) or (nH, nW, nC); nH and nW may differ.
        normalizer: "gatys", "frobenius", "notes", "mean", "per_position" or "relative".

    Raises:
        ValueError: for an unknown normalizer; for different numbers of channels; for different numbers of positions
            with "frobenius", "notes" or "mean", which compare raw sums.
    """
    _check_channels(a_S, a_G)
    of_S, of_G = moments(a_S), moments(a_G)
    check_sizes(of_S.n, of_G.n, normalizer)
    return gram_cost(of_S, of_G, normalizer)


def wasserstein_by_roots(of_S: Moments, of_G: Moments) -> tf.Tensor:
    """How far the cloud of activations of G is from that of S, as normal distributions: W(S,G) / tr(Gram(S) / N).

        W(S,G) = ‖μ_S - μ_G‖² + tr(Σ_S) + tr(Σ_G) - 2·tr((Σ_S^½ Σ_G Σ_S^½)^½)

    the squared Wasserstein-2 distance (Olkin & Pukelsheim 1982). The formula as it stands; `wasserstein_cost` gives
    the same in far less time, and a gradient everywhere.
    """
    (mean_S, cov_S), (mean_G, cov_G) = mean_and_covariance(of_S), mean_and_covariance(of_G)
    root_S = _matrix_root(cov_S)
    roots = tf.linalg.trace(_matrix_root(root_S @ tf.cast(cov_G, tf.float64) @ root_S))
    W = tf.reduce_sum(tf.square(mean_S - mean_G)) + tf.linalg.trace(cov_S) + tf.linalg.trace(cov_G)
    return (W - 2 * tf.cast(roots, tf.float32)) * of_S.n / tf.linalg.trace(of_S.gram)


def _matrix_root(M):
    """M^½ of a symmetric matrix: the same axes u, and the roots of the eigenvalues e. In float64."""
    e, u = tf.linalg.eigh(tf.cast(M, tf.float64))
    return (u * tf.sqrt(tf.nn.relu(e))) @ tf.transpose(u)  # relu: rounding may leave -1e-16


def wasserstein_cost(of_S: Moments, of_G: Moments, B: tf.Tensor | None = None) -> tf.Tensor:
    """`wasserstein_by_roots` in the main directions of S: W(S,G) / tr(Gram(S) / N), or a little less.

    The last trace of W is Σ_i √e_i, with e_i the eigenvalues of BᵀΣ_G B for any B with BBᵀ = Σ_S: for
    B = `main_directions(of_S)`, of a small matrix. What S and G have outside of these r directions is compared as one
    more direction, by its total variance. So the cost is a lower bound of W that is never negative, 0 for the same
    moments, and W itself when r = nC.

    Args:
        of_S, of_G: moments of one layer of S and of G.
        B: (nC, r), of `main_directions`; with 128 of them when None.
    """
    B = main_directions(of_S) if B is None else B
    (mean_S, cov_S), (mean_G, cov_G) = mean_and_covariance(of_S), mean_and_covariance(of_G)
    variances = tf.reduce_sum(tf.square(B), axis=0)  # of S in its main directions
    BGB = tf.matmul(B, tf.matmul(cov_G, B), transpose_a=True)
    rest_S = tf.linalg.trace(cov_S) - tf.reduce_sum(variances)
    rest_G = tf.linalg.trace(cov_G) - tf.reduce_sum(tf.linalg.diag_part(BGB) / variances)
    squares = tf.concat([_eigenvalues(BGB), [tf.nn.relu(rest_S) * tf.nn.relu(rest_G)]], axis=0)
    positive = squares > 0  # where it is 0, or below by rounding, the gradient of the root would be infinite
    overlap = tf.reduce_sum(tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0))
    W = tf.reduce_sum(tf.square(mean_S - mean_G)) + tf.linalg.trace(cov_S) + tf.linalg.trace(cov_G) - 2 * overlap
    return tf.nn.relu(W) * of_S.n / tf.linalg.trace(of_S.gram)  # relu: rounding may leave -1e-7


def wasserstein_style_cost(a_S: tf.Tensor, a_G: tf.Tensor, rank: int = 128) -> tf.Tensor:
    """`wasserstein_cost` of one layer's activations, in the main `rank` directions of S; Args as `layer_style_cost`."""
    _check_channels(a_S, a_G)
    of_S = moments(a_S)
    return wasserstein_cost(of_S, moments(a_G), main_directions(of_S, rank))


def style_cost(
    a_S: Mapping[str, tf.Tensor], a_G: Mapping[str, tf.Tensor], layer_weights: Mapping[str, float],
    normalizer: str = "gatys",
) -> tf.Tensor:  # fmt: skip
    """Style cost over all layers: J_style(S,G) = Σ_l λ[l] · J_style[l](S,G).

    Args:
        a_S, a_G: {layer name: activations} of S and of G.
        layer_weights: {layer name: λ}; its layers are the ones that are summed.
        normalizer: as in `layer_style_cost`.
    """
    return tf.add_n([weight * layer_style_cost(a_S[l], a_G[l], normalizer) for l, weight in layer_weights.items()])


def total_variation_cost(G: tf.Tensor, normalizer: str = "mean") -> tf.Tensor:
    """Total variation: how much neighboring pixels differ; it penalizes noise.

    With d running over the differences of all vertical and all horizontal neighbors:

        "mean"      Σ d² / (H·W·3)   the same look at every image size
        "squared"   Σ d²             Mahendran & Vedaldi 2015, with their exponent at 2
        "absolute"  Σ |d|            tf.image.total_variation
        "color"     Σ (d_Y² + 12·d_Cb² + 12·d_Cr²) / (H·W)      d of brightness and of the two color differences

    "mean" and "color" are the same for a gray image. Objectives use "color": a painter's neighboring pixels differ in
    brightness more than in color, and what VGG would have otherwise are rainbow specks.

    Returns a float32 scalar for an image (1, H, W, 3), RGB 0..255; 0 for an image of one color."""
    if normalizer not in TV_NORMALIZERS:
        raise _unknown(normalizer, TV_NORMALIZERS)
    G = tf.cast(G, tf.float32)
    pixels = tf.cast(tf.size(G), tf.float32) / 3
    if normalizer == "color":
        G = tf.tensordot(G, COLOR, 1)
    down, right = G[:, 1:] - G[:, :-1], G[:, :, 1:] - G[:, :, :-1]
    if normalizer == "absolute":
        return tf.reduce_sum(tf.abs(down)) + tf.reduce_sum(tf.abs(right))
    squared = tf.reduce_sum(tf.square(down)) + tf.reduce_sum(tf.square(right))
    return squared / {"mean": 3 * pixels, "squared": 1, "color": pixels}[normalizer]


def total_cost(J_content: Any, J_style: Any, alpha: float, beta: float) -> Any:
    """J(G) = α·J_content(C,G) + β·J_style(S,G)   (Gatys et al. 2016, eq. 7)."""
    return alpha * J_content + beta * J_style


def check_sizes(n_S: float, n_G: float, normalizer: str):
    """Refuse to compare raw Gram matrices that sum over different numbers of positions."""
    if n_S != n_G and normalizer in ("frobenius", "notes", "mean"):
        raise ValueError(
            f"normalizer {normalizer!r} compares raw Gram matrices, which grow with the image: here S has {n_S:.0f} "
            f"positions and G has {n_G:.0f}; give both the same size, or use 'relative', 'gatys' or 'per_position'"
        )


def _check_channels(a_S, a_G):
    if a_S.shape[-1] != a_G.shape[-1]:
        raise ValueError(f"a_S has {a_S.shape[-1]} channels and a_G {a_G.shape[-1]}; both must come from one layer")


def _eigenvalues(symmetric):
    """Eigenvalues, float32: those of tf.linalg.eigvalsh.

    With the eigenvectors u held fixed, uᵀMu has their value and, exactly, their gradient (Hellmann-Feynman), also
    where two of them are equal."""
    M = tf.cast(symmetric, tf.float64)  # in float32 the smaller half of them would be noise
    u = tf.stop_gradient(tf.linalg.eigh(M)[1])
    return tf.cast(tf.reduce_sum(u * tf.matmul(M, u), axis=0), tf.float32)


def _unknown(normalizer, known):
    return ValueError(f"unknown normalizer {normalizer!r}; expected one of {', '.join(known)}")
