"""nst-keras as a user runs it."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import hanging
import numpy as np
import pytest
from PIL import Image

from nst_keras import CostNotFiniteError, Settings, __main__, data_path, load_image, objective, runs, save_image
from nst_keras.controls import PRESETS
from nst_keras.runs import read_sidecar, sidecar

TINY = ["--max-side", "48", "--steps", "2"]
SHALLOW = ["--content-layer", "block2_conv2", "--style-layers", "block1_conv1,block2_conv1"]
PAIR = [str(data_path("content/coffee.jpg")), str(data_path("style/cafe_terrace.jpg"))]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


def size_of(path):
    with Image.open(path) as picture:
        return picture.size


def run(*arguments, cwd):
    command = [sys.executable, "-m", "nst_keras", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def record(path):
    return json.loads(Path(path).read_text())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_default_pair(tmp_path):
    result = run(*TINY, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert size_of(tmp_path / "palace_great_wave.png") == (48, 32)
    assert record(tmp_path / "palace_great_wave.json")["settings"]["steps"] == 2
    assert "palace_great_wave.png" in result.stdout
    assert "J=" in result.stderr  # the progress bar
    assert "100%" in result.stderr
    # the forecast comes first: no notices of TensorFlow before it
    assert re.match(r"forecast: about \d+ s and \d\.\d GB of memory\s+stylize", result.stderr)


def test_what_is_quick_does_not_import_tensorflow(tmp_path):
    """Help, version and list, and what is said about a mistake in the arguments."""
    script = """
