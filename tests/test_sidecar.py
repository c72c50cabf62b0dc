"""A picture and its JSON file: what it says, and that the picture can be made again from it."""

import json
import os
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from shallow import SHALLOW

from nst_keras import Callback, Objective, Settings, data_path, load_image, load_vgg, prepare, stylize
from nst_keras.files.pictures import sha256_of
from nst_keras.files.weights import BUNDLED_SHA256
from nst_keras.runs import read_sidecar, save_run, sidecar
from nst_keras.runs.quality import referee
from nst_keras.transfer import at_size

CONTENT, STYLE = data_path("content/chelsea.jpg"), data_path("style/night_cafe.jpg")
SMALL = SHALLOW | {"max_side": 48, "steps": 3, "scales": 1}


@pytest.fixture(scope="module")
def run():
    return stylize(CONTENT, STYLE, **SMALL)


def test_save_writes_a_picture_and_its_settings(tmp_path, run):
    picture, beside = save_run(run, tmp_path / "out.png", forecast={"seconds": 1})
    assert {path.name for path in tmp_path.iterdir()} == {"out.png", "out.json"} == {picture.name, beside.name}
    np.testing.assert_array_equal(load_image(picture), np.rint(run.image))
    record = json.loads(beside.read_text())
    assert record["settings"] | {"steps": 3} == record["settings"]
    assert record["content"]["picture"] == "chelsea"
    assert [style["picture"] for style in record["styles"]] == ["night_cafe"]
    assert record["size"] == [48, 32]
    assert record["weights_sha256"] == BUNDLED_SHA256["vgg19"]
    assert record["costs_at_start"] == run.history.costs[0]
    assert record["costs_at_end"]["J"] < record["costs_at_start"]["J"]
    assert record["versions"]["tensorflow"] == tf.__version__
    assert record["forecast"] == {"seconds": 1}
    assert record["quality"]["styles"][0]["fine_luminance"] > 0
    assert record["interrupted"] is False
    with pytest.raises(FileExistsError):
        save_run(run, tmp_path / "out.png")
    (tmp_path / "out.png").unlink()
    with pytest.raises(FileExistsError, match=r"out\.json' exists"):
        save_run(run, tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()
    save_run(run, tmp_path / "out.png", overwrite=True)


def test_a_run_without_an_image_is_not_saved(tmp_path):
    with pytest.raises(ValueError, match="the run has no image yet"):
        save_run(prepare(CONTENT, STYLE, **SMALL), tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []


def test_the_sidecar_is_enough_to_make_the_picture_again(tmp_path, run):
    _, beside = save_run(run, tmp_path / "out.png")
    (content, *styles), settings = read_sidecar(beside)
    assert (content, styles) == ("chelsea", ["night_cafe"])
    assert settings == run.settings
    np.testing.assert_array_equal(stylize(content, styles, settings).image, run.image)


def test_the_end_is_that_of_the_saved_picture_when_interrupted(tmp_path):
    """Adam with a high rate gets worse after some steps; the best picture is the one that is kept."""

    def interrupt(step, G, costs):
        if step == 5:
            raise KeyboardInterrupt

    settings = SMALL | {"optimizer": "adam", "learning_rate": 100.0, "steps": 20}
    run = stylize(CONTENT, STYLE, callbacks=[interrupt], **settings)
    assert run.history["J"][-1] > 1.5 * min(run.history["J"])
    picture, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    assert record["interrupted"] is True
    assert record["costs_at_end"]["J"] == min(run.history["J"])
    J = Objective(run.C, run.S, run.settings)
    assert J.terms(run.image) == pytest.approx(record["costs_at_end"], rel=1e-4, abs=1e-6)
    assert J.terms(load_image(picture))["J"] == pytest.approx(record["costs_at_end"]["J"], rel=0.02)  # rounded


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_gradient_evaluations_are_counted_exactly(tmp_path, monkeypatch, optimizer):
    calls = []

    class Counting(Objective):
        def value_and_gradient(self, G):
            calls.append(G)
            return super().value_and_gradient(G)

    monkeypatch.setattr("nst_keras.pipeline.Objective", Counting)
    settings = SHALLOW | {"max_side": 200, "steps": 2, "scales": 2}
    _, beside = save_run(stylize(CONTENT, STYLE, optimizer=optimizer, **settings), tmp_path / "out.png")
    assert json.loads(beside.read_text())["gradient_evaluations"] == len(calls) == 5


@pytest.mark.parametrize("error", [MemoryError("no memory left"), ValueError("whatever")])
def test_quality_that_cannot_be_measured(tmp_path, monkeypatch, run, error):
    def fail(run):
        raise error

    monkeypatch.setattr(sidecar, "measure", fail)
    with pytest.warns(UserWarning, match=f"the quality of the picture could not be measured: {error}"):
        picture, beside = save_run(run, tmp_path / "out.png")
    np.testing.assert_array_equal(load_image(picture), np.rint(run.image))
    record = json.loads(beside.read_text())
    assert record["quality"] == {}
    assert record["costs_at_end"] == run.history.final


def test_an_interrupt_while_measuring_leaves_the_picture(tmp_path, monkeypatch, run):
    def interrupt(run):
        raise KeyboardInterrupt

    monkeypatch.setattr(sidecar, "measure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_run(run, tmp_path / "out.png")
    np.testing.assert_array_equal(load_image(tmp_path / "out.png"), np.rint(run.image))


def test_pictures_of_ones_own_are_found_from_the_sidecar(tmp_path, monkeypatch):
    """They are named by the way from the JSON file to them, wherever the command was given and will be given."""
    for folder in ("pictures", "results", "elsewhere"):
        (tmp_path / folder).mkdir()
    with Image.open(CONTENT) as picture:
        picture.resize((60, 40)).save(tmp_path / "pictures/cat.png")
    monkeypatch.chdir(tmp_path / "pictures")
    run = stylize("cat.png", [STYLE, "night_cafe"], **SMALL)
    save_run(run, "../results/out.png")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert json.loads((tmp_path / "results/out.json").read_text())["content"]["picture"] == "../pictures/cat.png"
    (content, *styles), settings = read_sidecar(tmp_path / "results/out.json")
    assert os.path.samefile(content, tmp_path / "pictures/cat.png")
    assert styles == ["night_cafe", "night_cafe"]
    np.testing.assert_array_equal(stylize(content, styles, settings).image, run.image)
    Image.new("RGB", (60, 40)).save(tmp_path / "pictures/cat.png")
    with pytest.warns(UserWarning, match=r"cat\.png' is not the picture that out\.json was made from"):
        read_sidecar(tmp_path / "results/out.json")


def test_a_picture_that_is_gone_after_the_run(tmp_path):
    with Image.open(CONTENT) as picture:
        picture.resize((60, 40)).save(tmp_path / "cat.png")
    run = stylize(tmp_path / "cat.png", STYLE, **SMALL)
    sha256 = sha256_of(tmp_path / "cat.png")
    (tmp_path / "cat.png").unlink()
    picture, beside = save_run(run, tmp_path / "out.png")
    assert picture.exists()
    assert json.loads(beside.read_text())["content"] == {"picture": "cat.png", "sha256": sha256}


def test_a_picture_that_is_replaced_during_the_run(tmp_path):
    """The JSON file has the hashes of what was read, and a replay says that it is something else now."""
    for name in ("cat.png", "mask.png"):
        Image.new("RGB", (60, 40), "white").save(tmp_path / name)
    sha256 = sha256_of(tmp_path / "cat.png")

    def replace(step, G, costs):
        for name in ("cat.png", "mask.png"):
            Image.new("RGB", (60, 40), "teal").save(tmp_path / name)

    mask = tmp_path / "mask.png"
    run = stylize(tmp_path / "cat.png", STYLE, mask=mask, callbacks=[replace], **(SMALL | {"steps": 1}))
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    assert record["content"]["sha256"] == record["maps"][str(mask)]["sha256"] == sha256
    with pytest.warns(UserWarning, match="is not the") as said:
        read_sidecar(beside)
    assert [str(each.message).split("' is not the ")[1].split()[0] for each in said] == ["map", "picture"]


def test_a_map_that_is_called_as_its_picture(tmp_path):
    """Bundled ones are: both are named, each with its own hash."""
    run = stylize("palace", "great_wave", regions=["palace", "great_wave"], **SMALL)
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    pictures = [record["content"], *record["styles"]]
    assert [each["picture"] for each in pictures] == ["palace", "great_wave"]
    assert pictures[0]["sha256"] == sha256_of(data_path("content/palace.jpg"))
    assert record["maps"]["palace"] == {"picture": "palace", "sha256": sha256_of(data_path("regions/palace.png"))}


def test_a_map_that_is_gone_after_the_run(tmp_path):
    """The picture and its sidecar are kept all the same, and a replay says which map is missing."""
    mask = tmp_path / "mask.png"
    Image.new("RGB", (60, 40), "white").save(mask)
    run = stylize(CONTENT, STYLE, mask=mask, **SMALL)
    sha256 = sha256_of(mask)
    mask.unlink()
    picture, beside = save_run(run, tmp_path / "out.png")
    assert picture.exists()
    assert json.loads(beside.read_text())["maps"] == {str(mask): {"picture": "mask.png", "sha256": sha256}}
    (content, style), settings = read_sidecar(beside)
    with pytest.raises(FileNotFoundError, match=r"no map '.*mask\.png'"):
        stylize(content, style, settings)


def test_images_in_memory_have_no_name(tmp_path):
    run = stylize(load_image(CONTENT, 48), STYLE, **SMALL)
    _, beside = save_run(run, tmp_path / "out.png")
    assert json.loads(beside.read_text())["content"] == {"picture": None, "sha256": None}
    with pytest.raises(ValueError, match="was made from an image in memory; give the pictures as well"):
        read_sidecar(beside)


def test_weights_from_a_path(tmp_path):
    path = tmp_path / "vgg.weights.h5"
    load_vgg().save_weights(path)
    run = stylize(CONTENT, STYLE, weights=path, **(SMALL | {"steps": 1}))
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    assert record["settings"]["weights"] == str(path)
    assert len(record["weights_sha256"]) == 64
    assert read_sidecar(beside)[1] == run.settings


def test_files_that_are_no_sidecars(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no sidecar .*nowhere\.json"):
        read_sidecar(tmp_path / "nowhere.json")
    settings = Settings().as_dict()
    picture = {"picture": "palace", "sha256": "0"}
    for text in (
        "nothing", "[]", "{}", json.dumps({"settings": settings}),
        json.dumps({"settings": settings | {"beta": -1}, "content": picture, "styles": [picture]}),
        json.dumps({"settings": settings | {"bate": 1}, "content": picture, "styles": [picture]}),
        json.dumps({"settings": settings, "content": "data/content/palace.jpg", "styles": []}),
    ):  # fmt: skip
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(ValueError, match=r"other\.json' is not a sidecar that can be replayed: "):
            read_sidecar(tmp_path / "other.json")


def test_a_sidecar_of_an_older_version_is_not_replayed_with_other_defaults(tmp_path, run):
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    del record["settings"]["style_cost"], record["settings"]["padding"]
    beside.write_text(json.dumps(record))
    with pytest.raises(ValueError, match="an older version wrote it, without padding, style_cost; use that version"):
        read_sidecar(beside)


@pytest.mark.parametrize("name", ["strength", "colors", "style_scale", "regions", "mask", "tile"])
def test_a_setting_that_came_later_and_changes_nothing(tmp_path, run, name):
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    del record["settings"][name]
    beside.write_text(json.dumps(record))
    unchanged = run.settings.replace(tile="auto") if name == "tile" else run.settings
    assert read_sidecar(beside)[1] == unchanged


def test_the_quality_is_that_at_the_size_of_the_picture():
    """Of a run that was interrupted at its first, smaller scale."""

    def interrupt(step, G, costs):
        raise KeyboardInterrupt

    run = stylize(CONTENT, STYLE, callbacks=[interrupt], **(SMALL | {"max_side": 200, "scales": 2}))
    C, S = at_size((94, 141), run.C, run.S)
    assert run.image.shape == C.shape
    quality = sidecar.measure(run)
    assert quality == referee(C, S, "vgg16", "float32")(run.image)
    assert quality["content"] == 0  # G is still C
    assert quality["styles"][0]["patches"] > 10


def test_a_run_that_failed_was_not_finished(tmp_path):
    runs = []

    class Fail(Callback):
        def on_step_end(self, step, G, costs):
            runs.append(self.run)
            if step == 1:
                raise OSError("the terminal is gone")

    with pytest.raises(OSError, match="terminal"):
        stylize(CONTENT, STYLE, callbacks=[Fail()], **SMALL)
    _, beside = save_run(runs[0], tmp_path / "out.png")
    assert json.loads(beside.read_text())["interrupted"] is True


def test_two_pictures_never_share_their_json(tmp_path, run):
    save_run(run, tmp_path / "x.png")
    for name in ("x.jpg", "x.webp"):
        with pytest.raises(FileExistsError, match=r"x\.json' has the settings of 'x\.png'; give 'x\.\w+' another name"):
            save_run(run, tmp_path / name, overwrite=True)
    assert {path.name for path in tmp_path.iterdir()} == {"x.png", "x.json"}
    save_run(run, tmp_path / "x.png", overwrite=True)
    (tmp_path / "x.png").unlink()  # now the place is free
    save_run(run, tmp_path / "x.jpg", overwrite=True)


def test_a_result_never_replaces_what_it_was_made_from(tmp_path):
    for name in ("in.png", "mask.png"):
        Image.new("RGB", (60, 40), "white").save(tmp_path / name)
    before = (tmp_path / "in.png").read_bytes()
    os.link(tmp_path / "in.png", tmp_path / "hard.png")
    (tmp_path / "link.png").symlink_to("in.png")
    run = stylize(tmp_path / "in.png", STYLE, mask=tmp_path / "mask.png", **(SMALL | {"steps": 1}))
    for name in ("in.png", "link.png", "hard.png", "mask.png"):
        with pytest.raises(ValueError, match=rf"{name}' is one of the inputs, which would be lost"):
            save_run(run, tmp_path / name, overwrite=True)
    assert (tmp_path / "in.png").read_bytes() == before
    assert not list(tmp_path.glob("*.json"))


def test_a_strength_that_contradicts_the_weights_is_said(tmp_path, run):
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    record["settings"]["strength"] = 95
    beside.write_text(json.dumps(record))
    with pytest.warns(UserWarning, match=r"strength is 95 in out\.json, but alpha and beta there are not those of it"):
        _, settings = read_sidecar(beside)
    assert settings.beta == run.settings.beta
    record["settings"] |= {"alpha": None, "beta": None}
    beside.write_text(json.dumps(record))
    assert read_sidecar(beside)[1].strength == 95


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("settings", [1], "its part 'settings' is missing or odd"),
        ("settings", {"beta": "much"}, "beta is 'much'; expected a finite number"),
        ("settings", {"regions": [1, 2]}, "regions is"),
        ("settings", {"layer_weights": [1]}, "layer_weights is"),
        ("settings", {"bate": 1}, "its settings have bate, which this version does not know"),
        ("content", 5, "its part 'content' is missing or odd; expected a picture and its sha256"),
        ("content", {"picture": 5, "sha256": ""}, "its part 'content' is missing or odd"),
        ("styles", {}, "its part 'styles' is missing or odd; expected a list of pictures"),
        ("styles", [None], "its part 'styles' is missing or odd"),
        ("maps", [1], "its part 'maps' is missing or odd"),
    ],
)
def test_wrong_types_in_a_sidecar_are_a_sentence(tmp_path, run, part, value, said):
    _, beside = save_run(run, tmp_path / "out.png")
    record = json.loads(beside.read_text())
    record[part] = record[part] | value if part == "settings" and isinstance(value, dict) else value
    beside.write_text(json.dumps(record))
    with pytest.raises(ValueError, match=r"out\.json' is not a sidecar that can be replayed: ") as error:
        read_sidecar(beside)
    sentence = str(error.value).replace(str(tmp_path), "")
    assert said in sentence
    assert "Error" not in sentence
    assert len(sentence) <= 300


def test_a_picture_in_place_of_its_json(tmp_path, run):
    picture, _ = save_run(run, tmp_path / "out.png")
    with pytest.raises(ValueError, match=r"replayed: it is a PNG picture; give '.*out\.json'$"):
        read_sidecar(picture)
    (tmp_path / "cut.json").write_text((tmp_path / "out.json").read_text()[:200])
    with pytest.raises(ValueError, match=r"it is JSON, but damaged$"):
        read_sidecar(tmp_path / "cut.json")
    (tmp_path / "run.ckpt").write_bytes(b"PK\3\4" + bytes(99))
    with pytest.raises(ValueError, match=r"it is a checkpoint or another archive$"):
        read_sidecar(tmp_path / "run.ckpt")
    with pytest.raises(ValueError, match="replayed: it is a folder"):
        read_sidecar(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_names_that_are_not_utf_8(tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    Image.new("RGB", (60, 40), "teal").save(tmp_path / name)
    run = stylize(tmp_path / name, STYLE, **(SMALL | {"steps": 1}))
    picture, beside = save_run(run, tmp_path / os.fsdecode(b"out\xe9.png"))
    assert picture.exists()
    assert rb"caf\udce9.png" in beside.read_bytes()
    (content, _), _ = read_sidecar(beside)
    assert content == tmp_path / name


@pytest.mark.skipif(os.name == "nt", reason="paths of Windows are short")
def test_names_of_255_bytes(tmp_path, run):
    for stem in ("p" * 251, "画" * 83 + "p"):
        picture, beside = save_run(run, tmp_path / f"{stem}.png")
        assert picture.exists()
        assert read_sidecar(beside)[1] == run.settings
    with pytest.raises(OSError, match="cannot be written: its name is too long; 255 bytes are the most"):
        save_run(run, tmp_path / ("p" * 252 + ".png"))
    assert len(list(tmp_path.iterdir())) == 4
