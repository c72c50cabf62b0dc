"""Moments, and the Wasserstein style cost, against numbers by hand, scipy's matrix root and finite differences."""

import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf
from hypothesis import assume, given
from hypothesis import strategies as st

from nst_keras import Moments, costs, gram_matrix, moments, wasserstein_style_cost
from nst_keras.costs import _eigenvalues, gram_cost, wasserstein_cost
from nst_keras.style import blend, main_directions, mean_and_covariance

a = np.float32([[[1, 0, 2], [0, 1, 1]], [[2, 1, 0], [1, 0, 1]]])
b = np.float32([[[0, 1, 1], [1, 1, 0]], [[1, 0, 2], [2, 0, 1]]])
A = np.float32(np.arange(48) % 7).reshape(4, 4, 3)
B = np.float32(np.arange(48) % 5).reshape(4, 4, 3)


def random_activations(seed, n, n_C):
    """Like those of a layer: not negative, with very different channels that depend on one another."""
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(n, n_C)) @ rng.normal(size=(n_C, n_C)) * np.logspace(0, -2, n_C) + 0.3
    return np.maximum(mixed, 0).reshape(1, n, 1, n_C).astype(np.float32)


def root(matrix):
    """A matrix root that singular matrices have too; for the others it is scipy's."""
    variances, axes = np.linalg.eigh(matrix)
    root = axes * np.sqrt(np.maximum(variances, 0)) @ axes.T
    if variances[0] > 1e-9 * variances[-1]:
        np.testing.assert_allclose(root, scipy.linalg.sqrtm(matrix), atol=1e-6 * np.abs(root).max())
    return root


def wasserstein_by_roots(x, y):
    """The formula as it is printed, with matrix roots, in float64."""
    x, y = (np.reshape(each, (-1, each.shape[-1])).astype(float) for each in (x, y))
    cov_x, cov_y = (np.atleast_2d(np.cov(each.T, bias=True)) for each in (x, y))
    between = root(root(cov_x) @ cov_y @ root(cov_x))
    W = np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(cov_x + cov_y - 2 * between)
    return W / np.mean(np.sum(x**2, axis=1))


def test_moments_by_hand():
    n, total, gram = moments(a)
    assert n == 4
    np.testing.assert_array_equal(total, [4, 2, 4])
    np.testing.assert_array_equal(gram, [[6, 2, 3], [2, 2, 1], [3, 1, 6]])


def test_moments_of_parts_add_up():
    whole, top, bottom = moments(A), moments(A[:1]), moments(A[1:])
    for all_of_it, one, other in zip(whole, top, bottom, strict=True):
        np.testing.assert_allclose(all_of_it, one + other)


def test_mean_and_covariance_are_numpys():
    mean, covariance = mean_and_covariance(moments(A))
    np.testing.assert_allclose(mean, A.reshape(-1, 3).mean(0))
    np.testing.assert_allclose(covariance, np.cov(A.reshape(-1, 3).T, bias=True), rtol=1e-5)


def test_two_equal_styles_are_one():
    one = moments(random_activations(1, 40, 6))
    two = blend([one, one], [0.3, 0.7], n=40)
    for x, y in zip(one, two, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-6)


def test_main_directions_are_a_root_of_the_covariance():
    of_S = moments(random_activations(2, 200, 6))
    covariance = mean_and_covariance(of_S)[1].numpy()
    root = main_directions(of_S).numpy()
    np.testing.assert_allclose(root @ root.T, covariance, atol=2e-5 * np.trace(covariance))
    two = main_directions(of_S, rank=2).numpy()
    assert two.shape == (6, 2)
    variances = np.linalg.eigvalsh(covariance)
    np.testing.assert_allclose(np.sum(two**2, axis=0), variances[-2:], rtol=1e-4)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(a, b, 0.1670657 / 3.5), (A, B, 4.3207111 / 37.5625), (A, 2 * A, 1.0)],
)
def test_wasserstein_by_hand(x, y, expected):
    """W(a,b) = 0.1670657 and W(A,B) = 4.3207111, before they are divided by tr(Gram/N).

    The four points of b lie in a plane: one eigenvalue is 0, and what rounding makes of it is seen through a root."""
    assert float(wasserstein_style_cost(x, y)) == pytest.approx(expected, rel=1e-4 if x is a else 1e-6)


