"""What watches a run: the progress bar, and the pictures of the way."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageSequence
from shallow import SHALLOW

from nst_keras import data_path, load_image, paint, prepare, save_image, stylize
from nst_keras.runs import Checkpoint, ProgressBar, SaveFilm, SaveFrames, callbacks, read_checkpoint

CONTENT, STYLE = data_path("content/chelsea.jpg"), data_path("style/night_cafe.jpg")
SMALL = SHALLOW | {"max_side": 48, "steps": 3, "scales": 1}
TWO_SCALES = SHALLOW | {"max_side": 200, "steps": 4, "scales": 2}
AREAS = 94 * 141, 133 * 200
WORK = 6 * AREAS[0] + 4 * AREAS[1]  # pixels times steps


class Bar:
    """Stands for tqdm's bar, and keeps what it was told."""

    made = None

    def __init__(self, total, initial, **layout):
        self.total, self.initial, self.n, self.text, self.way, self.closed = total, initial, initial, "", [], False
        Bar.made = self

    def set_postfix_str(self, text, refresh):
        self.text = text

    def update(self, n):
        self.n += n
        self.way.append(self.n / self.total)

    def close(self):
        self.closed = True


@pytest.fixture
def bar(monkeypatch):
    monkeypatch.setattr(callbacks, "tqdm", Bar)
    return lambda: Bar.made


def cut_at(crash):
    def callback(step, G, costs):
        if step == crash:
            raise RuntimeError("cut off")

    return callback


def test_the_bar_counts_pixels_times_steps(bar):
    run = stylize(CONTENT, STYLE, callbacks=[ProgressBar()], optimizer="adam", **TWO_SCALES)
    assert bar().initial == 0
    assert bar().total == WORK
    steps = [AREAS[0]] * 6 + [AREAS[1]] * 4
    np.testing.assert_allclose(bar().way[:10], np.cumsum(steps) / bar().total)
    assert bar().n == bar().total
    assert bar().closed
    assert bar().text == f"200x133 J={run.history['J'][-1]:.4g}"


@pytest.mark.parametrize("crash", [2, 9])  # in the first or the second scale
def test_a_resumed_bar_starts_where_the_run_stood_and_ends_at_its_end(bar, tmp_path, crash):
    with pytest.raises(RuntimeError, match="cut off"):
        stylize(CONTENT, STYLE, callbacks=[Checkpoint(tmp_path / "run.ckpt", 1), cut_at(crash)], **TWO_SCALES)
    run = read_checkpoint(tmp_path / "run.ckpt")
    at = run.history.progress.done
    paint(run, [ProgressBar()])
    expected = {2: 3 * AREAS[0], 9: 6 * AREAS[0] + 3 * AREAS[1]}[crash]
    assert at == 3
    assert bar().initial == expected
    assert bar().n == bar().total == WORK
    assert bar().way == sorted(bar().way)


def test_the_bar_of_an_interrupted_run_stays_where_it_is(bar):
    def interrupt(step, G, costs):
        if step == 1:
            raise KeyboardInterrupt

    stylize(CONTENT, STYLE, callbacks=[ProgressBar(), interrupt], **SMALL)
    assert bar().n / bar().total == pytest.approx(2 / 3)
    assert bar().closed


def test_the_bar_of_a_run_that_needs_fewer_steps_ends_at_its_end(bar):
    """G is C from the start and nothing else counts, so that L-BFGS has nowhere to go."""
    run = stylize(CONTENT, STYLE, callbacks=[ProgressBar()], beta=0.0, gamma=0.0, **(SMALL | {"steps": 30}))
    assert run.history.evaluations < 30
    assert bar().n == bar().total


def test_frames_are_the_images_that_were_looked_at(tmp_path):
    seen = {}
    watch = [SaveFrames(tmp_path / "out.png", 2), lambda step, G, costs: seen.update({step: G})]
    stylize(CONTENT, STYLE, callbacks=watch, **SMALL | {"steps": 4})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out_00002.png", "out_00004.png"]
    for step in (2, 4):
        np.testing.assert_array_equal(load_image(tmp_path / f"out_{step:05d}.png"), np.rint(seen[step]))


@pytest.mark.parametrize("name", ["out.png", "out[1].png"])
def test_frames_of_another_run_are_not_overwritten(tmp_path, name):
    path = tmp_path / name
    there = path.with_name(f"{path.stem}_00001.png")
    save_image(np.zeros((4, 4, 3)), there)
    run = prepare(CONTENT, STYLE, **SMALL)
    with pytest.raises(FileExistsError, match=r"there are frames of another run, .*_00001\.png'; move them or allow"):
        paint(run, [SaveFrames(path), ProgressBar()])
    assert run.image is None  # refused before the first step
    assert load_image(there).shape == (1, 4, 4, 3)
    paint(run, [SaveFrames(path, overwrite=True)])
    assert load_image(there).shape == (1, 32, 48, 3)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_frames_and_films_never_replace_an_input(tmp_path):
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "in.png")
    before = (tmp_path / "in.png").read_bytes()
    for name, watcher in (("out_00001.png", SaveFrames), ("film.gif", SaveFilm)):
        (tmp_path / name).symlink_to("in.png")
        run = prepare(tmp_path / "in.png", STYLE, **SMALL)
        with pytest.raises(ValueError, match=f"{name}' is one of the inputs, which would be lost"):
            paint(run, [watcher(tmp_path / name.replace("_00001", ""), overwrite=True)])
    assert (tmp_path / "in.png").read_bytes() == before


def test_a_resumed_run_goes_on_with_its_frames(tmp_path):
    frames = SaveFrames(tmp_path / "out.png")
    with pytest.raises(RuntimeError, match="cut off"):
        stylize(CONTENT, STYLE, callbacks=[Checkpoint(tmp_path / "run.ckpt", 1), frames, cut_at(1)], **SMALL)
    paint(read_checkpoint(tmp_path / "run.ckpt"), [frames])
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [f"out_0000{step}.png" for step in (1, 2, 3)]


