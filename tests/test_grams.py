"""Helpers of notebooks 03 and 04: changes of a picture, the wrong reshape, a search from noise, records."""

import numpy as np
import pytest
import tensorflow as tf

from nst_keras import gram_matrix
from nst_keras.lessons import depths, grams
from nst_keras.lessons.exercises.nb03 import a

IMAGE = tf.constant(np.random.default_rng(0).uniform(0, 255, (1, 24, 40, 3)), tf.float32)


def test_moved():
    moved = depths.moved(IMAGE, 3)
    np.testing.assert_array_equal(moved[:, :, :-3], IMAGE[:, :, 3:])
    np.testing.assert_array_equal(moved[:, :, -3:], IMAGE[:, :, :-4:-1])
    np.testing.assert_array_equal(depths.moved(IMAGE, 0), IMAGE)


def test_blurred():
    assert depths.blurred(IMAGE, 2.5).shape == IMAGE.shape
    assert np.var(depths.blurred(IMAGE, 4)) < 0.5 * np.var(IMAGE)


def test_wrong_gram():
    """Its numbers for the tiny layer, and that places change it, which the right one does not see."""
    moved = a.reshape(4, 3)[[3, 1, 0, 2]].reshape(a.shape)
    assert grams.wrong_gram(a).numpy().tolist() == [[5, 5, 0], [5, 7, 2], [0, 2, 2]]
    assert not np.array_equal(grams.wrong_gram(moved), grams.wrong_gram(a))
    np.testing.assert_array_equal(gram_matrix(moved), gram_matrix(a))


def test_rearranged():
    for how, image in grams.rearranged(IMAGE).items():
        np.testing.assert_array_equal(np.sort(np.ravel(image)), np.sort(np.ravel(IMAGE)), err_msg=how)
        assert not np.array_equal(image, IMAGE)


@pytest.mark.parametrize("gram", [gram_matrix, grams.wrong_gram])
def test_grow(gram):
    (_, first), (G, last) = (grams.grow("night_cafe", gram, side=128, steps=steps) for steps in (1, 3))
    assert G.shape == (1, 128, 128, 3)
    assert 0 < last < first


def test_the_record_is_complete():
    for pair, costs in depths.style_left().items():
        assert costs.shape == (5, 5), pair
        assert (costs > 0).all()
