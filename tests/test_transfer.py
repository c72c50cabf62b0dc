"""stylize() with the real network at a tiny size, its settings, and the files it writes."""

import json
import os
import random

import keras
import matplotlib as mpl
import numpy as np
import pytest
import tensorflow as tf
from shallow import SHALLOW

from nst_keras import FeatureExtractor, Objective, StyleTransferConfig, data_path, load_image, load_vgg, stylize
from nst_keras.objective import CONTENT_LAYER, LAYER_WEIGHTS
from nst_keras.vgg import BUNDLED_SHA256

CONTENT, STYLE = data_path("content/chelsea.jpg"), data_path("style/night_cafe.jpg")
SMALL = SHALLOW | {"max_side": 48, "steps": 3, "scales": 1}


def test_three_steps_lower_J_and_repeat_to_the_byte():
    one, two = (stylize(CONTENT, STYLE, init="blend", seed=5, **SMALL) for _ in range(2))
    assert one.history["J"][-1] < 0.95 * one.history["J"][0]
    assert one.image.shape == (1, 32, 48, 3)
    np.testing.assert_array_equal(one.image, two.image)
    other = stylize(CONTENT, STYLE, init="blend", seed=6, **SMALL)
    assert not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("optimizer", ["adam", "gradient_descent"])
def test_other_optimizers(optimizer):
    rate = {"adam": 5.0, "gradient_descent": 1e4}[optimizer]
    result = stylize(CONTENT, STYLE, optimizer=optimizer, learning_rate=rate, **SMALL)
    assert result.history["J"][-1] < result.history["J"][0]
    assert len(result.history) == 4


def test_coarse_to_fine():
    seen = []
    result = stylize(
        CONTENT, STYLE, max_side=200, steps=2, scales=3, optimizer="adam", **SHALLOW,
        callback=lambda step, G, costs: seen.append((step, tuple(G.shape[1:3]))),
    )  # fmt: skip
    # a quarter would be 33 pixels high, under the smallest scale, and is left out
    assert [size for _, size in seen] == [(66, 100)] * 3 + [(133, 200)] * 3
    assert [step for step, _ in seen] == list(range(6)) == result.history.steps
    assert result.image.shape == (1, 133, 200, 3)


def test_the_cost_at_the_end_is_that_of_the_image():
    result = stylize(CONTENT, STYLE, gamma=1e-3, max_side=48, steps=3, scales=1)
    extractor = FeatureExtractor([CONTENT_LAYER, *LAYER_WEIGHTS], load_vgg(pooling="avg"))
    J = Objective(load_image(CONTENT, 48), load_image(STYLE, 48), 1.0, 10.0, 1e-3, extractor=extractor)
    assert J.terms(result.image) == pytest.approx(result.history.costs[-1], rel=1e-3, abs=1e-6)


def test_a_run_leaves_everything_as_it_was():
    def surroundings():
        seeds = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        return seeds, keras.config.floatx(), keras.config.dtype_policy().name, dict(os.environ), dict(mpl.rcParams)

    before = surroundings()
    stylize(CONTENT, STYLE, init="noise", precision="bfloat16", **SMALL)
    assert surroundings() == before


def test_images_and_several_styles():
    C = load_image(CONTENT, 60)
    paths = stylize(CONTENT, [STYLE, data_path("style/great_wave.jpg")], style_weights=(1, 0), **SMALL)
    single = stylize(CONTENT, STYLE, **SMALL)
    np.testing.assert_allclose(paths.image, single.image, atol=0.5)
    assert stylize(C, STYLE, **(SMALL | {"max_side": None, "steps": 1})).image.shape == C.shape


def test_style_and_content_weights_do_what_they_say():
    more_style = stylize(CONTENT, STYLE, beta=200.0, **(SMALL | {"steps": 25})).history.costs[-1]
    more_content = stylize(CONTENT, STYLE, beta=2.0, **(SMALL | {"steps": 25})).history.costs[-1]
    assert more_style["J_style"] < 0.7 * more_content["J_style"]
    assert more_content["J_content"] < 0.7 * more_style["J_content"]


def test_interrupt_returns_the_best_so_far():
    def interrupt(step, G, costs):
        if step == 2:
            raise KeyboardInterrupt

    result = stylize(CONTENT, STYLE, max_side=140, steps=4, scales=2, callback=interrupt, **SHALLOW)
    assert result.history.interrupted
    assert result.image.shape == (1, 93, 140, 3)  # the coarser scale would be under 64 pixels high
    assert len(result.history) == 3


