"""Measures of a finished picture: against loops, and on pictures whose answer is known."""

import numpy as np
import pytest
import tensorflow as tf

from nst_keras import FeatureExtractor, data_path, layer_style_cost, load_image, load_vgg
from nst_keras.runs.quality import content_similarity, noise, unseen_style_distance


@pytest.fixture(scope="module")
def pictures():
    return [load_image(data_path(name), 64) for name in ("content/astronaut.jpg", "style/night_cafe.jpg")]


@pytest.fixture(scope="module")
def vgg():
    return load_vgg()


def test_content_similarity(pictures):
    C, _ = pictures
    assert content_similarity(C, C) == pytest.approx(1)
    slightly, strongly = (C + tf.random.Generator.from_seed(1).normal(C.shape, stddev=sd) for sd in (5, 60))
    assert 0 < content_similarity(C, strongly) < content_similarity(C, slightly) < 1


def test_unseen_style_distance_leaves_the_optimized_layers_out(pictures, vgg):
    S, G = pictures
    extractor = FeatureExtractor(["block1_conv1", "block2_conv1"], vgg)
    only_one_between = FeatureExtractor(["block1_conv2"], vgg)
    expected = layer_style_cost(*(only_one_between(image)["block1_conv2"] for image in (S, G)), "relative")
    assert unseen_style_distance(S, G, extractor) == pytest.approx(float(expected), rel=1e-5)
    assert unseen_style_distance(S, S, extractor) == 0


def test_unseen_style_distance_without_layers(pictures, vgg):
    assert unseen_style_distance(*pictures, FeatureExtractor(["block1_conv1"], vgg)) is None


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
