"""What may watch a run: a progress bar, and pictures of the way."""

import glob
import math
import os
import warnings
from pathlib import Path

import tensorflow as tf
from tqdm.auto import tqdm

from nst_keras.files.pictures import picture_format
from nst_keras.images import save_image
from nst_keras.transfer import Callback

LAYOUT = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"


class ProgressBar(Callback):
    """A bar with the cost. It counts pixels times steps, so that the time left is right across scales."""

    def on_run_begin(self) -> None:
        run = self.run
        work = [height * width * steps for (height, width), steps in zip(run.sizes, run.steps, strict=True)]
        done = sum(work[: run.scale])
        if run.history.position:
            done += math.prod(run.sizes[run.scale]) * run.history.position.evaluations
        self.bar = tqdm(total=sum(work), initial=done, bar_format=LAYOUT, desc="stylize")

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        _, height, width, _ = G.shape
        self.bar.set_postfix_str(f"{width}x{height} J={costs['J']:.4g}", refresh=False)
        if self.run.history.position:  # not for the last look at each scale's result
            self.bar.update(height * width)

    def on_run_end(self) -> None:
        history = self.run.history
        if history.costs and not history.interrupted and not history.position:
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
        names = f"{glob.escape(self.path.stem)}_{'[0-9]' * 5}{self.path.suffix}"
        there = sorted(self.path.parent.glob(names))
        if there and not self.overwrite and len(self.run.history) == 0:
            raise FileExistsError(f"there are frames of another run, {str(there[0])!r}; move them or allow overwriting")

    def on_step_end(self, step: int, G: tf.Tensor, costs: dict[str, float]) -> None:
        if step and step % self.every == 0:
            path = self.path.with_name(f"{self.path.stem}_{step:05d}{self.path.suffix}")
            try:
                save_image(G, path, overwrite=True)
            except OSError as error:  # a full disk must not end the run
                warnings.warn(f"{path} could not be written: {error}", stacklevel=2)
