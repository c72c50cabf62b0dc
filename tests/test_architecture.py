"""Where things stand: what may import what, how long files may be, and that public names say their types."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import nst_keras
from nst_keras import runs

PACKAGE = Path(nst_keras.__file__).parent
GROUND_FLOOR = ("images", "vgg", "style", "costs", "objective", "optimize", "transfer", "settings", "display")
MOST_LINES, MOST_LINES_TOGETHER = 250, 1740


def imported(path):
    """The modules that a file imports anywhere, inside functions too: names with dots, without relative ones."""
    package = ["nst_keras", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_within(name, *modules):
    return any(name == module or name.startswith(f"{module}.") for module in modules)


@pytest.mark.parametrize("name", GROUND_FLOOR)
def test_the_algorithm_does_not_know_what_makes_it_dependable(name):
    wrong = [
        module
        for module in imported(PACKAGE / f"{name}.py")
        if is_within(module, "nst_keras.runs", "nst_keras.controls", "nst_keras.__main__")
        and not (name == "transfer" and is_within(module, "nst_keras.controls"))  # it puts everything together
    ]
    assert wrong == []


def test_files_know_nothing_of_the_algorithm():
    for path in (PACKAGE / "files").glob("*.py"):
        ours = [module for module in imported(path) if is_within(module, "nst_keras")]
        assert [module for module in ours if not is_within(module, "nst_keras.files")] == [], path.name


def test_only_the_lessons_know_the_lessons():
    """They may import everything else of the package."""
    for path in (*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")):
        if not path.is_relative_to(PACKAGE / "lessons"):
            assert [module for module in imported(path) if is_within(module, "nst_keras.lessons")] == [], path


def test_imports_are_seen():
    """The reader of imports itself, on files that have some."""
    assert "nst_keras.runs.Checkpoint" not in set(imported(PACKAGE / "transfer.py"))
    assert {"nst_keras.files.pictures", "numpy"} <= set(imported(PACKAGE / "images.py"))
    assert {"nst_keras.runs", "nst_keras.transfer.paint"} <= set(imported(PACKAGE / "__main__.py"))  # in functions


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_long():
    assert {path.name: lines(path) for path in PACKAGE.rglob("*.py") if lines(path) > MOST_LINES} == {}


def test_the_ground_floor_is_small():
    assert sum(lines(PACKAGE / f"{name}.py") for name in GROUND_FLOOR) < MOST_LINES_TOGETHER


@pytest.mark.parametrize("module", [nst_keras, runs], ids=lambda module: module.__name__)
def test_every_public_name_is_there(module):
    """The stub's list and its imports name the same, and all of it can be had."""
    stub = ast.parse(Path(module.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    names = [alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(names) == sorted(module.__all__)
    for name in names:
        assert getattr(module, name) is not None


def public_functions():
    """(name, function) of everything that the two stubs name, with the public methods of classes."""
    for module in (nst_keras, runs):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(inspect.unwrap(value)):
                yield name, inspect.unwrap(value)
            elif inspect.isclass(value):
                yield from methods(name, value)


def methods(name, cls):
    for key, member in vars(cls).items():
        member = member.fget if isinstance(member, property) else member
        if inspect.isfunction(member) and (key in ("__init__", "__call__", "__getitem__") or not key.startswith("_")):
            yield f"{name}.{key}", member


def without_types(function):
    """The parameters that have no type hint."""
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.annotation is each.empty and each.name != "self"]


def test_public_functions_say_their_types():
    functions = dict(public_functions())
    assert {"stylize", "Objective.terms", "History.final", "save_run", "Checkpoint.__init__"} <= set(functions)
    assert {name: bare for name, function in functions.items() if (bare := without_types(function))} == {}


def test_modules_import_by_themselves():
    for path in PACKAGE.rglob("*.py"):
        if path.stem not in ("__main__", "__init__"):
            module = importlib.import_module(".".join(["nst_keras", *path.relative_to(PACKAGE).with_suffix("").parts]))
            assert module.__doc__, path
