"""Picture files: what is read, what is refused, and that files are written whole or not at all."""

import io
import os
import struct
import subprocess
import sys
import tempfile
import threading
import unicodedata
import warnings
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from nst_keras import bundled_pictures, data_path, load_image, resize_image, save_image
from nst_keras.files import kinds
from nst_keras.files.pictures import picture_path, read_picture, write_whole
from nst_keras.files.places import check_place

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
    picture.save(tmp_path / "swapped.png", icc_profile=swapped_profile())
    np.testing.assert_allclose(load_image(tmp_path / "swapped.png")[0, 0, 0], [140, 130, 120], atol=3)
    picture.save(tmp_path / "broken.png", icc_profile=b"nonsense")
    with pytest.warns(UserWarning, match="color profile that cannot be read"):
        np.testing.assert_array_equal(load_image(tmp_path / "broken.png")[0, 0, 0], [120, 130, 140])


def gray_profile():
    """A color profile of gray pictures whose values are proportional to light: 128 of 255 is brighter than in sRGB."""

    def text(kind, words):
        return kind + bytes(4) + words

    tags = {
        b"cprt": text(b"text", b"none\0"),
        b"desc": text(b"desc", struct.pack(">I", 5) + b"gray\0" + bytes(79)),
        b"wtpt": text(b"XYZ ", struct.pack(">3i", 63190, 65536, 54061)),
        b"kTRC": text(b"curv", struct.pack(">I", 0)),  # no point: the identity
    }
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", offset + len(body), b"lcms", 0x02100000, b"mntr", b"GRAY", b"XYZ ")
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def swapped_profile():
    """sRGB with red and blue exchanged: it shows whether a profile is applied."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"temp").replace(b"bXYZ", b"rXYZ").replace(b"temp", b"bXYZ")


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_color_profiles_of_opaque_pictures_with_transparency(tmp_path, suffix):
    """As many screenshots are; nothing is said, for nothing is lost."""
    picture = Image.new("RGBA", (8, 8), (120, 130, 140, 255))
    picture.save(tmp_path / f"opaque.{suffix}", icc_profile=swapped_profile(), lossless=True)
    np.testing.assert_allclose(load_image(tmp_path / f"opaque.{suffix}")[0, 0, 0], [140, 130, 120], atol=3)


def test_color_profiles_of_transparent_pictures(tmp_path):
    """The profile holds for the colors, not for the white behind them."""
    picture = Image.new("RGBA", (8, 8), (0, 0, 200, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 4, 8))
    picture.paste((0, 0, 200, 128), (4, 0, 8, 4))
    picture.save(tmp_path / "clear.png", icc_profile=swapped_profile())
    with pytest.warns(UserWarning, match="is transparent; it is put on white"):
        image = load_image(tmp_path / "clear.png")[0]
    np.testing.assert_allclose(image[7, 7], [200, 0, 0], atol=3)
    np.testing.assert_allclose(image[0, 0], [255, 255, 255])
    np.testing.assert_allclose(image[0, 7], [227, 127, 127], atol=3)


def test_color_profiles_of_palettes(tmp_path):
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([0, 0, 0, 120, 130, 140])
    picture.save(tmp_path / "palette.png", icc_profile=swapped_profile())
    np.testing.assert_allclose(load_image(tmp_path / "palette.png")[0, 0, 0], [140, 130, 120], atol=3)


@pytest.mark.parametrize(("mode", "color"), [("L", 128), ("LA", (128, 255))])
def test_color_profiles_of_gray_pictures(tmp_path, mode, color):
    picture = Image.new(mode, (8, 8), color)
    picture.save(tmp_path / "gray.png", icc_profile=gray_profile())
    np.testing.assert_allclose(load_image(tmp_path / "gray.png")[0, 0, 0], [188, 188, 188], atol=1)
    picture.save(tmp_path / "color.png", icc_profile=swapped_profile())  # a profile of colors, as some cameras have it
    np.testing.assert_allclose(load_image(tmp_path / "color.png")[0, 0, 0], [128, 128, 128], atol=40)


def test_names_with_spaces_and_letters(tmp_path):
    path = tmp_path / "Ein schönes Bild 画像.png"
    save_image(random_image(), path)
    np.testing.assert_array_equal(load_image(path), random_image())


def test_sizes_that_are_refused_before_decoding(tmp_path):
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png", compress_level=1)
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


@pytest.mark.skipif(resource is None, reason="the system does not tell")
def test_the_largest_pictures_need_less_than_a_gigabyte(tmp_path):
    """In a process that has had nothing large before, not even TensorFlow, which only makes a tensor of the result."""
    Image.new("RGBA", (10_000, 5_000)).save(tmp_path / "large.png", compress_level=1)
    Image.new("I;16", (10_000, 5_000)).save(tmp_path / "large.tiff")
    code = f"""
