"""Helpers and records of notebook 09: knobs beside the line of β, the mesh."""

import numpy as np
import pytest
import tensorflow as tf

from nst_keras import data_path
from nst_keras.lessons import knobs
from nst_keras.lessons.grams import PAIRS
from nst_keras.lessons.stored import load_record

RUNS = data_path("runs")
IMAGE = tf.constant(np.random.default_rng(0).uniform(90, 160, (1, 40, 60, 3)), tf.float32)


def test_on_the_line_nothing_is_won():
    """Style = 0.04 / content, a straight line where both axes are logarithmic."""
    of_pair = {
        name: {"content": {"VGG16": c}, "wasserstein": 0.04 / c}
        for name, c in zip(knobs.LINE, (0.2, 0.4, 0.8), strict=True)
    }
    for content in (0.2, 0.3, 0.5):
        of_pair["a knob"] = {"content": {"VGG16": content}, "wasserstein": 0.9 * 0.04 / content}
        assert knobs.at_equal_content(of_pair, "a knob", "wasserstein") == pytest.approx(0.9)
    of_pair["a knob"] = {"content": {"VGG16": 1.2}, "wasserstein": 0.01}
    assert np.isnan(knobs.at_equal_content(of_pair, "a knob", "wasserstein"))


def test_mesh_is_measured_where_C_is_empty():
    C = IMAGE.numpy()
    C[:, :, :30] = 128
    G = np.where(np.arange(60)[:, None] < 30, IMAGE, 128)
    assert knobs.mesh(tf.constant(C), tf.constant(C)) == 0
    assert knobs.mesh(IMAGE, tf.constant(C)) > 5
    assert knobs.mesh(tf.constant(G), tf.constant(C[:, :, ::-1].copy())) == pytest.approx(0)


def test_the_record_is_complete():
    record = load_record("09_knobs")
    assert list(record) == [", ".join(pair) for pair in PAIRS]
    assert len({tuple(of_pair) for of_pair in record.values()}) == 1


def test_every_knob_has_a_picture():
    assert set(knobs.PICTURES) <= {*knobs.LINE, *knobs.knobs(), *knobs.FAMILIES}
    for name, seen in knobs.PICTURES.values():
        assert max(knobs.load_stored(name).image.shape) == 384
        assert len(seen) > 20


def test_every_step_of_the_program_is_in_the_slider():
    assert [f"program_{step}" for step in knobs.PROGRAM] == sorted({path.stem for path in RUNS.glob("program_*.json")})
