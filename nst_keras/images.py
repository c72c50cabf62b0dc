"""Pictures as tensors: reading, writing, sizes, and the input convention of VGG.

An image is a float32 tensor (1, H, W, 3), RGB, 0..255, everywhere in this package.
"""

import io
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageCms, ImageOps

DATA = Path(__file__).resolve().parent.parent / "data"
# Mean color of the ImageNet photographs in the order that VGG expects: blue, green, red.
IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)
MOST_PIXELS = 50_000_000  # of a picture to read or to make; keeps decoding well under 1 GB
MOST_ENLARGED = 16  # times; beyond that there is nothing to see


def data_path(name):
    """Path of a bundled file: data_path("content/palace.jpg")."""
    path = DATA / name
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else DATA
        there = sorted(p.relative_to(DATA).as_posix() for p in folder.iterdir() if not p.name.startswith("."))
        raise FileNotFoundError(f"no bundled file {str(name)!r}; in that folder: {', '.join(there)}")
    return path


def load_image(path, max_side=None):
    """Read a picture file.

    The camera's rotation is applied, color profiles are converted to sRGB, transparency is put on white, of an
    animation the first frame is taken, and gray, palette, CMYK and 16-bit pictures become 8-bit RGB.

    Args:
        path: any format that Pillow reads.
        max_side: length of the longer side of the result in pixels; smaller pictures are enlarged to
            it, larger ones reduced. None keeps the size.

    Returns:
        float32, (1, H, W, 3), RGB 0..255.

    Raises:
        FileNotFoundError: no such file.
        ValueError: the file is not a picture or damaged, has more than MOST_PIXELS or too few pixels, or
            max_side is below 1 or makes more than MOST_PIXELS.

    Warns:
        UserWarning: transparency, animation, or an unreadable color profile.
    """
    _check_side(max_side)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata; what matters is said below
            picture, notes = _read(path, max_side)
    except FileNotFoundError:
        raise FileNotFoundError(f"no such picture: {str(path)!r}") from None
    except Exception as error:  # Pillow's readers raise many kinds for damaged files
        raise ValueError(f"cannot read {str(path)!r} as a picture: {error}") from error
    for note in notes:
        warnings.warn(f"{str(path)!r} {note}", stacklevel=2)
    if max_side is not None:
        width, height = picture.size
        if max_side > MOST_ENLARGED * max(width, height):
            raise ValueError(f"{str(path)!r} has only {width} x {height} pixels, too few to be enlarged to {max_side}")
        picture = picture.resize(_scaled_size(height, width, max_side)[::-1], Image.Resampling.LANCZOS)
    return tf.convert_to_tensor(np.asarray(picture, np.float32)[np.newaxis])


def _read(path, max_side):
    """A picture file as an upright 8-bit RGB picture, and notes on what was left out."""
    with Image.open(path) as file:
        notes = []
        if getattr(file, "n_frames", 1) > 1:
            notes.append(f"has {file.n_frames} frames; only the first is used")
        if file.width * file.height > MOST_PIXELS and max_side is not None:
            file.draft("RGB", (2 * max_side, 2 * max_side))  # JPEG can be reduced while it is decoded
        if file.width * file.height > MOST_PIXELS:
            raise ValueError(f"{file.width} x {file.height} pixels are too many; reduce it to {MOST_PIXELS:,} at most")
        picture = ImageOps.exif_transpose(file)
    if picture.mode.startswith("I"):  # 16 bits per value
        picture = Image.fromarray((np.asarray(picture, np.float64) / 257).clip(0, 255).round().astype(np.uint8))
    elif picture.mode == "F":
        raise ValueError("its values are floating-point numbers of unknown range; save it with 8 bits per color")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if picture.getchannel("A").getextrema()[0] < 255:
            notes.append("is transparent; it is put on white")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB"), notes
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"), notes
        except (ImageCms.PyCMSError, OSError):
            notes.append("has a color profile that cannot be read; its colors are taken as sRGB")
    return picture.convert("RGB"), notes


