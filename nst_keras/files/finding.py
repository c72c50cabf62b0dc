"""Which pictures a name stands for: those in a folder, those that a pattern fits, a file, or a bundled one."""

import glob
import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from nst_keras.files.kinds import HEAD, is_raw, kind_of, learn_heif
from nst_keras.files.pictures import bundled_pictures

UNREADABLE = {"BUFR", "GRIB", "HDF5", "MPEG", "WMF"}  # formats that Pillow recognizes, but does not read
MOST_NAMES = 8  # of what was left out


def find_pictures(given: str | os.PathLike | Sequence[str | os.PathLike]) -> list[str]:
    """The pictures that a name stands for, each once: absolute paths, and short names of bundled pictures.

    Args:
        given: a file, a folder (all pictures in it, of any kind that can be read), a pattern such as
            ``photos/*.jpg``, the short name of a bundled picture, or a list of these.

    Raises:
        FileNotFoundError: there is none. ValueError: an image in memory, a pipe.

    Warns:
        UserWarning: what was left out of a folder, or of what a pattern fits.
    """
    if isinstance(given, (list, tuple)):
        return list(dict.fromkeys(path for each in given for path in find_pictures(each)))
    if not isinstance(given, (str, os.PathLike)):
        raise ValueError("give pictures as files, folders or patterns, not as images in memory")
    name = os.fspath(given)
    if os.path.isdir(name):
        found = _pictures_among(sorted(Path(name).iterdir()), f"the folder {name!r}")
    elif os.path.isfile(name):
        found = [Path(name)]
    elif os.path.exists(name):
        raise ValueError(f"{name!r} is a pipe or a device, which can be read but once; give files or folders")
    elif name in bundled_pictures():
        return [name]
    else:
        fitting = [Path(each) for each in dict.fromkeys(map(_place, _fitting(name)))]
        if not fitting:
            bundled = ", ".join(bundled_pictures())
            raise FileNotFoundError(f"no such picture, folder or pattern: {name!r}; bundled pictures are {bundled}")
        found = _pictures_among(fitting, f"what fits {name!r}")
    return list(dict.fromkeys(_place(each) for each in found))


def _place(path):
    """Folders by their own names: through a link to a folder above, ** comes to each picture again and again."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _fitting(pattern):
    """What a pattern fits. In a folder that is there under just this name, brackets mean themselves."""
    folder = next((str(each) for each in Path(pattern).parents if each.is_dir()), "")
    rest = pattern[len(folder) :] if pattern.startswith(folder) else None
    whole = pattern if rest is None else glob.escape(folder) + rest
    return sorted(glob.glob(whole, recursive=True)) or sorted(glob.glob(pattern.replace("[", "[[]"), recursive=True))


def _pictures_among(paths: Iterable[Path], where: str) -> list[Path]:
    """The pictures among files; in one note, what else there was: not hidden files, and not pictures' JSON files."""
    learn_heif()
    Image.init()
    found, left = [], []
    for path in paths:
        what = "hidden" if path.name.startswith(".") else _what_else(path)
        if not what:
            found.append(path)
        elif what not in ("hidden", "a JSON file"):
            left.append(f"{path.name!r} ({what})")
    names = ", ".join(left[:MOST_NAMES])[:180] + f" and {len(left) - MOST_NAMES} more" * (len(left) > MOST_NAMES)
    if not found:
        raise FileNotFoundError(f"no pictures in {where}" + (f"; there is {names}" if left else ", which is empty"))
    if left:
        warnings.warn(f"left out of {where}: {names}", stacklevel=4)
    return found


def _what_else(path):
    """What a path is, if it is no picture to try: "" for pictures, also damaged ones, which fail one by one."""
    if not path.is_file():
        return "a folder" if path.is_dir() else "no file"
    known = Image.registered_extensions().get(path.suffix.lower())
    if known in Image.OPEN and known not in UNREADABLE:
        return ""
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            head = file.read(HEAD)
            file.seek(0)
            with Image.open(file) as opened:
                if opened.format not in UNREADABLE and not (opened.format == "TIFF" and is_raw(opened, path.name)):
                    return ""
    except PermissionError:
        return "may not be read"
    except Exception:  # Pillow's readers raise many kinds
        pass
    return kind_of(head, path.name)[0] or "of no known kind"
