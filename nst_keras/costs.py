"""The costs of neural style transfer: one function for each formula.

Letters as in the course notes: C content image, S style image, G generated image;
a = a[l] the activations of layer l, of shape (1, nH, nW, nC) or (nH, nW, nC);
i, j a position, k, k' two channels; N = nH·nW the number of positions.

A cost measures *dis*similarity: 0 means "the same", and lower is more similar.

The literature scales these costs in different ways. Each function takes a `normalizer` that names
the convention, so that numbers can be compared with the text they come from. Within one layer a
constant only rescales α or β; across layers it silently changes the layer weights λ.
"""

import tensorflow as tf

CONTENT_NORMALIZERS = ("mean", "half_sum", "course", "relative")
STYLE_NORMALIZERS = ("gatys", "frobenius", "notes", "mean", "per_position", "relative")
TV_NORMALIZERS = ("mean", "squared", "absolute")


def content_cost(a_C, a_G, normalizer="mean"):
    """Content cost of one layer: how far the activations of G are from those of C, place by place.

    With the squared difference D = Σ_ijk (a_C[i,j,k] - a_G[i,j,k])²:

        "mean"      D / (nH·nW·nC)      the same look at every image size (PyTorch's mse_loss)
        "half_sum"  D / 2               Gatys et al. 2016, eq. 1; Andrew Ng's lecture
        "course"    D / (4·nH·nW·nC)    the programming assignment of Ng's course
        "relative"  D / Σ_ijk a_C²      1 means: as far from C as activations that are all zero

    Args:
        a_C: activations of the content image, (1, nH, nW, nC) or (nH, nW, nC).
        a_G: activations of the generated image, the same shape.
        normalizer: one of the names above.

    Returns:
        float32 scalar, 0 or more.

    Raises:
        ValueError: for an unknown normalizer, or shapes that differ.
    """
    a_C, a_G = tf.cast(a_C, tf.float32), tf.cast(a_G, tf.float32)
    if a_C.shape != a_G.shape:
        raise ValueError(
            f"content cost compares place by place, but a_C has shape {tuple(a_C.shape)} and a_G "
            f"{tuple(a_G.shape)}; resize C and G to the same size first"
        )
    squared_difference = tf.reduce_sum(tf.square(a_C - a_G))
    n = tf.cast(tf.size(a_G), tf.float32)  # nH·nW·nC
    constants = {
        "mean": 1 / n,
        "half_sum": 1 / 2,
        "course": 1 / (4 * n),
        "relative": 1 / tf.reduce_sum(tf.square(a_C)),
    }
    return _lookup(constants, normalizer) * squared_difference


def gram_matrix(a):
    """Gram matrix ("style matrix") of one layer: which channels are active together.

        Gram[k,k'] = Σ_ij a[i,j,k] · a[i,j,k']

    The raw sum of the notes: nothing is divided and no mean subtracted, so it is an uncentered
    second moment and not a covariance or correlation. The sum runs over positions: *where*
    something happens is forgotten.

    Args:
        a: activations, (1, nH, nW, nC) or (nH, nW, nC).

    Returns:
        float32, (nC, nC), symmetric and positive semi-definite.

    Raises:
        ValueError: when `a` holds more than one image or has another rank.
    """
    a = tf.cast(a, tf.float32)
    if a.shape.rank not in (3, 4) or (a.shape.rank == 4 and a.shape[0] not in (1, None)):
        raise ValueError(
            f"expected the activations of one image, (1, nH, nW, nC) or (nH, nW, nC), not {tuple(a.shape)}"
        )
    # Channels are last in Keras, so the rows of this reshape are positions: (nH·nW, nC).
    # A reshape to (nC, nH·nW) would mix channels up; PyTorch's view(c, h*w) is right only there.
    features = tf.reshape(a, (-1, a.shape[-1]))
    return tf.matmul(features, features, transpose_a=True)


def gram_cost(gram_S, gram_G, n, normalizer="gatys"):
    """constant · ‖Gram(S) - Gram(G)‖²_F, for two Gram matrices that sum over n = nH·nW positions.

    "gatys"         1 / (2·nH·nW·nC)²   Gatys et al. 2016, eq. 4; Ng's lecture and course
    "frobenius"     1                   the plain squared Frobenius norm
    "notes"         1 / (2·nH·nW·nC)    as some lecture notes print it: the square was lost
    "mean"          1 / nC²             mean over the entries of the raw Gram matrices
    "per_position"  1 / (nH·nW·nC)²     mean over the entries of Gram / (nH·nW) (TensorFlow's tutorial)
    "relative"      1 / ‖Gram(S)‖²_F    1 means: as far from S as a Gram matrix that is all zero
    """
    n_C = gram_G.shape[-1]
    constants = {
        "gatys": 1 / (2 * n * n_C) ** 2,
        "frobenius": 1.0,
        "notes": 1 / (2 * n * n_C),
        "mean": 1 / n_C**2,
        "per_position": 1 / (n * n_C) ** 2,
        "relative": 1 / tf.reduce_sum(tf.square(gram_S)),
    }
    return _lookup(constants, normalizer) * tf.reduce_sum(tf.square(gram_S - gram_G))


