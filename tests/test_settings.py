"""Settings: what is refused, what is kept, and that nothing changes afterwards."""

import copy
import dataclasses
import itertools
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nst_keras
from nst_keras import Settings, stylize
from nst_keras.arguments import flag_of, many_parser, parser
from nst_keras.controls import PRESETS
from nst_keras.controls.presets import preset_settings
from nst_keras.files.weights import CONVOLUTIONS
from nst_keras.settings import NETWORKS, OPTIMIZERS, STRENGTH, STYLE_LAYERS, names_where

BETA, POWER = STRENGTH["wasserstein"]


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
        ({"learning_rate": 0}, "learning_rate is 0; expected a finite number above 0"),
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
        ({"style_weights": [1, "a"]}, "style_weights is 'a'"),
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
    assert (changed.beta, settings.beta) == (3, BETA)
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
    assert Settings().layers == ["block4_conv2", *STYLE_LAYERS[:4]]
    assert list(Settings().layer_weights.values()) == [n / 15 for n in (8, 4, 2, 1)]
    assert set(Settings(layer_weights="equal").layer_weights.values()) == {1 / 4}
    for optimizer in OPTIMIZERS:
        assert Settings(optimizer=optimizer).optimizer == optimizer


# Strength


def test_strength_chooses_the_weights():
    assert (Settings().strength, Settings().alpha, Settings().beta) == (60, 1, BETA)
    weights = [(s.alpha, s.beta) for s in (Settings(strength=n) for n in (0, 20, 40, 60, 80, 99))]
    assert weights[0] == (1, 0)
    betas = [beta for _, beta in weights]
    assert betas == sorted(betas)
    assert Settings(strength=50).beta == pytest.approx(BETA * (2 / 3) ** POWER)
    assert (Settings(strength=100).alpha, Settings(strength=100).beta) == (0, 1)


