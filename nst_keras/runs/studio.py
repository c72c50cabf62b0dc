"""The studio without its page: a folder of pictures, and one painter for all who look on.

`page.py` shows it. Mistakes are exceptions whose text is a sentence for the user, the same as that of the command.
"""

import contextlib
import hashlib
import itertools
import json
import os
import shutil
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence

from nst_keras.controls.presets import PRESETS, preset_settings
from nst_keras.files.pictures import bundled_pictures, picture_path, read_picture, sha256_of, write_picture
from nst_keras.files.places import beside
from nst_keras.images import to_pixels
from nst_keras.pipeline import prepare
from nst_keras.runs.callbacks import SaveFilm, work_of
from nst_keras.runs.checkpoint import read_checkpoint, write_checkpoint
from nst_keras.runs.forecast import Forecast, check_memory
from nst_keras.runs.sidecar import read_record, save_run, settings_of
from nst_keras.settings import Settings
from nst_keras.transfer import Run, paint

TO_CHECK = 64  # pixels on the longer side: an upload is read once, small, to see whether it can be
DRAFT_SIDE = 128  # pixels
EVERY = 0.6  # seconds between two looks at a picture on its way
GONE = 20.0  # seconds after which nobody looks on any more
UNFINISHED = 5  # stopped pictures that can be finished: of older ones, what that needs is deleted
FILM, POSITION = ".webp", ".ckpt"  # beside a picture NAME.png and its NAME.json

Source = str | os.PathLike  # a bundled picture's short name, or a file


class Job:
    """One picture from its order to its end.

    Attributes:
        content, style, settings: what it is made from.
        owner: who has ordered it, and may stop it.
        path: of the picture. Given with the order: of one that was stopped and goes on, or of a draft.
        draft: whether it is a small one, without film and settings beside it.
        run, began_at, forecast: the Run, once it has begun; how much of it was done then; its Forecast.
        notes: sentences on the pictures, such as "'x.png' is transparent; it is put on white".
    """

    def __init__(self, content: Source, style: Source, settings: Settings, owner: str = "",
                 path: Path | None = None, draft: bool = False):  # fmt: skip
        self.content, self.style, self.settings, self.owner = content, style, settings, owner
        self.path, self.draft = path, draft
        self.run: Run | None = None
        self.began_at = self._share = 0.0
        self.forecast: Forecast | None = None
        self.future: Future
        self.stopped, self.seen = False, time.monotonic()

    @property
    def unwanted(self) -> bool:
        """Whether it was stopped, or nobody looks on any more."""
        return self.stopped or time.monotonic() - self.seen > GONE

    def end_if_unwanted(self, step, G, costs) -> None:
        """After each step: what Ctrl-C does to a run."""
        if self.unwanted:
            raise KeyboardInterrupt

    def share(self) -> float:
        """How much of the work is done, 0 to 1; between two sizes no less than before."""
        run = self.run
        self._share = max(self._share, share_of(run) if run else 0.0)
        return self._share

    def seconds_left(self) -> float:
        """From the forecast at first, and more and more from the time that the run has taken."""
        run = self.run
        if run is None or self.forecast is None:
            return 0.0
        share, seconds = self.share(), run.history.seconds
        total = self.forecast.seconds / (1 - self.began_at)
        return ((1 - share) * total + (seconds[-1] if seconds else 0.0)) * (1 - share)


