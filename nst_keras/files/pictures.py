"""Picture files: finding, reading and writing them."""

import contextlib
import hashlib
import io
import os
import unicodedata
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageColor, UnidentifiedImageError

from nst_keras.files.kinds import CONVERT, HEAD, is_raw, kind_of, learn_heif, open_special, without_metadata
from nst_keras.files.places import temporary_name

PACKAGE = Path(__file__).resolve().parent.parent
DATA = PACKAGE / "data" if (PACKAGE / "data").is_dir() else PACKAGE.parent / "data"  # installed, or in the repository
MOST_PIXELS = 50_000_000  # of a picture to read or to make; keeps decoding well under 1 GB
MUCH_ENLARGED, MOST_ENLARGED = 2, 16  # times: worth a word; beyond that there is nothing to see
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"}
TURNS: dict[Any, Any] = dict(
    enumerate([None, *(Image.Transpose(n) for n in (0, 3, 1, 5, 4, 6, 2))], start=1)
)  # by EXIF's number
ALMOST_BLACK = 16  # of 255, to which 12 bits of 16 come: what is nowhere brighter looks black
PHOTOMETRIC = 262  # a tag of TIFF: 0 if 0 is white
LOSSY = {"JPEG": {"quality": 92}, "WEBP": {"quality": 92}}


def data_path(name: str) -> Path:
    """Path of a bundled file: data_path("content/palace.jpg")."""
    path = DATA / name
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else DATA
        there = sorted(p.relative_to(DATA).as_posix() for p in folder.iterdir() if not p.name.startswith("."))
        raise FileNotFoundError(f"no bundled file {str(name)!r}; in that folder: {', '.join(there)}")
    return path


def bundled_pictures() -> dict[str, Path]:
    """{"palace": its path, "great_wave": ..., ...}: the pictures that come with this package, by their short names."""
    return {path.stem: path for kind in ("content", "style", "texture") for path in sorted((DATA / kind).glob("*.jpg"))}


def bundled_maps() -> dict[str, Path]:
    """The bundled color maps of regions by short name, that of their picture."""
    return {path.stem: path for path in sorted((DATA / "regions").glob("*.png"))}


def map_path(name: str) -> Path | None:
    """The file of a map: with this name, or the bundled one; None for the name of a color."""
    if os.path.exists(name):
        return Path(name)
    bundled = bundled_maps()
    if name not in bundled and not is_color(name):
        there = ", ".join(bundled)
        raise FileNotFoundError(f"no map {name!r}: no such file, no color, and none of the bundled {there}")
    return bundled.get(name)


def is_color(name: str) -> bool:
    """Whether this is the name of a color, such as "red" or "#ff0000"."""
    try:
        return bool(ImageColor.getrgb(name))
    except ValueError:
        return False


def absolute_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings, as `Settings.as_dict` gives them, for use from another folder: their files by absolute paths."""
    maps, weights = settings["regions"], settings["weights"]
    return settings | {
        "weights": weights if weights in ("bundled", "imagenet") else os.path.abspath(weights),
        "regions": maps and [_absolute(name) for name in maps],
        "mask": settings["mask"] and _absolute(settings["mask"]),
    }


def _absolute(name):
    """A map's file as an absolute path; short names and colors stay."""
    return os.path.abspath(name) if os.path.exists(name) else name


def picture_path(name: str | os.PathLike) -> Path:
    """The path of a picture: of the file with this name, else of the bundled picture with this short name."""
    path = Path(name)
    return path if path.exists() else bundled_pictures().get(os.fspath(name)) or _spelled_otherwise(path)


def _spelled_otherwise(path):
    """The file whose name looks the same: é is one letter, or, on a Mac, e and an accent."""
    same = lambda name: unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", path.name)
    with contextlib.suppress(OSError, ValueError):
        return path.with_name(next(filter(same, os.listdir(path.parent)), path.name))
    return path


