"""Reading, writing and scaling pictures, and VGG's input convention."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from nst_keras import data_path, deprocess, initial_image, load_image, preprocess, resize_image, save_image

try:
    import resource
except ImportError:  # Windows
    resource = None


def peak_memory():
    """Bytes that this process has had at most; 0 where the system does not tell."""
    if resource is None:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def random_image(height=6, width=8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (1, height, width, 3)).astype(np.float32)


def test_load_image_of_a_bundled_photo():
    image = load_image(data_path("content/coffee.jpg"), max_side=120)
    assert image.shape == (1, 80, 120, 3)
    assert image.dtype == tf.float32
    assert float(tf.reduce_min(image)) >= 0
    assert 200 < float(tf.reduce_max(image)) <= 255
    assert load_image(data_path("content/coffee.jpg")).shape == (1, 400, 600, 3)
    assert load_image(data_path("content/coffee.jpg"), 900).shape == (1, 600, 900, 3)


def test_red_is_the_first_channel(tmp_path):
    Image.new("RGB", (4, 4), (250, 20, 10)).save(tmp_path / "red.png")
    np.testing.assert_array_equal(load_image(tmp_path / "red.png")[0, 0, 0], [250, 20, 10])


def test_camera_rotation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees to show
    Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)
    assert load_image(tmp_path / "turned.jpg").shape == (1, 40, 20, 3)


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [("L", 90, (90, 90, 90)), ("1", 1, (255, 255, 255)), ("I;16", 90 * 257, (90, 90, 90)),
     ("RGBA", (10, 20, 30, 255), (10, 20, 30))],
)  # fmt: skip
def test_kinds_of_pictures(tmp_path, mode, color, expected):
    Image.new(mode, (4, 4), color).save(tmp_path / "picture.png")
    np.testing.assert_array_equal(load_image(tmp_path / "picture.png")[0, 2, 2], expected)


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [
        ("RGBA", (0, 0, 0, 0), (255, 255, 255)),
        ("LA", (0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 51), (204, 204, 204)),
    ],
)
def test_transparency_is_put_on_white_and_said(tmp_path, mode, color, expected):
    Image.new(mode, (4, 4), color).save(tmp_path / "clear.png")
    with pytest.warns(UserWarning, match=r"clear\.png' is transparent; it is put on white"):
        np.testing.assert_array_equal(load_image(tmp_path / "clear.png")[0, 2, 2], expected)


def test_transparent_palette(tmp_path):
    Image.new("P", (4, 4), 0).save(tmp_path / "palette.png", transparency=0)
    with pytest.warns(UserWarning, match="transparent"):
        np.testing.assert_array_equal(load_image(tmp_path / "palette.png")[0, 0, 0], [255, 255, 255])


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_animations_give_their_first_frame(tmp_path, suffix):
    frames = [Image.new("RGB", (8, 8), color) for color in ((200, 0, 0), (0, 200, 0), (0, 0, 200))]
    frames[0].save(tmp_path / f"moving.{suffix}", save_all=True, append_images=frames[1:], lossless=True)
    with pytest.warns(UserWarning, match="has 3 frames; only the first is used"):
        np.testing.assert_allclose(load_image(tmp_path / f"moving.{suffix}")[0, 0, 0], [200, 0, 0], atol=2)


def test_cmyk_and_progressive_jpeg(tmp_path):
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "print.jpg", quality=100)
    red, green, blue = load_image(tmp_path / "print.jpg")[0, 8, 8].numpy()
    assert red > 240
    assert max(green, blue) < 20
    Image.new("RGB", (16, 16), (50, 100, 150)).save(tmp_path / "progressive.jpg", progressive=True, quality=100)
    np.testing.assert_allclose(load_image(tmp_path / "progressive.jpg")[0, 8, 8], [50, 100, 150], atol=2)


def test_color_profiles_become_srgb(tmp_path):
    picture = Image.new("RGB", (8, 8), (120, 130, 140))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(tmp_path / "srgb.png", icc_profile=srgb)
    np.testing.assert_allclose(load_image(tmp_path / "srgb.png")[0, 0, 0], [120, 130, 140], atol=1)
    # A profile whose red, green and blue are exchanged shows that the profile is really applied.
    swapped = srgb.replace(b"rXYZ", b"temp").replace(b"bXYZ", b"rXYZ").replace(b"temp", b"bXYZ")
    picture.save(tmp_path / "swapped.png", icc_profile=swapped)
    np.testing.assert_allclose(load_image(tmp_path / "swapped.png")[0, 0, 0], [140, 130, 120], atol=3)
    picture.save(tmp_path / "broken.png", icc_profile=b"nonsense")
    with pytest.warns(UserWarning, match="color profile that cannot be read"):
        np.testing.assert_array_equal(load_image(tmp_path / "broken.png")[0, 0, 0], [120, 130, 140])


def test_names_with_spaces_and_letters(tmp_path):
    path = tmp_path / "Ein schönes Bild 画像.png"
    save_image(random_image(), path)
    np.testing.assert_array_equal(load_image(path), random_image())


def test_sizes_that_are_refused_before_decoding(tmp_path):
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    Image.new("1", (9_000, 6_000)).save(tmp_path / "large.png")
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(ValueError, match=r"cannot read .*bomb\.png.*pixels"):
        load_image(tmp_path / "bomb.png", 64)
    with pytest.raises(ValueError, match=r"9000 x 6000 pixels are too many; reduce it to 50,000,000"):
        load_image(tmp_path / "large.png", 64)
    with pytest.raises(ValueError, match=r"dot\.png' has only 1 x 1 pixels, too few to be enlarged to 64"):
        load_image(tmp_path / "dot.png", 64)


def test_sizes_that_are_refused_before_scaling():
    for scale in (load_image, lambda path, side: resize_image(load_image(path), side)):
        with pytest.raises(ValueError, match="max_side 9600 makes 9600 x 6400 pixels; 50,000,000 are the most"):
            scale(data_path("content/coffee.jpg"), 9600)


def test_large_jpegs_are_reduced_while_decoding(tmp_path):
    Image.new("L", (9_000, 6_000), 80).save(tmp_path / "large.jpg", quality=50)
    np.testing.assert_allclose(load_image(tmp_path / "large.jpg", 60), np.full((1, 40, 60, 3), 80), atol=2)


def test_damaged_files_are_read_or_refused(tmp_path):
    """300 damaged files: each gives a picture or a ValueError of ours, never anything else."""
    random, picture = np.random.default_rng(11), Image.open(data_path("content/coffee.jpg")).resize((45, 30))
    kinds = {"png": {}, "jpg": {}, "gif": {}, "bmp": {}, "webp": {}, "tiff": {"compression": "tiff_lzw"}}
    read = refused = 0
    peak = peak_memory()
    for index in range(300):
        suffix = list(kinds)[index % len(kinds)]
        whole = io.BytesIO()
        picture.save(whole, format={"jpg": "JPEG"}.get(suffix, suffix), **kinds[suffix])
        data = bytearray(whole.getvalue())
        for _ in range(random.integers(1, 12)):  # flip, cut, repeat
            at = int(random.integers(min(len(data), 600) if random.random() < 0.7 else len(data)))
            match random.integers(4):
                case 0 | 1:
                    data[at] = random.integers(256)
                case 2:
                    data[at:at] = data[at // 2 : at // 2 + 9]
                case 3 if random.random() < 0.3:
                    del data[max(at, 20) :]
        path = tmp_path / f"damaged.{suffix}"
        path.write_bytes(data)
        try:
            image = load_image(path, 32)
        except ValueError as error:
            assert "damaged." in str(error)  # noqa: PT017
            refused += 1
        else:
            assert max(image.shape) == 32
            assert np.isfinite(image).all()
            read += 1
    assert read > 30
    assert refused > 30
    assert peak_memory() - peak < 1e9


@pytest.mark.parametrize("mode", ["RGBA", "I;16"])
def test_the_largest_pictures_need_less_than_a_gigabyte(tmp_path, mode):
    suffix = "tiff" if mode == "I;16" else "png"
    Image.new(mode, (10_000, 5_000)).save(tmp_path / f"large.{suffix}")
    code = f"""