class Studio:
    """A folder of pictures, and one painter.

    Args:
        folder: results are saved there, NAME.png with NAME.json and the film NAME.webp; pictures that were uploaded
            in `uploads`, small ones of all paintings in `drafts`. It is made when it is needed.
    """

    def __init__(self, folder: str | os.PathLike = "studio"):
        self.folder = Path(folder).resolve()
        self.jobs: list[Job] = []  # that are not over, in their order
        self._painter = ThreadPoolExecutor(1, "painter")
        self._reading = threading.Lock()  # one at a time: warnings belong to a process, not to a thread

    def keep(self, file: Path) -> Path:
        """A copy of an uploaded picture in the folder; its name if that is free, or NAME_2, ...

        Raises ValueError: it cannot be read, or has too many pixels. It is not kept."""
        try:
            self.read(file, TO_CHECK)  # what is to be said of it is said with the forecast
        except ValueError as error:
            why = str(error).partition(" as a picture: ")[2] or str(error)
            raise ValueError(f"{file.name} cannot be read as a picture: {why}") from None
        (self.folder / "uploads").mkdir(parents=True, exist_ok=True)
        for path in numbered(self.folder / "uploads" / file.name):
            if not path.exists():
                shutil.copyfile(file, path)
            if sha256_of(path) == sha256_of(file):
                return path
        raise AssertionError

    def read(self, source: Source, side: int | None = None) -> np.ndarray:
        """A picture to be shown."""
        with self._reading, noted([]):
            return read_picture(source, side)

    def forecast(self, content: Source, style: Source, settings: Settings) -> tuple[Run, Forecast, list[str]]:
        """The Run of these, its Forecast, and sentences on the pictures; the errors with which it would be refused."""
        notes: list[str] = []
        with self._reading, noted(notes):
            run = prepare(content, style, settings)
            return run, check_memory(run), notes

    def paint(self, content: Source, style: Source, settings: Settings, owner: str = "") -> Job:
        """Have a picture painted, after those that were ordered before."""
        return self._order(Job(content, style, settings, owner))

    def finish(self, path: Path, owner: str = "") -> Job:
        """Have a result that was stopped painted to its end."""
        content, style, settings = self.recipe(path)
        return self._order(Job(content or "", style or "", settings, owner, path))

    def draft(self, content: Source, style: Source, settings: Settings, owner: str = "") -> Job:
        """Have a small picture painted, once: it is kept."""
        settings = settings.replace(max_side=DRAFT_SIDE)
        made_from = json.dumps([sha256_of(picture_path(one)) for one in (content, style)] + [settings.as_dict()])
        name = f"{Path(style).stem}_{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.png"
        return self._order(Job(content, style, settings, owner, self.folder / "drafts" / name, draft=True))

    def watch(self, job: Job) -> Iterator[int]:
        """Look on until the job is over: yields now and then how many are before it. Who stops looking stops it."""
        try:
            while not job.future.done():  # or taken back
                job.seen = time.monotonic()
                yield self.jobs.index(job) if job in self.jobs else 0
                wait([job.future], EVERY)
        finally:
            self._end(job)

    def stop(self, owner: str | None = None) -> None:
        """End all that one has ordered, or everything, each after its present step, with its best picture saved."""
        for job in list(self.jobs):
            if owner in (None, job.owner):
                self._end(job)

    def close(self) -> None:
        """End everything, and wait until it is saved."""
        self.stop()
        self._painter.shutdown()

    def results(self) -> list[Path]:
        """The pictures made so far, the newest first."""
        made = [path.with_suffix(".png") for path in sorted(self.folder.glob("*.json"), key=time_of, reverse=True)]
        return [path for path in made if path.is_file()]

    def recipe(self, path: Path) -> tuple[Source | None, Source | None, Settings]:
        """The photograph, the painting and the settings of a result; None for a picture that is not here.

        Raises ValueError: the file beside the picture does not say, or says what this version does not know."""
        sidecar = path.with_suffix(".json")
        record = read_record(sidecar)
        return self._found(record["content"]), self._found(record["styles"][0]), settings_of(sidecar, record)

    def unfinished(self, path: Path) -> bool:
        """Whether a result was stopped and can go on."""
        return path.with_suffix(POSITION).exists()

    def _order(self, job):
        self.jobs.append(job)
        job.future = self._painter.submit(self._paint, job)
        job.future.add_done_callback(lambda _: self.jobs.remove(job))
        return job

    def _end(self, job):
        job.stopped = True
        job.future.cancel()  # if it has not begun

    def _found(self, entry):
        """A picture that a result was made from, if it is bundled or was uploaded: no other file is looked at."""
        name, uploads = entry["picture"] or "", self.folder / "uploads"
        path = (self.folder / name).resolve()
        here = path.is_relative_to(uploads) and path.is_file()
        return name if name in bundled_pictures() else path if here else None

    def _paint(self, job):
        """Make the picture of a job, as far as it is wanted; returns its path, or None if there is no picture."""
        if job.draft and job.path.exists():
            return job.path
        try:
            return None if job.unwanted else self._draft(job) if job.draft else self._whole(job)
        finally:
            job.run = None  # with the network, and all that the optimizer remembers

    def _draft(self, job):
        run = job.run = self.forecast(job.content, job.style, job.settings)[0]
        paint(run, [job.end_if_unwanted])
        if run.history.interrupted:
            return None
        job.path.parent.mkdir(parents=True, exist_ok=True)
        return write_picture(to_pixels(run.image), job.path, overwrite=True)

    def _whole(self, job):
        goes_on = job.path is not None
        if goes_on:
            with self._reading:
                run = read_checkpoint(job.path.with_suffix(POSITION))
                job.began_at, job.forecast = share_of(run), check_memory(run)
        else:
            run, job.forecast, _ = self.forecast(job.content, job.style, job.settings)
            self.folder.mkdir(parents=True, exist_ok=True)
            job.path = free_path(self.folder, f"{Path(job.content).stem}_{Path(job.style).stem}")
        job.run = run
        try:
            paint(run, [Film(job.path.with_suffix(FILM), overwrite=goes_on), job.end_if_unwanted])
        except KeyboardInterrupt:
            return None  # before the first step
        finally:
            if run.image is not None:  # also of a run that failed on its way
                save_run(run, job.path, overwrite=goes_on, forecast=job.forecast.as_dict())
                self._keep_position(run, job.path.with_suffix(POSITION))
        return job.path

    def _keep_position(self, run, path):
        """What it takes to go on with a run that was stopped."""
        if run.history.interrupted:
            write_checkpoint(path, run, [run.files[("picture", os.fspath(one))] for one in (run.content, *run.styles)])
        elif run.history.progress is None:
            path.unlink(missing_ok=True)
        for old in sorted(self.folder.glob(f"*{POSITION}"), key=time_of)[:-UNFINISHED]:
            old.unlink(missing_ok=True)


