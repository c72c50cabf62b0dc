"""The finished pictures of data/gallery are what their sidecars say."""

import json
import shlex

import pytest

from nst_keras import FeatureExtractor, Objective, StyleTransferConfig, load_image, load_vgg
from nst_keras.__main__ import parser
from nst_keras.vgg import BUNDLED_SHA256

# JPEG and rounding change a picture's cost a little; a picture of other settings is off by far more.
TOLERANCE = 0.15


@pytest.fixture(scope="module")
def sidecars(request):
    found = sorted((request.config.rootpath / "data/gallery").glob("*.json"))
    assert found
    return found


def cost(root, record, picture):
    """The terms of J for a picture, in one forward pass at its full size."""
    config = StyleTransferConfig(**record["settings"])
    extractor = FeatureExtractor([config.content_layer, *config.layer_weights], load_vgg(pooling=config.pooling))
    C, *S = (load_image(root / path, config.max_side) for path in (record["content"], *record["styles"]))
    J = Objective(
        C, S, config.alpha, config.beta, config.gamma, config.content_layer, config.layer_weights,
        config.style_weights, extractor, config.content_normalizer, config.style_normalizer,
    )  # fmt: skip
    return J.terms(picture(C))


def test_the_cost_of_a_picture_is_the_recorded_one(request, sidecars):
    path = sidecars[0]
    record = json.loads(path.read_text())
    terms = cost(request.config.rootpath, record, lambda C: load_image(path.with_suffix(".jpg")))
    for name in ("J", "J_content", "J_style"):
        assert terms[name] == pytest.approx(record["costs_at_end"][name], rel=TOLERANCE), name
    assert record["costs_at_end"]["J"] < 0.5 * record["costs_at_start"]["J"]


def test_every_picture_has_its_command_and_settings(sidecars):
    for path in sidecars:
        record = json.loads(path.read_text())
        assert path.with_suffix(".jpg").stat().st_size <= 250_000
        assert max(record["size"]) >= 768
        assert record["weights_sha256"] == BUNDLED_SHA256
        arguments = parser().parse_args(shlex.split(record["command"].removeprefix("python -m nst_keras ")))
        assert arguments.pictures == [record["content"], *record["styles"]]
        assert arguments.max_side == record["settings"]["max_side"]
        StyleTransferConfig(**record["settings"])
