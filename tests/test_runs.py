"""The stored runs of data/runs are what their sidecars say, and all of them can be made again."""

import json
import shlex
from pathlib import Path

import make_runs
import numpy as np
import pytest
from PIL import Image

from nst_keras import load_image, prepare
from nst_keras.lessons.rulers import Ruler
from nst_keras.runs import read_sidecar

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("shared_measures")]

ROOT = Path(__file__).parent.parent
TABLE = {
    name: settings
    for path in sorted((ROOT / "benchmarks/runs").glob("*.json"))
    for name, settings in json.loads(path.read_text()).items()
}
SIDECARS = [path for path in sorted((ROOT / "data/runs").glob("*.json")) if path.stem not in make_runs.PROGRAM]


def test_each_run_is_there_and_each_can_be_made_again():
    """Its sidecar, its picture, and its film if it has one; and nothing else, for all of it is in every wheel."""
    files = {f"{name}{end}" for name in (*TABLE, *make_runs.PROGRAM) for end in (".json", ".webp")}
    films = {f"{name}_film.webp" for name, entry in TABLE.items() if entry.get("frames")}
    assert {path.name for path in (ROOT / "data/runs").iterdir()} == files | films


def test_a_picture_is_kept_without_loss(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 16, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "noise.png")
    make_runs.repack(tmp_path / "noise.png")
    assert [path.name for path in tmp_path.iterdir()] == ["noise.webp"]
    np.testing.assert_array_equal(Image.open(tmp_path / "noise.webp"), pixels)


@pytest.mark.parametrize("path", SIDECARS, ids=lambda path: path.stem)
def test_the_cost_of_a_run_is_the_recorded_one(path):
    """In one forward pass, with the picture as it is stored, rounded to whole gray levels."""
    record = json.loads(path.read_text())
    pictures, settings = read_sidecar(path)
    G = load_image(path.with_suffix(".webp"))
    # bfloat16 is quicker where the processor has it, but it cannot tell costs of a millionth from 0
    precision = "auto" if settings.precision == "bfloat16" else settings.precision
    run = prepare(pictures[0], pictures[1:], settings, precision=precision)
    if way := TABLE[path.stem].get("way"):
        run.extractor = Ruler(run.extractor, way)
    run.scale = len(run.sizes) - 1
    J, *_ = run.begin(run)
    terms = J.terms(G)
    assert terms["J"] == pytest.approx(record["costs_at_end"]["J"], rel=0.1)
    assert record["J"][0] == pytest.approx(record["costs_at_start"]["J"], rel=1e-3)


@pytest.mark.parametrize("path", SIDECARS, ids=lambda path: path.stem)
def test_the_sidecar_is_that_of_the_table(path):
    record, entry = json.loads(path.read_text()), dict(TABLE[path.stem])
    content, style, frames = entry.pop("content"), entry.pop("style"), entry.pop("frames", 0)
    entry.pop("way", None), entry.pop("start", None)
    styles = [style] if isinstance(style, str) else style
    assert [picture["picture"] for picture in (record["content"], *record["styles"])] == [content, *styles]
    assert shlex.split(record["command"]) == ["python", "benchmarks/make_runs.py", path.stem]
    _, settings = read_sidecar(path)
    assert settings.replace(**entry) == settings
    assert path.with_name(f"{path.stem}_film.webp").exists() == bool(frames)


def test_other_starts_are_of_the_program():
    record = json.loads((ROOT / "data/records/00_begun.json").read_text())
    assert record["sha256"] == make_runs.code_sha256("program_00"), "run python benchmarks/begun.py"


@pytest.mark.parametrize("name", make_runs.PROGRAM)
def test_the_strip_is_that_of_the_program(name):
    """Made by the step as it is now."""
    record = json.loads((ROOT / f"data/runs/{name}.json").read_text())
    assert record["sha256"] == make_runs.code_sha256(name), f"run python benchmarks/make_runs.py {name}"
    assert record | make_runs.STRIP == record
    with Image.open(ROOT / f"data/runs/{name}.webp") as picture:
        assert max(picture.size) == make_runs.STRIP["side"]
