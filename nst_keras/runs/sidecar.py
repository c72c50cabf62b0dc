"""A picture and its sidecar: the JSON file beside it, with all that is needed to make the picture again."""

import json
import os
import platform
import warnings
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

import nst_keras
from nst_keras.files.pictures import bundled_maps, bundled_pictures, is_color, picture_path, sha256_of, write_whole
from nst_keras.files.weights import weights_sha256
from nst_keras.images import write_image
from nst_keras.runs.quality import image_of, measure
from nst_keras.settings import Settings, names_where
from nst_keras.transfer import Run


def save_run(run: Run, path: str | os.PathLike, overwrite: bool = False, **notes: Any) -> tuple[Path, Path]:
    """Write the picture of a run, and beside it `<name>.json`.

    The picture is written first: whatever fails after that, it is there.

    Args:
        run: what `stylize` returned.
        path: of the picture; the suffix chooses the format.
        overwrite: whether existing files may be replaced.
        **notes: further entries of the sidecar.

    Returns:
        (path of the picture, path of the sidecar)

    Raises:
        FileExistsError: one of the two exists, and overwrite is False. Nothing is written.
        FileNotFoundError, ValueError, OSError: no such folder, no such format or no image yet, a full disk.
    """
    path, beside = Path(path), Path(path).with_suffix(".json")
    if beside.exists() and not overwrite:
        raise FileExistsError(f"{str(beside)!r} exists; choose another name or allow overwriting")
    write_image(image_of(run), path, overwrite)
    text = json.dumps(sidecar(run, path.parent) | notes, indent=2, ensure_ascii=False) + "\n"
    return path, write_whole(beside, lambda file: file.write(text.encode()), overwrite)


def sidecar(run: Run, folder: Path) -> dict[str, Any]:
    """What the JSON file of a run says; pictures of one's own are named relative to `folder`."""
    history, settings, image = run.history, run.settings.as_dict(), image_of(run)
    try:
        quality = measure(run)
    except Exception as error:  # out of memory, say: the rest is worth keeping
        warnings.warn(f"the quality of the picture could not be measured: {error}", stacklevel=2)
        quality = {}
    return {
        "content": _picture_entry(run.content, folder),
        "styles": [_picture_entry(style, folder) for style in run.styles],
        "size": [image.shape[2], image.shape[1]],
        "settings": settings,
        "maps": {name: _map_entry(name, folder) for name in _maps(run.settings)},
        "weights_sha256": weights_sha256(run.settings.network, run.settings.weights),
        "costs_at_start": history.costs[0],
        "costs_at_end": history.final,
        "gradient_evaluations": history.evaluations,
        "interrupted": history.interrupted,
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
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        missing = Settings().as_dict().keys() - record["settings"].keys() - set(names_where("harmless_since"))
        if missing:  # today's default would make another picture
            raise ValueError(f"an older version wrote it, without {', '.join(sorted(missing))}; use that version")
        settings = _with_maps(Settings(**record["settings"]), record.get("maps", {}), path)
        named = [(each["picture"], each["sha256"]) for each in (record["content"], *record["styles"])]
    except FileNotFoundError:
        raise FileNotFoundError(f"no sidecar {str(path)!r}") from None
    except Exception as error:  # json, missing entries, settings that are refused
        raise ValueError(f"{str(path)!r} is not a sidecar that can be replayed: {error!r}") from error
    pictures, bundled = [], bundled_pictures()
    for name, sha256 in named:
        if name is None:
            raise ValueError(f"{str(path)!r} was made from an image in memory; give the pictures as well")
        picture = bundled.get(name) or path.parent / name
        _warn_if_changed(picture, sha256, f"picture that {path.name} was made from")
        pictures.append(name if name in bundled else picture)
    return pictures, settings


def _maps(settings):
    """The maps that are files."""
    return [name for name in settings.maps if os.path.exists(name) or not is_color(name)]


def _map_entry(name, folder):
    """How the sidecar names a map: a bundled one by its short name, another by the way from the sidecar to it."""
    bundled = bundled_maps().get(name)
    if bundled and not os.path.exists(name):
        return {"picture": name, "sha256": sha256_of(bundled)}
    return _picture_entry(name, folder)


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
    if file.exists() and _sha256(file) != sha256:
        warnings.warn(f"{str(file)!r} is not the {what}", stacklevel=3)


def _picture_entry(source, folder):
    """How the sidecar names a picture: a bundled one by its short name, another by the way from the sidecar to it."""
    if not isinstance(source, (str, os.PathLike)):
        return {"picture": None, "sha256": None}
    path = picture_path(source).resolve()
    short = {bundled.resolve(): name for name, bundled in bundled_pictures().items()}
    try:
        name = short.get(path) or Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        name = path.as_posix()
    return {"picture": name, "sha256": _sha256(path)}


def _sha256(path):
    """None when the picture has gone while the run took its time."""
    return sha256_of(path) if path.is_file() else None
