"""Runs cells of a notebook's text file inside this process, so that they can be changed first."""

import build_notebooks
import matplotlib
import matplotlib.pyplot as plt
from build_notebooks import FOLDER as NOTEBOOKS
from IPython.display import display
from notebook_rules import code_cells, has_tag


def read(name):
    return build_notebooks.read_source(build_notebooks.source_path(name))


def enter_notebooks_folder(monkeypatch):
    """Be where the kernel is, and draw without a screen; plt.show() closes its figures as a notebook does."""
    matplotlib.use("Agg")
    monkeypatch.chdir(NOTEBOOKS)
    monkeypatch.setattr(plt, "show", lambda *args, **kwargs: plt.close("all"))


def run_cells(notebook, name, assignments=None, tags=None):
    """Execute code cells in a fresh namespace, which is returned.

    Args:
        notebook: as `read` gives it.
        name: for messages.
        assignments: {parameter: value}, made right after the parameters cell.
        tags: run only the cells with one of these tags; all when None.
    """
    namespace = {"__name__": "__main__", "display": display}
    try:
        for number, cell in enumerate(code_cells(notebook), start=1):
            if tags is None or any(has_tag(cell, tag) for tag in tags):
                run_cell(cell, f"{name}, code cell {number}", namespace)
                if has_tag(cell, "parameters"):
                    assign(assignments or {}, namespace)
    finally:
        plt.close("all")
    return namespace


def assign(assignments, namespace):
    unknown = sorted(set(assignments) - set(namespace))
    assert not unknown, f"the parameters cell does not set {', '.join(unknown)}"
    namespace.update(assignments)


def run_cell(cell, where, namespace):
    """Execute one cell; a cell tagged raises-exception must fail, any other must not."""
    failed = None
    try:
        exec(compile(cell.source, where, "exec"), namespace)
    except Exception as error:
        failed = error
    if has_tag(cell, "raises-exception"):
        assert failed is not None, f"{where} is tagged raises-exception but did not fail:\n{cell.source}"
    elif failed is not None:
        raise AssertionError(f"{where} failed with {type(failed).__name__}: {failed}\n{cell.source}") from failed
