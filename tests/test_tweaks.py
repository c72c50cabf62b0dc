"""The notebooks keep working when a reader changes their parameters.

tests/data/tweaks/NN_name.json lists sets of parameters. The first one is quick and always run;
`python -m pytest tests/test_tweaks.py --all-tweaks` runs them all.
"""

import json
from pathlib import Path

import pytest
from build_notebooks import find_sources, name_of
from nbformat.v4 import new_code_cell, new_notebook
from notebook_runs import enter_notebooks_folder, read, run_cells

pytestmark = pytest.mark.whole

TWEAKS = Path(__file__).parent / "data" / "tweaks"
FEWEST_SETS = 3


def tweaks(name):
    return json.loads((TWEAKS / f"{name}.json").read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc):
    """One test for each notebook and set of parameters that is to be run."""
    if "assignments" not in metafunc.fixturenames:
        return
    names = [name_of(path) for path in find_sources()]
    last = None if metafunc.config.getoption("--all-tweaks") else 1
    sets = [
        pytest.param(name, values, id=f"{name}-{index}")
        for name in names
        if (TWEAKS / f"{name}.json").exists()
        for index, values in enumerate(tweaks(name)[:last])
    ]
    metafunc.parametrize(("name", "assignments"), sets)


def test_tweak(name, assignments, monkeypatch):
    enter_notebooks_folder(monkeypatch)
    run_cells(read(name), name, assignments)


def test_sets(notebook_name):
    sets = tweaks(notebook_name)
    assert len(sets) >= FEWEST_SETS
    assert all(isinstance(values, dict) and values for values in sets)


# The runner itself


def notebook(*cells):
    return new_notebook(cells=[new_code_cell(source, metadata={"tags": tags}) for source, *tags in cells])


def test_assignments_follow_the_parameters_cell():
    cells = notebook(("a = 1\nb = 2", "parameters"), ("c = a + b",))
    assert run_cells(cells, "x")["c"] == 3
    assert run_cells(cells, "x", {"b": 5})["c"] == 6


def test_only_tagged_cells():
    cells = notebook(("a = 1", "setup"), ("a = 1 / 0",), ("b = 2", "parameters"))
    assert run_cells(cells, "x", tags=["setup", "parameters"])["b"] == 2


def test_unknown_parameter():
    with pytest.raises(AssertionError, match="does not set stpes"):
        run_cells(notebook(("steps = 1", "parameters")), "x", {"stpes": 2})


def test_failing_cell_is_named():
    with pytest.raises(AssertionError, match=r"x, code cell 2 failed with ZeroDivisionError.*\n1 / 0"):
        run_cells(notebook(("a = 1",), ("1 / 0",)), "x")


def test_cells_that_must_fail():
    run_cells(notebook(("1 / 0", "raises-exception")), "x")
    with pytest.raises(AssertionError, match="did not fail"):
        run_cells(notebook(("1", "raises-exception")), "x")