def save_image(image, path, overwrite=False):
    """Write an image; the suffix of `path` chooses the format. The file appears whole or not at all.

    Args:
        image: (1, H, W, 3) or (H, W, 3), RGB 0..255; rounded to whole numbers and clipped.
        path: where to; its folder must exist.
        overwrite: whether an existing file may be replaced.

    Raises:
        FileExistsError: `path` exists and overwrite is False.
        ValueError: the image has another shape or is not finite; the suffix is of no known format.
    """
    pixels = np.asarray(image, np.float32)
    pixels = pixels[0] if pixels.ndim == 4 and pixels.shape[0] == 1 else pixels
    if pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise ValueError(f"expected an image of shape (1, H, W, 3) or (H, W, 3), not {np.shape(image)}")
    if not np.isfinite(pixels).all():
        raise ValueError("the image holds values that are not finite (NaN or infinity); nothing was written")
    picture = Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
    kind = picture_format(path)
    options = {"quality": 92} if kind == "JPEG" else {}
    write_whole(path, lambda file: picture.save(file, format=kind, **options), overwrite)


def picture_format(path):
    """Pillow's name of the format that the suffix of `path` stands for; ValueError if there is none."""
    suffix = Path(path).suffix.lower()
    kind = Image.registered_extensions().get(suffix)
    if kind not in Image.SAVE:
        raise ValueError(f"no picture format for the suffix {suffix!r} of {str(path)!r}; use .png or .jpg")
    return kind


def write_whole(path, write, overwrite=False):
    """Let `write(file)` fill a temporary file beside `path`, then move it there in one step."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(f"{str(path)!r} exists; choose another name or allow overwriting")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(path.parent)!r} to write {path.name!r} into")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.chmod(temporary, 0o644)  # mkstemp makes files that only their owner can read
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def resize_image(image, size):
    """Scale an image.

    Args:
        image: (1, H, W, 3), 0..255.
        size: the longer side of the result in pixels, keeping the proportions; or (height, width).

    Returns:
        float32, (1, height, width, 3), clipped to 0..255.
    """
    height, width = size if isinstance(size, tuple) else _scaled_size(image.shape[1], image.shape[2], size)
    # antialias: without it, reducing skips pixels and thin lines break up
    resized = tf.image.resize(image, (height, width), method="bicubic", antialias=True)
    return tf.clip_by_value(resized, 0.0, 255.0)


def _check_side(max_side):
    if max_side is not None and not max_side >= 1:
        raise ValueError(f"max_side must be at least 1 pixel, not {max_side}")


def _scaled_size(height, width, max_side):
    _check_side(max_side)
    scale = max_side / max(height, width)
    height, width = max(1, round(height * scale)), max(1, round(width * scale))
    if height * width > MOST_PIXELS:
        raise ValueError(f"max_side {max_side} makes {width} x {height} pixels; {MOST_PIXELS:,} are the most")
    return height, width


def preprocess(image):
    """RGB 0..255 to what VGG was trained on: channels in the order BGR, minus the ImageNet mean.

    preprocess(image)[..., k] = image[..., 2 - k] - mean[k],  mean = (103.939, 116.779, 123.68)

    Args:
        image: (..., 3), RGB 0..255. It is not changed (Keras's own function changes NumPy arrays in place).

    Returns:
        float32, the same shape; white becomes (151.061, 138.221, 131.32).
    """
    return tf.cast(image, tf.float32)[..., ::-1] - tf.constant(IMAGENET_MEAN_BGR)


def deprocess(x):
    """The inverse of `preprocess`: add the mean, put the channels back into RGB order."""
    return (tf.cast(x, tf.float32) + tf.constant(IMAGENET_MEAN_BGR))[..., ::-1]


def initial_image(init, content, seed=0, noise_share=0.6):
    """The image that the optimization starts from.

    "content"  a copy of C
    "noise"    each value drawn uniformly from 0..255
    "blend"    noise_share · noise + (1 - noise_share) · C

    Args:
        init: one of the names above.
        content: C, (1, H, W, 3).
        seed: whole number; the same seed gives the same noise.
        noise_share: 0..1, for "blend".

    Returns:
        float32, the shape of C, 0..255.
    """
    if init == "content":
        return tf.identity(content)
    noise = tf.random.Generator.from_seed(seed).uniform(content.shape, 0.0, 255.0)
    if init == "noise":
        return noise
    if init == "blend":
        return noise_share * noise + (1 - noise_share) * content
    raise ValueError(f"unknown initial image {init!r}; expected 'content', 'noise' or 'blend'")
