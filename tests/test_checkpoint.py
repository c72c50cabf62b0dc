"""A run that was cut off goes on, and ends with the same bytes."""

import json
import os
from pathlib import Path

import hanging
import numpy as np
import pytest
from PIL import Image
from shallow import SHALLOW

from nst_keras import Objective, __main__, data_path, load_image, load_vgg, paint, stylize, transfer
from nst_keras.runs import Checkpoint, read_checkpoint, resume, save_run

CONTENT, STYLE = str(data_path("content/astronaut.jpg")), str(data_path("style/night_cafe.jpg"))
RUN = SHALLOW | {"max_side": 64, "steps": 6, "scales": 2, "learning_rate": 5.0}
WILD = {"style_cost": "gram", "pooling": "avg", "padding": "zero", "beta": 10.0}  # with which J goes up and down
TINY = SHALLOW | {"max_side": 48, "steps": 2, "scales": 1}


@pytest.fixture(autouse=True)
def two_small_scales(monkeypatch):
    """Runs go through two sizes although they are small."""
    monkeypatch.setattr(transfer, "SMALLEST_COARSE", 32)


class CutOff(Exception):
    """Stands for a crash: nothing in the package catches it."""


def cut_at(crash):
    def callback(step, G, costs):
        if step == crash:
            raise CutOff

    return callback


def cut_off(path, content=CONTENT, style=STYLE, crash=4, every=3, **settings):
    """A run that crashed and left a checkpoint; returns its path."""
    with pytest.raises(CutOff):
        stylize(content, style, callbacks=[Checkpoint(path, every), cut_at(crash)], **(RUN | settings))
    return path


# the crash comes in the first or the second scale
@pytest.mark.parametrize(("optimizer", "crash"), [("lbfgs", 4), ("lbfgs", 14), ("adam", 14)])
def test_resume_ends_with_the_same_bytes(tmp_path, optimizer, crash):
    settings = RUN | {"optimizer": optimizer}
    unbroken = stylize(CONTENT, STYLE, **settings)
    assert unbroken.sizes == [(45, 45), (64, 64)]

    cut_off(tmp_path / "run.ckpt", crash=crash, optimizer=optimizer)
    again = []
    resumed = resume(tmp_path / "run.ckpt", [lambda step, G, costs: again.append(step)])
    assert again[0] in (crash - 1, crash - 2)  # not from the beginning
    np.testing.assert_array_equal(resumed.image, unbroken.image)
    assert resumed.history.costs == unbroken.history.costs
    assert resumed.history.steps == unbroken.history.steps
    assert resumed.history.seconds == sorted(resumed.history.seconds)
    assert resumed.history.evaluations == unbroken.history.evaluations == 15


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_resume_after_kill(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["--max-side", "64", "--scales", "1", "--steps", "20", "--content-layer", "block2_conv1"]
    options += ["--style-layers", "block1_conv1,block2_conv1", "--checkpoint", "run.ckpt", "--checkpoint-every", "1"]
    with hanging.ended(hanging.start("7", CONTENT, STYLE, *options, cwd=tmp_path)) as process:
        hanging.wait_for(process, "7")
        process.kill()
    assert os.listdir() == ["run.ckpt"]
    assert read_checkpoint("run.ckpt").history.evaluations == 8
    assert __main__.main(["--resume", "run.ckpt", "-o", "resumed.png", "--quiet"]) == 0
    assert __main__.main([CONTENT, STYLE, *options[:-4], "-o", "unbroken.png", "--quiet"]) == 0
    with open("resumed.png", "rb") as resumed, open("unbroken.png", "rb") as unbroken:
        assert resumed.read() == unbroken.read()


def test_files_that_are_no_checkpoints(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        resume(tmp_path / "nowhere.ckpt")
    (tmp_path / "text.ckpt").write_text("no checkpoint")
    np.savez(tmp_path / "other.npz", a=np.ones(3))
    np.savez(tmp_path / "pickle.npz", record=np.array([{"format": "x"}], dtype=object))
    for name in ("text.ckpt", "other.npz", "pickle.npz"):
        with pytest.raises(ValueError, match="is not a checkpoint that can be read"):
            resume(tmp_path / name)
    stylize(CONTENT, STYLE, callbacks=[Checkpoint(tmp_path / "run.ckpt", 1)], **TINY)
    read_checkpoint(tmp_path / "run.ckpt")
    data = (tmp_path / "run.ckpt").read_bytes()
    (tmp_path / "half.ckpt").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="is not a checkpoint that can be read"):
        resume(tmp_path / "half.ckpt")


def test_checkpoints_need_paths(tmp_path):
    with pytest.raises(ValueError, match="give content and style as paths"):
        stylize(load_image(CONTENT, 48), STYLE, callbacks=[Checkpoint(tmp_path / "run.ckpt")], **TINY)


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_run(tmp_path):
    """Where that shows in time the run is refused; later on it is worth more than its checkpoint."""
    folder = tmp_path / "folder"
    watchers = [lambda step, G, costs: folder.rmdir() if step == 0 else None, Checkpoint(folder / "run.ckpt", 2)]
    with pytest.raises(FileNotFoundError, match=r"no folder .*folder' to write 'run\.ckpt' into"):
        stylize(CONTENT, STYLE, callbacks=watchers, **TINY)
    folder.mkdir()
    with pytest.warns(UserWarning, match="the checkpoint could not be written: no folder"):
        result = stylize(CONTENT, STYLE, callbacks=watchers, **TINY)
    assert len(result.history) == 3


def test_a_short_run_writes_its_checkpoint_too(tmp_path):
    """With fewer steps than there are between two writings."""
    path = cut_off(tmp_path / "run.ckpt", crash=1, every=10, steps=5)
    assert read_checkpoint(path).history.evaluations == 1
    resumed = resume(path)
    assert resumed.history.costs == stylize(CONTENT, STYLE, **(RUN | {"steps": 5})).history.costs


def test_interrupt_before_a_resumed_run_goes_on(tmp_path, monkeypatch):
    checkpoint = cut_off(tmp_path / "run.ckpt", optimizer="adam", learning_rate=100.0, crash=5, **WILD)
    position = read_checkpoint(checkpoint).history.progress

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("nst_keras.pipeline.Objective", interrupt)
    result = resume(checkpoint)
    assert result.history.interrupted
    np.testing.assert_array_equal(result.image, position.best)
    assert result.history.final["J"] == min(result.history["J"]) == result.history["J"][position.best_step]
    assert result.history["J"][-1] > min(result.history["J"])


def test_an_existing_file_is_not_overwritten(tmp_path):
    (tmp_path / "run.ckpt").write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"run\.ckpt' exists; resume that run"):
        stylize(CONTENT, STYLE, callbacks=[Checkpoint(tmp_path / "run.ckpt")], **RUN)
    assert (tmp_path / "run.ckpt").read_bytes() == b"precious"


