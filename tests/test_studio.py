"""The studio without a browser: its folder and its painter, what the page says, and how it is served."""

import io
import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shallow import SHALLOW

from nst_keras import CostNotFiniteError, Objective, Settings, __main__, prepare, stylize
from nst_keras.controls import PRESETS, memory
from nst_keras.files.pictures import read_picture
from nst_keras.runs import serve
from nst_keras.runs import studio as studio_module
from nst_keras.runs.forecast import Forecast
from nst_keras.runs.sidecar import read_sidecar
from nst_keras.runs.studio import Job, Studio, free_path, look_of, settings_from

TINY = Settings(**SHALLOW, max_side=48, steps=3)
TWO_SIZES = TINY.replace(max_side=96, scales=2, steps=6)
ENDLESS = TINY.replace(steps=5000, optimizer="adam")
SOON = 120  # seconds after which a test gives up
PAIR = "coffee", "cafe_terrace"


def encoded(picture, kind="PNG"):
    file = io.BytesIO()
    picture.save(file, format=kind)
    return file.getvalue()


def noise(seed=0, size=(48, 40)):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8))


@pytest.fixture
def uploaded(tmp_path):
    """Puts a file where Gradio puts what was uploaded; returns its path."""

    def upload(name, data):
        (tmp_path / "cache").mkdir(exist_ok=True)
        (tmp_path / "cache" / name).write_bytes(data)
        return tmp_path / "cache" / name

    return upload


@pytest.fixture
def studio(tmp_path):
    studio = Studio(tmp_path / "made")
    yield studio
    studio.close()


def look_on(studio, job, until=lambda job: False):
    """Watch a job to its end, or until something; returns its picture, or raises its error."""
    for _ in studio.watch(job):
        if until(job):
            break
    return job.future.result(SOON)


def first_frame(path):
    with Image.open(path.with_suffix(".webp")) as film:
        return np.asarray(film.convert("RGB"), float)


def steps_of(job):
    run = job.run
    return run.history.evaluations if run else 0


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(studio_module, "EVERY", 0.01)


def test_from_upload_to_the_same_picture_again(studio, uploaded):
    photo = studio.keep(uploaded("photo.png", encoded(noise())))
    path = look_on(studio, studio.paint(photo, PAIR[1], TINY))
    assert studio.results() == [path]
    assert sorted(each.name for each in studio.folder.iterdir()) == [
        "photo_cafe_terrace.json", "photo_cafe_terrace.png", "photo_cafe_terrace.webp", "uploads",
    ]  # fmt: skip
    content, style, settings = studio.recipe(path)
    assert (content, style) == (photo, PAIR[1])
    again = look_on(studio, studio.paint(content, style, settings))
    assert again.name == "photo_cafe_terrace_2.png"
    assert np.array_equal(read_picture(again), read_picture(path))
    assert studio.results() == [again, path]
    pictures, _ = read_sidecar(path.with_suffix(".json"))  # the command finds them, too
    assert [Path(pictures[0]).resolve(), pictures[1]] == [photo, PAIR[1]]


def test_stopped_and_finished_is_as_if_it_had_not_been_stopped(studio):
    path = look_on(studio, studio.paint(*PAIR, TWO_SIZES), until=lambda job: steps_of(job) > 2)
    small = read_picture(path)
    assert max(small.shape) == 68
    assert studio.unfinished(path)
    begin = first_frame(path)
    assert look_on(studio, studio.finish(path)) == path
    whole = read_picture(path)
    assert max(whole.shape) == 96
    assert not studio.unfinished(path)
    assert np.array_equal(whole, np.rint(stylize(*PAIR, TWO_SIZES).image[0]).astype(np.uint8))
    assert np.abs(first_frame(path) - begin).mean() < 3  # the film has the whole way


