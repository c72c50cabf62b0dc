"""python -m nst_keras as a user runs it."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np
import pytest
from PIL import Image

from nst_keras import CostNotFiniteError, History, __main__, data_path, stylize, transfer

TINY = ["--max-side", "48", "--steps", "2"]
PAIR = [str(data_path("content/coffee.jpg")), str(data_path("style/cafe_terrace.jpg"))]


def size_of(path):
    with Image.open(path) as picture:
        return picture.size


def run(*arguments, cwd):
    command = [sys.executable, "-m", "nst_keras", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_default_pair(tmp_path):
    result = run(*TINY, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert size_of(tmp_path / "palace_great_wave.png") == (48, 32)
    settings = json.loads((tmp_path / "palace_great_wave.json").read_text())["settings"]
    assert settings["steps"] == 2
    assert "palace_great_wave.png" in result.stdout
    assert "J=" in result.stderr  # the progress bar
    assert "100%" in result.stderr
    # the forecast comes first: no notices of TensorFlow before it
    assert re.match(r"forecast: about \d+ s and \d\.\d GB of memory\s+stylize", result.stderr)


def test_help_is_quick(tmp_path):
    start = time.perf_counter()
    result = run("--help", cwd=tmp_path)
    assert result.returncode == 0
    assert "--beta" in result.stdout
    assert time.perf_counter() - start < 1


def test_every_option(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status = __main__.main([
        *PAIR, str(data_path("style/great_wave.jpg")), "-o", "out.jpg", *TINY, "--quiet", "--alpha", "2",
        "--beta", "30",
        "--tv", "0.001", "--style-weights", "1", "2", "--content-layer", "block3_conv2", "--style-layers",
        "block1_conv1", "block2_conv1", "--layer-weights", "1", "3", "--optimizer", "adam", "--learning-rate", "4",
        "--init", "blend", "--seed", "9", "--pooling", "avg", "--scales", "1", "--save-every", "1",
    ])  # fmt: skip
    assert status == 0
    assert {path.name for path in tmp_path.iterdir()} == {"out.jpg", "out.json", "out_00001.jpg", "out_00002.jpg"}
    settings = json.loads((tmp_path / "out.json").read_text())["settings"]
    assert settings["layer_weights"] == {"block1_conv1": 1, "block2_conv1": 3}
    assert settings["gamma"] == 0.001
    assert settings["pooling"] == "avg"
    assert settings["style_weights"] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.jpg", PAIR[1]], "no such picture: 'nowhere.jpg'"),
        (["text.jpg", PAIR[1]], "cannot read 'text.jpg' as a picture"),
        ([*PAIR, "--content-layer", "block9"], "unknown layer 'block9'; nearest: block"),
        ([*PAIR, "--beta", "-1"], "beta is -1.0; expected"),
        ([*PAIR, "--style-layers", "block1_conv1", "--layer-weights", "1", "2"], "1 style layers need 1 layer weights"),
        ([*PAIR, "--style-weights", "1", "2"], "1 style images need 1 style weights, not 2"),
        ([*PAIR, "-o", "exists.png"], "'exists.png' exists; give another name with -o, or --force"),
        ([*PAIR, "-o", "nowhere/out.png"], "no folder 'nowhere'"),
        ([*PAIR, "-o", "out.doc"], "no picture format for the suffix '.doc'"),
        ([*PAIR, "--weights", "nowhere.h5"], "no weights file 'nowhere.h5'"),
    ],
)
def test_mistakes_get_one_sentence(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "exists.png").write_bytes(b"precious")
    assert __main__.main([*arguments, *TINY, "--quiet"]) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 0
    assert (tmp_path / "exists.png").read_bytes() == b"precious"
    assert len(list(tmp_path.iterdir())) == 2


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


def test_force_overwrites(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out.png").write_bytes(b"old")
    assert __main__.main([*PAIR, "-o", "out.png", "--force", "--quiet", *TINY]) == 0
    assert capsys.readouterr().out == "out.png\n"
    assert size_of("out.png") == (48, 32)


def test_a_folder_that_vanishes_does_not_lose_the_result(tmp_path, monkeypatch, capsys):
    (tmp_path / "out").mkdir()

    def vanish(content, styles, **options):
        result = stylize(content, styles, **options)
        (tmp_path / "out").rmdir()
        return result

    monkeypatch.setattr(transfer, "stylize", vanish)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert __main__.main([*PAIR, "-o", str(tmp_path / "out/out.png"), "--quiet", *TINY]) == 1
    out, error = capsys.readouterr()
    assert "out.png could not be written (no folder" in error
    assert str(tmp_path) in out
    assert size_of(out.strip()) == (48, 32)


def test_a_cost_that_is_not_finite_keeps_the_best_picture(tmp_path, monkeypatch, capsys):
    def fail(content, styles, **options):
        raise CostNotFiniteError(3, np.full((1, 4, 6, 3), 99.0), History())

    monkeypatch.setattr(transfer, "stylize", fail)
    assert __main__.main([*PAIR, "-o", str(tmp_path / "out.png"), "--quiet", *TINY]) == 1
    assert "not finite at step 3" in capsys.readouterr().err
    assert size_of(tmp_path / "out.png") == (6, 4)


def test_notes_are_said_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.new("RGBA", (60, 50), (9, 90, 200, 100)).save("clear.png")
    assert __main__.main(["clear.png", PAIR[1], "--quiet", *TINY]) == 0
    assert capsys.readouterr().err == "note: 'clear.png' is transparent; it is put on white\n"


def test_arguments_that_contradict_each_other(capsys):
    for arguments, message in (
        (["--resume", "run.ckpt", *PAIR], "leave them out"),
        (["--resume", "run.ckpt", "--beta", "3"], "leave them out"),
        (["--save-every", "-1"], "--save-every must be 0"),
        (["--checkpoint-every", "0"], "--checkpoint-every 1 or more"),
    ):
        with pytest.raises(SystemExit) as error:
            __main__.main(arguments)
        assert error.value.code == 2
        assert message in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_saves_the_best_picture(tmp_path, name):
    command = [sys.executable, "-m", "nst_keras", *PAIR, "-o", "out.png", "--max-side", "64", "--steps", "100000"]
    command += ["--optimizer", "adam", "--save-every", "1"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "out_00003.png").exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(getattr(signal, name))
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130, error
    assert "interrupted; the best picture so far: out.png" in out
    assert size_of(tmp_path / "out.png") == (64, 43)
    assert json.loads((tmp_path / "out.json").read_text())["interrupted"] is True
    assert "Traceback" not in error


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_second_interrupt_stops_at_once_and_leaves_nothing_half_written(tmp_path):
    command = [sys.executable, "-m", "nst_keras", *PAIR, "-o", "out.png", "--max-side", "256", "--steps", "100000"]
    process = subprocess.Popen(
        [*command, "--save-every", "1", "--quiet"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    while not (tmp_path / "out_00002.png").exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)  # it now ends its step and measures the picture, which takes longer
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT, error
    assert not (tmp_path / "out.png").exists()
    for path in tmp_path.glob("out_*.png"):
        assert size_of(path) == (128, 86)  # of the first scale, each one whole
