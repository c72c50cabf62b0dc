"""The studio without a browser: the class, and the panel's widgets as Python sees them."""

import dataclasses
import hashlib
import io
import json
import signal
import time
from datetime import UTC, datetime

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image
from shallow import SHALLOW

from nst_keras import CostNotFiniteError, Objective, Settings, __main__, data_path
from nst_keras.controls import PRESETS, memory
from nst_keras.files.pictures import bundled_pictures, read_picture, sha256_of
from nst_keras.pipeline import prepare
from nst_keras.runs import Studio, serve
from nst_keras.runs.panel import panel

TINY = SHALLOW | {"max_side": 48, "steps": 3}
ENDLESS = TINY | {"steps": 5000, "optimizer": "adam"}
SOON = 120  # seconds after which a test gives up


def encoded(picture, kind="PNG"):
    file = io.BytesIO()
    picture.save(file, format=kind)
    return file.getvalue()


def noise(seed=0, size=(48, 40)):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8))


def until(condition):
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def studio(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = Studio("coffee", "cafe_terrace", "made")
    studio.change(**TINY)
    yield studio
    studio.stop()
    studio._worker.shutdown()


def test_from_upload_to_replay(studio):
    path = studio.upload("photo.png", encoded(noise()))
    studio.choose(content=path)
    assert str(studio.forecast().result(SOON)).startswith("about ")
    run = studio.start().result(SOON)
    assert studio.results == [run]
    assert "step 3 of 3, 40 x 48 pixels" in studio.progress()
    assert studio.free_name() == "photo_cafe_terrace.png"
    picture, sidecar = studio.save(studio.free_name()).result(SOON)
    assert studio.free_name() == "photo_cafe_terrace_2.png"
    assert np.array_equal(read_picture(picture), np.rint(run.image[0]).astype(np.uint8))
    another = Studio("palace", "great_wave", "made")
    another.replay(another.keep("again.json", sidecar.read_bytes()))
    np.testing.assert_array_equal(another.start().result(SOON).image, run.image)


def test_one_run_at_a_time_and_stop(studio):
    studio.change(**ENDLESS)
    painting = studio.start()
    for action in (studio.start, lambda: studio.save("x.png")):
        with pytest.raises(RuntimeError, match="a run is going on; stop it, or wait for its end"):
            action()
    until(lambda: studio.run is not None and len(studio.run.history) > 3)
    studio.stop()
    run = painting.result(SOON)
    assert not studio.running
    assert run.history.interrupted
    assert run.history.final["J"] == min(run.history["J"])
    studio.change(**TINY, optimizer="lbfgs")
    assert not studio.start().result(SOON).history.interrupted  # the next run does not stop at once
    assert len(studio.results) == 2


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("text.png", b"no picture", "cannot read 'made/text.png' as a picture: it is text"),
        ("cut.png", encoded(noise())[:200], "cannot read 'made/cut.png' as a picture: "),
        ("huge.png", encoded(Image.new("1", (8000, 7000))), "8000 x 7000 pixels are too many; reduce it to 50,000,000"),
    ],
)
def test_a_bad_upload_gets_the_sentence_of_the_command(studio, name, data, words):
    with pytest.raises(ValueError, match=r"^cannot read") as refused:
        studio.upload(name, data)
    assert words in str(refused.value).replace("\\\\", "/")
    assert list(studio.folder.iterdir()) == []
    studio.keep(name, data)
    with pytest.raises(ValueError, match=r"^cannot read") as of_the_file:
        read_picture(studio.folder / name, 48)  # as the command does
    if name != "text.png":  # Pillow's own words name the path, too, and it is the same
        assert str(of_the_file.value) == str(refused.value)
    with pytest.raises(ValueError, match=r"^cannot read"):
        studio.upload(name, data)
    assert [path.name for path in studio.folder.iterdir()] == [name]  # a file that was there stays there


def test_a_transparent_upload(studio):
    picture = noise().convert("RGBA")
    picture.putalpha(128)
    studio.choose(style=studio.upload("glass.png", encoded(picture)))
    assert studio.notes == []
    studio.forecast().result(SOON)
    assert len(studio.notes) == 1
    assert studio.notes[0].endswith("is transparent; it is put on white")
    studio.choose(style="great_wave")
    assert studio.notes == []


