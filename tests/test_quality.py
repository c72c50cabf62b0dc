"""Measures of a finished picture: against loops, and on pictures whose answer is known."""

import numpy as np
import pytest
import tensorflow as tf

from nst_keras import (
    FeatureExtractor,
    content_cost,
    layer_style_cost,
    load_image,
    load_vgg,
    stylize,
    wasserstein_style_cost,
)
from nst_keras.runs import measure, referee
from nst_keras.runs.quality import noise, patch_distance
from nst_keras.settings import STYLE_LAYERS


@pytest.fixture(scope="module")
def pictures():
    return [load_image(name, 64) for name in ("astronaut", "night_cafe", "chelsea")]


def test_the_referee_asks_the_other_network(pictures):
    """The costs of a VGG16 as it was trained, by the functions that the notebooks teach."""
    C, S, _ = pictures
    G = 0.5 * (C + tf.image.resize(S, C.shape[1:3]))
    result = referee(C, [S, C])(G)
    extractor = FeatureExtractor(["block4_conv2", *STYLE_LAYERS], load_vgg("vgg16", pooling="max", padding="zero"))
    a_C, a_S, a_G = map(extractor, (C, S, G))
    content = content_cost(a_C["block4_conv2"], a_G["block4_conv2"], "relative")
    gram = [layer_style_cost(a_S[l], a_G[l], "relative") for l in STYLE_LAYERS]
    wasserstein = [wasserstein_style_cost(a_S[l], a_G[l], rank=512) for l in STYLE_LAYERS]
    assert result["network"] == "vgg16"
    assert result["content"] == pytest.approx(float(content), rel=1e-5)
    assert result["styles"][0]["gram"] == pytest.approx(np.mean(gram), rel=1e-5)
    assert result["styles"][0]["wasserstein"] == pytest.approx(np.mean(wasserstein), rel=1e-5)
    assert (result["noise"], result["styles"][0]["noise"]) == (noise(G), noise(S))
    assert result["styles"][1]["patches"] == patch_distance(C, G)


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_a_picture_is_like_itself(pictures, network):
    C, *_ = pictures
    itself = referee(C, [C], network)(C)
    assert itself["content"] == 0
    assert itself["styles"][0]["gram"] == itself["styles"][0]["patches"] == 0
    assert itself["styles"][0]["wasserstein"] == pytest.approx(0, abs=1e-6)


def test_a_run_is_measured_in_the_network_that_it_did_not_use():
    settings = {"max_side": 64, "steps": 1, "scales": 1, "precision": "float32"}
    for network, other in {"vgg19": "vgg16", "vgg16": "vgg19"}.items():
        run = stylize("chelsea", "night_cafe", network=network, **settings)
        assert measure(run) == referee(run.C, run.S, other)(run.image)
        assert measure(run)["network"] == other


def test_patch_distance_of_known_pictures():
    """Between two gray levels d apart, a random direction w sees d·Σw: on average over directions, d."""
    dark, bright = tf.fill((1, 40, 40, 3), 100.0), tf.fill((1, 30, 50, 3), 130.0)
    assert patch_distance(dark, bright) == pytest.approx(30, rel=0.15)
    assert patch_distance(dark, bright) == pytest.approx(
        3 * patch_distance(dark, tf.fill((1, 20, 20, 3), 110.0)), rel=1e-4
    )


def test_patch_distance_forgets_places(pictures):
    """A picture and its mirror image have the same colors; against other pictures that is nothing."""
    C, S, other = pictures
    assert patch_distance(C, C[:, :, ::-1]) < 0.2 * patch_distance(C, S)
    assert patch_distance(C, C + 5 * tf.random.Generator.from_seed(1).normal(C.shape)) < patch_distance(C, other)


def test_patch_distance_by_sorting():
    """One direction at one size, in plain NumPy."""
    rng = np.random.default_rng(3)
    S, G = (rng.uniform(0, 255, (1, 9, 8, 3)).astype(np.float32) for _ in range(2))
    kernel = rng.normal(size=(7, 7, 3, 8)).astype(np.float32)
    from nst_keras.runs.quality import QUANTILES, _quantiles

    for image in (S, G):
        windows = np.lib.stride_tricks.sliding_window_view(image[0], (7, 7), axis=(0, 1))  # (3, 2, 3, 7, 7)
        projections = np.sort(np.einsum("ijcyx,yxck->ijk", windows, kernel).reshape(6, 8), axis=0)
        ranks = np.repeat(projections, np.bincount(np.int64((np.arange(QUANTILES) + 0.5) / QUANTILES * 6)), axis=0)
        np.testing.assert_allclose(_quantiles(tf.constant(image), kernel), ranks, rtol=1e-4, atol=1e-2)


def test_noise_by_loops():
    G = np.random.default_rng(4).uniform(0, 255, (1, 5, 6, 3)).astype(np.float32)
    differences = [
        abs(G[0, i, j, k] - (G[0, i - 1, j, k] + G[0, i + 1, j, k] + G[0, i, j - 1, k] + G[0, i, j + 1, k]) / 4)
        for i in range(1, 4)
        for j in range(1, 5)
        for k in range(3)
    ]
    assert noise(tf.constant(G)) == pytest.approx(np.mean(differences), rel=1e-5)


def test_noise_of_known_pictures():
    row, column = np.indices((8, 9))
    checkers = np.repeat(255.0 * ((row + column) % 2)[None, ..., None], 3, axis=-1)
    ramp = np.repeat(10.0 * column[None, ..., None], 3, axis=-1)
    assert noise(tf.constant(checkers, tf.float32)) == 255
    assert noise(tf.constant(ramp, tf.float32)) == 0  # a smooth slope is no noise
