"""The figures of notebooks 01 and 02: what they show is where it belongs."""

import numpy as np
import pytest
import tensorflow as tf

from nst_keras import deprocess, preprocess
from nst_keras.lessons.fields import _with_square
from nst_keras.lessons.look import best_patch, heat, mosaic
from nst_keras.lessons.patches import Patch
from nst_keras.lessons.rulers import WAYS, Ruler
from nst_keras.lessons.stored import load_wish
from nst_keras.lessons.wishes import picture


def patch(value, size=4):
    return Patch(np.full((size, size, 3), value, np.float32), 0, 0, 0, 1.0)


def test_a_mosaic_has_its_patches_in_rows():
    shown = mosaic([patch(10 * n) for n in range(1, 6)], tile=96, gap=6)
    assert shown.shape == (90, 90, 3)
    assert [int(shown[5, x, 0]) for x in (5, 35, 70)] == [10, 20, 30]
    assert [int(shown[40, x, 0]) for x in (5, 35, 70)] == [40, 50, 255]
    assert np.all(mosaic([]) == 255)


def test_heat_is_where_the_map_is_high():
    a = np.zeros((8, 8))
    a[1, 6] = 1.0
    lit = heat(np.full((1, 64, 64, 3), 200.0, np.float32), a, height=64)
    row, column = np.unravel_index(np.argmax(lit[..., 0]), (64, 64))
    assert 8 <= row < 16
    assert 48 <= column < 56


def test_the_square_is_lit_and_the_rest_is_dark():
    shown = _with_square(np.full((420, 420, 3), 200, np.uint8), 100, 200, 50)
    assert shown[125, 225].tolist() == [200] * 3
    assert shown[300, 300].max() < 100


def test_best_patch_at_the_border():
    a = np.zeros((5, 5))
    a[0, 4] = 1.0
    seen = np.arange(100, dtype=float).reshape(10, 10, 1)
    np.testing.assert_array_equal(best_patch(a, seen, 4, 2, -1), seen[0:4, 7:11])


@pytest.mark.parametrize("way", WAYS)
def test_a_ruler_reads_its_picture_in_its_way(way):
    class Extractor:
        layers, vgg = ("input",), None

        def __call__(self, image):
            return {"input": preprocess(image)}

    image = tf.random.Generator.from_seed(0).uniform((1, 4, 4, 3), 0, 255)
    np.testing.assert_allclose(Ruler(Extractor(), way)(image)["input"], WAYS[way](image), atol=1e-3)
    own = Ruler(Extractor(), lambda image: 0 * image)
    np.testing.assert_allclose(deprocess(own(image)["input"]), deprocess(tf.zeros((1, 4, 4, 3))), atol=1e-3)


def test_a_picture_from_noise_has_colors_between_0_and_255():
    noise = tf.random.Generator.from_seed(0).normal((3, 24, 24))
    made = picture(noise, 40 * np.eye(3, dtype=np.float32), np.full(3, 120.0, np.float32)).numpy()
    assert made.shape == (1, 24, 24, 3)
    assert 0 < made.min() < 100
    assert 150 < made.max() < 255


def test_a_wish_is_stronger_than_the_best_patch():
    wish = load_wish("block5_conv1", 34)
    assert wish.image.shape == wish.patch.shape == (1, 156, 156, 3)
    assert wish.times > 1
