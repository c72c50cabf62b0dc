"""What a panel needs of style transfer, without its buttons: pictures, settings, one run at a time, the results.

`panel.py` shows it. All that takes time happens in a thread of its own and is handed back as a Future, so that who
shows it never waits. Mistakes are exceptions whose text is a sentence for the user, the same as that of the command.
"""

import contextlib
import json
import os
import threading
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nst_keras.controls.presets import PRESETS, preset_settings
from nst_keras.files.pictures import bundled_pictures, picture_format, read_picture, sha256_of, write_whole
from nst_keras.files.places import beside
from nst_keras.pipeline import prepare
from nst_keras.runs.forecast import check_memory
from nst_keras.runs.sidecar import read_sidecar, save_run
from nst_keras.settings import Settings
from nst_keras.transfer import Run, paint

TO_CHECK = 64  # pixels on the longer side: an upload is read once, small, to see whether it can be


class Studio:
    """Two pictures, their settings, the run that is going on, and what has been made so far.

    Args:
        content, style: the pictures to begin with, bundled short names or paths.
        folder: where uploads are kept and results are saved; it is made when it is needed.

    Attributes:
        content, styles, settings: what the next run will be made from; change them by the methods below.
        run: the run that is going on, or the last one; None until its pictures have been read.
        results: what was made so far, a list of Runs, the oldest first. Runs that were stopped are among them.
        notes: sentences on the pictures, such as "'x.png' is transparent; it is put on white".
    """

    def __init__(self, content: str | os.PathLike, style: str | os.PathLike, folder: str | os.PathLike = "studio"):
        self.content, self.styles, self.folder = content, [style], Path(folder)
        self.settings = Settings()
        self.run: Run | None = None
        self.results: list[Run] = []
        self.notes: list[str] = []
        self._uploads: list[Path] = []
        self._worker = ThreadPoolExecutor(1, "studio")
        self._stop = threading.Event()
        self._painting: Future | None = None
        self._prepared: tuple[tuple, Run] | None = None

    def keep(self, name: str, data: bytes) -> Path:
        """Put an uploaded file into the folder, under another name if that one is taken; returns its path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = free_path(self.folder / Path(name).name, data)
        return path if path.exists() else write_whole(path, lambda file: file.write(data))

    def upload(self, name: str, data: bytes) -> Path:
        """Keep an uploaded picture, if it is one; returns its path.

        Raises:
            ValueError: it cannot be read, or has too many pixels. It is not kept.
        """
        there = set(self.folder.glob("*"))
        path = self.keep(name, data)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what is to be said of it is said when a run is prepared
                read_picture(path, TO_CHECK)
        except ValueError:
            if path not in there:
                path.unlink()
            raise
        self._uploads.append(path)
        return path

    def choose(self, content: str | os.PathLike | None = None, style: str | os.PathLike | None = None) -> None:
        """Choose one of the pictures, or both: bundled short names or paths."""
        self.content = self.content if content is None else content
        self.styles = self.styles if style is None else [style]
        self.notes = []

    def change(self, preset: str | None = None, **changes: Any) -> None:
        """Change settings; a preset also takes back what another one has changed, and the changes win over it.

        Raises:
            ValueError: a setting that makes no sense. The settings stay as they were.
        """
        settings = self.settings.replace(**preset_settings(preset)) if preset else self.settings
        self.settings = settings.replace(**changes)

    def preset(self) -> str | None:
        """The preset that the settings agree with, if there is one."""
        return next((name for name in PRESETS if self.settings == self.settings.replace(**preset_settings(name))), None)

    def replay(self, path: str | os.PathLike) -> None:
        """Take pictures and settings from a sidecar; `start` then makes its picture again. Errors as `read_sidecar`."""
        notes: list[str] = []
        with noted(notes):
            pictures, settings = read_sidecar(path)
        named = json.loads(Path(path).read_text(encoding="utf-8"))
        entries = [named["content"], *named["styles"]]
        content, *styles = (self._found(*each) for each in zip(pictures, entries, strict=True))
        self.content, self.styles, self.settings, self.notes = content, styles, settings, notes

    def _found(self, picture, entry):
        """A picture of a sidecar: where it says, or a bundled one or an upload by its bytes or name."""
        if picture in bundled_pictures() or (os.path.exists(picture) and sha256_of(picture) == entry["sha256"]):
            return picture
        name = Path(entry["picture"]).name
        by_hash: dict[str, str | Path] = {sha256_of(path): short for short, path in bundled_pictures().items()}
        by_hash |= {sha256_of(path): path for path in self._uploads}
        by_name = {path.name: path for path in self._uploads}
        there = picture if os.path.exists(picture) else by_name.get(name)
        found = by_hash.get(entry["sha256"], there)
        if found is None:
            raise ValueError(f"the picture {name!r} of this sidecar is not here; upload it, and then the sidecar again")
        return found

    def forecast(self) -> Future:
        """A Forecast of the run that `start` would begin; its exception says why it would be refused."""
        return self._worker.submit(lambda wanted: check_memory(self._prepare(*wanted)), self._wanted())

    @property
    def running(self) -> bool:
        """Whether a run is going on, or about to."""
        return self._painting is not None and not self._painting.done()

    def start(self) -> Future:
        """Begin a run, and return at once; the Future holds the Run when it has ended or was stopped.

        Raises:
            RuntimeError: a run is going on.
        """
        self._refuse_while_running()
        self._stop.clear()
        self.run = None
        self._painting = self._worker.submit(self._paint, self._wanted())
        return self._painting

    def stop(self) -> None:
        """End the run that is going on after its present step; the best picture so far is its result."""
        self._stop.set()

    def progress(self) -> str:
        """Where the run is, in words."""
        run = self.run
        if run is None or run.image is None:
            return "reading the pictures and the network"
        height, width = run.image.shape[1:3]
        seconds = run.history.seconds[-1]
        return f"step {run.history.evaluations} of {sum(run.steps)}, {width} x {height} pixels, {seconds:.0f} s"

    def free_name(self, number: int = -1) -> str:
        """A name for a result that no file in the folder has: CONTENT_STYLE.png, CONTENT_STYLE_2.png, ..."""
        run = self._result(number)
        stem = f"{Path(run.content).stem}_{Path(run.styles[0]).stem}"
        path, count = beside(self.folder / f"{stem}.x", ".png"), 1
        while path.exists() or beside(path, ".json").exists():
            count += 1
            path = beside(self.folder / f"{stem}.x", f"_{count}.png")
        return path.name

    def save(self, name: str, number: int = -1) -> Future:
        """Write a result and its sidecar into the folder; the Future holds both paths.

        Args:
            name: of the picture's file, with a suffix such as .png.
            number: which of the results.

        Raises:
            RuntimeError: a run is going on. ValueError: no result yet; a name that is none. What the disk refuses is
            the Future's exception, as of `save_run`.
        """
        self._refuse_while_running()
        run = self._result(number)
        if not name or Path(name).name != name:
            raise ValueError(f"the name is {name!r}; expected that of a file, without folders, such as mine.png")
        picture_format(name)
        return self._worker.submit(self._save, run, self.folder / name)

    def _wanted(self):
        return self.content, list(self.styles), self.settings

    def _refuse_while_running(self):
        if self.running:
            raise RuntimeError("a run is going on; stop it, or wait for its end")

    def _result(self, number):
        if not self.results:
            raise ValueError("there is no picture yet; start a run first")
        return self.results[number]

    def _prepare(self, *wanted):
        """The Run of these pictures and settings; the one that the forecast was made from, if they are the same."""
        if self._prepared is None or self._prepared[0] != wanted:
            self._prepared = None
            with noted(self.notes):
                self._prepared = wanted, prepare(*wanted)
        return self._prepared[1]

    def _paint(self, wanted):
        run = self._prepare(*wanted)
        check_memory(run)
        self.run, self._prepared = run, None  # a Run is good for one run
        try:
            return paint(run, [self._end_if_stopped])
        finally:
            if run.image is not None:  # also of a run that failed on its way
                self.results.append(lightened(run))

    def _end_if_stopped(self, step, G, costs):
        if self._stop.is_set():
            raise KeyboardInterrupt  # as Ctrl-C does: the run ends with its best image

    def _save(self, run, path):
        self.folder.mkdir(parents=True, exist_ok=True)
        return save_run(run, path)


@contextlib.contextmanager
def noted(notes):
    """Add what is warned of inside to a list of sentences, each once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        yield
    notes += dict.fromkeys(text for each in caught if (text := str(each.message)) not in notes)


def free_path(path, data):
    """`path`, or the first of NAME_2, NAME_3, ... that does not exist or is a file with just these bytes."""
    stem, count = path.stem, 1
    while path.exists() and path.read_bytes() != data:
        count += 1
        path = path.with_stem(f"{stem}_{count}")
    return path


def lightened(run: Run) -> Run:
    """A run that is over, without the network and the optimizer's memory: many of them may be kept."""
    run.extractor = None  # type: ignore[assignment]  # only a run that is over is without
    if run.history.progress:
        run.history.progress = run.history.progress._replace(state=None)
    return run
