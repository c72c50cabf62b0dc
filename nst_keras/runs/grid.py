"""The grid of a sweep: contents times styles times settings, as a list of runs; and the record of each."""

import hashlib
import itertools
import json
import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from nst_keras.files.finding import find_pictures
from nst_keras.files.pictures import absolute_settings, map_path, picture_path, read_picture, sha256_of
from nst_keras.files.weights import LAYERS, check_layers, weights_sha256
from nst_keras.settings import Settings

LONGEST_NAME = 60  # characters of a picture's name before its hash; file systems take 255 bytes


@dataclass(frozen=True, eq=False)
class Job:
    """One run of a sweep, in plain values that go to any worker.

    Attributes:
        content, style: absolute paths, or short names of bundled pictures.
        settings: as `Settings.as_dict` gives them.
        labels: {"content": its name, "style": ..., and for each setting that varies its value}, as text.
        path: of the picture.
        hash: of the two pictures and the settings.
    """

    content: str
    style: str
    settings: dict
    labels: dict
    path: Path
    hash: str


def grid(contents, styles, vary: Mapping[str, Iterable], folder: Path, settings: Settings, changes: dict) -> list[Job]:
    """All runs of a sweep, checked; arguments and errors as in `sweep`."""
    points = _points(vary, settings, changes)
    of_content, of_style = find_pictures(contents), find_pictures(styles)
    for picture in (*of_content, *of_style):
        if folder.is_dir() and os.path.samefile(picture_path(picture).parent, folder):
            raise ValueError(f"{picture!r} stands in {str(folder)!r} itself; give the results a folder of their own")
    for pictures in (of_content, of_style):  # where some can be read, the others fail one by one
        first_that_works(read_picture, pictures)
    hashes = {picture: sha256_of(picture_path(picture)) for picture in {*of_content, *of_style}}
    jobs = []
    for C, S, (values, chosen) in itertools.product(_labels(of_content), _labels(of_style), points):
        labels = {"content": C[0], "style": S[0]} | values
        # files count by what they hold, wherever they are
        identity = json.dumps([hashes[C[1]], hashes[S[1]], _without_paths(chosen)], sort_keys=True)
        sha256 = hashlib.sha256(identity.encode()).hexdigest()
        name = "_".join([C[0], S[0], *(f"{key}={value}" for key, value in values.items())])
        name = re.sub(r"[^\w=.,-]+", "-", name)[:LONGEST_NAME]
        path = folder / f"{name}_{sha256[:8]}.png"
        jobs.append(Job(C[1], S[1], absolute_settings(chosen.as_dict()), labels, path, sha256))
    return jobs


def _points(vary, settings, changes):
    """({name: value as text}, Settings) of each combination of values; mistakes are said here."""
    vary = {name: _values_to_try(name, values, settings, changes) for name, values in vary.items()}
    points = []
    for values in itertools.product(*vary.values()):
        point = dict(zip(vary, values, strict=True))
        chosen = settings.replace(**changes, **point)
        check_layers(chosen.layers, LAYERS[chosen.network])
        if len(chosen.style_weights or [1]) > 1:
            raise ValueError(f"style_weights is {chosen.style_weights}, but each run has one style; leave them out")
        points.append(({name: _text(value) for name, value in point.items()}, chosen))
    return points


def _values_to_try(name, values, settings, changes):
    """The values of one setting that varies, as a list."""
    if name in changes:
        raise ValueError(f"{name} is varied and also given; leave one of the two out")
    if name not in settings.as_dict():
        raise ValueError(f"vary has no setting {name!r}; expected some of {', '.join(settings.as_dict())}")
    is_list = isinstance(values, Iterable) and not isinstance(values, (str, Mapping))
    found = list(values) if is_list else []
    if not found or len(set(map(_text, found))) < len(found):
        raise ValueError(f"vary {name} is {values!r}; expected a list of values, each of them once")
    return found


def _text(value):
    """A setting's value as one writes it."""
    if isinstance(value, Mapping):
        return " ".join(f"{key}={weight:g}" for key, weight in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def first_that_works(function: Callable, items: Iterable) -> Any:
    """function(item) of the first item whose picture can be read; if there is none, the first one's mistake."""
    mistakes = []
    for item in items:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the run itself says them
            try:
                return function(item)
            except (ValueError, OSError) as mistake:  # the next one may be well
                mistakes.append(mistake)
    raise mistakes[0]


def _labels(paths):
    """(label, path) of each picture: the file's name without suffix, or all of the path if others have this name."""
    stems = [Path(path).stem for path in paths]
    labels = [stem if stems.count(stem) == 1 else path for stem, path in zip(stems, paths, strict=True)]
    # names that are not UTF-8 are shown as Python shows them
    return [(each.encode(errors="backslashreplace").decode(), path) for each, path in zip(labels, paths, strict=True)]


def _without_paths(settings):
    """The settings, with the hash of each file in place of its name."""
    hashes = {name: sha256_of(path) if (path := map_path(name)) else name for name in settings.maps}
    return settings.as_dict() | {
        "regions": settings.regions and [hashes[name] for name in settings.regions],
        "mask": settings.mask and hashes[settings.mask],
        "weights": weights_sha256(settings.network, settings.weights),
    }


def finished(job: Job) -> dict[str, Any] | None:
    """The record of a run that is on disk; None if it is not, or not whole."""
    try:
        made = json.loads(job.path.with_suffix(".json").read_text(encoding="utf-8"))
        return _record_of(job, made) if made["hash"] == job.hash and _is_whole(job.path, made) else None
    except Exception:  # whatever a file that was cut off or emptied may bring about
        return None


def _is_whole(path, made):
    """Whether a picture is the one that its sidecar speaks of. Older sidecars do not have its hash."""
    if "picture_sha256" in made:
        return sha256_of(path) == made["picture_sha256"]
    with Image.open(path) as picture:
        picture.load()
        return list(picture.size) == made["size"]


def _record_of(job, made):
    quality = made["quality"] or {"content": None, "styles": [{"wasserstein": None, "patches": None}]}
    return job.labels | {
        "picture": job.path.name,
        "J": made["costs_at_end"]["J"],
        "content_distance": quality["content"],
        "style_distance": quality["styles"][0]["wasserstein"],
        "patch_distance": quality["styles"][0]["patches"],
        "seconds": made["seconds"],
        "threads": made["threads"],
        "notes": made["notes"],
        "error": "",
    }


def failed(job: Job, error: Any) -> dict[str, Any]:
    """The record of a run without a picture, with what is to be said about it in one line."""
    sentence = str(error).partition("\n")[0] or type(error).__name__
    return job.labels | {"picture": job.path.name, "error": sentence}
