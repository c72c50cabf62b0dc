"""Where files will be written: their names, and that they can be, checked before the work and not after it."""

import errno
import hashlib
import itertools
import json
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

LONGEST_NAME = 255  # bytes that file systems take
WHY = {
    errno.ENAMETOOLONG: f"its name is too long; {LONGEST_NAME} bytes are the most",
    errno.EACCES: "you may not write there; choose another folder",
    errno.EPERM: "you may not write there; choose another folder",
    errno.EROFS: "nothing can be written there; choose another folder",
    errno.ENOENT: "the folder that it would be in is not there",
    errno.EEXIST: "it is a file; expected a folder",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.ELOOP: "it is a link that leads to itself; choose another name",
}


def temporary_name() -> str:
    """The name of a file on its way: short and of plain letters, however long the name is that it will get."""
    return f".nst-{uuid.uuid4().hex}.tmp"


def beside(path: str | os.PathLike, ending: str) -> Path:
    """The path with this ending in place of its suffix; if that gets too long, with a hash for a part of the name."""
    path = Path(path)
    name = path.stem + ending
    if len(os.fsencode(name)) > LONGEST_NAME:
        sign = f"-{hashlib.sha256(os.fsencode(path.stem)).hexdigest()[:8]}{ending}"
        name = os.fsencode(path.stem)[: LONGEST_NAME - len(sign)].decode(errors="ignore") + sign
    return path.with_name(name)


def check_places(places: Mapping[str, str | os.PathLike], inputs: Iterable[str | os.PathLike] = ()) -> None:
    """Refuse what cannot be written, what is an input, and one path for two things; {what it is: path}."""
    inputs = list(inputs)
    for path in places.values():
        check_place(path, inputs)
    for (one, path), (other, second) in itertools.combinations(places.items(), 2):
        if os.path.realpath(path) == os.path.realpath(second):
            raise ValueError(f"{os.fspath(second)!r} cannot be {one} and {other}; give one of them another name")


def check_place(path: str | os.PathLike, inputs: Iterable[str | os.PathLike] = ()) -> None:
    """Refuse a path that cannot be written (OSError), or is one of the inputs (ValueError), also by a link."""
    target = Path(os.path.realpath(path))
    for each in inputs:
        if os.path.exists(path) and os.path.exists(each) and os.path.samefile(path, each):
            raise ValueError(f"{os.fspath(path)!r} is one of the inputs, which would be lost; choose another name")
    if not target.parent.is_dir():
        link = f", where {os.fspath(path)!r} points to" if os.path.islink(path) else ""
        parent = target.parent if link else Path(path).parent
        raise FileNotFoundError(f"no folder {str(parent)!r} to write {target.name!r} into{link}")
    if os.path.isdir(target):
        raise IsADirectoryError(f"{os.fspath(path)!r} is a folder; give the name of a file in it")
    try:
        os.stat(path)
        probe = target.with_name(temporary_name())  # of what is there, nothing is touched
    except FileNotFoundError:
        probe = target
    except OSError as error:
        raise refused(path, error) from None
    try:  # what the system says of permissions does not always hold
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.unlink(probe)
    except FileExistsError:
        pass
    except OSError as error:
        raise refused(path, error) from None


def refused(path: str | os.PathLike, error: OSError) -> OSError:
    """The same error in words."""
    why = WHY.get(error.errno or 0, f"{error.strerror}; choose another place")
    return type(error)(f"{os.fspath(path)[-200:]!r} cannot be written: {why}")


def sidecar_path(path: str | os.PathLike) -> Path:
    """The JSON file of a picture.

    Raises FileExistsError: it is there, and belongs to another picture beside this one, such as x.jpg beside x.png.
    """
    path, found = Path(path), beside(path, ".json")
    owner = _owner(found)
    if owner and owner != path.name and Path(owner).stem == path.stem and os.path.exists(path.with_name(owner)):
        raise FileExistsError(f"{str(found)!r} has the settings of {owner!r}; give {path.name!r} another name before "
                              "its suffix")  # fmt: skip
    return found


def _owner(found):
    """The name of the picture that a JSON file is beside; None if it does not say."""
    try:
        owner = json.loads(found.read_bytes())["picture"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return owner if isinstance(owner, str) else None