def test_names_of_uploads(studio):
    first = studio.keep("a.png", b"1")
    assert studio.keep("a.png", b"1") == first
    assert studio.keep("a.png", b"2").name == "a_2.png"
    assert studio.keep("../../a.png", b"3") == studio.folder / "a_3.png"
    assert first.read_bytes() == b"1"


def test_settings_and_presets(studio):
    studio.change(preset="painterly")
    assert studio.settings.strength == PRESETS["painterly"]["strength"]
    studio.change(preset="balanced", colors="content")
    assert (studio.settings.strength, studio.settings.layer_weights) == (60, Settings().layer_weights)
    with pytest.raises(ValueError, match="strength is 101"):
        studio.change(strength=101)
    assert studio.settings.strength == 60
    studio.change(preset="painterly", strength=40)  # as the command's flags, a change wins over the preset
    equal = Settings(layer_weights="equal").layer_weights
    assert (studio.settings.strength, studio.settings.layer_weights, studio.settings.colors) == (40, equal, "content")
    with pytest.raises(ValueError, match="preset is 'oil'; expected one of photo-like"):
        studio.change(preset="oil", strength=70)
    assert studio.settings.strength == 40


def test_what_cannot_be_saved(studio):
    with pytest.raises(ValueError, match="no picture yet; start a run first"):
        studio.save("x.png")
    studio.start().result(SOON)
    for name, words in (
        ("", "expected that of a file"),
        ("a/b.png", "without folders"),
        ("x.doc", "no picture format"),
    ):
        with pytest.raises(ValueError, match=words):
            studio.save(name)
    studio.keep("x.png", b"mine")
    assert "'x.png' exists" in str(studio.save("x.png").exception(SOON)).replace("made/", "").replace("made\\\\", "")


def test_too_large_for_the_memory(studio, monkeypatch):
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: type("", (), {"available": 1e6}))
    assert "the largest max_side that fits is" in str(studio.forecast().exception(SOON))
    assert "the largest max_side that fits is" in str(studio.start().exception(SOON))
    assert studio.results == []
    assert not studio.running


def test_progress_while_the_first_step_is_being_chosen(studio):
    """J of the first image is known a moment before the run shows that image."""
    studio.run = prepare("coffee", "cafe_terrace", **TINY)
    studio.run.history.append({"J": 1.0})
    assert studio.progress() == "reading the pictures and the network"


def test_a_run_that_fails_keeps_its_picture(studio, monkeypatch):
    fail_after(monkeypatch, 2)
    assert isinstance(studio.start().exception(SOON), CostNotFiniteError)
    assert len(studio.results[0].history) == 2


def fail_after(monkeypatch, steps):
    """The cost becomes NaN after some evaluations."""
    evaluate, calls = Objective.value_and_gradient, []

    def evaluated(J, G):
        costs, gradient = evaluate(J, G)
        calls.append(G)
        return (costs if len(calls) <= steps else costs | {"J": float("nan")}), gradient

    monkeypatch.setattr(Objective, "value_and_gradient", evaluated)


# The panel


def parts(box):
    """All widgets inside a box."""
    for child in box.children:
        yield child
        if hasattr(child, "children"):
            yield from parts(child)


def button(box, text):
    return next(each for each in parts(box) if isinstance(each, widgets.Button) and each.description == text)


def shown(box):
    """The texts of a panel."""
    return " ".join(each.value for each in parts(box) if isinstance(each, widgets.HTML) and "role" in each.value)


def test_panel_runs_stops_and_saves(studio):
    studio.change(**ENDLESS)
    box = panel(studio)
    until(lambda: "forecast: about" in shown(box))
    run, stop, save = (button(box, text) for text in ("Run", "Stop", "Save"))
    run.click()
    assert (run.disabled, stop.disabled, save.disabled) == (True, False, True)
    run.click()  # a page that is slow to gray out the button
    assert "a run is going on" in shown(box)
    until(lambda: studio.run is not None and studio.run.image is not None)
    stop.click()
    until(lambda: "stopped; the best picture so far" in shown(box))
    assert len(studio.results) == 1
    assert (run.disabled, stop.disabled, save.disabled) == (False, True, False)
    save.click()
    until(lambda: "saved: " in shown(box))
    assert {path.name for path in studio.folder.iterdir()} == {"coffee_cafe_terrace.json", "coffee_cafe_terrace.png"}