def test_save_writes_a_picture_and_its_settings(tmp_path):
    result = stylize(CONTENT, STYLE, **SMALL)
    picture, sidecar = result.save(tmp_path / "out.png")
    assert {path.name for path in tmp_path.iterdir()} == {"out.png", "out.json"}
    np.testing.assert_array_equal(load_image(picture), np.rint(result.image))
    record = json.loads(sidecar.read_text())
    assert record["settings"] | {"steps": 3} == record["settings"]
    assert record["content"] == "data/content/chelsea.jpg"
    assert record["size"] == [48, 32]
    assert record["weights_sha256"] == BUNDLED_SHA256
    assert record["costs_at_end"]["J"] < record["costs_at_start"]["J"]
    assert record["versions"]["tensorflow"] == tf.__version__
    again = stylize(CONTENT, STYLE, **record["settings"])  # the sidecar is enough to make the picture again
    np.testing.assert_array_equal(again.image, result.image)
    with pytest.raises(FileExistsError):
        result.save(tmp_path / "out.png")
    (tmp_path / "out.png").unlink()
    with pytest.raises(FileExistsError, match=r"out\.json' exists"):
        result.save(tmp_path / "out.png")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": -1}, "alpha is -1; expected a finite number of 0 or more"),
        ({"beta": float("nan")}, "beta is nan; expected a finite"),
        ({"gamma": float("inf")}, "gamma is inf"),
        ({"alpha": 0, "beta": 0}, r"alpha, beta is \(0, 0\); expected at least one above 0"),
        ({"steps": 0}, "steps is 0; expected a whole number from 1 up"),
        ({"steps": 2.5}, "steps is 2.5"),
        ({"scales": 0}, "scales is 0"),
        ({"max_side": 5}, "max_side is 5; expected a whole number from 32 up"),
        ({"learning_rate": float("nan")}, "learning_rate is nan; expected a finite number above 0"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"optimizer": "sgd"}, "optimizer is 'sgd'; expected one of lbfgs, adam, gradient_descent"),
        ({"init": "random"}, "init is 'random'; expected one of content, noise, blend"),
        ({"pooling": "sum"}, "pooling is 'sum'"),
        ({"network": "vgg11"}, "network is 'vgg11'"),
        ({"precision": "int8"}, "precision is 'int8'"),
        ({"content_normalizer": "gatys"}, "content_normalizer is 'gatys'; expected one of mean"),
        ({"style_normalizer": "half"}, "style_normalizer is 'half'"),
        ({"content_layer": "conv4_2"}, "unknown layer 'conv4_2'; nearest: .*conv"),
        ({"layer_weights": {"block6_conv1": 1}}, "unknown layer 'block6_conv1'; nearest: block"),
        ({"network": "vgg16", "content_layer": "block4_conv4"}, "unknown layer 'block4_conv4'"),
        ({"layer_weights": {}}, "layer_weights is {}"),
        ({"layer_weights": [0.2, 0.8]}, r"layer_weights is \[0.2, 0.8\]; expected a dict"),
        ({"alpha": "high"}, "alpha is 'high'"),
        ({"layer_weights": {"block1_conv1": 0}}, "not all 0"),
        ({"layer_weights": {"block1_conv1": -1, "block2_conv1": 3}}, "weights of 0 or more"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_are_checked_before_the_work(settings, message):
    with pytest.raises(ValueError, match=message):
        StyleTransferConfig(**settings)


def test_pictures_that_do_not_fit():
    C = load_image(CONTENT, 64)
    with pytest.raises(ValueError, match=r"expected an image of shape \(1, H, W, 3\), not \(43, 64, 3\)"):
        stylize(C[0], STYLE, **SMALL)
    with pytest.raises(ValueError, match=r"must be in 0\.\.255, but these run from -"):
        stylize(C - 300, STYLE, **SMALL)
    with pytest.raises(ValueError, match=r"must be in 0\.\.255"):
        stylize(C * float("nan"), STYLE, **SMALL)
    with pytest.raises(ValueError, match="is 64 x 4 pixels here; VGG needs at least 32"):
        stylize(tf.zeros((1, 4, 64, 3)), STYLE, **(SMALL | {"max_side": None}))


def test_equal_layer_weights_pull_equally():
    """With "relative" costs no layer drowns the others; with "gatys" one layer does."""
    C, S = load_image(CONTENT, 64), load_image(STYLE, 64)
    for normalizer, low, high in (("relative", 0.2, 0.75), ("gatys", 0.9, 1.0)):
        terms = Objective(C, S, 1.0, 1.0, style_normalizer=normalizer).terms(C)
        shares = [terms[f"lambda*J_style[{layer}]"] / terms["J_style"] for layer in LAYER_WEIGHTS]
        assert low < max(shares) < high