import resource, sys
from nst_keras.files.pictures import read_picture
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before = peak()
for name in ("large.png", "large.tiff"):
    assert read_picture(r"{tmp_path}" + "/" + name, 64).shape == (32, 64, 3)
assert "tensorflow" not in sys.modules
print(peak() - before)
"""
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True)
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


def test_names_that_look_the_same(tmp_path, monkeypatch):
    """A Mac writes é in two letters. Capitals and addresses are not guessed at, but said."""
    monkeypatch.chdir(tmp_path)
    picture = Image.new("RGB", (8, 6), "teal")
    for ways in ("NFC", "NFD"), ("NFD", "NFC"):
        on_disk, given = (f"{ways[0]} {unicodedata.normalize(form, 'é')}.png" for form in ways)
        picture.save(on_disk)
        assert picture_path(given) == Path(on_disk)
        assert np.array_equal(read_picture(given), picture)
    picture.save("IMG_1.JPG")
    for given, said in (("img_1.jpg", "there is 'IMG_1.JPG'"), ("https://example.com/a.jpg", "download it")):
        with pytest.raises(FileNotFoundError, match=rf"no such picture: '{given}'; {said}"):
            read_picture(given)


def test_values_of_other_ranges(tmp_path):
    """Of 32 bits, signed, of 12 bits in 16, and with 0 for white: what would be white, black or a negative is said."""
    ramp = np.linspace(0, 1, 48).reshape(6, 8)
    for values in (ramp * 2e9, ramp * 1000 - 500):
        Image.fromarray(values.astype(np.int32)).save(tmp_path / "x.tif")
        with pytest.raises(ValueError, match=r"x\.tif.*: its values are not within 16 bits"):
            read_picture(tmp_path / "x.tif")
    for name, values in (("x.tif", (ramp * 4095).astype(np.uint16)), ("x.png", (ramp * 15).astype(np.uint8))):
        Image.fromarray(values).save(tmp_path / name)
        with pytest.warns(UserWarning, match=r"is almost black, 1[56] of 255 where it is brightest") as said:
            read_picture(tmp_path / name)
        assert len(said) == 1
    Image.fromarray((ramp * 65535).astype(np.uint16)).save(tmp_path / "x.tif", tiffinfo={262: 0})
    assert read_picture(tmp_path / "x.tif")[[0, -1], [0, -1], 0].tolist() == [255, 0]


def test_without_permission(locked_folder):
    with pytest.raises(ValueError, match=r"cannot read .*secret\.png.*Permission denied"):
        load_image(locked_folder / "secret.png")
    with pytest.raises(PermissionError):
        save_image(random_image(), locked_folder / "out.png")
    for name in ("out.png", "secret.png"):
        with pytest.raises(PermissionError, match=rf"{name}' cannot be written: you may not write there; choose"):
            check_place(locked_folder / name)
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
    Image.new("F", (4, 4), 0.5).save(tmp_path / "float.tiff")
    with pytest.raises(ValueError, match=r"cannot read .*float\.tiff.*of unknown range; save it with 8 bits"):
        load_image(tmp_path / "float.tiff")
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


# Where files are, and how they are written


def test_bundled_pictures_have_short_names(tmp_path, monkeypatch):
    names = bundled_pictures()
    assert {"palace", "great_wave", "brick"} <= set(names)
    assert all(path.stem == name and path.is_file() for name, path in names.items())
    np.testing.assert_array_equal(load_image("palace", 64), load_image(data_path("content/palace.jpg"), 64))
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (8, 8), (100, 20, 30)).save("palace", format="PNG")
    assert picture_path("palace") == Path("palace")  # a file of that name comes first
    np.testing.assert_array_equal(load_image("palace")[0, 0, 0], [100, 20, 30])
    with pytest.raises(FileNotFoundError, match=r"no such picture: 'palast'; bundled ones are .*palace"):
        load_image("palast")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
@pytest.mark.parametrize(("umask", "expected"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_the_umask_decides_who_may_read(tmp_path, umask, expected):
    before = os.umask(umask)
    try:
        save_image(random_image(), tmp_path / "out.png")
        (tmp_path / "open.png").touch(0o666)
        save_image(random_image(), tmp_path / "open.png", overwrite=True)
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in sorted(tmp_path.iterdir())] == [expected] * 2


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_what_a_link_points_to_is_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target.png", tmp_path / "link.png"
    save_image(np.zeros((4, 4, 3)), target)
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        save_image(random_image(), link)
    assert save_image(random_image(), link, overwrite=True) == link
    assert link.is_symlink()
    np.testing.assert_array_equal(load_image(target), random_image())
    assert [path.name for path in target.parent.iterdir()] == ["target.png"]


def test_a_failing_writer_leaves_the_old_file(tmp_path):
    def fail(file):
        file.write(b"half")
        raise KeyboardInterrupt

    (tmp_path / "out.txt").write_bytes(b"precious")
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "out.txt", fail, overwrite=True)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"precious"]


# What is no picture is named, and what to do about it


FOREIGN = {
    "photo.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "HEIC; pip install pillow-heif, or save it"),
    "photo.jxl": (b"\xff\x0a" + bytes(range(99)), "JPEG XL; export it as PNG or JPEG"),
    "box.jxl": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(99), "JPEG XL"),
    "photo.cr3": (b"\0\0\0\x18ftypcrx " + bytes(99), "a camera's RAW file; export it as PNG or JPEG"),
    "photo.raf": (b"FUJIFILMCCD-RAW " + bytes(99), "a camera's RAW file"),
    "page.jpg": (b"\n<!DOCTYPE HTML><html><body>404</body></html>", "an HTML page; fetch the picture itself"),
    "login.png": (b"\xef\xbb\xbf<!-- x --><html lang='en'>", "an HTML page"),
    "pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    "empty.jpg": (b"", "empty; copy or fetch it once more"),
    "zeros.jpg": (bytes(5000), "nothing but zeros"),
    "notes.png": ("Grüße, " .encode() * 700, "text; give a picture"),
    "drawing.svg": (b"<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='x'></svg>", "SVG; export it as PNG"),
    "paper.pdf": (b"%PDF-1.7\n" + bytes(99), "a PDF; export the page as PNG"),
    "film.mp4": (b"\0\0\0\x20ftypisom" + bytes(99), "a video; save one frame as PNG"),
    "film.webm": (b"\x1aE\xdf\xa3" + bytes(99), "a video"),
    "out.json": (b'{"settings": 1}', "a JSON file; a picture's JSON file goes to --settings"),
    "unknown.png": (b"\x01\x02\x03\x04" * 9, "it is of no known kind"),
    "cut.jpg": (b"\xff\xd8\xff\xe0" + bytes(40), "it is a JPEG picture, but damaged, cut off or not supported"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_picture_is_named(tmp_path, name):
    data, said = FOREIGN[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match="as a picture: ") as error:
        load_image(tmp_path / name)
    sentence = str(error.value).replace(str(tmp_path), "")
    assert said in sentence
    assert len(sentence) <= 300
    assert "cannot identify" not in sentence or name in ("unknown.png", "cut.jpg")


def test_a_raw_file_is_not_its_thumbnail(tmp_path):
    Image.new("RGB", (8, 6)).save(tmp_path / "photo.nef", "TIFF")
    Image.new("RGB", (8, 6)).save(tmp_path / "photo.tif", tiffinfo={0xC612: b"\1\4\0\0"})
    for name in ("photo.nef", "photo.tif"):
        with pytest.raises(ValueError, match="it is a camera's RAW file; export it as PNG or JPEG"):
            load_image(tmp_path / name)


def test_heic_is_read_where_its_package_is(tmp_path, monkeypatch):
    """Here by a stand-in for it, which knows one picture."""
    data = FOREIGN["photo.heic"][0]
    (tmp_path / "photo.heic").write_bytes(data)

    class Heif(ImageFile.ImageFile):
        format = "HEIF"

        def _open(self):
            self._mode, self._size = "RGB", (8, 6)

        def load(self):
            self.im = Image.new("RGB", (8, 6), (9, 90, 200)).im

    def register():
        Image.register_open("HEIF", Heif, lambda head: head[4:12] == b"ftypheic")

    monkeypatch.setattr(Image, "OPEN", dict(Image.OPEN))
    monkeypatch.setattr(Image, "ID", list(Image.ID))
    monkeypatch.setitem(sys.modules, "pillow_heif", SimpleNamespace(register_heif_opener=register))
    np.testing.assert_array_equal(load_image(tmp_path / "photo.heic")[0, 0, 0], [9, 90, 200])


# Metadata never costs the picture


def with_segment(jpeg, marker, data):
    """A JPEG with one more segment at its beginning."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def odd_exif(orientation):
    """EXIF with an entry of a wrong type, which can be read, but not written."""
    entries = struct.pack("<HHLHH", 0x112, 3, 1, orientation, 0) + struct.pack("<HHL4s", 0x128, 2, 4, b"in")
    return b"Exif\0\0II*\0" + struct.pack("<LH", 8, 2) + entries + bytes(30)


