"""A run that was cut off goes on, and ends with the same bytes."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from shallow import SHALLOW

from nst_keras import data_path, load_image, resume, stylize
from nst_keras.checkpoint import read_checkpoint

CONTENT, STYLE = str(data_path("content/astronaut.jpg")), str(data_path("style/night_cafe.jpg"))
RUN = SHALLOW | {"max_side": 128, "steps": 6, "scales": 2, "learning_rate": 5.0}


class CutOff(Exception):
    """Stands for a crash: nothing in the package catches it."""


def cut_at(crash):
    def callback(step, G, costs):
        if step == crash:
            raise CutOff

    return callback


# the crash comes in the first or the second scale
@pytest.mark.parametrize(("optimizer", "crash"), [("lbfgs", 4), ("lbfgs", 11), ("adam", 11)])
def test_resume_ends_with_the_same_bytes(tmp_path, optimizer, crash):
    settings = RUN | {"optimizer": optimizer}
    unbroken = stylize(CONTENT, STYLE, **settings)

    with pytest.raises(CutOff):
        stylize(
            CONTENT, STYLE, callback=cut_at(crash), checkpoint=tmp_path / "run.ckpt", checkpoint_every=3, **settings
        )
    again = []
    resumed = resume(tmp_path / "run.ckpt", callback=lambda step, G, costs: again.append(step))
    assert again[0] in (crash - 1, crash - 2)  # not from the beginning
    np.testing.assert_array_equal(resumed.image, unbroken.image)
    assert resumed.history.costs == unbroken.history.costs
    assert resumed.history.steps == unbroken.history.steps
    assert resumed.history.seconds == sorted(resumed.history.seconds)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_resume_after_kill(tmp_path):
    command = [sys.executable, "-m", "nst_keras", CONTENT, STYLE, "--max-side", "64", "--steps", "20", "--quiet"]
    command += ["--content-layer", "block2_conv1", "--style-layers", "block1_conv1", "block2_conv1"]
    subprocess.run([*command, "-o", "unbroken.png"], cwd=tmp_path, check=True, capture_output=True)
    process = subprocess.Popen([*command, "--checkpoint", "run.ckpt", "--checkpoint-every", "1"], cwd=tmp_path)
    while not (tmp_path / "run.ckpt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(np.random.default_rng().uniform(0, 0.5))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not list(tmp_path.glob("astronaut*"))
    subprocess.run(
        [*command[:3], "--resume", "run.ckpt", "-o", "resumed.png"], cwd=tmp_path, check=True, capture_output=True
    )
    assert (tmp_path / "resumed.png").read_bytes() == (tmp_path / "unbroken.png").read_bytes()


def test_files_that_are_no_checkpoints(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        resume(tmp_path / "nowhere.ckpt")
    (tmp_path / "text.ckpt").write_text("no checkpoint")
    np.savez(tmp_path / "other.npz", a=np.ones(3))
    np.savez(tmp_path / "pickle.npz", record=np.array([{"format": "x"}], dtype=object))
    for name in ("text.ckpt", "other.npz", "pickle.npz"):
        with pytest.raises(ValueError, match="is not a checkpoint that can be read"):
            resume(tmp_path / name)
    stylize(
        CONTENT, STYLE, max_side=48, steps=2, scales=1, **SHALLOW, checkpoint=tmp_path / "run.ckpt", checkpoint_every=1
    )
    read_checkpoint(tmp_path / "run.ckpt")
    data = (tmp_path / "run.ckpt").read_bytes()
    (tmp_path / "half.ckpt").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="is not a checkpoint that can be read"):
        resume(tmp_path / "half.ckpt")


def test_checkpoints_need_paths(tmp_path):
    with pytest.raises(ValueError, match="give content and style as paths"):
        stylize(load_image(CONTENT, 48), STYLE, checkpoint=tmp_path / "run.ckpt")


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_run(tmp_path):
    with pytest.warns(UserWarning, match="the checkpoint could not be written: no folder"):
        result = stylize(
            CONTENT, STYLE, max_side=48, steps=2, scales=1, **SHALLOW, checkpoint=tmp_path / "nowhere" / "run.ckpt",
            checkpoint_every=2,
        )  # fmt: skip
    assert len(result.history) == 3


def test_interrupt_before_a_resumed_run_goes_on(tmp_path, monkeypatch):
    checkpoint = tmp_path / "run.ckpt"

    with pytest.raises(CutOff):
        stylize(CONTENT, STYLE, callback=cut_at(4), checkpoint=checkpoint, checkpoint_every=3, **RUN)
    *_, state = read_checkpoint(checkpoint)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("nst_keras.transfer.Objective", interrupt)
    result = resume(checkpoint)
    assert result.history.interrupted
    np.testing.assert_array_equal(result.image, state["best"])
    assert min(result.history["J"]) == state["best_cost"]


def test_an_existing_file_is_not_overwritten(tmp_path):
    (tmp_path / "run.ckpt").write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"run\.ckpt' exists; resume that run"):
        stylize(CONTENT, STYLE, checkpoint=tmp_path / "run.ckpt", **RUN)
    assert (tmp_path / "run.ckpt").read_bytes() == b"precious"


def test_checkpoint_every(tmp_path):
    with pytest.raises(ValueError, match="checkpoint_every is 0"):
        stylize(CONTENT, STYLE, checkpoint=tmp_path / "run.ckpt", checkpoint_every=0, **RUN)


def test_settings_of_numpy(tmp_path):
    settings = SHALLOW | {"max_side": np.int64(48), "steps": np.int32(2), "scales": 1, "beta": np.float32(3)}
    checkpoint = {"checkpoint": tmp_path / "run.ckpt", "checkpoint_every": 1}
    result = stylize(CONTENT, [STYLE, STYLE], style_weights=np.array([1.0, 3.0]), **checkpoint, **settings)
    _, sidecar = result.save(tmp_path / "out.png")
    assert json.loads(sidecar.read_text())["settings"]["style_weights"] == [1, 3]
    assert resume(tmp_path / "run.ckpt").config.beta == 3
