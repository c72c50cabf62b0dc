"""Helpers of notebook 05: a painting that is changed, and what benchmarks/layers.py found."""

import numpy as np
import pytest
import tensorflow as tf

from nst_keras.lessons import layers
from nst_keras.lessons.exercises import nb05
from nst_keras.lessons.grams import PAIRS
from nst_keras.lessons.stored import load_record

IMAGE = tf.constant(np.random.default_rng(0).uniform(0, 255, (1, 64, 129, 3)), tf.float32)


def squares(image, t):
    """The colors of each square of t pixels, in an order of their own."""
    found = []
    layers.in_tiles(image, t, lambda tiles: found.extend(tiles) or tiles)
    rows = [each.reshape(-1, 3) for each in found]
    return [row[np.lexsort(row.T)].tolist() for row in rows]


def test_halves():
    left, right = layers.halves(IMAGE)
    np.testing.assert_array_equal(left, IMAGE[:, :, :64])
    np.testing.assert_array_equal(right, IMAGE[:, :, 65:])


def test_colors_exchanged():
    np.testing.assert_array_equal(layers.colors_exchanged(IMAGE)[..., 0], IMAGE[..., 2])


def test_strokes_mixed():
    """Each small square keeps its colors, and what is left at the border stays."""
    mixed = layers.strokes_mixed(IMAGE, 4)
    assert not np.array_equal(mixed, IMAGE)
    assert squares(mixed, 4) == squares(IMAGE, 4)
    np.testing.assert_array_equal(mixed[:, :, 128:], IMAGE[:, :, 128:])


def test_pieces_moved():
    """The large squares are the same, at other places."""
    moved = layers.pieces_moved(IMAGE, 32)
    assert squares(moved, 32) != squares(IMAGE, 32)
    assert sorted(squares(moved, 32)) == sorted(squares(IMAGE, 32))


def test_records():
    """All pairs are there, pictures are of equal content, and the page may say what it says."""
    objects = load_record("05_objects")
    assert list(objects) == [", ".join(pair) for pair in PAIRS]
    for four, five in map(dict.values, objects.values()):
        assert four["content"] == pytest.approx(five["content"], abs=0.02)
        assert four["objects"] < five["objects"]


def test_spoils():
    assert "Keep the colors" in nb05.spoils(layers.colors_exchanged)
    assert "Spoil the strokes more" in nb05.spoils(lambda S: S)
    assert "has the shape" in nb05.spoils(lambda S: S[0])
    assert nb05.spoils(layers.strokes_mixed) is None


def test_lambdas_are_those_of_the_program():
    """They stand in one line of its `objective`."""
    assert nb05.lambdas((8, 4, 2, 1)) == [8 / 15, 4 / 15, 2 / 15, 1 / 15]