def as_bytes(kind, **options):
    file = io.BytesIO()
    picture = Image.new("RGB", (40, 20), (0, 128, 128))
    picture.paste((200, 0, 0), (0, 0, 20, 20))
    picture.save(file, kind, **options)
    return file.getvalue()


def test_odd_exif_with_rotation(tmp_path):
    (tmp_path / "odd.jpg").write_bytes(with_segment(as_bytes("JPEG", quality=95), 0xE1, odd_exif(6)))
    image = load_image(tmp_path / "odd.jpg")
    assert image.shape == (1, 40, 20, 3)
    np.testing.assert_allclose(image[0, 3, 10], [200, 0, 0], atol=6)  # what was left is on top


@pytest.mark.parametrize("seed", range(40))
def test_random_exif_never_costs_the_picture(tmp_path, seed):
    random = np.random.default_rng(seed)
    entries = [struct.pack("<HHLHH", 0x112, 3, 1, 6, 0)]
    for _ in range(5):
        tag, kind, count = (int(random.integers(high)) for high in (2**16, 14, 9))
        entries.append(struct.pack("<HHL", tag, kind, count) + random.bytes(4))
    exif = b"Exif\0\0II*\0" + struct.pack("<LH", 8, 6) + b"".join(entries) + random.bytes(40)
    (tmp_path / "odd.jpg").write_bytes(with_segment(as_bytes("JPEG"), 0xE1, exif))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert sorted(load_image(tmp_path / "odd.jpg").shape) == [1, 3, 20, 40]


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    ("kind", "data", "lost"),
    [
        (b"zTXt", b"workflow\0\0" + zlib.compress(b"x" * 2_000_000), "some of it"),
        (b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(b"x" * 2_000_000), "some of it"),
        (b"iCCP", b"large\0\0" + zlib.compress(b"x" * 2_000_000), "also its color profile"),
    ],
)
def test_oversized_chunks_of_png(tmp_path, kind, data, lost):
    png = as_bytes("PNG")
    (tmp_path / "large.png").write_bytes(png[:33] + png_chunk(kind, data) + png[33:])
    with pytest.warns(UserWarning, match=f"large.png' has damaged or oversized metadata; {lost}"):
        np.testing.assert_array_equal(load_image(tmp_path / "large.png")[0, 5, 5], [200, 0, 0])