def test_panel_shows_the_choices(studio):
    box = panel(studio)
    button(box, "great_wave").click()
    assert studio.styles == ["great_wave"]
    assert button(box, "✓ great_wave")
    presets = next(each for each in parts(box) if isinstance(each, widgets.ToggleButtons))
    strength = next(each for each in parts(box) if isinstance(each, widgets.IntSlider))
    presets.value = "photo-like"
    assert (studio.settings.strength, strength.value) == (30, 30)
    strength.value = 40
    assert studio.settings.strength == 40
    assert presets.value is None  # it is none of the presets any more
    upload(box, 0, "own.png", encoded(noise()))
    assert studio.content == studio.folder / "own.png"
    assert button(box, "✓ own")
    upload(box, 2, "palace_great_wave.json", data_path("gallery/palace_great_wave.json").read_bytes())
    assert (studio.content, studio.settings.max_side) == ("palace", 1024)
    assert button(box, "✓ palace")


def test_panel_calls_settings_as_they_are_described(studio):
    """What its inputs say stands beside the settings."""
    about = {field.name: field.metadata for field in dataclasses.fields(Settings)}
    said = {each.description: each.tooltip for each in parts(panel(studio)) if hasattr(each, "description")}
    assert said["stroke size"] == about["style_scale"]["help"]
    assert said["longer side"] == about["max_side"]["help"]
    assert said["strength"] == about["strength"]["help"]
    colors = next(each for each in parts(panel(studio)) if isinstance(each, widgets.Dropdown))
    assert dict(colors.options) == {
        "the painting's": "style",
        "the photograph's": "content",
        "the photograph's, by brightness": "luminance",
    }


def test_panel_says_what_is_wrong(studio, monkeypatch):
    box = panel(studio)
    upload(box, 0, "<b>.png", b"no picture")
    assert "error: cannot read" in shown(box)
    assert "&lt;b&gt;.png" in shown(box)
    fail_after(monkeypatch, 2)
    button(box, "Run").click()
    until(lambda: "error: the cost is not finite at step 2" in shown(box))
    assert not button(box, "Save").disabled  # the picture so far can be had


def upload(box, number, name, data):
    uploader = [each for each in parts(box) if isinstance(each, widgets.FileUpload)][number]
    told = {"name": name, "type": "", "size": len(data), "last_modified": datetime.now(UTC)}
    uploader.value = ({**told, "content": memoryview(data)},)


# The command


def test_without_voila(monkeypatch, capsys):
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda name: None)
    assert __main__.main(["studio"]) == 2
    assert capsys.readouterr().err == "error: the studio needs voila and ipywidgets; pip install voila ipywidgets\n"


def test_a_file_in_place_of_the_folder(tmp_path, capsys):
    (tmp_path / "studio").write_text("mine")
    pytest.importorskip("voila")
    assert __main__.main(["studio", str(tmp_path / "studio")]) == 2
    assert "is a file; give a folder for uploads and results" in capsys.readouterr().err


@pytest.mark.parametrize("by", ["hash", "name", "bundled", "missing"])
def test_a_sidecar_from_elsewhere_finds_what_was_uploaded(studio, by):
    data = encoded(noise())
    sha256 = hashlib.sha256(data).hexdigest()
    if by == "bundled":
        sha256 = sha256_of(bundled_pictures()["coffee"])
    elif by != "missing":
        uploaded = studio.upload("other.png" if by == "hash" else "mine.png", data)
    picture = {"picture": "../photos/mine.png", "sha256": sha256 if by != "name" else "0" * 64}
    style = {"picture": "great_wave", "sha256": sha256_of(bundled_pictures()["great_wave"])}
    record = {"content": picture, "styles": [style], "settings": Settings(beta=7).as_dict()}
    sidecar = studio.keep("mine_great_wave.json", json.dumps(record).encode())
    before = studio.content, studio.settings
    if by == "missing":
        with pytest.raises(ValueError, match=r"picture 'mine\.png' of this sidecar is not here; upload it, and then"):
            studio.replay(sidecar)
        assert (studio.content, studio.settings) == before
    else:
        studio.replay(sidecar)
        assert studio.content == ("coffee" if by == "bundled" else uploaded)
        assert (studio.styles, studio.settings.beta) == (["great_wave"], 7)


def test_the_end_of_the_studio_is_the_truth(monkeypatch, capfd):
    monkeypatch.setattr(serve, "main", lambda arguments: signal.raise_signal(signal.SIGINT))
    assert __main__.main(["studio"]) == 130
    error = capfd.readouterr().err
    assert "ending: what was saved is kept, other results are lost" in error
    assert "what is done is kept" not in error
