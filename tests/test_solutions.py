"""Every folded solution is right, and needs nothing but the setup and parameters cells."""

import importlib

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_rules import number_of, solutions, tagged
from notebook_runs import enter_notebooks_folder, read, run_cells

from nst_keras.lessons.exercises import Exercise, checker

pytestmark = pytest.mark.whole


def wrong_solutions(notebook, name):
    """{number: what is wrong} of the solutions of a notebook that its own `check` does not accept."""
    namespace, wrong = run_cells(notebook, name, tags=["setup", "parameters"]), {}
    for number, solution in solutions(notebook).items():
        fresh = dict(namespace)
        try:
            exec(compile(solution, f"{name}, solution {number}", "exec"), fresh)
        except Exception as error:
            wrong[number] = f"{type(error).__name__}: {error}"
        else:
            if fresh["check"](number, fresh.get("answer")) is not True:
                wrong[number] = f"not accepted: {fresh.get('answer')!r}"
    return wrong


def test_solutions(notebook_name, monkeypatch):
    enter_notebooks_folder(monkeypatch)
    notebook = read(notebook_name)
    exercises = importlib.import_module(f"nst_keras.lessons.exercises.nb{notebook_name[:2]}").check.exercises
    tagged_numbers = [number_of(cell) for cell in tagged(notebook, "exercise")]
    assert tagged_numbers == sorted(exercises) == sorted(solutions(notebook))
    assert wrong_solutions(notebook, notebook_name) == {}


def test_wrong_solutions_are_seen(monkeypatch):
    monkeypatch.setattr("builtins.check_for_test", checker({n: Exercise(4) for n in (1, 2, 3)}), raising=False)
    cells = [new_code_cell("check = check_for_test", metadata={"tags": ["setup"]}), new_code_cell("later = 4")]
    for number, solution in enumerate(["answer = 2 + 2", "answer = 5", "answer = later"], start=1):
        cells.append(new_code_cell(f"# Exercise {number}: x", metadata={"tags": ["exercise"]}))
        text = f"<details><summary>Solution</summary>\n\n```python\n{solution}\n```\n\n</details>"
        cells.append(new_markdown_cell(text))
    wrong = wrong_solutions(new_notebook(cells=cells), "x")
    assert sorted(wrong) == [2, 3]
    assert "5" in wrong[2]
    assert "NameError" in wrong[3]
