"""Helpers of notebook 08: style costs between Gram and Wasserstein, ellipses, the record."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nst_keras import load_image, prepare
from nst_keras.lessons import clouds
from nst_keras.lessons.exercises.nb03 import a, b
from nst_keras.lessons.stored import load_record
from nst_keras.style import moments


def root(M):
    e, axes = np.linalg.eigh(M)
    return axes * np.sqrt(e.clip(0)) @ axes.T


def test_by_squares():
    """By pencil for the tiny layers: the means are the same; 0 for the same, 2 for no activations."""
    of_a, of_b, of_nothing = moments(a), moments(b), moments(0 * a)
    cov_a, cov_b = (np.cov(x.reshape(4, 3).T, bias=True) for x in (a, b))
    expected = np.sum((cov_a - cov_b) ** 2) / np.sum(cov_a**2)
    np.testing.assert_allclose(clouds.by_squares(of_a, of_b), expected, rtol=1e-5)
    np.testing.assert_allclose(clouds.by_squares(of_a, of_a), 0, atol=1e-6)
    np.testing.assert_allclose(clouds.by_squares(of_a, of_nothing), 2, rtol=1e-5)


@pytest.fixture(scope="module")
def run():
    return lambda style_cost: prepare(
        load_image("palace", 64), load_image("great_wave", 64), style_cost=style_cost, precision="float32", rank=512,
        layer_weights={"block1_conv1": 1.0}, scales=1, max_side=None,
    )  # fmt: skip


def style_of(way, run):
    """J_style of the photograph itself, and the moments of S and of it."""
    J, G, _ = clouds.compared_by(way, run).begin(run)
    return J.terms(G)["J_style[block1_conv1]"], *(moments(run.extractor(x)["block1_conv1"]) for x in (run.S[0], G))


def test_roots_see_what_Gram_sees(run):
    """The Wasserstein distance of two clouds around 0, whose covariances are M = Gram/N."""
    cost, of_S, of_G = style_of("roots", run("wasserstein"))
    M, M_G = (np.float64(of.gram) / of.n for of in (of_S, of_G))
    expected = np.trace(M + M_G - 2 * root(root(M) @ M_G @ root(M))) / np.trace(M)
    np.testing.assert_allclose(cost, expected, rtol=1e-3)


def test_covariance_does_not_see_the_mean(run):
    """The Wasserstein distance of two clouds that were both moved to 0."""
    cost, *both = style_of("covariance", run("wasserstein"))
    cov, cov_G = (np.float64(of.gram / of.n) - np.outer(of.sum / of.n, of.sum / of.n) for of in both)
    expected = np.trace(cov + cov_G - 2 * root(root(cov) @ cov_G @ root(cov))) / np.trace(cov)
    np.testing.assert_allclose(cost, expected, rtol=1e-3)


def test_squares_see_means_and_covariances(run):
    cost, of_S, of_G = style_of("squares", run("gram"))
    np.testing.assert_allclose(cost, clouds.by_squares(of_S, of_G), rtol=1e-5)


def test_gradient_of_all_ways(run):
    for way, style_cost in (("roots", "wasserstein"), ("covariance", "wasserstein"), ("squares", "gram")):
        one = run(style_cost)
        J, G, _ = clouds.compared_by(way, one).begin(one)
        assert np.abs(J.value_and_gradient(G)[1]).max() > 0


def test_recolored():
    """Mean and deviation of each color are those of S."""
    G, S = (np.random.default_rng(seed).uniform(0, top, (1, 9, 8, 3)) for seed, top in ((0, 90), (1, 200)))
    x = np.asarray(clouds.recolored(G, S))
    np.testing.assert_allclose(x.mean((1, 2)), S.mean((1, 2)))
    np.testing.assert_allclose(x.std((1, 2)), S.std((1, 2)))


def test_ellipse():
    """All its points are one deviation away from the mean."""
    cov = np.array([[2, 1], [1, 3.0]])
    x = clouds.ellipse(np.array([5.0, 6]), cov) - [[5], [6]]
    np.testing.assert_allclose(np.sum(x * (np.linalg.inv(cov) @ x), axis=0), 1)


@pytest.mark.parametrize(("degrees", "W"), [(0, 0), (90, 8)])
def test_turned(degrees, W):
    """By pencil: at a quarter turn each axis changes by 2."""
    assert f"W = {W:.2f}." in clouds.turned(3, 1, degrees).alt
    plt.close("all")


def test_the_record_is_complete():
    record = load_record("08_clouds")
    assert len(record) == 6
    for pair, ways in record.items():
        assert set(ways) == {"S", *clouds.NAMES}, pair
        painted = [ways[way] for way in clouds.NAMES]
        assert np.ptp([each["content"] for each in painted]) < 0.021, pair