def test_checkpoint_every(tmp_path):
    with pytest.raises(ValueError, match="checkpoint_every is 0"):
        Checkpoint(tmp_path / "run.ckpt", 0)


def test_settings_of_numpy(tmp_path):
    settings = SHALLOW | {"max_side": np.int64(48), "steps": np.int32(2), "scales": 1, "beta": np.float32(3)}
    checkpoint = Checkpoint(tmp_path / "run.ckpt", 1)
    run = stylize(CONTENT, [STYLE, STYLE], style_weights=np.array([1.0, 3.0]), callbacks=[checkpoint], **settings)
    _, sidecar = save_run(run, tmp_path / "out.png")
    assert json.loads(sidecar.read_text())["settings"]["style_weights"] == [1, 3]
    assert resume(tmp_path / "run.ckpt").settings.beta == 3


def small_picture(path, source=CONTENT, size=(60, 60)):
    with Image.open(source) as picture:
        picture.resize(size).save(path)


def test_resume_from_another_folder(tmp_path, monkeypatch):
    """Pictures and weights that were named relative to the folder in which the run began are found again."""
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    small_picture("face.png")
    load_vgg().save_weights("vgg.weights.h5")
    checkpoint = cut_off("run.ckpt", "face.png", "night_cafe", crash=1, every=1, weights=Path("vgg.weights.h5"), **TINY)
    unbroken = stylize("face.png", "night_cafe", weights="vgg.weights.h5", **TINY)
    monkeypatch.chdir(tmp_path / "there")
    resumed = resume(os.path.join("..", "here", checkpoint))
    np.testing.assert_array_equal(resumed.image, unbroken.image)
    assert resumed.history.costs == unbroken.history.costs


@pytest.mark.parametrize("size", [(60, 60), (60, 45)])
def test_a_picture_that_was_replaced_is_refused(tmp_path, size):
    small_picture(tmp_path / "face.png")
    checkpoint = cut_off(tmp_path / "run.ckpt", tmp_path / "face.png", crash=1, every=1, **TINY)
    small_picture(tmp_path / "face.png", data_path("content/chelsea.jpg"), size)
    with pytest.raises(ValueError, match=r"face\.png' has changed since the run began; put the old picture back"):
        resume(checkpoint)
    (tmp_path / "face.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"the picture .*face\.png' is gone; put it back"):
        resume(checkpoint)
    small_picture(tmp_path / "face.png")
    assert len(resume(checkpoint).history) == 3


def test_a_run_of_which_only_the_last_look_is_missing(tmp_path):
    """All gradients were computed when it was cut off."""
    checkpoint = cut_off(tmp_path / "run.ckpt", crash=1, every=1, **TINY)
    run = read_checkpoint(checkpoint)
    assert (run.history.progress.done, len(run.history)) == (2, 2)
    seen = []

    class NoMore(Objective):
        def value_and_gradient(self, G):
            pytest.fail("one evaluation too many")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nst_keras.pipeline.Objective", NoMore)
        paint(run, [lambda step, G, costs: seen.append(step)])
    assert seen == [2]
    np.testing.assert_array_equal(run.image, stylize(CONTENT, STYLE, **TINY).image)
