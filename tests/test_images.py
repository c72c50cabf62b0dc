"""Images as tensors: sizes, VGG's input convention, and the image that a run starts from."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from nst_keras import deprocess, initial_image, load_image, preprocess, resize_image, save_image
from nst_keras.images import to_pixels, write_image
from nst_keras.pipeline import as_image


def random_image(height=6, width=8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (1, height, width, 3)).astype(np.float32)


def test_resize_image():
    image = random_image(30, 60)
    assert resize_image(image, 20).shape == (1, 10, 20, 3)
    assert resize_image(image, (7, 9)).shape == (1, 7, 9, 3)
    C = tf.zeros((1, 7, 9, 3))
    for size in (C.shape[1:3], [7, 9], np.array([7, 9]), tf.constant([7, 9])):  # S to the size of C
        assert resize_image(image, size).shape == C.shape
    assert resize_image(image, np.int64(20)).shape == (1, 10, 20, 3)
    small = resize_image(np.full((1, 30, 60, 3), 99, np.float32), 6)
    np.testing.assert_allclose(small, 99, rtol=1e-4)
    # reducing averages, it does not skip pixels
    stripes = np.tile(np.float32([0, 255]), 32)[None, None, :, None] * np.ones((1, 64, 1, 3), np.float32)
    np.testing.assert_allclose(resize_image(stripes, 16), 127.5, atol=16)
    enlarged = resize_image(stripes, 128)
    assert float(tf.reduce_min(enlarged)) >= 0
    assert float(tf.reduce_max(enlarged)) <= 255


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 80))
def test_the_longer_side_is_max_side(height, width, max_side):
    _, h, w, _ = resize_image(np.zeros((1, height, width, 3), np.float32), max_side).shape
    assert max(h, w) == max_side
    assert abs(h * width - w * height) <= max(height, width) / 2 + 1 or min(h, w) == 1


def test_preprocess_by_hand_and_like_keras():
    white = np.full((1, 1, 1, 3), 255, np.float32)
    np.testing.assert_allclose(preprocess(white)[0, 0, 0], [151.061, 138.221, 131.32], rtol=1e-6)
    red = np.float32([[[[255, 0, 0]]]])
    np.testing.assert_allclose(preprocess(red)[0, 0, 0], [-103.939, -116.779, 255 - 123.68], rtol=1e-6)
    image = random_image()
    np.testing.assert_allclose(
        preprocess(image), keras.applications.vgg19.preprocess_input(tf.constant(image)), rtol=1e-6
    )
    np.testing.assert_array_equal(image, random_image())  # unchanged


def test_deprocess_is_the_inverse():
    image = random_image()
    np.testing.assert_allclose(deprocess(preprocess(image)), image, atol=1e-4)


def test_initial_images():
    C = random_image(20, 30)
    np.testing.assert_array_equal(initial_image("content", C), C)
    noise = initial_image("noise", C, seed=3)
    np.testing.assert_array_equal(noise, initial_image("noise", C, seed=3))
    assert not np.array_equal(noise, initial_image("noise", C, seed=4))
    assert 110 < float(tf.reduce_mean(noise)) < 145
    np.testing.assert_allclose(initial_image("blend", C, seed=3, noise_share=0.25), 0.25 * noise + 0.75 * C, rtol=1e-5)
    with pytest.raises(ValueError, match="unknown initial image 'random'; expected 'content', 'noise' or 'blend'"):
        initial_image("random", C)


def test_to_pixels():
    image = np.float32([[[-3, 0.4, 0.6], [254.5, 255.4, 300]]])
    expected = [[[0, 0, 1], [254, 255, 255]]]
    for shape in ((1, 2, 3), (1, 1, 2, 3)):
        pixels = to_pixels(tf.constant(image.reshape(shape)))
        assert pixels.dtype == np.uint8
        np.testing.assert_array_equal(pixels, expected)
    with pytest.raises(ValueError, match=r"expected an image of shape .*, not \(2, 4, 4, 3\)"):
        to_pixels(np.zeros((2, 4, 4, 3)))


def test_a_picture_is_float32_from_0_to_255():
    image = load_image("palace", 64)
    assert image.dtype == tf.float32
    np.testing.assert_array_equal(image, np.rint(image))


@pytest.mark.parametrize("take", [lambda image, path: as_image(image, None), save_image], ids=["stylize", "save_image"])
def test_images_in_0_to_1_are_refused(tmp_path, take):
    image = random_image(40, 50)
    for wrong in (image / 255, image[..., ::-1] / 255 * 1.05, tf.constant(image) / 255 / 9, np.float64(image) / 255):
        with pytest.raises(
            ValueError, match=r"these run from 0 to .*; if they are meant in 0\.\.1, multiply them by 255"
        ):
            take(wrong, tmp_path / "x.png")
    with pytest.raises(ValueError, match="these run from -1 to 1"):
        take(image / 127.5 - 1, tmp_path / "x.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("take", [lambda image, path: as_image(image, None), save_image], ids=["stylize", "save_image"])
def test_dark_pictures_have_whole_numbers(tmp_path, take):
    """All 0; 0 and 1, whatever the type; and what is not that dark."""
    dark = (random_image(40, 50) > 128).astype(np.float32)
    for number, image in enumerate((np.zeros_like(dark), dark, dark.astype(np.uint8), tf.constant(dark), dark * 2.5)):
        take(image, tmp_path / f"{number}.png")


def test_a_run_may_end_in_the_dark(tmp_path):
    assert write_image(random_image() / 255, tmp_path / "dark.png").exists()


@pytest.mark.parametrize("kind", ["uint8", "int32", "uint16", "float16", "float64", "bfloat16"])
def test_every_type_of_numbers(tmp_path, kind):
    image = random_image(40, 50) // 2
    for given_ in (tf.cast(image, kind), tf.cast(image, kind).numpy()):
        expected = np.float32(tf.cast(given_, tf.float32))
        np.testing.assert_array_equal(as_image(given_, None), expected)
        np.testing.assert_array_equal(resize_image(given_, (40, 50)), expected)
        np.testing.assert_array_equal(load_image(save_image(given_, tmp_path / "x.png", True)), expected)


@pytest.mark.parametrize(
    "wrong", [np.ones((1, 40, 50, 3), bool), np.full((1, 40, 50, 3), "a"), object(), None, [[1], [1, 2]]]
)
def test_what_holds_no_numbers(wrong):
    with pytest.raises(
        ValueError, match=r"an image of \w+ was given; expected a path, or numbers of 0\.\.255"
    ) as error:
        as_image(wrong, None)
    assert len(str(error.value)) < 300


def test_a_larger_size_begins_with_C_as_the_smaller_has_changed_it():
    """What changed by 10 gray levels is C and 10 more, sharp; from noise it is the smaller image alone, blurred."""
    C = tf.clip_by_value(load_image("chelsea", 64), 0, 230)
    small = resize_image(C, 45)
    np.testing.assert_allclose(initial_image("content", C, smaller=small), C, atol=1e-3)
    np.testing.assert_allclose(initial_image("content", C, smaller=small + 10), C + 10, atol=1e-3)
    np.testing.assert_array_equal(initial_image("noise", C, smaller=small), resize_image(small, 64))
    bright = initial_image("content", C, smaller=tf.zeros_like(small) + 255)
    assert float(tf.reduce_max(bright)) == 255