import contextlib, io, sys
from nst_keras import __main__
__main__.parser()
said = {}
for arguments in (["--help"], ["--version"], ["--list"], ["palace"], ["--steps", "many"]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        try:
            status = __main__.main(arguments)
        except SystemExit as end:
            status = end.code
    said[arguments[0]] = status, out.getvalue()
heavy = {"tensorflow", "keras", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
print(repr(said))
"""
    result = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    said = eval(result.stdout)
    assert [status for status, _ in said.values()] == [0, 0, 0, 2, 2]
    assert "--beta" in said["--help"][1]
    assert re.fullmatch(r"nst_keras \d+\.\d+\.\d+\n", said["--version"][1])
    content, style, texture, maps, *presets = said["--list"][1].splitlines()
    assert "palace" in content
    assert "great_wave" in style
    assert "brick" in texture
    assert "palace" in maps
    assert [line.split(":")[0] for line in presets] == [f"preset   {name}" for name in PRESETS]


def test_every_option(folder):
    status = __main__.main([
        *PAIR, str(data_path("style/great_wave.jpg")), "-o", "out.jpg", *TINY, "--quiet", "--alpha", "2",
        "--beta", "30",
        "--tv", "0.001", "--style-weights", "1,2", "--content-layer", "block3_conv2", "--style-layers",
        "block1_conv1,block2_conv1", "--layer-weights", "1,3", "--optimizer", "adam", "--learning-rate", "4",
        "--init", "blend", "--seed", "9", "--pooling", "avg", "--scales", "1", "--save-every", "1",
        "--film", "way.gif", "--network", "vgg19", "--weights", "bundled", "--precision", "float32",
        "--content-normalizer", "mean", "--style-normalizer", "gatys", "--checkpoint", "run.ckpt",
    ])  # fmt: skip
    assert status == 0
    names = {"out.jpg", "out.json", "out_00001.jpg", "out_00002.jpg", "run.ckpt", "way.gif"}
    assert {path.name for path in folder.iterdir()} == names
    settings = record("out.json")["settings"]
    assert settings["layer_weights"] == {"block1_conv1": 1, "block2_conv1": 3}
    assert settings["gamma"] == 0.001
    assert settings["pooling"] == "avg"
    assert settings["style_weights"] == [1, 2]
    assert (settings["content_normalizer"], settings["style_normalizer"]) == ("mean", "gatys")
    assert record("out.json")["forecast"].keys() == {"seconds", "memory_gb"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["coffee", "-o", "x.png", "cafe_terrace", "great_wave"],
        ["-o", "x.png", "coffee", "--beta", "20", "cafe_terrace", "--quiet", "great_wave"],
        ["--style-weights", "1,2", "coffee", "cafe_terrace", "great_wave", "-o", "x.png"],
        ["--style-layers", "block1_conv1", "coffee", "cafe_terrace", "great_wave", "-o", "x.png"],
    ],
)
def test_options_may_stand_between_pictures(folder, arguments):
    assert __main__.main([*arguments, *TINY, "--content-layer", "block2_conv2", "--quiet", "--force"]) == 0
    made = record("x.json")
    assert made["content"]["picture"] == "coffee"
    assert [style["picture"] for style in made["styles"]] == ["cafe_terrace", "great_wave"]
    assert made["settings"]["style_weights"] == ([1, 2] if "--style-weights" in arguments else None)


def test_layer_weights_by_name(folder):
    options = ["--layer-weights", "finest", "--style-cost", "wasserstein", "--rank", "16", "--padding", "zero"]
    assert __main__.main([*PAIR, "-o", "x.png", *TINY, *options, "--quiet"]) == 0
    settings = record("x.json")["settings"]
    assert list(settings["layer_weights"].values()) == [n / 85 for n in (64, 16, 4, 1)]
    assert (settings["style_cost"], settings["rank"], settings["padding"]) == ("wasserstein", 16, "zero")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.jpg", PAIR[1]], "no such picture: 'nowhere.jpg'; bundled ones are astronaut, "),
        ([*PAIR, "--output=~/nowhere/x.png"], f"no folder '{Path('~/nowhere').expanduser()}' to write 'x.png' into"),
        (["~/nowhere.jpg", PAIR[1]], f"no such picture: '{Path('~/nowhere.jpg').expanduser()}'"),
        ([*PAIR, "--weights", "."], "'.' is no weights file that can be read: Is a directory"),
        (["text.jpg", PAIR[1]], "cannot read 'text.jpg' as a picture"),
        ([*PAIR, "--content-layer", "block9"], "unknown layer 'block9'; nearest: block"),
        ([*PAIR, "--beta", "-1"], "beta is -1.0; expected"),
        ([*PAIR, "--layer-weights", "even"], "layer_weights is 'even'; expected one of equal, fine, finest, coarse"),
        ([*PAIR, "--optimizer", "sgd"], "optimizer is 'sgd'; expected one of lbfgs"),
        ([*PAIR, "--precision", "float16"], "precision is 'float16'; expected one of float32, bfloat16, auto"),
        ([*PAIR, "--style-layers", "block1_conv1", "--layer-weights", "1,2"], "1 style layers need 1 layer weights"),
        ([*PAIR, "--style-weights", "1,2"], "1 style images need 1 style weights, not 2"),
        ([*PAIR, "-o", "exists.png"], "'exists.png' exists; give another name with -o, or --force"),
        ([*PAIR, "-o", "nowhere/out.png"], "no folder 'nowhere'"),
        ([*PAIR, "-o", "x.webp", "--film", "./x.webp"], "'./x.webp' cannot be the picture and the film"),
        ([*PAIR, "--film", "x.mp4"], "'x.mp4' is no name for a film; end it in .gif or .webp"),
        ([*PAIR, "-o", "out.doc"], "no picture format for the suffix '.doc'"),
        ([*PAIR, "--weights", "nowhere.h5"], "no weights file 'nowhere.h5'"),
        (["--settings", "nowhere.json"], "no sidecar 'nowhere.json'"),
        (["--settings", "text.jpg"], "'text.jpg' is not a sidecar that can be replayed"),
        (["--resume", "nowhere.ckpt"], "no checkpoint 'nowhere.ckpt'"),
    ],
)
def test_mistakes_get_one_sentence(folder, capsys, arguments, message):
    (folder / "text.jpg").write_text("not a picture")
    (folder / "exists.png").write_bytes(b"precious")
    rest = [] if "--resume" in arguments else TINY
    assert __main__.main([*arguments, *rest, "--quiet"]) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 0
    assert (folder / "exists.png").read_bytes() == b"precious"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("suffix", [".h5", ".xbm", ".msp", ".bufr", ".gif", ".pdf", ""])
def test_suffixes_that_cannot_be_saved_are_refused_before_the_run(folder, monkeypatch, capsys, suffix):
    monkeypatch.setattr("nst_keras.transfer.paint", lambda *args: pytest.fail("the run began"))
    assert __main__.main([*PAIR, "-o", f"out{suffix}", *TINY, "--quiet"]) == 2
    assert f"no picture format for the suffix '{suffix}'" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("suffix", [".png", ".JPG", ".jpeg", ".webp", ".tif", ".tiff"])
def test_suffixes_that_can_be_saved(tmp_path, suffix):
    save_image(np.zeros((8, 8, 3)), tmp_path / f"out{suffix}")
    assert size_of(tmp_path / f"out{suffix}") == (8, 8)


def test_mistakes_in_a_real_process(tmp_path):
    for arguments, message in (([PAIR[0]], "at least one STYLE"), (["--steps", "many"], "invalid int value")):
        result = run(*arguments, cwd=tmp_path)
        assert result.returncode == 2
        assert message in result.stderr
        assert "Traceback" not in result.stderr
    result = run("nowhere.jpg", PAIR[1], cwd=tmp_path)
    assert result.returncode == 2
    assert "error: no such picture" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("flag", "word", "expected"),
    [
        ("--tile", "none", "a number of pixels, 0, or auto"),
        ("--max-side", "big", "a number of pixels, or 0"),
        ("--style-weights", "1;2", "numbers such as 1,2.5"),
        ("--content-layer", "block4_conv2=x", "a layer, or several with weights"),
        ("--layer-weights", "0.5,?", "a name, or numbers"),
    ],
)
def test_a_word_that_is_no_value(capsys, flag, word, expected):
    with pytest.raises(SystemExit):
        __main__.parser().parse_args([flag, word])
    assert f"argument {flag}: {word!r} was given; expected {expected}" in capsys.readouterr().err


def test_force_overwrites(folder, capsys):
    (folder / "out.png").write_bytes(b"old")
    assert __main__.main([*PAIR, "-o", "out.png", "--force", "--quiet", *TINY]) == 0
    assert capsys.readouterr().out == "out.png\n"
    assert size_of("out.png") == (48, 32)


def test_frames_of_another_run_are_kept(folder, capsys):
    (folder / "x_00001.png").write_bytes(b"precious")
    arguments = [*PAIR, *TINY, *SHALLOW, "-o", "x.png", "--save-every", "1"]
    assert __main__.main(arguments) == 2  # with its progress bar, which never begins
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: there are frames of another run, 'x_00001.png'")
    assert (folder / "x_00001.png").read_bytes() == b"precious"
    assert not (folder / "x.png").exists()
    assert __main__.main([*arguments, "--force", "--quiet"]) == 0
    assert size_of("x_00001.png") == (48, 32)


def test_settings_replays_a_sidecar(folder):
    first = ["chelsea", "night_cafe", "cafe_terrace", *TINY, *SHALLOW, "--style-weights", "1,2", "--beta", "30"]
    assert __main__.main([*first, "--style-normalizer", "gatys", "-o", "first.png", "--quiet"]) == 0
    assert __main__.main(["--settings", "first.json", "-o", "again.png", "--quiet"]) == 0
    assert (folder / "again.png").read_bytes() == (folder / "first.png").read_bytes()
    assert record("again.json")["settings"] == record("first.json")["settings"]
    # flags and pictures of the command come first
    changed = ["rocket", "night_cafe", "night_cafe", "--settings", "first.json", "--beta", "3", "--steps", "1"]
    assert __main__.main([*changed, "-o", "other.png", "--quiet"]) == 0
    other = record("other.json")
    assert other["settings"] == record("first.json")["settings"] | {"beta": 3, "steps": 1}
    assert other["content"]["picture"] == "rocket"


def test_max_side_0_keeps_the_sizes(folder):
    with Image.open(PAIR[0]) as picture:
        picture.resize((60, 45)).save("small.png")
    assert __main__.main(["small.png", "small.png", "--max-side", "0", "--steps", "1", *SHALLOW, "--quiet"]) == 0
    assert size_of("small_small.png") == (60, 45)
    assert record("small_small.json")["settings"]["max_side"] is None


def test_a_folder_that_vanishes_does_not_lose_the_result(tmp_path, monkeypatch, capsys):
    (tmp_path / "out").mkdir()

    class Vanish(runs.ProgressBar):
        def on_run_end(self):
            super().on_run_end()
            (tmp_path / "out").rmdir()

    monkeypatch.setattr(runs, "ProgressBar", Vanish)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert __main__.main([*PAIR, "-o", str(tmp_path / "out/out.png"), *TINY, *SHALLOW]) == 1
    out, error = capsys.readouterr()
    assert "out.png could not be written (no folder" in error
    (path,) = tmp_path.glob("*/picture.png")
    assert str(path) in out
    assert size_of(path) == (48, 32)
    assert path.with_suffix(".json").exists()


class Fails(objective.Objective):
    """Its third evaluation fails."""

    calls = 0
    error = None

    def value_and_gradient(self, G):
        Fails.calls += 1
        if Fails.calls == 3:
            if Fails.error:
                raise Fails.error
            terms, gradient = super().value_and_gradient(G)
            return terms | {"J": float("nan")}, gradient
        return super().value_and_gradient(G)


@pytest.mark.parametrize("error", [None, MemoryError("no memory left"), RuntimeError("whatever")])
def test_a_failing_run_keeps_the_best_picture(folder, monkeypatch, capsys, error):
    monkeypatch.setattr(Fails, "calls", 0)
    monkeypatch.setattr(Fails, "error", error)
    monkeypatch.setattr("nst_keras.pipeline.Objective", Fails)
    assert __main__.main([*PAIR, "-o", "out.png", "--quiet", "--max-side", "48", *SHALLOW]) == 1
    message = capsys.readouterr().err
    assert (str(error) if error else "not finite at step 2") in message
    assert "The best picture so far is in out.png" in message
    assert size_of("out.png") == (48, 32)
    assert record("out.json")["costs_at_end"]["J"] < record("out.json")["costs_at_start"]["J"]


def test_a_failure_before_the_first_step_is_said(folder, monkeypatch, capsys):
    def fail(*args):
        raise CostNotFiniteError(None, [])

    monkeypatch.setattr("nst_keras.pipeline.Objective", fail)
    assert __main__.main([*PAIR, "-o", "out.png", "--quiet", *TINY]) == 2
    assert "not finite at step 0" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_failing_measure_keeps_picture_and_settings(folder, monkeypatch, capsys):
    def fail(run):
        raise MemoryError("no memory left")

    monkeypatch.setattr(sidecar, "measure", fail)
    assert __main__.main([*PAIR, "-o", "out.png", "--quiet", *TINY, *SHALLOW]) == 0
    out, error = capsys.readouterr()
    assert out == "out.png\n"
    assert error == "note: the quality of the picture could not be measured: no memory left\n"
    assert size_of("out.png") == (48, 32)
    assert record("out.json")["quality"] == {}


def test_notes_are_said_in_one_line(folder, capsys):
    Image.new("RGBA", (60, 50), (9, 90, 200, 100)).save("clear.png")
    assert __main__.main(["clear.png", PAIR[1], "--quiet", *TINY]) == 0
    assert capsys.readouterr().err == "note: 'clear.png' is transparent; it is put on white\n"


def test_arguments_that_contradict_each_other(capsys):
    for arguments, message in (
        (["--resume", "run.ckpt", *PAIR], "leave them out"),
        (["--resume", "run.ckpt", "--beta", "3"], "leave them out"),
        (["--resume", "run.ckpt", "--settings", "out.json"], "leave them out"),
        (["--resume", "run.ckpt", "--style-layers", "block1_conv1"], "leave them out"),
        ([*PAIR, "--style-layers", "block1_conv1", "--layer-weights", "finest"], "leave --style-layers out"),
        (["--save-every", "-1"], "--save-every must be 0"),
        (["--checkpoint-every", "0"], "--checkpoint-every 1 or more"),
    ):
        with pytest.raises(SystemExit) as error:
            __main__.main(arguments)
        assert error.value.code == 2
        assert message in capsys.readouterr().err


# Signals: the command runs in a process of its own, which waits for them at a place that is certain


WILD = ["--max-side", "64", "--optimizer", "adam", "--learning-rate", "100", *SHALLOW, "--save-every", "1"]
WILD += ["--style-cost", "gram", "--pooling", "avg"]


def check_interrupted(folder, out, error):
    """With this rate J goes up and down. The report and the JSON file speak of the picture that was saved."""
    assert "interrupted; the best picture so far: out.png" in out
    assert "\nfinishing: what is done is kept (once more to stop at once)\n" in error
    assert "Traceback" not in error
    assert size_of(folder / "out.png") == (64, 43)
    made = record(folder / "out.json")
    assert made["interrupted"] is True
    assert made["gradient_evaluations"] == 6
    start, end = made["costs_at_start"]["J"], made["costs_at_end"]["J"]
    assert f"J(G) {start:.4g} -> {end:.4g} in " in out
    J = objective.Objective(*(load_image(picture, 64) for picture in PAIR), Settings(**made["settings"]))
    assert J.terms(load_image(folder / "out.png"))["J"] == pytest.approx(end, rel=0.02)  # pixels were rounded
    assert J.terms(load_image(folder / "out_00005.png"))["J"] > 1.1 * end


@posix
def test_an_interrupt_saves_the_best_picture(tmp_path):
    with hanging.ended(hanging.start("5", *PAIR, "-o", "out.png", *WILD, cwd=tmp_path)) as process:
        hanging.wait_for(process, "5")
        process.send_signal(signal.SIGINT)
        out, error = hanging.finish(process)
    assert process.returncode == 130, error
    check_interrupted(tmp_path, out, error)


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_at_step_5(folder, monkeypatch, capfd, name):
    """The same in this process; afterwards the handlers are those from before."""

    class Signal(runs.ProgressBar):
        def on_step_end(self, step, G, costs):
            if step == 5:
                signal.raise_signal(getattr(signal, name))

    monkeypatch.setattr(runs, "ProgressBar", Signal)
    before = [signal.getsignal(which) for which in (signal.SIGINT, signal.SIGTERM)]
    assert __main__.main([*PAIR, "-o", "out.png", *WILD]) == 130
    assert [signal.getsignal(which) for which in (signal.SIGINT, signal.SIGTERM)] == before
    check_interrupted(folder, *capfd.readouterr())


@posix
def test_a_second_interrupt_stops_at_once_and_leaves_nothing_half_written(tmp_path):
    options = ["-o", "out.png", "--max-side", "64", *SHALLOW, "--save-every", "1"]
    with hanging.ended(hanging.start("2,end", *PAIR, *options, cwd=tmp_path)) as process:
        hanging.wait_for(process, "2")
        process.send_signal(signal.SIGINT)
        hanging.wait_for(process, "end")
        process.send_signal(signal.SIGINT)
        _, error = hanging.finish(process)
    assert process.returncode == -signal.SIGINT, error
    assert "Traceback" not in error
    assert {path.name for path in tmp_path.iterdir()} == {"out_00001.png", "out_00002.png"}
    for path in tmp_path.glob("out_*.png"):
        assert size_of(path) == (64, 43)


@posix
def test_an_interrupt_while_the_picture_is_saved_waits_for_it(folder, monkeypatch, capfd):
    def interrupted(run):
        signal.raise_signal(signal.SIGINT)
        return measure(run)

    measure = sidecar.measure
    monkeypatch.setattr(sidecar, "measure", interrupted)
    assert __main__.main([*PAIR, "-o", "out.png", *TINY, *SHALLOW]) == 0
    out, error = capfd.readouterr()
    assert "\nsaving the picture (once more to stop at once)\n" in error
    assert "nothing was written" not in error
    assert "picture: out.png" in out
    assert size_of("out.png") == (48, 32)
    assert record("out.json")["interrupted"] is False
    assert record("out.json")["quality"]["content"] > 0


@posix
def test_an_interrupt_just_as_the_run_ends_does_not_lose_it(folder, monkeypatch, capfd):
    class Signal(runs.ProgressBar):
        def on_run_end(self):
            super().on_run_end()
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(runs, "ProgressBar", Signal)
    assert __main__.main([*PAIR, "-o", "out.png", *TINY, *SHALLOW]) == 130
    assert "interrupted; the best picture so far: out.png" in capfd.readouterr().out
    assert size_of("out.png") == (48, 32)
    assert record("out.json")["interrupted"] is True


@posix
def test_two_interrupts_while_the_picture_is_saved_leave_it_whole(tmp_path):
    options = ["-o", "out.png", "--max-side", "64", "--steps", "2", *SHALLOW, "--quiet"]
    with hanging.ended(hanging.start("saving", *PAIR, *options, cwd=tmp_path)) as process:
        hanging.wait_for(process, "saving")
        process.send_signal(signal.SIGINT)
        while "saving the picture" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, error = hanging.finish(process)
    assert process.returncode == -signal.SIGINT
    assert error == ""
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]
    assert size_of(tmp_path / "out.png") == (64, 43)


# Controls


def test_controls_from_the_command_and_back(folder):
    """Each control, its place in the sidecar, and the same picture from the sidecar alone, in another folder."""
    Image.new("RGB", (30, 20), "red").save("map.png")
    Image.new("RGB", (30, 20), "white").save("mask.png")
    options = ["--strength", "80", "--colors", "content", "--style-scale", "1.5", "--mask", "mask.png",
               "--content-layer", "block1_conv2=1,block2_conv2=2", "--style-layers", "block1_conv1"]  # fmt: skip
    assert __main__.main([*PAIR, "-o", "x.png", *TINY, *options, "--quiet", "--regions", "map.png", "red"]) == 0
    made = record("x.json")
    settings = made["settings"]
    assert (settings["strength"], settings["colors"], settings["style_scale"]) == (80, "content", 1.5)
    assert settings["content_layer"] == {"block1_conv2": 1, "block2_conv2": 2}
    assert (settings["regions"], settings["mask"]) == (["map.png", "red"], "mask.png")
    assert [each["picture"] for each in made["maps"].values()] == ["map.png", "mask.png"]
    (folder / "elsewhere").mkdir()
    os.chdir(folder / "elsewhere")
    assert __main__.main(["--settings", "../x.json", "-o", "y.png", "--quiet"]) == 0
    np.testing.assert_array_equal(load_image("y.png"), load_image("../x.png"))
    Image.new("RGB", (30, 20), "blue").save("../map.png")
    with pytest.warns(UserWarning, match=r"map\.png' is not the map that x\.json was made with"):
        read_sidecar("../x.json")


def test_presets_and_what_wins_over_them(folder):
    assert __main__.main([*PAIR, "-o", "x.png", *TINY, "--preset", "painterly", "--quiet"]) == 0
    assert record("x.json")["settings"]["strength"] == 75
    assert __main__.main([*PAIR, "-o", "y.png", *TINY, "--preset", "painterly", "--beta", "7", "--quiet"]) == 0
    assert (record("y.json")["settings"]["strength"], record("y.json")["settings"]["beta"]) == (None, 7)


def test_a_preset_resets_what_the_recorded_settings_say(folder):
    """The preset wins over the JSON file, other flags win over the preset, and the rest stays as recorded."""
    first = ["--preset", "painterly", "--colors", "content", "--seed", "7"]
    assert __main__.main([*PAIR, "-o", "x.png", *TINY, *first, "--quiet"]) == 0
    assert __main__.main(["--settings", "x.json", "-o", "y.png", "--preset", "balanced", "--quiet"]) == 0
    recorded, defaults = record("x.json")["settings"], json.loads(json.dumps(Settings().as_dict()))
    changed = {key: defaults[key] for key in ("strength", "alpha", "beta", "layer_weights")}
    assert record("y.json")["settings"] == recorded | changed
    words = ["--settings", "x.json", "-o", "z.png", "--preset", "balanced", "--layer-weights", "equal", "--quiet"]
    assert __main__.main(words) == 0
    assert record("z.json")["settings"] == recorded | changed | {"layer_weights": recorded["layer_weights"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--preset", "oil"], "preset is 'oil'; expected one of photo-like, balanced, painterly"),
        (["--strength", "120"], "strength is 120.0; expected a number from 0 to 100"),
        (["--strength", "50", "--beta", "3"], "strength chooses alpha and beta"),
        (["--colors", "mine"], "colors is 'mine'; expected one of style, content, luminance"),
        (["--style-scale", "9"], "style_scale is 9.0; expected a number from 0.25 to 4"),
        (["--mask", "nowhere.png"], "no map 'nowhere.png'"),
        (["--regions", "red"], "regions is ['red']; expected a list of maps"),
        (["--regions", "red", "blue"], "'red' has a region in red without partner"),
        (["--regions", "red", "blue", "red"], "regions are 3 maps; expected 2"),
    ],
)
def test_controls_that_make_no_sense(folder, capsys, options, message):
    assert __main__.main([*PAIR, "-o", "x.png", *TINY, "--quiet", *options]) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "x.png").exists()


def test_a_long_run_has_a_checkpoint_until_its_picture_is_saved(folder, monkeypatch, capsys):
    monkeypatch.setattr(__main__, "LONG", 0)
    checkpoint, seen = folder / "out.ckpt", []

    def interrupt(self, step, G, costs):
        seen.append(checkpoint.exists())
        if step == 1 and len(seen) < 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(runs.ProgressBar, "on_step_end", interrupt)
    words = [*PAIR, *TINY, *SHALLOW, "-o", "out.png", "--tile", "20000"]
    assert __main__.main(words) == 130
    assert "goes on with --resume out.ckpt" in capsys.readouterr().err
    assert checkpoint.exists()
    assert __main__.main(["--resume", "out.ckpt", "-o", "out.png", "--force"]) == 0
    checkpoint.unlink()
    assert __main__.main([*words, "--force"]) == 0
    assert seen[-1]  # there during the run, and gone after it
    assert not checkpoint.exists()
    assert record("out.json")["settings"]["tile"] == 20000
    assert "in tiles" in capsys.readouterr().err


def test_the_checkpoint_of_a_long_run_that_was_cut_off(folder, monkeypatch, capsys):
    """It was written unasked: --force overwrites it as it does the picture; without it the way on is said."""
    monkeypatch.setattr(__main__, "LONG", 0)
    words, checkpoint = [*PAIR, *TINY, *SHALLOW, "-o", "out.png", "--quiet"], folder / "out.ckpt"
    checkpoint.write_bytes(b"hours of work")
    assert __main__.main(words) == 2
    error = capsys.readouterr().err
    assert error == ("error: 'out.ckpt' exists, of a run that was cut off; go on with that run with --resume out.ckpt, "
                     "or overwrite it with --force\n")  # fmt: skip
    assert checkpoint.read_bytes() == b"hours of work"
    assert __main__.main([*words, "--force", "--film", "x.mp4"]) == 2  # a mistake costs nothing
    assert checkpoint.read_bytes() == b"hours of work"
    seen = []
    monkeypatch.setattr(runs.SaveFrames, "on_step_end", lambda *_: seen.append(checkpoint.read_bytes()[:2]))
    assert __main__.main([*words, "--force", "--save-every", "1"]) == 0
    assert set(seen) == {b"PK"}  # the new run's own, a zip
    assert [path.name for path in sorted(folder.iterdir())] == ["out.json", "out.png"]


def test_the_help_says_that_coarse_scales_get_more_steps(capsys):
    with pytest.raises(SystemExit):
        __main__.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "gradient evaluations at the largest scale; smaller ones get more" in said


# Places and names


def picture(name, color="teal"):
    Image.new("RGB", (60, 40), color).save(name, "PNG")
    return name


@pytest.fixture
def no_run(folder, monkeypatch):
    """What is refused is refused before the work, and leaves nothing."""
    monkeypatch.setattr("nst_keras.transfer.paint", lambda *args: pytest.fail("the run began"))
    return folder


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["-o", "in.png"], ["-o", "./../here/in.png"], ["-o", "link.png"], ["-o", "hard.png"], ["-o", "style.png"],
        ["-o", "mask.png"], ["-o", "map.png", "--regions", "map.png", "teal"], ["-o", "x.png", "--film", "film.gif"],
        ["-o", "x.png", "--checkpoint", "in.png"],
    ],
)  # fmt: skip
def test_an_output_is_no_input(no_run, monkeypatch, capsys, arguments):
    (no_run / "here").mkdir()
    monkeypatch.chdir("here")
    for name in ("in.png", "mask.png", "map.png", "style.png"):
        picture(name, "white" if name == "mask.png" else "teal")
    Path("link.png").symlink_to("in.png")
    os.link("in.png", "hard.png")
    os.link("style.png", "film.gif")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert __main__.main(["in.png", "style.png", "--mask", "mask.png", *arguments, *TINY, "--force", "--quiet"]) == 2
    assert "is one of the inputs, which would be lost" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@posix
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "p" * 252 + ".png"], "its name is too long; 255 bytes are the most"),
        (["-o", "dangling.png"], "no folder '{folder}/gone' to write 'x.png' into, where 'dangling.png' points to"),
        (["-o", "loop.png"], "'loop.png' cannot be written: it is a link that leads to itself"),
        (["-o", "there.png"], "'there.png' is a folder"),
        (["-o", "x.png", "--checkpoint", "nodir/x.ckpt"], "no folder 'nodir' to write 'x.ckpt' into"),
        (["-o", "x.png", "--film", "nodir/x.gif"], "no folder 'nodir'"),
        (["-o", "x.png", "--checkpoint", "x.png"], "'x.png' cannot be the picture and the checkpoint"),
        (["-o", "x.png", "--checkpoint", "./x.json"], "'./x.json' cannot be its JSON file and the checkpoint"),
        (["-o", "x.png", "--checkpoint", "x.gif", "--film", "x.gif"], "'x.gif' cannot be the film and the checkpoint"),
        (["-o", "x.webp", "--film", "x_00010.webp", "--save-every", "5"], "cannot be the film and a frame"),
    ],
)
def test_places_are_checked_before_the_work(no_run, capsys, arguments, said):
    Path("dangling.png").symlink_to("gone/x.png")
    Path("loop.png").symlink_to("loop.png")
    Path("there.png").mkdir()
    assert __main__.main([*PAIR, *arguments, *TINY, "--quiet"]) == 2
    error = capsys.readouterr().err
    assert said.format(folder=no_run) in error
    assert "Errno" not in error
    assert len(list(no_run.iterdir())) == 3


@posix
def test_a_deleted_folder_is_said(no_run, monkeypatch, capsys):
    Path("gone").mkdir()
    monkeypatch.chdir("gone")
    (no_run / "gone").rmdir()
    for words in ([*PAIR, *TINY], ["many", "palace", "great_wave"]):
        assert __main__.main(words) == 2
        assert capsys.readouterr().err.startswith("error: the current folder has been deleted")


@posix
def test_long_names(folder, capsys):
    """A default name that would be too long is cut; all that belongs to a name of 255 bytes has its place."""
    for name in ("画" * 60 + ".png", "絵" * 60 + ".png"):
        picture(name)
    words = [*TINY, *SHALLOW, "--quiet"]
    assert __main__.main(["画" * 60 + ".png", "絵" * 60 + ".png", *words]) == 0
    made = Path(capsys.readouterr().out.strip())
    assert size_of(made) == (48, 32)
    long = "p" * 251
    assert __main__.main([*PAIR, "-o", f"{long}.png", "--save-every", "1", "--film", f"{long}.gif", *words]) == 0
    assert size_of(f"{long}.png") == (48, 32)
    assert len(list(folder.glob("ppp*"))) == 5


def test_another_file_in_place_of_a_json_or_a_checkpoint(no_run, capsys):
    picture("photo.jpg")
    Path("out.json").write_text("{}")
    Path("half.ckpt").write_bytes(b"PK\3\4 and no more")
    for words, said in (
        (["--settings", "photo.jpg"], "'photo.jpg' is not a sidecar that can be replayed: it is a PNG picture"),
        (["--resume", "photo.jpg"], "not a checkpoint that can be read: it is a PNG picture; expected what"),
        (["--resume", "out.json"], "not a checkpoint that can be read: it is a JSON file; expected what"),
        (["--resume", "half.ckpt"], "not a checkpoint that can be read: it is damaged, cut off or something else"),
    ):
        assert __main__.main([*words, "--quiet"]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert "pickle" not in error
        assert len(error) < 300


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["many", "p/1.jpg", "p/2.jpg", "p/3.jpg", "paint/"], "nst-keras many 'p/*.jpg' paint/\n"),
        (["many", "p q/1.jpg", "p q/2.png", "s/1.png", "s/2.png"], "nst-keras many 'p q/*' 's/*.png'\n"),
        (["many", "a", "b", "c"], "3 names were given; expected two, CONTENTS and STYLES"),
        (["many", "photos"], "give CONTENTS and STYLES"),
        (["many", "--regions", "r", "r", "photos", "paint"], "nst-keras many photos paint --regions r r\n"),
        (["--regions", "r.png", "r.png", "C.jpg", "S.jpg"], "nst-keras C.jpg S.jpg --regions r.png r.png\n"),
        (["C.jpg", "--regions", "r.png", "r.png", "S.jpg"], "--regions takes all names after it"),
    ],
)
def test_patterns_without_quotes_and_swallowed_pictures(no_run, capsys, words, said):
    with pytest.raises(SystemExit) as end:
        __main__.main(words)
    assert end.value.code == 2
    error = capsys.readouterr().err.partition("error: ")[2]
    assert said in error
    assert len(error) <= 300