def read_picture(
    path: str | os.PathLike, max_side: int | None = None, layer: tuple[str, str] | None = None
) -> np.ndarray:
    """A picture file as uint8 (H, W, 3), RGB; see `nst_keras.images.load_image`.

    A map is a layer, (a color, a note on it): no colors are mixed where it is transparent; where that is more than
    half, it has this color.
    """
    given, path, head = path, picture_path(path), b""
    try:
        with open(path, "rb") if path.is_file() else open_special(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata; what matters is said below
            try:
                picture, alpha, notes = _read(file, path, max_side)
            except Exception as error:
                file.seek(0)
                head = file.read(HEAD)
                picture, alpha, notes = _read_otherwise(file, path, max_side, error)
    except FileNotFoundError:
        raise FileNotFoundError(f"no such picture: {os.fspath(given)!r}; {_instead(os.fspath(given))}") from None
    except Exception as error:  # Pillow's readers raise many kinds for damaged files
        raise ValueError(f"cannot read {str(path)!r} as a picture: {_why(error, head, path)}") from error
    if alpha is not None:
        behind, note = layer or ("white", "it is put on white")
        notes.append(f"is transparent; {note}")
        alpha = alpha.point(lambda value: 255 * (value > 127)) if layer else alpha
        picture = Image.composite(picture, Image.new("RGB", picture.size, behind), alpha)
    for note in notes:
        warnings.warn(f"{str(path)!r} {note}", stacklevel=3)
    if max_side is not None:
        width, height = picture.size
        size = scaled_size(height, width, max_side)
        check_enlargement(repr(str(path)), height, width, max_side)
        picture = picture.resize(size[::-1], Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _instead(given):
    """What to give in place of a picture that is not there."""
    if "://" in given:
        return "download it, and give the file"
    folder, last = os.path.split(given)
    there = os.listdir(folder or ".") if os.path.isdir(folder or ".") else []
    near = [name for name in there if name.lower() == last.lower()]
    return f"there is {near[0]!r}" if near else f"bundled ones are {', '.join(bundled_pictures())}"


class _Refused(ValueError):
    """A picture that can be read, but is not wanted."""


def _why(error, head, path):
    """Why a picture cannot be read, and what to do."""
    if isinstance(error, Image.DecompressionBombError):
        return f"its pixels are too many; reduce it to {MOST_PIXELS:,} at most"
    if isinstance(error, OSError) and error.strerror and not head:
        return f"{error.strerror}; expected a file that may be read"
    kind, remedy = kind_of(head, str(path))
    if isinstance(error, _Refused) or not (head or isinstance(error, UnidentifiedImageError)):
        return str(error)
    if remedy and not (kind == "HEIC" and learn_heif()):
        return f"it is {kind}; {remedy}"
    what = f"it is {kind}, but" if kind else "it is of no known kind,"
    return f"{what} damaged, cut off or not supported ({str(error)[:80]}); fetch it once more, or export it as PNG"


def _read_otherwise(file, path, max_side, error):
    """What `_read` returns, of a picture where that has failed. Metadata that Pillow stumbles over never costs it."""
    if isinstance(error, UnidentifiedImageError) and learn_heif():
        return _read(file, path, max_side)
    for keep, lost in ((True, "some of it"), (False, "also its color profile and rotation")):
        file.seek(0)
        lighter = without_metadata(file, keep)
        with contextlib.suppress(Exception):
            if lighter and not isinstance(error, _Refused):
                picture, alpha, notes = _read(io.BytesIO(lighter), path, max_side)
                return picture, alpha, [*notes, f"has damaged or oversized metadata; {lost} is left out"]
    raise error


def _read(file, path, max_side):
    """(an upright RGB picture, its alpha channel if something is transparent, notes) of an open file."""
    file.seek(0)
    with Image.open(file) as opened:
        if opened.format == "TIFF" and is_raw(opened, str(path)):
            raise _Refused(f"it is a camera's RAW file; {CONVERT}")
        notes = _notes_on_frames(opened) if hasattr(opened, "is_animated") else []
        if opened.width * opened.height > MOST_PIXELS and max_side is not None:
            opened.draft("RGB", (2 * max_side, 2 * max_side))  # JPEG can be reduced while it is decoded
        if opened.width * opened.height > MOST_PIXELS:
            size = f"{opened.width} x {opened.height}"
            raise _Refused(f"{size} pixels are too many; reduce it to {MOST_PIXELS:,} at most")
        opened.load()
        try:  # Pillow's own function also writes the metadata anew, which may fail
            turn = TURNS.get(opened.getexif().get(ExifTags.Base.Orientation))
        except Exception:
            turn = None
            notes.append("has metadata that cannot be read; it is taken as upright")
        picture = opened if turn is None else opened.transpose(turn)
    if picture.mode[0] in "IF":
        picture = _in_8_bits(picture, getattr(opened, "tag_v2", {}).get(PHOTOMETRIC) == 0)
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    if picture.info.get("icc_profile"):
        picture, note = _to_srgb(picture)
        notes += note
    picture, alpha = picture.convert("RGB"), alpha if alpha and np.asarray(alpha).min() < 255 else None
    brightest = int(np.max(picture.getextrema()))
    if alpha is None and 0 < brightest <= ALMOST_BLACK:
        notes.append(f"is almost black, {brightest} of 255 where it is brightest; if it holds fewer bits, stretch them")
    return picture, alpha, notes


def _notes_on_frames(opened):
    """What is left out of an animation, or of several pages. A phone's JPEG may have a preview, which is no frame."""
    if opened.format == "MPO":
        return []
    try:
        frames = getattr(opened, "n_frames", 1)
    except Exception:  # damaged beyond the first one
        opened.seek(0)
        return ["has further frames, which are damaged; only the first is used"]
    return [f"has {frames} frames; only the first is used"] if frames > 1 else []


def _in_8_bits(picture, inverse):
    """A gray picture of 16 bits per value; in `inverse` ones 0 is white, which Pillow leaves."""
    if picture.mode == "F":
        raise _Refused("its values are floating-point numbers of unknown range; save it with 8 bits per color")
    values = np.asarray(picture, np.float64) / 257
    if values.min() < 0 or values.max() > 255:
        raise _Refused("its values are not within 16 bits, 0 to 65,535; save it with 8 bits per color")
    return Image.fromarray((255 - values if inverse else values).round().astype(np.uint8))


def _to_srgb(picture):
    """The colors of a picture (without its transparency) as sRGB, by its color profile; and notes."""
    flat = picture if picture.mode in ("RGB", "CMYK") else picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        flat = picture.convert("L") if source.profile.xcolor_space.strip() == "GRAY" else flat
        return ImageCms.profileToProfile(flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB"), []
    except Exception:  # whatever Pillow stumbles over
        return flat, ["has a color profile that cannot be read; its colors are taken as sRGB"]


def write_picture(pixels: np.ndarray, path: str | os.PathLike, overwrite: bool = False) -> Path:
    """Write uint8 (H, W, 3); see `nst_keras.images.save_image`."""
    picture, kind = Image.fromarray(pixels), picture_format(path)
    return write_whole(path, lambda file: picture.save(file, format=kind, **LOSSY.get(kind, {})), overwrite)


def picture_format(path: str | os.PathLike) -> str:
    """Pillow's name of the format that the suffix of `path` stands for; ValueError if it cannot be written."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(
            f"no picture format for the suffix {suffix!r} of {str(path)!r}; use one of {', '.join(FORMATS)}"
        )
    return FORMATS[suffix]


def write_whole(path: str | os.PathLike, write: Callable, overwrite: bool = False) -> Path:
    """Let `write(file)` fill a temporary file beside `path`, then move it there in one step; returns `path`."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(f"{str(path)!r} exists; choose another name or allow overwriting")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(path.parent)!r} to write {path.name!r} into")
    target = path.resolve()  # what a link points to is replaced, not the link
    temporary = target.with_name(temporary_name())
    try:
        with open(temporary, "xb") as file:
            write(file)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, by which it is known again."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_enlargement(name: str, height: int, width: int, max_side: int) -> None:
    """Say that a picture is much enlarged, and refuse to enlarge it beyond all sense (ValueError)."""
    longer = max(height, width)
    if max_side > MOST_ENLARGED * longer:
        raise ValueError(f"{name} has only {width} x {height} pixels, too few to be enlarged to {max_side}")
    if max_side > MUCH_ENLARGED * longer:
        warnings.warn(f"{name} has {width} x {height} pixels and is enlarged to {max_side}", stacklevel=4)


def scaled_size(height: int, width: int, max_side: int) -> tuple[int, int]:
    """(height, width) with `max_side` as the longer one, in the same proportions."""
    if not max_side >= 1:
        raise ValueError(f"max_side must be at least 1 pixel, not {max_side}")
    scale = max_side / max(height, width)
    height, width = max(1, round(height * scale)), max(1, round(width * scale))
    if height * width > MOST_PIXELS:
        raise ValueError(f"max_side {max_side} makes {width} x {height} pixels; {MOST_PIXELS:,} are the most")
    return height, width