def test_variances_of_the_oracle():
    variances = np.sum(main_directions(moments(A)).numpy() ** 2, axis=0)
    np.testing.assert_allclose(variances, [1.8273380, 4.5684753, 5.2487179], rtol=1e-5)


def test_one_channel_is_mean_and_deviation():
    x, y = np.float32([1, 2, 3, 6]).reshape(4, 1, 1), np.float32([0, 5, 5, 2]).reshape(4, 1, 1)
    expected = ((x.mean() - y.mean()) ** 2 + (x.std() - y.std()) ** 2) / np.mean(x**2)
    assert float(wasserstein_style_cost(x, y)) == pytest.approx(expected, rel=1e-5)


def test_what_the_gram_matrix_cannot_see():
    """Ten times 1/√2, and five times 1 with five times 0."""
    same, mixed = np.full((10, 1, 1), np.sqrt(0.5), np.float32), np.float32([1, 0] * 5).reshape(10, 1, 1)
    assert float(gram_cost(moments(same), moments(mixed), "relative")) == pytest.approx(0, abs=1e-12)
    W = float(wasserstein_style_cost(mixed, same)) * 0.5  # tr(Gram/N) of `mixed` is 1/2
    assert pytest.approx(0.2928932, rel=1e-5) == W


@pytest.mark.parametrize(("n", "n_C"), [(30, 3), (300, 16), (2000, 64), (5, 12), (1, 4)])
def test_wasserstein_equals_the_matrix_root(n, n_C):
    """Also with fewer positions than channels, and with one position."""
    x, y = random_activations(3, n, n_C), random_activations(4, n + 7, n_C)
    expected = wasserstein_by_roots(x, y)
    assert float(wasserstein_style_cost(x, y)) == pytest.approx(expected, rel=2e-4)


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 60), st.integers(1, 12))
def test_wasserstein_is_a_distance(seed, n_C, n, rank):
    x, y = random_activations(seed, n, n_C), random_activations(seed + 1, n, n_C)
    assume(x.any() and y.any())
    cost = float(wasserstein_style_cost(x, y, rank))
    assert 0 <= cost <= float(wasserstein_style_cost(x, y, 512)) * (1 + 1e-4) + 1e-6  # few directions see less
    assert float(wasserstein_style_cost(x, x, rank)) == pytest.approx(0, abs=1e-6)
    size = np.mean(np.sum(x**2, axis=-1)) / np.mean(np.sum(y**2, axis=-1))  # each divides by its own
    there, back = float(wasserstein_style_cost(x, y)), float(wasserstein_style_cost(y, x))
    assert there * size == pytest.approx(back, rel=1e-3, abs=1e-5)


def test_moving_both_clouds_changes_nothing():
    x, y = random_activations(5, 50, 4), random_activations(6, 50, 4)
    before = float(wasserstein_style_cost(x, y)) * np.mean(np.sum(x**2, axis=-1))
    after = float(wasserstein_style_cost(x + 3, y + 3)) * np.mean(np.sum((x + 3) ** 2, axis=-1))
    assert after == pytest.approx(before, rel=1e-4)


def gradient(x, y, rank=128):
    y = tf.constant(y)
    with tf.GradientTape() as tape:
        tape.watch(y)
        cost = wasserstein_style_cost(x, y, rank)
    return tape.gradient(cost, y).numpy()


@pytest.mark.parametrize("rank", [128, 2])
def test_gradient_by_finite_differences(rank):
    x, y = random_activations(7, 40, 4), random_activations(8, 40, 4) + 0.1
    by_tape, direction = gradient(x, y, rank), np.random.default_rng(9).normal(size=y.shape).astype(np.float32)
    up, down = (float(wasserstein_style_cost(x, y + h * direction, rank)) for h in (1e-2, -1e-2))
    assert np.sum(by_tape * direction) == pytest.approx((up - down) / 2e-2, rel=5e-3)


