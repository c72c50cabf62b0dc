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
from nst_keras.runs.quality import fine, noise, objects, patch_distance
from nst_keras.settings import STYLE_LAYERS


@pytest.fixture(scope="module")
def pictures():
    return [load_image(name, 64) for name in ("astronaut", "night_cafe", "chelsea")]


def test_the_referee_asks_the_other_network(pictures):
    """The costs of a VGG16 as it was trained, by the functions that the notebooks teach."""
    C, S, _ = pictures
    G = 0.3 * C + 0.7 * tf.image.resize(S, C.shape[1:3])
    result = referee(C, [S, C])(G)
    extractor = FeatureExtractor(["block4_conv2", *STYLE_LAYERS], load_vgg("vgg16", pooling="max", padding="zero"))
    deep = FeatureExtractor(["block5_conv2"], load_vgg("vgg16", padding="symmetric"))
    a_C, a_S, a_G = map(extractor, (C, S, G))
    content = content_cost(a_C["block4_conv2"], a_G["block4_conv2"], "relative")
    gram = [layer_style_cost(a_S[l], a_G[l], "relative") for l in STYLE_LAYERS]
    wasserstein = [wasserstein_style_cost(a_S[l], a_G[l], rank=512) for l in STYLE_LAYERS]
    assert result["network"] == "vgg16"
    assert result["content"] == pytest.approx(float(content), rel=1e-5)
    of_S = result["styles"][0]
    assert of_S["gram"] == pytest.approx(np.mean(gram[:4]), rel=1e-5)
    assert of_S["wasserstein"] == pytest.approx(np.mean(wasserstein[:4]), rel=1e-5)
    assert of_S["block5"] == pytest.approx(float(wasserstein[4]), rel=1e-5)
    assert result["styles"][1]["patches"] == patch_distance(C, G)
    for name, ours, theirs in zip(("fine_luminance", "fine_chroma"), fine(G), fine(S), strict=True):
        assert of_S[name] == pytest.approx(ours / theirs), name
    found = [deep(image)["block5_conv2"].numpy().reshape(-1, 512) for image in (C, S, G)]
    of_C, of_S_, of_G = (a - a.mean(axis=0) for a in found)
    copied = 0
    for c, g in zip(of_C, of_G, strict=True):
        cosines = [g @ x / (np.linalg.norm(g) * np.linalg.norm(x)) for x in (c, *of_S_)]
        copied += max(cosines[1:]) > cosines[0]
    assert 0 < copied < len(of_C)
    assert of_S["objects"] == pytest.approx(copied / len(of_C))


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_a_picture_is_like_itself(pictures, network):
    C, *_ = pictures
    itself = referee(C, [C], network)(C)
    assert itself["content"] == 0
    assert itself["styles"][0]["gram"] == itself["styles"][0]["patches"] == itself["styles"][0]["objects"] == 0
    assert itself["styles"][0]["fine_luminance"] == itself["styles"][0]["fine_chroma"] == 1
    assert itself["styles"][0]["wasserstein"] == pytest.approx(0, abs=1e-6)


def test_a_run_is_measured_in_the_network_that_it_did_not_use():
    settings = {"max_side": 64, "steps": 1, "scales": 1, "precision": "float32"}
    for network, other in {"vgg19": "vgg16", "vgg16": "vgg19"}.items():
        run = stylize("chelsea", "night_cafe", network=network, **settings)
        assert measure(run) == referee(run.C, run.S, other)(run.image)
        assert measure(run)["network"] == other


@pytest.fixture(scope="module")
def judged():
    """Share of the area -> what the referee says of C with a piece of S in it, and of C itself; S has another size."""
    C, S = load_image("palace", 384), load_image("church_auvers", 320)
    judge = referee(C, [S])
    height, width = C.shape[1:3]
    found = {0.0: judge(C)["styles"][0]}
    for share in (0.2, 0.4):
        rows, columns = (round(side * share**0.5 / 16) * 16 for side in (height, width))
        G = C.numpy()
        G[:, 16 : 16 + rows, 32 : 32 + columns] = S[:, :rows, :columns]
        found[rows * columns / (height * width)] = judge(tf.constant(G))["styles"][0]
    return found


def test_pieces_of_S_are_objects_and_C_has_none(judged):
    """And a frame around them: what sees 164 pixels sees them from beside."""
    for share, of_S in judged.items():
        assert share <= of_S["objects"] <= share + 0.09, share
    assert judged[0.0]["objects"] == 0


def test_objects_of_vectors():
    """Four positions: as C, as S, between the two and nearer to C, and where C and S are the same."""
    of_C = np.float32([[1, 0], [1, 0], [1, 0], [0, 1]])
    of_S = np.float32([[0, 1], [0, -1]])
    of_G = np.float32([[1, 0], [0, -1], [0.8, 0.6], [0, 1]])
    assert objects(*map(tf.constant, (of_C, of_S, of_G))) == 0.25


def test_a_gray_style_has_no_color_to_divide_by():
    C = load_image("astronaut", 64)
    gray = tf.repeat(tf.reduce_mean(load_image("night_cafe", 64), axis=-1, keepdims=True), 3, axis=-1)
    even = tf.fill((1, 40, 50, 3), 80.0)
    result = referee(C, [gray, even])(C)["styles"]
    assert result[0]["fine_luminance"] > 0
    assert [result[0]["fine_chroma"], result[1]["fine_chroma"], result[1]["fine_luminance"]] == [None] * 3


def test_fine_of_known_pictures():
    """A wave of amplitude A has the root mean square A / √2, if it is short enough; and each color has its place."""
    column = np.arange(64.0)
    for period, share in ((8, 0), (3, 1)):
        wave = np.tile(20 * np.sin(2 * np.pi * column / period), (48, 1))
        gray = tf.constant(128 + np.stack([wave] * 3, axis=-1)[None], tf.float32)
        assert fine(gray) == pytest.approx((share * 20 / 2**0.5, 0), rel=0.05, abs=0.05), period
        # only Cr changes, by 0.5 of what red does beyond brightness: R = Y + 1.402 Cr, G = Y - 0.714 Cr, B = Y
        red = np.stack([1.402 * wave, -0.714 * wave, 0 * wave], axis=-1)
        colored = tf.constant(128 + red[None], tf.float32)
        assert fine(colored) == pytest.approx((0, share * 20 / 2**0.5), rel=0.05, abs=0.05), period


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