class Film(SaveFilm):
    """A film that goes on where the one that is there ends."""

    def on_run_begin(self) -> None:
        super().on_run_begin()
        if self.path.exists():
            with Image.open(self.path) as film:
                self.kept = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)]


def settings_from(look: str | None, strength: float, colors: str, style_scale: float, max_side: float) -> Settings:
    """Settings as a person chooses them; ValueError says what makes no sense."""
    chosen = {"strength": strength, "colors": colors, "style_scale": style_scale, "max_side": int(max_side or 0)}
    return Settings().replace(**(preset_settings(look or "balanced") | chosen))


def look_of(settings: Settings) -> str:
    """The preset whose manner the settings have, whatever their strength."""
    return next((name for name in PRESETS if settings == settings.replace(**manner(name))), "balanced")


def manner(look: str) -> dict:
    """What a preset changes, but for its strength."""
    return {name: value for name, value in preset_settings(look).items() if name != "strength"}


def share_of(run: Run) -> float:
    """How much of a run is done, 0 to 1."""
    done, all = work_of(run)
    return done / all


@contextlib.contextmanager
def noted(notes: list[str]) -> Iterator[None]:
    """Add what is warned of inside to a list of sentences, each once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        yield
    notes += dict.fromkeys(str(each.message) for each in caught)


def free_path(folder: Path, stem: str) -> Path:
    """STEM.png in the folder, or STEM_2.png, ...: the first of which there is nothing yet."""
    suffixes = (".png", ".json", FILM, POSITION)
    paths = numbered(beside(folder / f"{stem}.x", ".json"))  # with one of the longest suffixes: they may be too long
    free = next(path for path in paths if not any(path.with_suffix(suffix).exists() for suffix in suffixes))
    return free.with_suffix(".png")


def numbered(path: Path) -> Iterator[Path]:
    """NAME.x, NAME_2.x, NAME_3.x, ..."""
    yield path
    yield from (beside(path, f"_{count}{path.suffix}") for count in itertools.count(2))


def time_of(path: Path) -> float:
    """When a file was written last; 0 if it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