def test_alpha_and_beta_take_the_place_of_strength():
    for changes in ({"alpha": 2}, {"beta": 7}, {"alpha": 2, "beta": 7}):
        settings = Settings(**changes)
        assert settings.strength is None
        assert Settings().replace(**changes) == settings
        assert Settings(**settings.as_dict()) == settings
    assert Settings(alpha=2).beta == BETA
    assert Settings(beta=BETA) == Settings(alpha=1, beta=BETA) == Settings()


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
        ({"strength": 101}, "strength is 101; expected a number from 0 to 100"),
        ({"strength": -1}, "strength is -1; expected a number from 0 to 100"),
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"layer_weights": {"block1_conv1": 0, "block2_conv1": -0.0}},
            r"layer_weights is \[0.0, -0.0\]; expected .* not all 0",
        ),
        ({"content_layer": {"block3_conv2": 0, "block4_conv2": 0.0}}, r"content_layer is \[0.0, 0.0\]; .* not all 0"),
        ({"style_weights": np.zeros(3)}, r"style_weights is \[0.0, 0.0, 0.0\]; expected .* not all 0"),
        ({"alpha": 0, "strength": 0}, r"alpha, beta is \(0.0, 0.0\); expected at least one above 0"),
        ({"beta": 0, "strength": 100}, r"alpha, beta is \(0.0, 0.0\); expected at least one above 0"),
        ({"alpha": -0.0, "beta": 0, "strength": None}, r"alpha, beta is \(-?0.0, 0.0\); expected at least one above 0"),
    ],
)
def test_weights_that_are_all_0(changes, message):
    """Nothing is divided by their sum: they are refused in one sentence that names the setting."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        Settings(**changes)


@pytest.mark.parametrize("changes", [{"mask": 3}, {"regions": 3}, {"regions": ["map.png", 3]}, {"regions": []}])
def test_files_that_are_none(changes):
    with pytest.raises(ValueError, match=r"(mask|regions) is .*; expected (the path|a list of maps)"):
        Settings(**changes)


# Copies


CHANGES = [
    {},
    {"strength": 30, "style_weights": [1, 2]},
    {
        "content_layer": {"block3_conv2": 1, "block4_conv2": 0.5},
        "layer_weights": {"block1_conv1": 1, "block2_conv1": 3},
    },
    {"regions": [Path("of_C.png"), "red"], "mask": Path("mask.png"), "tile": 20000, "max_side": None},
    {"style_weights": np.ones(2), "style_scale": np.float64(2), "seed": np.int64(3), "beta": 7},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_copies_are_equal_and_have_the_same_hash(changes):
    settings = Settings(**changes)
    copies = [
        pickle.loads(pickle.dumps(settings)), copy.deepcopy(settings), copy.copy(settings), settings.replace(),
        Settings(**settings.as_dict()), Settings(**json.loads(json.dumps(settings.as_dict()))), Settings(**changes),
        Settings(**dataclasses.asdict(settings)),
    ]  # fmt: skip
    for each in copies:
        assert each == settings
        assert hash(each) == hash(settings)
        assert each.as_dict() == settings.as_dict()
    assert len({settings, *copies}) == 1


def test_hashes_tell_settings_apart():
    all_of_them = [Settings(**changes) for changes in CHANGES]
    assert len(set(all_of_them)) == len(CHANGES)
    assert Settings(layer_weights={"a": 1, "b": 2}) == Settings(layer_weights={"b": 2, "a": 1})
    assert hash(Settings(layer_weights={"a": 1, "b": 2})) == hash(Settings(layer_weights={"b": 2, "a": 1}))
    assert {Settings(): "default"}[Settings(beta=BETA)] == "default"


@pytest.mark.parametrize(
    "change",
    [
        lambda weights: weights.update(one=3), lambda weights: weights.pop("one"), lambda weights: weights.clear(),
        lambda weights: weights.popitem(), lambda weights: weights.setdefault("two", 3),
        lambda weights: weights.__setitem__("one", 3), lambda weights: weights.__delitem__("one"),
        lambda weights: weights.__ior__({"one": 3}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["layer_weights", "content_layer"])
@pytest.mark.parametrize("copied", [lambda settings: settings, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_weights_by_layer_do_not_change(copied, name, change):
    weights = getattr(copied(Settings(**{name: {"one": 1}})), name)
    with pytest.raises((TypeError, AttributeError)):  # no method of it, or one that refuses
        change(weights)
    assert weights == {"one": 1} == dict(weights)


# Presets


@pytest.mark.parametrize(("before", "name"), itertools.product(PRESETS, PRESETS))
def test_a_preset_resets_what_others_change(before, name):
    """And nothing else; whether settings come from a preset, or say alpha and beta."""
    for settings in (Settings(**PRESETS[before]), Settings(alpha=2, beta=7)):
        assert settings.replace(**preset_settings(name)) == Settings(**PRESETS[name])
    changed = Settings(steps=3, colors="content", **PRESETS[before]).replace(**preset_settings(name))
    assert (changed.steps, changed.colors, changed.layer_weights) == (
        3, "content", Settings(**PRESETS[name]).layer_weights,
    )  # fmt: skip


def test_a_preset_without_a_name():
    with pytest.raises(
        ValueError, match=r"^preset is 'oil'; expected one of photo-like, balanced, painterly, dreamlike$"
    ):
        preset_settings("oil")


# A setting is written once


def test_defaults_are_settings():
    """Each passes its own check, and stays as it is; those of alpha and beta are what the strength chooses."""
    for field in dataclasses.fields(Settings):
        about, value = field.metadata, field.default
        if value is not None and value not in about["words"] and field.name != "layer_weights":
            assert about["check"](field.name, value) == value, field.name
        assert about["help"][-1] not in ".;,", field.name


FLAGS = """
--strength --preset --positions-per-channel --colors --style-scale --regions --mask --alpha --beta --tv --style-weights
--content-layer --style-layers --layer-weights --style-cost --rank --optimizer --steps --learning-rate --init --max-side
--scales --tile --seed --network --weights --pooling --padding --content-normalizer --style-normalizer --precision
"""


def test_networks_are_those_that_have_weights():
    assert tuple(CONVOLUTIONS) == NETWORKS


def test_every_setting_has_its_flag():
    """Those that the command has had for long, too."""
    flags = {flag for action in parser()._actions for flag in action.option_strings}
    assert {flag_of(field) for field in dataclasses.fields(Settings)} <= flags
    assert set(FLAGS.split()) <= flags


@pytest.mark.parametrize(
    ("varied", "expected"),
    [
        ("tv=0,1e-4", ("gamma", [0.0, 1e-4])),
        ("layer_weights=fine,equal", ("layer_weights", ["fine", "equal"])),
        ("tile=0,auto,20000", ("tile", [None, "auto", 20000])),
        ("scales=1,2", ("scales", [1, 2])),
        ("weights=bundled,mine.h5", ("weights", ["bundled", "mine.h5"])),
        ("mask=a.png,b.png", ("mask", ["a.png", "b.png"])),
        ("style-cost=gram", ("style_cost", ["gram"])),
    ],
)
def test_values_to_vary_have_the_types_of_their_settings(varied, expected):
    (found,) = many_parser().parse_args(["a", "b", "--vary", varied]).vary
    assert found == expected
    assert [type(value) for value in found[1]] == [type(value) for value in expected[1]]


MADE_UP = """
    glow: float = setting(0.5, number(1e-9, expected="a finite number above 0"), "how far light shines",
        "In pixels.", costs=True, harmless_since="9.9")
    lamp: str | None = setting(None, ("oil", "gas"), "oil or gas", flag="lit-by")
