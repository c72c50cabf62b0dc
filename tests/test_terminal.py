"""The command when its terminal knows few letters, is closed, absent, hung up, or a pipe whose reader has gone."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from nst_keras import __main__, runs
from nst_keras.runs import quiet, terminal

FAST = ["--max-side", "48", "--steps", "2", "--content-layer", "block2_conv2", "--style-layers", "block1_conv1"]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def status_of(arguments):
    try:
        return __main__.main(arguments)
    except SystemExit as end:
        return end.code


@pytest.mark.parametrize("words", [["--help"], ["many", "--help"], ["studio", "--help"], ["--list"], ["λ.jpg", "x"]])
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "shift_jis", "utf-8"])
def test_letters_that_the_output_does_not_know(folder, monkeypatch, encoding, words):
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert status_of(words) == (2 if "x" in words else 0)
    said = (err if "x" in words else out).buffer.getvalue().decode(encoding)
    assert len(said) > 100
    assert said.isprintable() or "\n" in said
    assert "codec" not in said
    assert out.errors == err.errors == "strict"  # as before


def test_the_bytes_of_a_name_are_printed_as_they_are():
    for encoding, expected in (("utf-8", b"caf\xe9 \xc3\xa9"), ("ascii", b"caf\xe9 ?")):
        assert "caf\udce9 é".encode(encoding, "nst_keras.as_far_as_it_goes") == expected
    assert "\ud800".encode("utf-8", "nst_keras.as_far_as_it_goes") == b"?"


class Breaks(io.StringIO):
    """A pipe whose reader goes after some writes."""

    def __init__(self, after):
        super().__init__()
        self.left = after

    def write(self, text):
        self.left -= 1
        if self.left < 0:
            raise BrokenPipeError(32, "Broken pipe")
        return super().write(text)


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("gone", [lambda: None, closed, lambda: Breaks(0), lambda: Breaks(3)])
def test_a_run_without_a_listener(folder, monkeypatch, gone):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, gone())
    assert __main__.main(["coffee", "great_wave", "-o", "x.png", *FAST]) == 0
    made = json.loads(Path("x.json").read_text())
    assert (made["interrupted"], made["gradient_evaluations"]) == (False, 2)
    assert __main__.main(["--list"]) == 0
    assert __main__.main(["nowhere.jpg", "great_wave"]) == 2


@pytest.mark.parametrize("gone", [lambda: None, closed, lambda: Breaks(2)])
def test_the_bar_alone_ends_no_run(monkeypatch, gone):
    from nst_keras import stylize

    monkeypatch.setattr(sys, "stderr", gone())
    run = stylize(
        "coffee", "great_wave", callbacks=[runs.ProgressBar()], max_side=48, steps=3, content_layer="block2_conv2",
        layer_weights={"block1_conv1": 1},
    )  # fmt: skip
    assert run.history.evaluations == 3


@posix
def test_a_pipe_that_breaks_is_silent():
    """Also at the end, when Python itself flushes."""
    command = f"{sys.executable} -m nst_keras --list | head -c 1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("c0\n", "")


@posix
def test_a_closed_stream_does_not_become_a_file():
    script = """
import os
from nst_keras.runs.terminal import fill_gaps
fill_gaps()
with open(os.devnull) as file:
    assert file.fileno() > 2
os.write(2, b"nowhere")
"""
    command = f"{sys.executable} -c '{script}' <&- 2>&-"
    assert subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE).returncode == 0


def test_no_folder_for_temporary_files(monkeypatch, capfd):
    """TensorFlow's notices are then lost, and nothing else."""

    def nowhere():
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(quiet.tempfile, "TemporaryFile", nowhere)
    quiet.start_tensorflow()
    os.write(2, b"still there")
    assert capfd.readouterr().err == "still there"


def test_a_run_that_fails_says_so_in_its_sidecar(folder, monkeypatch, capsys):
    class Fails(runs.ProgressBar):
        def on_step_end(self, step, G, costs):
            if step == 1:
                raise OSError("the disk has gone")

    monkeypatch.setattr(runs, "ProgressBar", Fails)
    assert __main__.main(["coffee", "great_wave", "-o", "x.png", *FAST, "--steps", "5"]) == 1
    assert json.loads(Path("x.json").read_text())["interrupted"] is True


@posix
def test_a_hangup_keeps_the_picture_however_often_it_comes(folder, monkeypatch, capsys):
    class HangsUp(runs.ProgressBar):
        def on_step_end(self, step, G, costs):
            if step == 1:
                signal.raise_signal(signal.SIGHUP)

        def on_run_end(self):
            super().on_run_end()
            signal.raise_signal(signal.SIGHUP)

    monkeypatch.setattr(runs, "ProgressBar", HangsUp)
    before = signal.getsignal(signal.SIGHUP)
    assert __main__.main(["coffee", "great_wave", "-o", "x.png", *FAST, "--steps", "5"]) == 130
    assert signal.getsignal(signal.SIGHUP) == before
    assert json.loads(Path("x.json").read_text())["interrupted"] is True


@posix
def test_a_hangup_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminal.answered(lambda *_: pytest.fail("it was answered")):
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_command_in_a_thread(folder):
    status = []
    thread = threading.Thread(
        target=lambda: status.append(__main__.main(["coffee", "great_wave", "-o", "x.png", *FAST, "--quiet"]))
    )
    thread.start()
    thread.join()
    assert status == [0]
    assert Path("x.json").exists()


def test_names_that_begin_with_a_dash(folder, capsys):
    Image.new("RGB", (60, 50), "teal").save("-dash.png")
    assert __main__.main([*FAST, "--quiet", "--", "-dash.png", "great_wave"]) == 0
    made = json.loads(Path("-dash_great_wave.json").read_text())
    assert made["content"]["picture"] == "-dash.png"
    assert __main__.main(["--quiet", *FAST, "great_wave", "--", "--no", "-o"]) == 2
    assert "no such picture: './--no'" in capsys.readouterr().err
