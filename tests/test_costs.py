"""The costs against hand-computed numbers, independent NumPy loops and identities."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from nst_keras import (
    content_cost,
    gram_matrix,
    layer_style_cost,
    style_cost,
    total_cost,
    total_variation_cost,
)
from nst_keras.settings import CONTENT_NORMALIZERS, STYLE_NORMALIZERS

# Two tiny layers of shape (nH, nW, nC) = (2, 2, 3), small enough to check with a pencil.
a = np.float32([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]])
b = np.float32([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]])
A = np.float32(np.arange(48) % 7).reshape(4, 4, 3)
B = np.float32(np.arange(48) % 5).reshape(4, 4, 3)


def gram_by_loops(x):
    n_H, n_W, n_C = x.shape
    gram = np.zeros((n_C, n_C))
    for i, j, k, k2 in itertools.product(range(n_H), range(n_W), range(n_C), range(n_C)):
        gram[k, k2] += float(x[i, j, k]) * float(x[i, j, k2])
    return gram


def close(value, expected, rtol=1e-6):
    np.testing.assert_allclose(np.asarray(value), expected, rtol=rtol, atol=1e-7)


# Content cost


@pytest.mark.parametrize(
    ("normalizer", "expected"), [("half_sum", 6), ("mean", 1), ("course", 0.25), ("relative", 12 / 14)]
)
def test_content_cost_by_hand(normalizer, expected):
    close(content_cost(a, b, normalizer), expected)  # Σd² = 12, Σa² = 14


@pytest.mark.parametrize(("normalizer", "expected"), [("mean", 167 / 24), ("course", 167 / 96), ("half_sum", 167)])
def test_content_cost_of_larger_tensors(normalizer, expected):
    close(content_cost(A, B, normalizer), expected)


def test_content_cost_notices_where_things_are():
    shuffled = a.reshape(4, 3)[[3, 1, 0, 2]].reshape(2, 2, 3)
    close(content_cost(a, shuffled, "half_sum"), 10 / 2)


def test_content_cost_accepts_a_batch_axis_and_returns_float32():
    cost = content_cost(a[None], tf.constant(b[None]))
    close(cost, 1)
    assert cost.dtype == tf.float32
    assert cost.shape == ()


def test_content_cost_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"a_C has shape \(2, 2, 3\) and a_G \(4, 4, 3\); resize"):
        content_cost(a, A)


# Gram matrix


def test_gram_matrix_by_hand():
    close(gram_matrix(a), [[6, 2, 3], [2, 2, 1], [3, 1, 6]])
    close(gram_matrix(b[None]), [[6, 1, 4], [1, 2, 1], [4, 1, 6]])


def test_gram_matrix_matches_loops():
    x = np.random.default_rng(0).normal(size=(5, 3, 4)).astype(np.float32)
    close(gram_matrix(x), gram_by_loops(x), rtol=1e-5)


def test_gram_matrix_is_not_the_wrong_reshape():
    mixed_up = a.reshape(3, -1)
    close(mixed_up @ mixed_up.T, [[5, 5, 0], [5, 7, 2], [0, 2, 2]])
    assert not np.allclose(gram_matrix(a), mixed_up @ mixed_up.T)


def test_gram_matrix_forgets_positions_and_follows_channels():
    shuffled = a.reshape(4, 3)[[3, 1, 0, 2]].reshape(2, 2, 3)
    close(gram_matrix(shuffled), gram_matrix(a))
    channels = [2, 0, 1]
    close(gram_matrix(a[..., channels]), np.asarray(gram_matrix(a))[np.ix_(channels, channels)])


def test_gram_matrix_is_the_second_moment():
    mean = a.reshape(4, 3).mean(axis=0)
    covariance = np.cov(a.reshape(4, 3), rowvar=False, bias=True)
    close(gram_matrix(a) / 4, covariance + np.outer(mean, mean))
    assert covariance[0, 1] == 0  # although Gram[0,1] = 2
    assert covariance[0, 2] == -0.25  # although Gram[0,2] = 3


def test_gram_matrix_accumulates_low_precision_input_in_float32():
    many = tf.ones((64, 64, 1), tf.bfloat16)
    close(gram_matrix(many), [[4096]])  # bfloat16 cannot count beyond 256


def test_tiling_multiplies_the_raw_gram_matrix():
    tiled = np.tile(a, (2, 2, 1))
    close(gram_matrix(tiled), 4 * np.asarray(gram_matrix(a)))
    close(layer_style_cost(tiled, a), 0)


def test_equal_gram_matrices_of_unlike_textures():
    constant = np.full((2, 2, 1), 1 / np.sqrt(2), np.float32)
    half = np.float32([1, 1, 0, 0]).reshape(2, 2, 1)
    close(gram_matrix(constant), gram_matrix(half))
    assert half.var() == 0.25


@pytest.mark.parametrize("shape", [(2, 2), (2, 4, 4, 3), (1, 1, 2, 2, 3)])
def test_gram_matrix_refuses_other_ranks(shape):
    with pytest.raises(ValueError, match="activations of one image"):
        gram_matrix(np.ones(shape, np.float32))


# Style cost


@pytest.mark.parametrize(
    ("normalizer", "expected"),
    [("frobenius", 4), ("notes", 1 / 6), ("gatys", 1 / 144), ("mean", 4 / 9), ("per_position", 1 / 36),
     ("relative", 4 / 104)],
)  # fmt: skip
def test_layer_style_cost_by_hand(normalizer, expected):
    close(layer_style_cost(a, b, normalizer), expected)  # ‖Gram(a) - Gram(b)‖² = 4, ‖Gram(a)‖² = 104


@pytest.mark.parametrize(
    ("normalizer", "expected"),
    [("frobenius", 85930), ("gatys", 42965 / 4608), ("notes", 42965 / 48), ("per_position", 37.296007),
     ("mean", 9547.7778)],
)  # fmt: skip
def test_layer_style_cost_of_larger_tensors(normalizer, expected):
    close(layer_style_cost(A, B, normalizer), expected)


def test_blue_stripes():
    """Stripes and blue together, and stripes and blue apart: only the off-diagonal tells them apart."""
    stripes = np.float32([1, 0] * 4)
    together = np.stack([stripes, stripes], axis=-1)[None]
    apart = np.stack([stripes, 1 - stripes], axis=-1)[None]
    close(gram_matrix(together), [[4, 4], [4, 4]])
    close(gram_matrix(apart), [[4, 0], [0, 4]])
    close(layer_style_cost(together, apart, "frobenius"), 32)
    close(layer_style_cost(together, apart), 0.03125)


def test_published_course_values_are_tf32_rounding():
    """The correct answers and the ones a popular course asserts differ by GPU rounding only."""
    tf.random.set_seed(1)
    a_C, a_G = (tf.random.normal([1, 4, 4, 3], mean=1, stddev=4) for _ in range(2))
    close(content_cost(a_C, a_G, "course"), 7.0568767, rtol=1e-5)


@pytest.mark.parametrize("normalizer", STYLE_NORMALIZERS)
def test_style_cost_is_zero_for_itself_and_symmetric(normalizer):
    close(layer_style_cost(a, a, normalizer), 0)
    if normalizer != "relative":
        close(layer_style_cost(a, b, normalizer), layer_style_cost(b, a, normalizer))


def test_sizes_that_differ():
    expected = ((gram_by_loops(a) / 4 - gram_by_loops(A) / 16) ** 2).sum()
    close(layer_style_cost(a, A), expected / (4 * 9))
    close(layer_style_cost(a, A, "per_position"), expected / 9)
    close(layer_style_cost(a, A, "relative"), expected / ((gram_by_loops(a) / 4) ** 2).sum())
    for normalizer in ("frobenius", "notes", "mean"):
        with pytest.raises(ValueError, match=f"{normalizer!r} compares raw.*S has 4 positions and G has 16"):
            layer_style_cost(a, A, normalizer)


def test_layer_style_cost_refuses_other_channels():
    with pytest.raises(ValueError, match="a_S has 3 channels and a_G 2"):
        layer_style_cost(a, a[..., :2])


def test_style_cost_sums_the_weighted_layers():
    a_S, a_G = {"one": a, "two": A}, {"one": b, "two": B}
    cost = style_cost(a_S, a_G, {"one": 0.25, "two": 3.0}, "frobenius")
    close(cost, 0.25 * 4 + 3.0 * 85930)
    close(style_cost(a_S, a_G, {"one": 0.25}, "frobenius"), 1)


# Identities


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6), st.integers(1, 5))
def test_conventions_differ_by_constants(seed, n_H, n_W, n_C):
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(2, n_H, n_W, n_C)).astype(np.float32)
    n = n_H * n_W
    half, mean, course = (float(content_cost(x, y, name)) for name in ("half_sum", "mean", "course"))
    close([half, half], [n * n_C / 2 * mean, 2 * n * n_C * course], rtol=1e-4)
    cost = {name: float(layer_style_cost(x, y, name)) for name in STYLE_NORMALIZERS}
    gatys = cost["gatys"]
    close(cost["per_position"], 4 * gatys, rtol=1e-4)
    close(cost["mean"], 4 * n**2 * gatys, rtol=1e-4)
    close(cost["notes"], 2 * n * n_C * gatys, rtol=1e-4)
    assert min(cost.values()) >= 0


@given(st.floats(0.1, 10))
def test_scaling_activations(s):
    close(content_cost(s * a, s * b), s**2 * content_cost(a, b), rtol=1e-4)
    close(layer_style_cost(s * a, s * b), s**4 * layer_style_cost(a, b), rtol=1e-4)
    close(content_cost(s * a, s * b, "relative"), content_cost(a, b, "relative"), rtol=1e-4)
    close(layer_style_cost(s * a, s * b, "relative"), layer_style_cost(a, b, "relative"), rtol=1e-4)


def test_relative_costs_are_one_for_nothing():
    close(content_cost(a, 0 * a, "relative"), 1)
    close(layer_style_cost(a, 0 * a, "relative"), 1)


def test_gram_matrix_has_no_negative_eigenvalues():
    gram = np.asarray(gram_matrix(np.random.default_rng(1).normal(size=(3, 3, 8)).astype(np.float32)))
    close(gram, gram.T)
    assert np.linalg.eigvalsh(gram).min() > -1e-4


def test_gatys_gradients():
    """∂J/∂a of eq. 2 (content) and eq. 6 (style), without the mask of the ReLU."""
    x = tf.constant(b)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        J_content, J_style = content_cost(a, x, "half_sum"), layer_style_cost(a, x)
    close(tape.gradient(J_content, x), b - a)
    n, n_C = 4, 3
    expected = b.reshape(4, 3) @ (gram_by_loops(b) - gram_by_loops(a)) / (n_C**2 * n**2)
    close(tape.gradient(J_style, x), expected.reshape(2, 2, 3))


# Total variation and total cost


def test_total_variation_by_hand():
    G = np.float32([[0, 1], [3, 6]])[None, :, :, None]
    close(total_variation_cost(G, "absolute"), 12)
    close(total_variation_cost(G, "absolute"), tf.image.total_variation(tf.constant(G))[0])
    close(total_variation_cost(G, "squared"), 44)
    close(total_variation_cost(G), 44 / 4)
    close(total_variation_cost(np.full((1, 3, 5, 3), 7.0)), 0)


def test_total_variation_of_colors_by_hand():
    """Two pixels: one difference, of a gray, a red and a blue step. R = Y + 1.402 Cr, B = Y + 1.772 Cb (BT.601)."""
    steps = {(3, 3, 3): 9 / 2, (1.402, -0.714136, 0): 12 / 2, (0, -0.344136, 1.772): 12 / 2, (1, 0, 0): None}
    for step, expected in steps.items():
        G = np.float32([[[100, 90, 80], [100 + step[0], 90 + step[1], 80 + step[2]]]])[None]
        if expected is None:
            expected = (0.299**2 + 12 * 0.168736**2 + 12 * 0.5**2) / 2
        np.testing.assert_allclose(total_variation_cost(G, "color"), expected, rtol=1e-3)
    gray = tf.repeat(tf.constant(np.random.default_rng(5).uniform(0, 255, (1, 6, 7, 1)), tf.float32), 3, axis=-1)
    np.testing.assert_allclose(total_variation_cost(gray, "color"), total_variation_cost(gray), rtol=1e-4)


def test_total_cost():
    close(total_cost(0.2, 0.8, alpha=10, beta=40), 34)
    close(total_cost(0.3, 0.5, alpha=3, beta=8), 4.9)


@pytest.mark.parametrize(
    ("cost", "names"),
    [(content_cost, CONTENT_NORMALIZERS), (layer_style_cost, STYLE_NORMALIZERS)],
)
def test_unknown_normalizers_are_named(cost, names):
    with pytest.raises(ValueError, match="unknown normalizer 'maen'; expected one of") as error:
        cost(a, b, normalizer="maen")
    assert all(name in str(error.value) for name in names)
    with pytest.raises(ValueError, match="unknown normalizer 'l2'"):
        total_variation_cost(a[None], "l2")
