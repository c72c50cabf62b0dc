"""Settings: what is refused, what is kept, and that nothing changes afterwards."""

import json
from pathlib import Path

import numpy as np
import pytest

from nst_keras import Settings, stylize
from nst_keras.controls import PRESETS
from nst_keras.settings import OPTIMIZERS, STYLE_LAYERS


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": -1}, "alpha is -1; expected a finite number of 0 or more"),
        ({"beta": float("nan")}, "beta is nan; expected a finite"),
        ({"gamma": float("inf")}, "gamma is inf"),
        ({"alpha": 0, "beta": 0}, r"alpha, beta is \(0.0, 0.0\); expected at least one above 0"),
        ({"steps": 0}, "steps is 0; expected a whole number from 1 up"),
        ({"steps": 2.5}, "steps is 2.5"),
        ({"steps": True}, "steps is True"),
        ({"scales": 0}, "scales is 0"),
        ({"max_side": 5}, "max_side is 5; expected a whole number from 32 up"),
        ({"learning_rate": float("nan")}, "learning_rate is nan; expected a finite number"),
        ({"learning_rate": 0}, "learning_rate is 0.0; expected a finite number above 0"),
        ({"optimizer": "sgd"}, "optimizer is 'sgd'; expected one of lbfgs, adam, gradient_descent"),
        ({"init": "random"}, "init is 'random'; expected one of content, noise, blend"),
        ({"pooling": "sum"}, "pooling is 'sum'"),
        ({"padding": "same"}, "padding is 'same'; expected one of zero, symmetric"),
        ({"style_cost": "gramm"}, "style_cost is 'gramm'; expected one of gram, wasserstein"),
        ({"rank": 0}, "rank is 0; expected a whole number from 1 up"),
        ({"layer_weights": "even"}, "layer_weights is 'even'; expected one of equal, fine, finest, coarse"),
        ({"network": "vgg11"}, "network is 'vgg11'"),
        ({"precision": "int8"}, "precision is 'int8'"),
        ({"precision": "float16"}, "precision is 'float16'; expected one of float32, bfloat16, auto"),
        ({"content_normalizer": "gatys"}, "content_normalizer is 'gatys'; expected one of mean"),
        ({"style_normalizer": "half"}, "style_normalizer is 'half'"),
        ({"layer_weights": {}}, "layer_weights is {}"),
        ({"layer_weights": [0.2, 0.8]}, r"layer_weights is \[0.2, 0.8\]; expected a dict"),
        ({"alpha": "high"}, "alpha is 'high'"),
        ({"layer_weights": {"block1_conv1": 0}}, "not all 0"),
        ({"layer_weights": {"block1_conv1": -1, "block2_conv1": 3}}, "layer_weights is -1; expected .* 0 or more"),
        ({"layer_weights": {"block1_conv1": float("nan")}}, "layer_weights is nan"),
        ({"style_weights": "ab"}, "style_weights is 'ab'; expected a list of numbers"),
        ({"style_weights": [float("nan")]}, "style_weights is nan; expected a finite number"),
        ({"style_weights": [1, -1]}, "style_weights is -1; expected a finite number of 0 or more"),
        ({"style_weights": [0, 0]}, r"style_weights is \[0.0, 0.0\]; expected .* not all 0"),
        ({"style_weights": [[1, 2]]}, r"style_weights is \[1, 2\]; expected a finite number"),
        ({"style_weights": 3}, "style_weights is 3; expected a list of numbers"),
        ({"style_weights": [True, "a"]}, "style_weights is 'a'"),
        ({"seed": -1}, "seed is -1"),
        ({"weights": 3}, "weights is 3"),
        ({"optimizer": ["adam"]}, r"optimizer is \['adam'\]"),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(ValueError, match=message):
        Settings(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"content_layer": "conv4_2"}, "unknown layer 'conv4_2'; nearest: .*conv"),
        ({"layer_weights": {"block6_conv1": 1}}, "unknown layer 'block6_conv1'; nearest: block"),
        ({"network": "vgg16", "content_layer": "block4_conv4"}, "unknown layer 'block4_conv4'"),
        ({"style_weights": [1, 2]}, "1 style images need 1 style weights, not 2"),
    ],
)
def test_layers_and_style_weights_are_checked_before_the_work(settings, message, monkeypatch):
    monkeypatch.setattr("nst_keras.pipeline.make_extractor", lambda settings: pytest.fail("the work began"))
    with pytest.raises(ValueError, match=message):
        stylize("chelsea", "night_cafe", max_side=48, **settings)