def test_frames_that_cannot_be_written_do_not_end_the_run(tmp_path):
    """Where that shows in time the run is refused; later on it is worth more than a frame."""
    folder = tmp_path / "folder"
    with pytest.raises(FileNotFoundError, match="no folder"):
        stylize(CONTENT, STYLE, callbacks=[SaveFrames(folder / "out.png", 3)], **SMALL)
    folder.mkdir()
    with pytest.warns(UserWarning, match=r"out_00003\.png could not be written: no folder"):
        run = stylize(CONTENT, STYLE, callbacks=[SaveFrames(folder / "out.png", 3), gone(folder)], **SMALL)
    assert len(run.history) == 4


def gone(folder):
    """A callback that removes an empty folder after the first step."""
    return lambda step, G, costs: folder.rmdir() if step == 0 else None


def test_refused_arguments(tmp_path):
    with pytest.raises(ValueError, match="every is 0; expected 1 or more steps"):
        SaveFrames(tmp_path / "out.png", 0)
    with pytest.raises(ValueError, match=r"no picture format for the suffix '\.xbm'"):
        SaveFrames(tmp_path / "out.xbm")


def frames_of(path):
    """The frames of a film and how long each is shown."""
    with Image.open(path) as film:
        frames = [
            (np.asarray(frame.convert("RGB"), float), frame.info["duration"]) for frame in ImageSequence.Iterator(film)
        ]
    return [frame for frame, _ in frames], [duration for _, duration in frames]


def watched(film, images, result):
    """Show a film a run that went through these images."""
    film.run = SimpleNamespace(sizes=[result.shape[1:3]], image=result, files={})
    film.on_run_begin()
    for step, image in enumerate(images):
        film.on_step_end(step, image, {})
    film.on_run_end()


def flat(value):
    return np.full((1, 40, 60, 3), value, np.float32)


@pytest.mark.parametrize("suffix", [".webp", ".GIF"])
def test_a_film_changes_evenly(tmp_path, suffix):
    """Gray levels that come nearer and nearer to 200, as pictures do: early steps change much, late ones little."""
    path = tmp_path / f"film{suffix}"
    watched(SaveFilm(path, frames=9), [flat(200 * (1 - 0.97**step)) for step in range(200)], flat(220))
    frames, durations = frames_of(path)
    levels = [frame.mean() for frame in frames]
    assert frames[0].shape == (40, 60, 3)
    assert 7 <= len(levels) <= 9
    assert levels[0] == pytest.approx(0, abs=2)
    assert levels[-1] == pytest.approx(220, abs=2)
    changes = np.diff(levels)[:-1]  # the last one leads to the result, wherever that is
    assert changes.min() > 0.7 * changes.max()
    assert durations == [100] * (len(frames) - 1) + [3000]


def test_a_film_is_limited_in_size_and_number_and_memory(tmp_path):
    film = SaveFilm(tmp_path / "film.webp", frames=6)
    numbers = []
    film.run = SimpleNamespace(sizes=[(600, 900)], image=flat(0), files={})
    film.on_run_begin()
    for step in range(100):
        film.on_step_end(step, flat(2 * step), {})
        numbers.append(len(film.kept))
    film.on_run_end()
    frames, _ = frames_of(tmp_path / "film.webp")
    assert frames[0].shape == (341, 512, 3)
    assert 5 <= len(frames) <= 6
    assert max(numbers) <= 24


def test_a_film_of_a_run(tmp_path):
    """A coarse size first; the last frame is the result."""
    run = stylize(CONTENT, STYLE, callbacks=[SaveFilm(tmp_path / "film.webp")], **TWO_SCALES)
    frames, _ = frames_of(tmp_path / "film.webp")
    assert 3 <= len(frames) <= 12
    assert np.abs(frames[-1] - run.image.numpy()[0]).mean() < 6  # of 255: it was compressed
    assert list(tmp_path.iterdir()) == [tmp_path / "film.webp"]


def test_a_run_that_fails_has_its_film(tmp_path):
    with pytest.raises(RuntimeError, match="cut off"):
        stylize(CONTENT, STYLE, callbacks=[SaveFilm(tmp_path / "film.gif"), cut_at(2)], **SMALL)
    assert len(frames_of(tmp_path / "film.gif")[0]) >= 3


def test_a_film_that_cannot_be_written_does_not_end_the_run(tmp_path, monkeypatch):
    def full(*args):
        raise OSError("no space left on device")

    monkeypatch.setattr(callbacks, "write_whole", full)
    with pytest.warns(UserWarning, match="the film could not be written: no space left on device"):
        run = stylize(CONTENT, STYLE, callbacks=[SaveFilm(tmp_path / "film.gif")], **SMALL)
    assert len(run.history) == 4


def test_refused_films(tmp_path):
    with pytest.raises(ValueError, match=r"film\.mp4' is no name for a film; end it in \.gif or \.webp"):
        SaveFilm(tmp_path / "film.mp4")
    with pytest.raises(ValueError, match="frames is 2; expected 3 or more"):
        SaveFilm(tmp_path / "film.gif", frames=2)
    (tmp_path / "film.gif").write_bytes(b"precious")
    run = prepare(CONTENT, STYLE, **SMALL)
    for path, message in ((tmp_path / "film.gif", r"film\.gif' exists"), (tmp_path / "no/film.gif", "no folder")):
        with pytest.raises(OSError, match=message):
            paint(run, [SaveFilm(path)])
    assert run.image is None
    assert (tmp_path / "film.gif").read_bytes() == b"precious"