def test_gradient_where_eigenvalues_are_equal():
    """A cloud with the same variance in every direction: the eigenvectors are anybody's choice, the gradient is not."""
    x = np.float32([[1, 0], [-1, 0], [0, 1], [0, -1]]).reshape(4, 1, 2)
    np.testing.assert_allclose(
        gradient(x, 2 * x), 2 * x / 4, rtol=1e-5
    )  # W = (s - 1)² for s·x, so ∂W/∂(s·x) is along x


@pytest.mark.parametrize("where", ["S", "G", "both"])
def test_a_dead_channel(where):
    x, y = random_activations(10, 60, 5), random_activations(11, 60, 5)
    for each in {"S": [x], "G": [y], "both": [x, y]}[where]:
        each[..., 2] = 0
    assert float(wasserstein_style_cost(x, y)) == pytest.approx(wasserstein_by_roots(x, y), rel=2e-4)
    assert np.isfinite(gradient(x, y)).all()


def test_a_gray_image_has_a_finite_gradient():
    x, y = random_activations(12, 60, 5), np.ones((1, 60, 1, 5), np.float32)
    assert np.isfinite(gradient(x, y)).all()
    assert np.isfinite(gradient(y, x)).all()


def test_different_channels_are_refused():
    with pytest.raises(ValueError, match="a_S has 3 channels and a_G 2; both must come from one layer"):
        wasserstein_style_cost(a, a[..., :2])


def test_precomputed_directions_give_the_same():
    of_S, of_G = moments(A), moments(B)
    assert float(wasserstein_cost(of_S, of_G)) == float(wasserstein_cost(of_S, of_G, main_directions(of_S)))


def test_the_fast_sums_are_the_plain_formula():
    """Values of `gram_matrix` to the bit; gradients to rounding."""
    a = tf.constant(random_activations(5, 60, 7))
    seeds = [tf.constant(random_activations(seed, 1, 49)) for seed in (6, 7)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        plain = tf.reduce_sum(a, axis=(0, 1, 2)), gram_matrix(a)
        fast = moments(a)[1:]
        of_plain, of_fast = (
            tf.reduce_sum(s * tf.reshape(seeds[0], -1)[:7]) + tf.reduce_sum(g * tf.reshape(seeds[1], (7, 7)))
            for s, g in (plain, fast)
        )
    np.testing.assert_array_equal(fast[1], plain[1])
    np.testing.assert_allclose(fast[0], plain[0], rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(of_fast, a), tape.gradient(of_plain, a), rtol=1e-5, atol=1e-5)


def test_moments_of_parts_are_added_with_a_plus():
    a = random_activations(5, 40, 6)
    whole, added = moments(a), moments(a[:, :10]) + moments(a[:, 10:])
    assert isinstance(added, Moments)
    assert added.n == whole.n == 40
    for x, y in zip(added, whole, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("n", "n_C"), [(300, 16), (30, 3), (2000, 64)])
def test_the_fast_distance_is_the_plain_formula(n, n_C):
    """`wasserstein_by_roots` in TensorFlow against NumPy's roots, and `wasserstein_cost` against it."""
    x, y = random_activations(3, n, n_C), random_activations(4, n + 7, n_C)
    plain = float(costs.wasserstein_by_roots(moments(x), moments(y)))
    assert plain == pytest.approx(wasserstein_by_roots(x, y), rel=1e-4)
    assert float(wasserstein_cost(moments(x), moments(y), main_directions(moments(x), n_C))) == pytest.approx(
        plain, rel=2e-4
    )


def test_fast_eigenvalues_are_those_of_tensorflow():
    M = tf.constant(np.diag([4.0, 2.0, 1.0]) + 0.3, tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(M)
        fast = tf.reduce_sum(_eigenvalues(M) ** 2)
        plain = tf.reduce_sum(tf.linalg.eigvalsh(tf.cast(M, tf.float64)) ** 2)
    np.testing.assert_allclose(fast, plain, rtol=1e-6)
    of_plain = tape.gradient(plain, M)  # in the lower half, since the upper one is not looked at
    np.testing.assert_allclose(tape.gradient(fast, M), (of_plain + tf.transpose(of_plain)) / 2, rtol=1e-5)
