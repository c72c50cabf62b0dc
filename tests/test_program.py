"""The program that grows, notebooks/program: each step runs by itself, and the last ones do what the package does."""

import ast
import difflib
import importlib
import runpy
import sys
from itertools import pairwise

import numpy as np
import pytest
import tensorflow as tf
from build_notebooks import FOLDER
from PIL import Image

from nst_keras import Objective, data_path, load_image, stylize

PROGRAM = sorted((FOLDER / "program").glob("*.py"))
STEPS = ["00", "03", "04", "05", "06", "07", "08", "09"]
MOST_LINES = 140  # that are not blank
# Lines that a step adds and takes away, at most; its notebook shows them.
MOST_CHANGED = {"03": 8, "04": 18, "05": 10, "06": 46, "07": 34, "08": 45, "09": 36}
PAIR = [str(data_path(f"{kind}/{name}.jpg")) for kind, name in (("content", "palace"), ("style", "great_wave"))]


def functions_of(number, **changes):
    """The names of a step, as in a notebook's cell; `changes` replace its constants."""
    (path,) = [path for path in PROGRAM if path.name.startswith(number)]
    names = runpy.run_path(str(path))
    names["paint"].__globals__.update(changes)
    return names["paint"].__globals__


def test_steps():
    assert [path.name[:2] for path in PROGRAM] == STEPS


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: path.stem)
def test_runs_on_any_pictures(path, tmp_path, monkeypatch):
    """Its command line, with fewer steps."""
    text = path.read_text(encoding="utf-8")
    quick = text.replace("steps=80", "steps=3").replace("steps=18", "steps=3")
    assert quick != text
    out = tmp_path / "out.png"
    monkeypatch.setattr(sys, "argv", [path.name, *PAIR, str(out), "--side", "64"])
    exec(compile(quick, path.name, "exec"), {"__name__": "__main__"})
    G, C = np.asarray(Image.open(out), float), load_image("palace", 64)[0].numpy()
    assert G.shape == C.shape
    assert 3 < np.abs(G - C).mean() < 100


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: path.stem)
def test_is_short_and_stands_alone(path):
    text = path.read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) < MOST_LINES
    assert path.stem in text.split("\n")[2]  # the command
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    assert found == {"argparse", "keras", "numpy", "tensorflow", "PIL.Image", "PIL.ImageOps", "nst_keras.load_vgg"}
    assert '= load_vgg()  # elsewhere: keras.applications.VGG19(weights="imagenet", include_top=False)\n' in text


@pytest.mark.parametrize(("before", "after"), pairwise(PROGRAM), ids=STEPS[1:])
def test_a_step_is_small(before, after):
    texts = [path.read_text(encoding="utf-8").split("import argparse")[1].splitlines() for path in (before, after)]
    changed = [line for line in difflib.ndiff(*texts) if line[0] in "+-" and line[2:].strip()]
    assert 2 <= len(changed) <= MOST_CHANGED[after.name[:2]], "\n".join(changed)


@pytest.fixture(scope="module")
def images():
    C, S = load_image("palace", 96), load_image("great_wave", 80)
    return C, S, 0.7 * C + 0.3 * load_image("astronaut", 96)[:, : C.shape[1]]


@pytest.mark.parametrize("number", STEPS)
def test_its_functions_are_those_that_the_reader_is_asked_for(number, images, capsys):
    """ "Your turn" accepts the program's own function, and gives one that the program can go on with."""
    module = importlib.import_module(f"nst_keras.lessons.exercises.nb{number}")
    if not hasattr(module, "your_turn"):
        return
    step, (C, S, G) = functions_of(number), images
    S = S if number > "03" else C[:, ::-1]
    expected = tf.function(step["objective"](C, S))(G)
    for name, turn in module.your_turn.turns.items():
        assert module.your_turn(step[name]) is step[name], capsys.readouterr().out
        step[name] = turn.given
    np.testing.assert_allclose(tf.function(step["objective"](C, S))(G), expected, rtol=1e-5)


def as_settings(step, shape=None):
    """A step's constants, as the package's settings."""
    weights = step["LAMBDAS"][step["LAMBDA"]]
    shares = {l: weight / sum(weights) for l, weight in zip(step["STYLE_LAYERS"], weights, strict=True)}
    return {
        "alpha": step["ALPHA"], "beta": step["BETA"], "gamma": step["GAMMA"], "content_layer": step["CONTENT_LAYER"],
        "layer_weights": shares, "precision": "float32",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "settings"),
    [
        ("07", {"style_cost": "gram", "padding": "zero", "positions_per_channel": 0}),
        ("08", {"style_cost": "wasserstein", "padding": "zero", "positions_per_channel": 0}),
        ("09", {"style_cost": "wasserstein", "padding": "symmetric"}),
    ],
)
def test_J_is_that_of_the_package(number, settings, images):
    C, S, G = images
    step = functions_of(number)
    terms = step["objective"](C, S)(G).numpy()
    expected = Objective(C, S, **as_settings(step), **settings).terms(G)
    names = ["alpha*J_content", "beta*J_style", "gamma*J_tv"]
    np.testing.assert_allclose(terms, [expected[name] for name in names], rtol=1e-5)


def test_the_last_step_paints_the_picture_of_the_package():
    """Through two sizes. Each step of L-BFGS magnifies what rounding has left, here about ten times."""
    step = functions_of("09")
    C, S = (step["load"](path, 180) for path in PAIR)
    np.testing.assert_array_equal(C, load_image("palace", 180))
    G, curve = step["paint"](C, S, steps=4)
    run = stylize("palace", "great_wave", max_side=180, steps=4, **as_settings(step))
    assert len(run.sizes) == 2
    np.testing.assert_allclose(np.sum(curve, axis=1)[:5], run.history["J"][:5], rtol=1e-3)
    np.testing.assert_allclose(np.sum(curve[-1]), run.history["J"][-2], rtol=1e-2)
    assert np.abs(G - run.image).mean() < 1.5
