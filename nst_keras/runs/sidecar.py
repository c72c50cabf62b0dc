"""A picture and its sidecar: the JSON file beside it, with all that is needed to make the picture again."""

import json
import os
import platform
import warnings
from pathlib import Path
from typing import Any

import tensorflow as tf

import nst_keras
from nst_keras.files.backend import keras
from nst_keras.files.kinds import HEAD, kind_of, read_bytes
from nst_keras.files.pictures import bundled_maps, bundled_pictures, is_color, picture_path, sha256_of, write_whole
from nst_keras.files.places import check_place, sidecar_path
from nst_keras.images import write_image
from nst_keras.runs.quality import image_of, measure
from nst_keras.settings import Settings, names_where
from nst_keras.transfer import Run, inputs_of


def save_run(run: Run, path: str | os.PathLike, overwrite: bool = False, **notes: Any) -> tuple[Path, Path]:
    """Write the picture of a run, and beside it `<name>.json`.

    The picture is written first: whatever fails after that, it is there. Names that are not UTF-8 are escaped.

    Args:
        run: what `stylize` returned.
        path: of the picture; the suffix chooses the format.
        overwrite: whether existing files may be replaced.
        **notes: further entries of the sidecar.

    Returns:
        (path of the picture, path of the sidecar)

    Raises:
        FileExistsError: one of the two exists, and overwrite is False; or the JSON file is another picture's, as of
            x.jpg beside x.png. Nothing is written.
        FileNotFoundError, ValueError, OSError: no such folder, no such format or no image yet, a full disk.
    """
    path, beside = Path(path), sidecar_path(path)
    for each in (path, beside):
        check_place(each, inputs_of(run))
    if beside.exists() and not overwrite:
        raise FileExistsError(f"{str(beside)!r} exists; choose another name or allow overwriting")
    write_image(image_of(run), path, overwrite)
    record = {"picture": path.name, "picture_sha256": sha256_of(path)} | sidecar(run, path.parent) | notes
    data = (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode(errors="backslashreplace")  # as JSON does
    return path, write_whole(beside, lambda file: file.write(data), overwrite)


def sidecar(run: Run, folder: Path) -> dict[str, Any]:
    """What the JSON file of a run says; pictures of one's own are named relative to `folder`."""
    history, settings, image = run.history, run.settings.as_dict(), image_of(run)
    try:
        quality = measure(run)
    except Exception as error:  # out of memory, say: the rest is worth keeping
        warnings.warn(f"the quality of the picture could not be measured: {error}", stacklevel=2)
        quality = {}
    return {
        "content": _entry("picture", run.content, folder, run),
        "styles": [_entry("picture", style, folder, run) for style in run.styles],
        "size": [image.shape[2], image.shape[1]],
        "settings": settings,
        "maps": {name: _entry("map", name, folder, run) for name in _maps(run.settings)},
        "weights_sha256": run.weights_sha256,
        "costs_at_start": history.costs[0],
        "costs_at_end": history.final,
        "gradient_evaluations": history.evaluations,
        "interrupted": history.interrupted or history.progress is not None or run.scale < len(run.sizes) - 1,
        "seconds": round(history.seconds[-1], 1),
        "quality": quality,
        "versions": {
            "nst_keras": nst_keras.__version__,
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    }


def read_sidecar(path: str | os.PathLike) -> tuple[list, Settings]:
    """The pictures of a sidecar, content first, and its settings: `stylize(content, styles, settings)` replays it.

    Raises:
        FileNotFoundError: no such file.
        ValueError: not a sidecar; made from an image in memory.

    Warns:
        UserWarning: a picture has changed since.
    """
    path = Path(path)
    record = read_record(path)
    settings = _with_maps(settings_of(path, record), record.get("maps") or {}, path)
    pictures, bundled = [], bundled_pictures()
    for name, sha256 in [(each["picture"], each["sha256"]) for each in (record["content"], *record["styles"])]:
        if name is None:
            raise ValueError(f"{str(path)!r} was made from an image in memory; give the pictures as well")
        picture = bundled.get(name) or path.parent / name
        _warn_if_changed(picture, sha256, f"picture that {path.name} was made from")
        pictures.append(name if name in bundled else picture)
    return pictures, settings


def read_record(path: Path) -> dict[str, Any]:
    """What a sidecar says, once it is certain that it has the parts of one; errors as `read_sidecar`."""
    try:
        data = read_bytes(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"no sidecar {str(path)!r}") from None
    except (OSError, ValueError) as error:
        raise _no_sidecar(path, getattr(error, "strerror", None) or error) from error
    try:
        record = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        kind, beside = kind_of(data[:HEAD], str(path))[0], path.with_suffix(".json")
        instead = f"; give {str(beside)!r}" if beside != path and beside.exists() else ""
        kind = "JSON, but damaged" if kind == "a JSON file" else kind or "of no known kind"
        raise _no_sidecar(path, f"it is {kind}{instead}") from None
    for part, expected, fits in PARTS:
        if not isinstance(record, dict) or not fits(record.get(part)):
            raise _no_sidecar(path, f"its part {part!r} is missing or odd; expected {expected}")
    return record


def settings_of(path: Path, record: dict[str, Any]) -> Settings:
    """The Settings of a sidecar, if they are all there, and known; errors as `read_sidecar`."""
    given, known = record["settings"], Settings().as_dict().keys()
    missing = known - given.keys() - set(names_where("harmless_since"))
    if missing:  # today's default would make another picture
        raise _no_sidecar(path, f"an older version wrote it, without {', '.join(sorted(missing))}; use that version")
    if unknown := ", ".join(sorted(given.keys() - known))[:80]:
        raise _no_sidecar(path, f"its settings have {unknown}, which this version does not know")
    try:
        settings = Settings(**given)
    except Exception as error:  # settings that are refused, or of another type
        raise _no_sidecar(
            path, str(error)[:160] if isinstance(error, ValueError) else f"odd settings ({error})"
        ) from error
    if settings.strength is None and given.get("strength") is not None:
        warnings.warn(
            f"strength is {given['strength']} in {path.name}, but alpha and beta there are not those of it, and "
            "count; to change the strength, set both to null there, or give another one beside the file",
            stacklevel=3,
        )
    return settings


def _no_sidecar(path, why):
    return ValueError(f"{str(path)!r} is not a sidecar that can be replayed: {why}")


def _is_entry(value):
    """Whether this names a picture, or an image in memory."""
    words = [value.get("picture"), value.get("sha256")] if isinstance(value, dict) else [0]
    return all(word is None or (isinstance(word, str) and word and "\0" not in word) for word in words)


# Of a sidecar: each part, what it is in words, and whether a value can be one
PARTS = [
    ("settings", "the JSON file that nst-keras writes beside a picture", lambda value: isinstance(value, dict)),
    ("content", "a picture and its sha256", _is_entry),
    ("styles", "a list of pictures and their sha256",
     lambda value: isinstance(value, list) and bool(value) and all(map(_is_entry, value))),
    ("maps", "maps by name, each a picture and its sha256",
     lambda value: value is None or (isinstance(value, dict) and all(map(_is_entry, value.values())))),
]  # fmt: skip


def _maps(settings):
    """The maps that are files."""
    return [name for name in settings.maps if os.path.exists(name) or not is_color(name)]


def _with_maps(settings, maps, path):
    """The settings with the maps of the sidecar `path` as they are found from here."""
    found, bundled = {}, bundled_maps()
    for name, named in maps.items():
        file = bundled.get(named["picture"]) or path.parent / named["picture"]
        _warn_if_changed(file, named["sha256"], f"map that {path.name} was made with")
        found[name] = named["picture"] if named["picture"] in bundled else os.fspath(file)
    regions = settings.regions and [found.get(name, name) for name in settings.regions]
    return settings.replace(regions=regions, mask=found.get(settings.mask, settings.mask))


def _warn_if_changed(file, sha256, what):
    if file.is_file() and sha256 is not None and sha256_of(file) != sha256:
        warnings.warn(f"{str(file)!r} is not the {what}", stacklevel=3)


def _entry(kind, source, folder, run):
    """How the sidecar names a picture or a map: a bundled one by its short name, another by the way from it."""
    if not isinstance(source, (str, os.PathLike)):
        return {"picture": None, "sha256": None}
    file, sha256 = run.files.get((kind, os.fspath(source)), (picture_path(source).resolve(), None))
    bundled = bundled_maps() if kind == "map" else bundled_pictures()
    short = {path.resolve(): name for name, path in bundled.items()}
    try:
        name = short.get(Path(file)) or Path(os.path.relpath(file, folder.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        name = Path(file).as_posix()
    if name in short.values() and Path(file) not in short:
        name = f"./{name}"  # a file that is called as a bundled one
    return {"picture": name, "sha256": sha256}
