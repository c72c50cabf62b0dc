"""Helpers and exercises of notebook 10: commands that give the pictures above them, the reach of a stroke."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from nst_keras import Settings
from nst_keras.arguments import given_settings, parser
from nst_keras.lessons import control
from nst_keras.lessons.exercises.nb10 import check, put_back, your_turn

RUNS = json.loads((Path(__file__).parent.parent / "benchmarks/runs/10.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("wish", control.WISHES)
def test_a_wish_is_granted_by_its_command(wish):
    """The pictures and settings of the command are those of the stored run."""
    name, command, _ = control.WISHES[wish]
    args = parser().parse_intermixed_args(command.split())
    run = dict(RUNS[f"10_{name}"])
    styles = run.pop("style")
    assert args.pictures == [run.pop("content"), *([styles] if isinstance(styles, str) else styles)]
    assert Settings(**given_settings(args), max_side=384) == Settings(**run)


def test_no_two_wishes_write_the_same_file():
    """Each is named after its pictures, if -o says nothing else."""
    commands = [command.split() for _, command, _ in control.WISHES.values()]
    files = [args.output or args.pictures for args in map(parser().parse_intermixed_args, commands)]
    assert all(files.count(each) == 1 for each in files)


@pytest.mark.parametrize("width", [3, 7])
def test_reach(width):
    """Stripes of random brightness, `width` pixels wide, in both directions."""
    small = np.random.default_rng(0).uniform(0, 255, (40, 40))
    image = np.kron(small, np.ones((width, width)))[np.newaxis, ..., np.newaxis].repeat(3, axis=-1)
    assert control.reach(tf.constant(image, tf.float32)) == width // 2 + 1


def test_the_drawn_map_is_the_bundled_one():
    """The lines of the notebook."""
    source = (Path(__file__).parent.parent / "notebooks/src/10_in_control.py").read_text(encoding="utf-8")
    lines = source[source.index("wave_map = Image.new") : source.index("control.print_sky_colors()")]
    names = {}
    exec("from PIL import Image, ImageDraw\n" + lines, names)
    with Image.open(control.data_path("regions/great_wave.png")) as bundled:
        np.testing.assert_array_equal(np.array(names["wave_map"]), np.array(bundled.convert("RGB")))


def test_a_drawing_is_judged(capsys):
    with Image.open(control.data_path("regions/astronaut.png")) as bundled:
        wall = np.array(bundled.convert("RGB"))[..., 2]
    assert check(1, Image.fromarray(wall))
    assert not check(1, Image.fromarray(255 - wall))
    assert not check(1, Image.new("L", (256, 256)))
    said = capsys.readouterr().out
    assert "Now she is painted" in said
    assert "512 by 512" in said


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"style_scale": 2, "colors": "content"}, "keeps no more"),
        ({"style_scale": 2, "strength": 30}, "still those of the painting"),
        ({"colors": "luminance", "strength": 30}, "twice as large"),
        ({"colours": "content"}, "colours"),
        ({"style_scale": 9}, "0.25 to 4"),
    ],
)
def test_options_are_judged(options, hint, capsys):
    assert not check(2, options)
    assert hint in capsys.readouterr().out
    assert check(2, {"style_scale": 2, "colors": "luminance", "strength": 30})


def test_your_turn():
    def multiplied(G, C):
        return C * 2

    multiplied.__name__ = "put_back"
    assert your_turn(multiplied) is put_back
    assert your_turn(put_back) is put_back
