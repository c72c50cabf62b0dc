"""Images as tensors: reading, writing, sizes, and the input convention of VGG.

An image is a float32 tensor (1, H, W, 3), RGB, 0..255, everywhere in this package.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from nst_keras.files.pictures import read_picture, scaled_size, write_picture

# Mean color of the ImageNet photographs in the order that VGG expects: blue, green, red.
IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)
DARK = 2  # of 255: what is not brighter anywhere looks black


def load_image(path: str | os.PathLike, max_side: int | None = None) -> tf.Tensor:
    """Read a picture file as float32, (1, H, W, 3), RGB 0..255.

    The camera's rotation is applied, color profiles are converted to sRGB, transparency is put on white, of an
    animation the first frame is taken, and gray, palette, CMYK and 16-bit pictures become 8-bit RGB.

    Args:
        path: any format that Pillow reads; or the short name of a bundled picture, such as "palace".
        max_side: length of the longer side of the result in pixels; smaller pictures are enlarged to
            it, larger ones reduced. None keeps the size.

    Raises:
        FileNotFoundError: no such file, and no bundled picture of this name.
        ValueError: the file is not a picture or damaged, has too many or too few pixels; a bad max_side.

    Warns:
        UserWarning: transparency, animation, or an unreadable color profile.
    """
    return tf.constant(read_picture(path, max_side)[np.newaxis], tf.float32)


def save_image(image: tf.Tensor, path: str | os.PathLike, overwrite: bool = False) -> Path:
    """Write an image and return its path. The file appears whole or not at all.

    Args:
        image: (1, H, W, 3) or (H, W, 3), RGB 0..255; rounded to whole numbers and clipped.
        path: where to, .png, .jpg, .webp or .tif; its folder must exist.
        overwrite: whether an existing file may be replaced.

    Raises:
        FileExistsError: `path` exists and overwrite is False.
        ValueError: the image has another shape, is not finite, or is meant in 0..1; another suffix.
    """
    image = as_floats(image)
    refuse_fractions(image)
    return write_image(image, path, overwrite)


def write_image(image: tf.Tensor, path: str | os.PathLike, overwrite: bool = False) -> Path:
    """What `save_image` does with an image of this package's own, which may be as dark as it likes."""
    if not np.isfinite(image).all():
        raise ValueError("the image holds values that are not finite (NaN or infinity); nothing was written")
    return write_picture(to_pixels(image), path, overwrite)


def as_floats(image: Any) -> tf.Tensor:
    """A tensor or an array of any number type as float32; ValueError in words for what holds no numbers of 0..255."""
    try:
        kind = tf.as_dtype(image.dtype) if hasattr(image, "dtype") else tf.convert_to_tensor(image).dtype
        if kind.is_floating or kind.is_integer:
            return tf.cast(image, tf.float32)
    except (TypeError, ValueError):
        kind = type(image)
    name = getattr(kind, "name", None) or kind.__name__
    raise ValueError(f"an image of {name} was given; expected a path, or numbers of 0..255, (1, H, W, 3)")


def refuse_fractions(image: tf.Tensor) -> None:
    """Refuse an image whose values are meant in 0..1 or -1..1: as 0..255 it would be black (ValueError).

    A dark picture of 0..255 has whole numbers: all 0, or 0 and 1. Fractions below 2 alone are no picture.
    """
    low, high = float(tf.reduce_min(image)), float(tf.reduce_max(image))
    if high < DARK and bool(tf.reduce_any(image != tf.round(image))):
        raise ValueError(
            f"image values must be in 0..255, but these run from {low:g} to {high:g}; if they are meant in 0..1, "
            "multiply them by 255; if the picture is that dark, round them"
        )


def to_pixels(image: tf.Tensor) -> np.ndarray:
    """An image, (1, H, W, 3) or (H, W, 3), as uint8 (H, W, 3): rounded, and clipped to 0..255."""
    pixels = np.asarray(image, np.float32)
    pixels = pixels[0] if pixels.ndim == 4 and pixels.shape[0] == 1 else pixels
    if pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise ValueError(f"expected an image of shape (1, H, W, 3) or (H, W, 3), not {np.shape(image)}")
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def resize_image(image: tf.Tensor, size: int | Iterable[int]) -> tf.Tensor:
    """Scale an image.

    Args:
        image: (1, H, W, 3), 0..255; the result is float32 and clipped to 0..255. What has the size already stays.
        size: the longer side of the result in pixels, keeping the proportions; or (height, width).
    """
    if isinstance(size, (int, np.integer)):
        size = scaled_size(image.shape[1], image.shape[2], int(size))
    height, width = size
    if (height, width) == tuple(image.shape[1:3]):
        return tf.cast(image, tf.float32)
    # antialias: without it, reducing skips pixels and thin lines break up
    resized = tf.image.resize(image, (height, width), method="bicubic", antialias=True)
    return tf.clip_by_value(resized, 0.0, 255.0)


def luminance(image: tf.Tensor) -> tf.Tensor:
    """How bright each pixel is, Y = 0.299·R + 0.587·G + 0.114·B (BT.601), as a gray image (1, H, W, 3)."""
    Y = tf.reduce_sum(image * tf.constant((0.299, 0.587, 0.114)), axis=-1, keepdims=True)
    return tf.repeat(Y, 3, axis=-1)


def preprocess(image: tf.Tensor) -> tf.Tensor:
    """RGB 0..255 to what VGG was trained on: channels in the order BGR, minus the ImageNet mean.

    preprocess(image)[..., k] = image[..., 2 - k] - mean[k],  mean = (103.939, 116.779, 123.68)

    Args:
        image: (..., 3), RGB 0..255. It is not changed (Keras's own function changes NumPy arrays in place).

    Returns:
        float32, the same shape; white becomes (151.061, 138.221, 131.32).
    """
    return tf.cast(image, tf.float32)[..., ::-1] - tf.constant(IMAGENET_MEAN_BGR)


def deprocess(x: tf.Tensor) -> tf.Tensor:
    """The inverse of `preprocess`: add the mean, put the channels back into RGB order."""
    return (tf.cast(x, tf.float32) + tf.constant(IMAGENET_MEAN_BGR))[..., ::-1]


def initial_image(
    init: str, content: tf.Tensor, seed: int = 0, noise_share: float = 0.6, smaller: tf.Tensor | None = None
) -> tf.Tensor:
    """The image that the optimization starts from.

    "content"  a copy of C
    "noise"    each value drawn uniformly from 0..255
    "blend"    noise_share · noise + (1 - noise_share) · C

    Coarse to fine, a larger size goes on from G of the smaller one before. From noise that is G, enlarged; from C it is
    C, changed as the smaller size has changed it, so that what is too fine for that is sharp from the start:

        C + enlarged G - enlarged C of G's size

    Args:
        init: one of the names above.
        content: C, (1, H, W, 3).
        seed, noise_share: the same seed gives the same noise; its share, 0..1, for "blend".
        smaller: G of the size before, if there was one.
    """
    if smaller is not None:
        size = content.shape[1:3]
        G = resize_image(smaller, size)
        if init == "content":
            G += content - resize_image(resize_image(content, smaller.shape[1:3]), size)
        return tf.clip_by_value(G, 0.0, 255.0)
    if init == "content":
        return tf.identity(content)
    noise = tf.random.Generator.from_seed(seed).uniform(content.shape, 0.0, 255.0)
    if init == "noise":
        return noise
    if init == "blend":
        return noise_share * noise + (1 - noise_share) * content
    raise ValueError(f"unknown initial image {init!r}; expected 'content', 'noise' or 'blend'")