def test_who_goes_on_and_fails_or_stops_again_loses_nothing(studio):
    path = look_on(studio, studio.paint(*PAIR, TWO_SIZES), until=lambda job: steps_of(job) > 1)
    done = json.loads(path.with_suffix(".json").read_text())["gradient_evaluations"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(studio_module, "paint", lambda run, callbacks: 1 / 0)  # whatever fails
        with pytest.raises(ZeroDivisionError):
            look_on(studio, studio.finish(path))
    assert studio.unfinished(path)
    look_on(studio, studio.finish(path), until=lambda job: steps_of(job) > done)
    assert studio.unfinished(path)
    assert json.loads(path.with_suffix(".json").read_text())["gradient_evaluations"] > done


def test_one_after_the_other_and_each_stops_ones_own(studio):
    first = studio.paint(*PAIR, ENDLESS, "Ann")
    second, third = studio.paint(*PAIR, TINY, "Bob"), studio.paint(*PAIR, ENDLESS, "Cid")
    assert next(studio.watch(second)) == 1
    assert second.future.cancelled()  # he looked once, and has closed the page
    waiting = studio.watch(third)
    assert next(waiting) == 1
    studio.stop("Cid")
    assert third.future.cancelled()
    assert list(waiting) == []
    assert not first.stopped
    fourth = studio.paint(*PAIR, TINY, "Bob")
    look_on(studio, first, until=steps_of)
    assert look_on(studio, fourth).exists()
    assert studio.jobs == []


def test_a_page_that_is_gone_ends_its_run(studio, monkeypatch):
    monkeypatch.setattr(studio_module, "GONE", 0.5)
    job = studio.paint(*PAIR, ENDLESS)
    path = job.future.result(SOON)  # nobody looks on
    record = json.loads(path.with_suffix(".json").read_text())
    assert record["interrupted"]
    assert studio.unfinished(path)


def test_closing_saves_what_there_is(studio):
    job = studio.paint(*PAIR, ENDLESS)
    looks = studio.watch(job)
    next(each for each in looks if steps_of(job))
    studio.close()
    assert job.stopped
    assert studio.results() == [job.future.result()]


def test_a_run_that_fails_keeps_its_picture(studio, monkeypatch):
    evaluate, calls = Objective.value_and_gradient, []

    def evaluated(J, G):
        costs, gradient = evaluate(J, G)
        calls.append(G)
        return (costs if len(calls) <= 2 else costs | {"J": float("nan")}), gradient

    monkeypatch.setattr(Objective, "value_and_gradient", evaluated)
    job = studio.paint(*PAIR, TINY)
    with pytest.raises(CostNotFiniteError):
        look_on(studio, job)
    assert studio.results() == [job.path]
    assert not studio.unfinished(job.path)  # it would only fail once more


def test_too_large_for_the_memory(studio, monkeypatch):
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: type("", (), {"available": 1e6}))
    for refused in (lambda: studio.forecast(*PAIR, TINY), lambda: look_on(studio, studio.paint(*PAIR, TINY))):
        with pytest.raises(ValueError, match="the largest max_side that fits is"):
            refused()
    assert studio.results() == []


def test_share_and_seconds_left(studio):
    job = studio.paint(*PAIR, TWO_SIZES)
    shares, left = [], []
    for _ in studio.watch(job):
        shares.append(job.share())
        left.append(job.seconds_left())
    assert shares == sorted(shares)
    assert 0 < max(shares) <= 1
    assert min(left) >= 0
    job = Job(*PAIR, TWO_SIZES)
    job.run, job.forecast = prepare(*PAIR, TWO_SIZES), Forecast(10.0, 0, 0, 0)
    assert job.seconds_left() == 10  # before the first step the forecast alone counts
    job.run.scale = 1
    work = [height * width * steps for (height, width), steps in zip(job.run.sizes, job.run.steps, strict=True)]
    assert job.share() == pytest.approx(work[0] / sum(work))


def test_drafts_are_made_once(studio, monkeypatch):
    monkeypatch.setattr(studio_module, "DRAFT_SIDE", 48)
    path = look_on(studio, studio.draft(*PAIR, TINY))
    assert path.parent == studio.folder / "drafts"
    assert max(read_picture(path).shape) == 48
    monkeypatch.setattr(studio_module, "paint", None)
    assert look_on(studio, studio.draft(*PAIR, TINY)) == path
    with pytest.raises(TypeError):
        look_on(studio, studio.draft(*PAIR, TINY.replace(strength=20)))
    assert studio.results() == []


def test_only_the_last_ones_that_were_stopped_can_be_finished(studio, monkeypatch):
    monkeypatch.setattr(studio_module, "UNFINISHED", 1)
    first, second = (look_on(studio, studio.paint(*PAIR, ENDLESS), until=steps_of) for _ in range(2))
    assert (studio.unfinished(first), studio.unfinished(second)) == (False, True)


# Files


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("text.png", b"no picture", "text.png cannot be read as a picture: it is text"),
        ("cut.png", encoded(noise())[:200], "cut.png cannot be read as a picture: "),
        ("huge.png", encoded(Image.new("1", (8000, 7000))), "8000 x 7000 pixels are too many; reduce it to 50,000,000"),
        ("phone.heic", b"\0\0\0\x18ftypheic" + bytes(99), "phone.heic cannot be read as a picture: it is HEIC"),
    ],
)
def test_a_bad_upload_is_refused_in_words_and_not_kept(studio, uploaded, name, data, words):
    with pytest.raises(ValueError, match="cannot be read as a picture") as refused:
        studio.keep(uploaded(name, data))
    assert words in str(refused.value)
    assert "cache" not in str(refused.value)  # nor where it was
    assert not studio.folder.exists()