def layer_style_cost(a_S, a_G, normalizer="gatys"):
    """Style cost of one layer: the distance between two Gram matrices.

        J_style[l](S,G) = constant · Σ_kk' (Gram(S)[k,k'] - Gram(G)[k,k'])²

    The constants are listed in `gram_cost`. When S and G differ in size, each Gram matrix is
    divided by its own number of positions (Gram(S) is brought to the positions of G).

    Args:
        a_S: activations of the style image, (1, nH, nW, nC) or (nH, nW, nC).
        a_G: activations of the generated image; nH and nW may differ from those of a_S.
        normalizer: "gatys", "frobenius", "notes", "mean", "per_position" or "relative".

    Returns:
        float32 scalar, 0 or more.

    Raises:
        ValueError: for an unknown normalizer; for different numbers of channels; and for different
            numbers of positions with "frobenius", "notes" or "mean", which compare raw sums.
    """
    a_S, a_G = tf.convert_to_tensor(a_S), tf.convert_to_tensor(a_G)
    if a_S.shape[-1] != a_G.shape[-1]:
        raise ValueError(f"a_S has {a_S.shape[-1]} channels and a_G {a_G.shape[-1]}; both must come from one layer")
    n_S, n_G = positions(a_S), positions(a_G)
    check_sizes(n_S, n_G, normalizer)
    return gram_cost(gram_matrix(a_S) * (n_G / n_S), gram_matrix(a_G), n_G, normalizer)


def style_cost(a_S, a_G, layer_weights, normalizer="gatys"):
    """Style cost over all layers: J_style(S,G) = Σ_l λ[l] · J_style[l](S,G).

    Args:
        a_S: {layer name: activations} of the style image.
        a_G: {layer name: activations} of the generated image.
        layer_weights: {layer name: λ}; its layers are the ones that are summed.
        normalizer: as in `layer_style_cost`.

    Returns:
        float32 scalar.
    """
    costs = [weight * layer_style_cost(a_S[l], a_G[l], normalizer) for l, weight in layer_weights.items()]
    return tf.add_n(costs)


def total_variation_cost(G, normalizer="mean"):
    """Total variation: how much neighboring pixels differ; it penalizes noise.

    With d running over the differences of all vertical and all horizontal neighbors:

        "mean"      Σ d² / (H·W·3)   the same look at every image size
        "squared"   Σ d²             Mahendran & Vedaldi 2015, with their exponent at 2
        "absolute"  Σ |d|            tf.image.total_variation

    Args:
        G: image, (1, H, W, 3), RGB 0..255.
        normalizer: one of the names above.

    Returns:
        float32 scalar, 0 for an image of one color.
    """
    G = tf.cast(G, tf.float32)
    down, right = G[:, 1:] - G[:, :-1], G[:, :, 1:] - G[:, :, :-1]
    if normalizer == "absolute":
        return tf.reduce_sum(tf.abs(down)) + tf.reduce_sum(tf.abs(right))
    squared = tf.reduce_sum(tf.square(down)) + tf.reduce_sum(tf.square(right))
    return _lookup({"mean": 1 / tf.cast(tf.size(G), tf.float32), "squared": 1.0}, normalizer, TV_NORMALIZERS) * squared


def total_cost(J_content, J_style, alpha, beta):
    """J(G) = α·J_content(C,G) + β·J_style(S,G)   (Gatys et al. 2016, eq. 7)."""
    return alpha * J_content + beta * J_style


def positions(a):
    """N = nH·nW, the number of positions that the Gram matrix of `a` sums over."""
    return a.shape[-3] * a.shape[-2]


def check_sizes(n_S, n_G, normalizer):
    """Refuse to compare raw Gram matrices that sum over different numbers of positions."""
    if n_S != n_G and normalizer in ("frobenius", "notes", "mean"):
        raise ValueError(
            f"normalizer {normalizer!r} compares raw Gram matrices, which grow with the image: S has {n_S} positions "
            f'in this layer and G has {n_G}; give both the same size, or use "relative", "gatys" or "per_position"'
        )


def _lookup(constants, normalizer, names=None):
    if normalizer not in constants:
        raise ValueError(f"unknown normalizer {normalizer!r}; expected one of {', '.join(names or constants)}")
    return constants[normalizer]