def test_much_text_does_not_cost_the_color_profile(tmp_path):
    text = PngImagePlugin.PngInfo()
    for number in range(70):
        text.add_text(f"chunk {number}", "x" * 1_000_000, zip=True)
    (tmp_path / "large.png").write_bytes(as_bytes("PNG", pnginfo=text, icc_profile=swapped_profile()))
    with pytest.warns(UserWarning, match="oversized metadata; some of it is left out"):
        np.testing.assert_allclose(load_image(tmp_path / "large.png")[0, 5, 5], [0, 0, 200], atol=3)


def test_the_preview_of_a_phones_jpeg_is_no_frame(tmp_path):
    picture = Image.new("RGB", (16, 12), (50, 100, 150))
    picture.save(tmp_path / "phone.jpg", "MPO", save_all=True, append_images=[picture.resize((8, 6))], quality=100)
    with Image.open(tmp_path / "phone.jpg") as opened:
        assert (opened.format, opened.n_frames) == ("MPO", 2)
    np.testing.assert_allclose(load_image(tmp_path / "phone.jpg")[0, 6, 6], [50, 100, 150], atol=2)


# Pipes and devices


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX pipes")
def test_pipes(tmp_path, monkeypatch):
    pipe, data = tmp_path / "pipe.png", as_bytes("PNG")
    os.mkfifo(pipe)
    monkeypatch.setattr(kinds, "PATIENCE", 0.1)
    with pytest.raises(ValueError, match=r"pipe\.png' as a picture: it is a pipe through which nothing comes"):
        load_image(pipe)
    monkeypatch.setattr(kinds, "PATIENCE", 60)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    assert load_image(pipe).shape == (1, 20, 40, 3)
    writer.join()
    slow = subprocess.Popen(["sh", "-c", f"sleep 0.3; head -c 60 {pipe}.data; sleep 0.3; tail -c +61 {pipe}.data"],
                            stdout=subprocess.PIPE)  # fmt: skip
    Path(f"{pipe}.data").write_bytes(data)
    with slow:
        assert load_image(f"/dev/fd/{slow.stdout.fileno()}").shape == (1, 20, 40, 3)


@pytest.mark.skipif(os.name == "nt", reason="POSIX devices")
def test_devices_and_folders(tmp_path):
    with pytest.raises(ValueError, match="it is a device, a terminal or a socket; expected a file"):
        load_image("/dev/zero")
    with pytest.raises(ValueError, match="it is a folder; expected a file"):
        load_image(tmp_path)