from test_images import peak_memory
from nst_keras import load_image
before = peak_memory()
assert load_image(r"{tmp_path / f"large.{suffix}"}", 64).shape == (1, 32, 64, 3)
print(peak_memory() - before)
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) < 1e9


@pytest.fixture
def locked_folder():
    """A folder that may be read but not written, with a picture that may not be read, for a user who is not root."""
    if not hasattr(os, "geteuid"):
        pytest.skip("POSIX permissions")
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:  # not below tmp_path, which other users may not enter
        folder = Path(name)
        save_image(random_image(), folder / "secret.png")
        (folder / "secret.png").chmod(0)
        folder.chmod(0o555)
        if root:
            os.seteuid(65534)  # nobody: root may do everything
        yield folder
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_without_permission(locked_folder):
    with pytest.raises(ValueError, match=r"cannot read .*secret\.png.*Permission denied"):
        load_image(locked_folder / "secret.png")
    with pytest.raises(PermissionError):
        save_image(random_image(), locked_folder / "out.png")
    assert [path.name for path in locked_folder.iterdir()] == ["secret.png"]


def test_load_image_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such picture: .*nowhere\.png"):
        load_image(tmp_path / "nowhere.png")
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ValueError, match=r"cannot read .*text\.png"):
        load_image(tmp_path / "text.png")
    whole = data_path("content/coffee.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cannot read .*half\.jpg"):
        load_image(tmp_path / "half.jpg")
    (tmp_path / "empty.png").touch()
    for path in (tmp_path / "empty.png", tmp_path):
        with pytest.raises(ValueError, match="cannot read"):
            load_image(path)
    with pytest.raises(ValueError, match="max_side must be at least 1 pixel, not 0"):
        load_image(data_path("content/coffee.jpg"), 0)


