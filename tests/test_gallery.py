"""The finished pictures of data/gallery are what their sidecars say."""

import json
import shlex
from pathlib import Path

import make_gallery
import numpy as np
import pytest
from make_gallery import CROPS
from PIL import Image

from nst_keras import load_image, prepare
from nst_keras.__main__ import parser
from nst_keras.files.weights import BUNDLED_SHA256
from nst_keras.runs import read_sidecar

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("shared_measures")]

# JPEG halves the resolution of color. That raises J and the content cost by 2 to 5 percent and the small style cost
# by 2 to 8 (by 0.1 with full color and quality 100); a picture of other settings is off by far more.
TOLERANCES = {"J": 0.06, "alpha*J_content": 0.06, "beta*J_style": 0.1}
SIDECARS = sorted((Path(__file__).parent.parent / "data/gallery").glob("*.json"))


def test_there_are_pictures():
    assert {path.stem for path in SIDECARS} == set(make_gallery.PICTURES)


@pytest.mark.filterwarnings("ignore:.* is enlarged to")
@pytest.mark.parametrize("path", SIDECARS, ids=lambda path: path.stem)
def test_the_cost_of_a_picture_is_the_recorded_one(path):
    """In one forward pass at its full size."""
    record = json.loads(path.read_text())
    (content, *styles), settings = read_sidecar(path)
    # "auto" is three times as fast where the processor has bfloat16; its rounding changes J by less than 1 percent
    run = prepare(content, styles, settings, precision="auto")
    run.scale = len(run.sizes) - 1
    J, *_ = run.begin(run)
    terms = J.terms(load_image(path.with_suffix(".jpg")))
    for name, tolerance in TOLERANCES.items():
        assert terms[name] == pytest.approx(record["costs_at_end"][name], rel=tolerance), name
    assert record["costs_at_end"]["J"] < 0.5 * record["costs_at_start"]["J"]


@pytest.mark.parametrize("path", SIDECARS, ids=lambda path: path.stem)
def test_every_picture_has_its_command_and_settings(path):
    record = json.loads(path.read_text())
    (content, *styles), settings = read_sidecar(path)
    assert path.with_suffix(".jpg").stat().st_size <= 400_000
    assert max(record["size"]) >= 1024
    assert record["weights_sha256"] == BUNDLED_SHA256["vgg19"]
    arguments = parser().parse_intermixed_args(shlex.split(record["command"].removeprefix("python -m nst_keras ")))
    assert arguments.pictures == [content, *styles]
    assert arguments.max_side == settings.max_side


LARGE = SIDECARS[0].parent / "large"


def test_the_large_picture_is_whole_and_its_crops_are_of_it():
    record = json.loads((LARGE / "large.json").read_text())
    (content, *styles), settings = read_sidecar(LARGE / "large.json")
    arguments = parser().parse_intermixed_args(shlex.split(record["command"].removeprefix("python -m nst_keras ")))
    assert arguments.pictures == [content, *styles]
    assert (arguments.max_side, arguments.tile) == (settings.max_side, settings.tile)
    width, height = record["size"]
    assert width * height >= 12e6
    assert not record["interrupted"]
    with Image.open(LARGE / "reduced.jpg") as reduced:
        assert reduced.size == (width // 3, height // 3)
        for name, box in CROPS.items():
            with Image.open(LARGE / f"{name}.jpg") as crop:
                assert crop.size == (box[2] - box[0], box[3] - box[1])
                small = crop.resize((100, 80), Image.Resampling.BOX)
            there = reduced.resize(small.size, Image.Resampling.BOX, [edge / 3 for edge in box])
            assert np.corrcoef(np.ravel(small), np.ravel(there))[0, 1] > 0.99, name
