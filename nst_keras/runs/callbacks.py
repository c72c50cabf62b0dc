"""What may watch a run: a progress bar, pictures of the way, and a film of it."""

import glob
import itertools
import math
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image
from tqdm.auto import tqdm

from nst_keras.files.pictures import picture_format, scaled_size, write_whole
from nst_keras.files.places import beside, check_place
from nst_keras.images import to_pixels, write_image
from nst_keras.runs import LAYOUT
from nst_keras.runs.terminal import Lasting
from nst_keras.transfer import Callback, Run, inputs_of

# Of a film by its suffix: Pillow's name and options, and the longer side in pixels at which it has a few MB
FILMS: dict[str, tuple[str, dict[str, Any], int]] = {".gif": ("GIF", {}, 320), ".webp": ("WEBP", {"quality": 75}, 512)}
FRAME, LAST_FRAME = 100, 3000  # milliseconds that a frame is shown


def work_of(run: Run) -> tuple[int, int]:
    """(work done, all work) of a run, in steps times pixels."""
    work = [math.prod(size) * steps for size, steps in zip(run.sizes, run.steps, strict=True)]
    at = run.history.progress
    return sum(work[: run.scale]) + (math.prod(run.sizes[run.scale]) * at.done if at else 0), sum(work)


class ProgressBar(Callback):
    """A bar with the cost. It counts pixels times steps, so that the time left is right across scales."""

    def on_run_begin(self) -> None:
        done, all = work_of(self.run)
        shown = Lasting(sys.stderr)  # the run goes on when nobody listens any more
        self.bar = tqdm(total=all, initial=done, bar_format=LAYOUT, desc="stylize", file=shown)

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        _, height, width, _ = G.shape
        self.bar.set_postfix_str(f"{width}x{height} J={costs['J']:.4g}", refresh=False)
        if self.run.history.progress:  # not for the last look at each scale's result
            self.bar.update(height * width)

    def on_run_end(self) -> None:
        history = self.run.history
        if history.costs and not history.interrupted and not history.progress:
            self.bar.update(self.bar.total - self.bar.n)  # an optimizer may need fewer steps than it was given
        self.bar.close()


class SaveFrames(Callback):
    """Save the image every few steps: `SaveFrames("frames/out.png", every=10)` writes frames/out_00010.png and so on.

    Args:
        path: the step's number is put before the suffix.
        every: number of steps between two pictures.
        overwrite: whether existing files may be replaced; otherwise the run is refused before it begins.
    """

    def __init__(self, path: str | os.PathLike, every: int = 1, overwrite: bool = False):
        if every < 1:
            raise ValueError(f"every is {every}; expected 1 or more steps")
        picture_format(path)
        self.path, self.every, self.overwrite = Path(path), every, overwrite

    def on_run_begin(self) -> None:
        ending = f"00000{self.path.suffix}"
        names = f"{glob.escape(self._frame(0).name.removesuffix(ending))}{'[0-9]' * 5}{self.path.suffix}"
        there = sorted(self.path.parent.glob(names))
        if there and not self.overwrite and len(self.run.history) == 0:
            raise FileExistsError(f"there are frames of another run, {str(there[0])!r}; move them or allow overwriting")
        for path in there or [self._frame(0)]:
            check_place(path, inputs_of(self.run))

    def _frame(self, step):
        return beside(self.path, f"_{step:05d}{self.path.suffix}")

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        if step and step % self.every == 0:
            path = self._frame(step)
            try:
                write_image(G, path, overwrite=True)
            except OSError as error:  # a full disk must not end the run
                warnings.warn(f"{path} could not be written: {error}", stacklevel=2)


class SaveFilm(Callback):
    """Save the way of the image as a film, GIF or WebP, when the run ends, also if it was interrupted or failed.

    From one frame to the next the picture changes about as much as from any other to its next. The last frame is the
    run's result, and is held. A resumed run's film begins where the run goes on.

    Args:
        path: of the film; the suffix, .gif or .webp, chooses the format.
        overwrite: whether an existing file may be replaced; otherwise the run is refused before it begins.
        frames: the most that are shown.
    """

    def __init__(self, path: str | os.PathLike, overwrite: bool = False, frames: int = 48):
        self.path, self.overwrite, self.frames = Path(path), overwrite, frames
        if self.path.suffix.lower() not in FILMS:
            raise ValueError(f"{str(path)!r} is no name for a film; end it in {' or '.join(FILMS)}")
        if frames < 3:
            raise ValueError(f"frames is {frames}; expected 3 or more")

    def on_run_begin(self) -> None:
        check_place(self.path, inputs_of(self.run))
        if self.path.exists() and not self.overwrite:
            raise FileExistsError(f"{str(self.path)!r} exists; give the film another name, or allow overwriting")
        height, width = self.run.sizes[-1]
        self.size = scaled_size(height, width, min(max(height, width), FILMS[self.path.suffix.lower()][2]))
        self.kept: list[np.ndarray] = []
        self.gap = 0.0

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        frame = self._frame(G)
        if not self.kept or _change(self.kept[-1], frame) > self.gap:
            self.kept.append(frame)
        if len(self.kept) > 4 * self.frames:  # as many as memory shall hold: from here on a frame must differ more
            self.gap = _spacing(self.kept, 2 * self.frames)
            self.kept = _apart(self.kept, self.gap)

    def on_run_end(self) -> None:
        if self.run.image is None or not self.kept:
            return
        last = self._frame(self.run.image)
        kept = [frame for frame in self.kept if _change(frame, last)] or self.kept  # the end is shown once
        film = [*_apart(kept, _spacing(kept, self.frames - 2)), last]
        pictures = [Image.fromarray(frame) for frame in film]
        kind, options, _ = FILMS[self.path.suffix.lower()]
        options = options | {"duration": [FRAME] * (len(film) - 1) + [LAST_FRAME], "loop": 0}

        def write(file):
            pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], **options)

        try:
            write_whole(self.path, write, self.overwrite)
        except OSError as error:  # the picture is worth more than the film
            warnings.warn(f"the film could not be written: {error}", stacklevel=2)

    def _frame(self, G):
        return np.asarray(Image.fromarray(to_pixels(G)).resize(self.size[::-1]))


def _change(one, other):
    """The mean difference of two frames, in gray levels."""
    return float(np.abs(np.subtract(one, other, dtype=np.int16)).mean())


def _spacing(frames, count):
    """The change from one frame to the next with which about so many show all of the way."""
    return sum(itertools.starmap(_change, itertools.pairwise(frames))) / count


def _apart(frames, spacing):
    """The first frame, and each that has changed so much since the one before it was chosen."""
    chosen = frames[:1]
    for frame in frames[1:]:
        if _change(chosen[-1], frame) >= spacing:
            chosen.append(frame)
    return chosen