def test_data_path_lists_what_there_is():
    with pytest.raises(FileNotFoundError, match=r"no bundled file 'content/palast.jpg'.*content/palace\.jpg"):
        data_path("content/palast.jpg")


def test_save_and_load_round_trip(tmp_path):
    image = random_image()
    save_image(image + 0.3, tmp_path / "out.png")
    np.testing.assert_array_equal(load_image(tmp_path / "out.png"), image)
    save_image(image * 2 - 128, tmp_path / "out.png", overwrite=True)
    np.testing.assert_array_equal(load_image(tmp_path / "out.png"), np.clip(image * 2 - 128, 0, 255))
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_save_image_errors_leave_nothing_behind(tmp_path):
    image, path = random_image(), tmp_path / "out.png"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"out\.png' exists"):
        save_image(image, path)
    assert path.read_bytes() == b"precious"
    with pytest.raises(ValueError, match="not finite"):
        save_image(image * np.nan, path, overwrite=True)
    with pytest.raises(ValueError, match=r"not \(2, 3\)"):
        save_image(np.ones((2, 3)), path, overwrite=True)
    with pytest.raises(ValueError, match=r"no picture format for the suffix '\.xyz'"):
        save_image(image, tmp_path / "out.xyz")
    with pytest.raises(FileNotFoundError, match="no folder"):
        save_image(image, tmp_path / "nowhere" / "out.png")
    assert path.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_resize_image():
    image = random_image(30, 60)
    assert resize_image(image, 20).shape == (1, 10, 20, 3)
    assert resize_image(image, (7, 9)).shape == (1, 7, 9, 3)
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
