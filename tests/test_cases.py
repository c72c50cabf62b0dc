"""Helpers of notebook 11."""

import json

import numpy as np
import pytest

from nst_keras import data_path
from nst_keras.lessons import cases
from nst_keras.lessons.exercises.nb11 import diagnose


def test_a_picture_stands_beside_its_own():
    """C and S at the left; then G, pixel by pixel."""
    image = cases.beside_its_own("11_rocket")
    G = cases.to_pixels(cases.load_stored("11_rocket").image)
    height, width = G.shape[:2]
    assert image.shape == (height, height // 2 + width, 3)
    np.testing.assert_array_equal(image[:, -width:], G)
    assert image[: height // 3, 10].std() > 5  # there is a picture at the left


def test_numbers_are_those_of_the_sidecar():
    quality = json.loads(data_path("runs/11_rocket.json").read_text())["quality"]
    assert cases.numbers("11_rocket")[0] == quality["content"]
    assert cases.numbers("11_rocket")[2] == quality["styles"][0]["objects"]


@pytest.mark.parametrize("side", [32, 100, 192])
def test_a_sign_has_letters(side):
    sign = cases.sign("ring", side)
    assert sign.shape == (1, side * 2 // 3, side, 3)
    assert np.ptp(sign[..., 2]) > 40


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("00_beta_2", "hardly painted"),
        ("00_beta_5000", "C is gone"),
        ("11_soft", "out of focus"),
        ("11_rocket", "look at it"),
        ("00_beta_75", "look at it"),
    ],
)
def test_diagnoses(name, said):
    assert diagnose(*cases.numbers(name)) == said