"""
SCRIPT = r"""
import json, sys, types
from pathlib import Path

import nst_keras

path = Path(nst_keras.__file__).parent / "settings.py"
end = "    # fmt: on\n"
source = path.read_text(encoding="utf-8")
assert source.count(end) == 1
module = sys.modules["nst_keras.settings"] = types.ModuleType("nst_keras.settings")
exec(compile(source.replace(end, {made_up!r} + end), str(path), "exec"), module.__dict__)

from nst_keras.arguments import given_settings, many_parser, parser, with_shorthands
from nst_keras.settings import Settings, names_where

def refused(function, *args):
    try:
        function(*args)
    except ValueError as error:
        return str(error)

said = dict(
    help=parser().format_help(), doc=Settings.__doc__, costs=names_where("costs"),
    given=given_settings(parser().parse_args(["--glow", "3", "--lit-by", "gas"])),
    vary=many_parser().parse_args(["a", "b", "--vary", "glow=1,2.5", "--vary", "lit_by=gas"]).vary,
    refused=[refused(lambda: Settings(**bad)) for bad in (dict(glow=0), dict(lamp="sun"), dict(glow="x"))],
    heavy=sorted({{"tensorflow", "keras", "matplotlib", "numpy", "PIL"}} & set(sys.modules)),
    record=Settings(glow=2, lamp="oil").as_dict(),
)
from nst_keras.runs import many
from nst_keras.runs.sidecar import read_sidecar
said["costly"] = list(many.COSTLY)
record = {{name: value for name, value in Settings().as_dict().items() if name != "glow"}}
beside = Path("old.json")
def replayed():
    picture = dict(picture="palace", sha256=None)
    beside.write_text(json.dumps(dict(settings=record, content=picture, styles=[picture])))
    return read_sidecar(beside)[1].glow
said["replayed"] = replayed()
del record["lamp"]
said["too_old"] = refused(replayed)
print(json.dumps(said))
"""


def test_a_new_setting_is_one_more_field(tmp_path):
    """Two fields are put into the source of settings.py, and nothing else is touched."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(made_up=MADE_UP)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    for words in ("--glow GLOW", "how far light shines", "--lit-by LAMP", "oil or gas"):
        assert words in said["help"]
    assert "\n    glow: how far light shines. In pixels." in said["doc"]
    assert "\n    lamp: oil or gas (`--lit-by`)." in said["doc"]
    assert said["given"] == {"glow": 3.0, "lamp": "gas"}
    assert said["vary"] == [["glow", [1.0, 2.5]], ["lamp", ["gas"]]]
    assert said["refused"] == [
        "glow is 0; expected a finite number above 0",
        "lamp is 'sun'; expected one of oil, gas",
        "glow is 'x'; expected a finite number above 0",
    ]
    assert (said["record"]["glow"], said["record"]["lamp"]) == (2.0, "oil")
    assert said["heavy"] == []
    assert said["costs"] == said["costly"] == [*names_where("costs"), "glow"]
    assert said["replayed"] == 0.5
    assert "an older version wrote it, without lamp; use that version" in said["too_old"]


def test_the_documentation_names_every_setting():
    names = [line.split(":")[0].strip() for line in Settings.__doc__.partition("Attributes:\n")[2].splitlines()]
    assert [name for name in names if name in Settings().as_dict()] == list(Settings().as_dict())


def test_few_functions_are_called():
    """A reader who steps through `stylize` is not kept long by its settings."""
    visited = set()

    def note(frame, event, argument):
        if event == "call" and frame.f_code.co_filename.startswith(str(Path(nst_keras.__file__).parent)):
            visited.add(frame.f_code)

    sys.setprofile(note)
    try:
        Settings().replace(precision="float32")
    finally:
        sys.setprofile(None)
    assert 0 < len(visited) <= 8, sorted(code.co_qualname for code in visited)
