"""Checkpoints: all that a run needs to go on after it was cut off, in one file without pickle."""

import io
import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from nst_keras.files.kinds import HEAD, kind_of, read_bytes
from nst_keras.files.pictures import absolute_settings, picture_path, sha256_of, write_whole
from nst_keras.files.places import check_place
from nst_keras.optimize import History, Progress
from nst_keras.pipeline import prepare
from nst_keras.settings import Settings
from nst_keras.transfer import Callback, Run, inputs_of, paint

FORMAT = "nst_keras checkpoint 5"


class Checkpoint(Callback):
    """Keep the run's position in a file, from which `resume` can go on.

    It is written after the first step of each scale, then every few steps; each time in one move, so that it is
    always whole.

    Args:
        path: where to; an existing file is refused, unless it is this run's own.
        every: steps between two writings.
    """

    def __init__(self, path: str | os.PathLike, every: int = 10):
        if every < 1:
            raise ValueError(f"checkpoint_every is {every}; expected 1 or more steps")
        self.path, self.every = Path(path), every

    def on_run_begin(self) -> None:
        pictures = [self.run.content, *self.run.styles]
        if not all(isinstance(each, (str, os.PathLike)) for each in pictures):
            raise ValueError(
                "a checkpoint names the pictures: give content and style as paths, not as images in memory"
            )
        check_place(self.path, inputs_of(self.run))
        if self.path.exists() and self.run.history.progress is None:
            raise FileExistsError(f"{str(self.path)!r} exists; resume that run, delete the file or choose another name")
        self.pictures = [self.run.files.get(("picture", os.fspath(each))) or _identity(each) for each in pictures]

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        at = self.run.history.progress
        if at and (at.done == 1 or at.done % self.every == 0):
            try:
                write_checkpoint(self.path, self.run, self.pictures)
            except OSError as error:  # a full disk must not end the run
                warnings.warn(f"the checkpoint could not be written: {error}", stacklevel=2)


def resume(path: str | os.PathLike, callbacks: Sequence[Callback | Callable] = (), every: int = 10) -> Run:
    """Go on with a run that was cut off, with the optimizer's memory, as if it had not been: to the same bytes.

    Args:
        path: the file that `Checkpoint` wrote; it is written further.
        callbacks: as in `stylize`.
        every: steps between two writings.

    Returns:
        Run

    Raises:
        FileNotFoundError, ValueError: no such file, or not a checkpoint; a picture is gone, or another one now.
    """
    return paint(read_checkpoint(path), [Checkpoint(path, every), *callbacks])


def write_checkpoint(path, run, pictures):
    """Write a run's position. `pictures` is a list of (absolute path, SHA-256), content first."""
    arrays: dict[str, Any] = {}
    record = {
        "format": FORMAT,
        "pictures": pictures,
        "settings": absolute_settings(run.settings.as_dict()),
        "scale": run.scale,
        "costs": run.history.costs,
        "seconds": run.history.seconds,
        "evaluations": run.history.evaluations,
        "position": _pack(run.history.progress, arrays),
    }
    write_whole(path, lambda file: np.savez(file, record=json.dumps(record), **arrays), overwrite=True)


def read_checkpoint(path: str | os.PathLike) -> Run:
    """The Run as it stood, ready for `paint`; errors as in `resume`."""
    try:
        data = read_bytes(path)
        if not data.startswith(b"PK"):
            raise ValueError(f"it is {kind_of(data[:HEAD])[0] or 'of no known kind'}; expected what --checkpoint wrote")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            record = json.loads(str(file["record"]))
            if record["format"] != FORMAT:
                raise ValueError(f"its format is {record['format']!r}, expected {FORMAT!r}")
            progress = Progress(*_unpack(record["position"], file))
        history = History(record["costs"], record["seconds"], record["evaluations"], progress)
        settings = Settings(**record["settings"])
        pictures = [(Path(name), sha256) for name, sha256 in record["pictures"]]
        scale = record["scale"]
    except FileNotFoundError:
        raise FileNotFoundError(f"no checkpoint {str(path)!r}") from None
    except Exception as error:  # zipfile, zlib, json and NumPy raise many kinds for damaged files
        why = error if type(error) is ValueError else f"it is damaged, cut off or something else ({str(error)[:80]})"
        raise ValueError(f"{str(path)!r} is not a checkpoint that can be read: {why}") from error
    for picture, sha256 in pictures:
        if _identity(picture)[1] != sha256:
            raise ValueError(f"{str(picture)!r} has changed since the run began; put the old picture back")
    content, *styles = [picture for picture, _ in pictures]
    run = prepare(content, styles, settings)
    run.scale, run.history, run.image = scale, history, tf.constant(progress.best)
    return run


def _identity(picture):
    """(absolute path, SHA-256) of a picture's file."""
    path = picture_path(picture).resolve()
    if not path.is_file():
        raise FileNotFoundError(f"the picture {str(path)!r} is gone; put it back to go on with this run")
    return str(path), sha256_of(path)


def _pack(value, arrays):
    """Nested tuples of arrays and numbers as JSON; each array goes into `arrays` and leaves its name there."""
    if isinstance(value, tuple):
        return [_pack(part, arrays) for part in value]
    if value is None or isinstance(value, (int, float)):
        return value
    name = f"array_{len(arrays)}"
    arrays[name] = np.asarray(value)
    return name


def _unpack(value, arrays):
    """The inverse of `_pack`."""
    if isinstance(value, list):
        return tuple(_unpack(part, arrays) for part in value)
    return arrays[value] if isinstance(value, str) else value