def test_names_of_uploads(studio, uploaded):
    one, other = encoded(noise(1)), encoded(noise(2))
    first = studio.keep(uploaded("a.png", one))
    assert studio.keep(uploaded("a.png", one)) == first  # the same file twice
    assert studio.keep(uploaded("a.png", other)).name == "a_2.png"
    assert studio.keep(uploaded("a.png", other)).name == "a_2.png"
    assert first.read_bytes() == one


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "TIFF", "BMP"])
def test_whatever_the_command_reads(studio, uploaded, kind):
    assert studio.keep(uploaded(f"a.{kind.lower()}", encoded(noise(), kind))).exists()


def test_an_iphones_photo(studio, uploaded):
    pytest.importorskip("pillow_heif").register_heif_opener()
    path = studio.keep(uploaded("a.heic", encoded(noise(size=(64, 64)), "HEIF")))
    assert studio.read(path).shape == (64, 64, 3)


def test_what_is_said_of_a_picture(studio, uploaded):
    picture = noise().convert("RGBA")
    picture.putalpha(128)
    path = studio.keep(uploaded("glass.png", encoded(picture)))
    _, forecast, notes = studio.forecast(PAIR[0], path, TINY)
    assert len(notes) == 1
    assert notes[0].endswith("is transparent; it is put on white")
    assert forecast.seconds > 0


@pytest.mark.parametrize(
    "name", ["/etc/hostname", "../secret.png", "uploads/../../secret.png", "secret.png", "uploads"]
)
def test_the_file_beside_a_result_names_no_file_from_elsewhere(studio, tmp_path, name):
    path = look_on(studio, studio.paint(*PAIR, TINY))
    for secret in (tmp_path / "secret.png", studio.folder / "secret.png"):
        secret.write_bytes(encoded(noise()))
    (studio.folder / "uploads").mkdir()
    record = json.loads(path.with_suffix(".json").read_text())
    record["content"]["picture"] = name
    path.with_suffix(".json").write_text(json.dumps(record))
    assert studio.recipe(path)[:2] == (None, PAIR[1])


def test_a_result_that_says_nothing(studio):
    path = look_on(studio, studio.paint(*PAIR, TINY))
    path.with_suffix(".json").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000)
    with pytest.raises(ValueError, match="a PNG picture") as refused:
        studio.recipe(path)
    assert len(str(refused.value)) < 400


def test_free_names(tmp_path):
    assert free_path(tmp_path, "a").name == "a.png"
    (tmp_path / "a.ckpt").touch()
    (tmp_path / "a_2.webp").touch()
    assert free_path(tmp_path, "a").name == "a_3.png"
    assert len(os.fsencode(free_path(tmp_path, "ä" * 200).name)) <= 255


# Settings


def test_looks():
    for look in PRESETS:
        settings = settings_from(look, 40, "content", 2, 99)
        assert (settings.strength, settings.colors, settings.style_scale, settings.max_side) == (40, "content", 2, 99)
        assert look_of(settings) == look
    assert look_of(Settings(steps=3)) == "balanced"
    with pytest.raises(ValueError, match="max_side is 0"):
        settings_from("balanced", 40, "content", 1, 0)


# How it is served


def test_without_gradio(monkeypatch, capsys):
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda name: None)
    assert __main__.main(["studio"]) == 2
    assert capsys.readouterr().err == "error: the studio needs gradio; pip install gradio\n"


def test_a_file_in_place_of_the_folder(tmp_path, capsys):
    pytest.importorskip("gradio")
    (tmp_path / "studio").write_text("mine")
    assert __main__.main(["studio", "--folder", str(tmp_path / "studio")]) == 2
    assert "is a file; give a folder for uploads and results" in capsys.readouterr().err


def test_the_end_of_the_studio_saves(monkeypatch, capfd, tmp_path):
    """Ctrl-C closes the studio, which saves what is being painted."""
    closed = []
    painter = type("", (), {"close": lambda self: closed.append("painter")})()
    page = type("", (), {"close": lambda self, verbose: closed.append("page")})()
    monkeypatch.setattr(serve, "launch", lambda folder, **how: (painter, page, "here"))
    monkeypatch.setattr(serve.time, "sleep", lambda seconds: signal.raise_signal(signal.SIGINT))
    assert __main__.main(["studio", "--folder", str(tmp_path)]) == 130
    out, error = capfd.readouterr()
    assert closed == ["painter", "page"]
    assert out == f"the studio: here  (Ctrl-C ends it; pictures go to {tmp_path})\n"
    assert "ending: the picture so far is saved" in error
    assert "nothing was written" not in error