def test_settings_do_not_change():
    layers, shares = {"block1_conv1": 1.0, "block2_conv1": 3.0}, [1.0, 2.0]
    settings = Settings(layer_weights=layers, style_weights=shares)
    with pytest.raises(AttributeError):
        settings.beta = 3
    with pytest.raises(TypeError):
        settings.layer_weights["block1_conv1"] = 3
    layers["block1_conv1"] = shares[0] = 1000.0
    assert dict(settings.layer_weights) == {"block1_conv1": 1, "block2_conv1": 3}
    assert list(settings.style_weights) == [1, 2]
    changed = settings.replace(beta=3)
    assert (changed.beta, settings.beta) == (3, 25)
    assert changed.strength is None
    assert changed.replace(strength=60) == settings


def test_numbers_of_numpy_become_plain_ones():
    settings = Settings(max_side=np.int64(48), steps=np.int32(2), beta=np.float32(3), style_weights=np.ones(2))
    assert json.loads(json.dumps(settings.as_dict())) == settings.as_dict()
    assert (settings.max_side, settings.steps, settings.beta) == (48, 2, 3)
    assert (type(settings.steps), type(settings.beta)) == (int, float)


@pytest.mark.parametrize("weights", [Path("folder") / "vgg.weights.h5", "bundled"])
def test_as_dict_goes_through_json(weights):
    settings = Settings(weights=weights, max_side=None, style_weights=(1, 2), precision="bfloat16")
    record = json.loads(json.dumps(settings.as_dict()))
    assert Settings(**record) == settings
    assert record["weights"] == str(weights)


def test_layers():
    assert Settings().layers == ["block4_conv2", *STYLE_LAYERS]
    assert list(Settings().layer_weights.values()) == [n / 31 for n in (16, 8, 4, 2, 1)]
    assert set(Settings(layer_weights="equal").layer_weights.values()) == {1 / 5}
    for optimizer in OPTIMIZERS:
        assert Settings(optimizer=optimizer).optimizer == optimizer


# Strength


def test_strength_chooses_the_weights():
    assert (Settings().strength, Settings().alpha, Settings().beta) == (60, 1, 25)
    weights = [(s.alpha, s.beta) for s in (Settings(strength=n) for n in (0, 20, 40, 60, 80, 99))]
    assert weights[0] == (1, 0)
    betas = [beta for _, beta in weights]
    assert betas == sorted(betas)
    assert Settings(strength=50).beta == pytest.approx(25 * (2 / 3) ** 1.14)
    assert (Settings(strength=100).alpha, Settings(strength=100).beta) == (0, 1)


def test_alpha_and_beta_take_the_place_of_strength():
    for changes in ({"alpha": 2}, {"beta": 7}, {"alpha": 2, "beta": 7}):
        settings = Settings(**changes)
        assert settings.strength is None
        assert Settings().replace(**changes) == settings
        assert Settings(**settings.as_dict()) == settings
    assert Settings(alpha=2).beta == 25
    assert Settings(beta=25) == Settings(alpha=1, beta=25) == Settings()


def test_a_new_strength_takes_the_place_of_alpha_and_beta():
    assert Settings(alpha=3, beta=7).replace(strength=60) == Settings()
    assert Settings(strength=100).replace(strength=60) == Settings()
    assert Settings(strength=30).replace(steps=5).strength == 30
    assert Settings(strength=30).replace(style_cost="gram") == Settings(strength=30, style_cost="gram")
    with pytest.raises(ValueError, match="strength chooses alpha and beta; give either strength, or the two"):
        Settings().replace(strength=30, beta=7)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_settings(name):
    settings = Settings().replace(**PRESETS[name])
    assert settings.strength == PRESETS[name].get("strength", 60)
    assert (settings == Settings()) == (name == "balanced")


def test_several_content_layers():
    settings = Settings(content_layer={"block3_conv2": 1, "block4_conv2": 2})
    assert settings.layers[:2] == ["block3_conv2", "block4_conv2"]
    assert Settings(**settings.as_dict()) == settings
    assert dict(Settings().content_layers) == {"block4_conv2": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strength": 101}, "strength is 101.0; expected a number from 0 to 100"),
        ({"strength": -1}, "strength is -1; expected a finite number of 0 or more"),
        ({"strength": None}, "strength is None; expected 0 to 100"),
        ({"colors": "blue"}, "colors is 'blue'; expected one of style, content, luminance"),
        ({"style_scale": 5}, "style_scale is 5; expected a number from 0.25 to 4"),
        ({"style_scale": "2"}, "style_scale is '2'; expected a number from 0.25 to 4"),
        ({"regions": "map.png"}, "regions is 'map.png'; expected a list of maps: of the content, and of each style"),
        ({"content_layer": {}}, "content_layer is {}; expected a dict"),
        ({"content_layer": {"block3_conv2": 0}}, r"content_layer is \[0.0\]; expected weights of 0 or more, not all 0"),
    ],
)
def test_controls_that_make_no_sense(changes, message):
    with pytest.raises(ValueError, match=message):
        Settings(**changes)
