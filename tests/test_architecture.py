"""Where things stand: what may import what, how far a picture's way is, and that public names say their types."""

import ast
import importlib
import inspect
import sys
from pathlib import Path

import pytest
from shallow import SHALLOW

import nst_keras
from nst_keras import objective, pipeline, runs, vgg

PACKAGE = Path(nst_keras.__file__).parent
# From the ground up: each may import what stands before it.
ROOMS = ["files", "checks", "settings"]
ROOMS += ["images", "vgg", "style", "costs", "objective", "optimize", "transfer"]  # the algorithm
ROOMS += ["controls", "pipeline", "display", "arguments", "runs", "lessons", "__main__"]
LONGEST_FILE = 350  # lines, if it is one thing
MOST_FUNCTIONS, MOST_DEPTH, MOST_TYPES = 75, 9, 12  # from one stylize() on


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


def room(module):
    """The place in ROOMS of a module such as nst_keras.runs.many; None for the package itself and other packages."""
    first, _, name = module.partition(".")
    name = name.split(".")[0]
    return ROOMS.index(name) if first == "nst_keras" and name in ROOMS else None


def test_nothing_imports_upwards():
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(["nst_keras", *path.relative_to(PACKAGE).with_suffix("").parts])
        if name != "nst_keras.__init__":
            assert room(name) is not None, f"{name} stands in no room"
            wrong += [f"{name} -> {other}" for other in imported(path) if (room(other) or 0) > room(name)]
    assert wrong == []


def test_imports_are_seen():
    """The reader of imports itself, on files that have some."""
    assert "nst_keras.runs.Checkpoint" not in set(imported(PACKAGE / "transfer.py"))
    assert room("nst_keras.runs.many") > room("nst_keras.pipeline.stylize") > room("nst_keras.controls.tiles")
    assert room("numpy") is None
    assert {"nst_keras.files.pictures", "numpy"} <= set(imported(PACKAGE / "images.py"))
    assert {"nst_keras.runs", "nst_keras.transfer.paint"} <= set(imported(PACKAGE / "__main__.py"))  # in functions


def test_no_file_is_long():
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


class Way:
    """What of the package is visited inside of it: functions, how deep they are nested, the types that they hold."""

    def __enter__(self):
        self.functions, self.types, self.deepest, self._stack = {}, set(), [], []
        sys.setprofile(self._see)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)

    def _see(self, frame, event, value):
        code = frame.f_code
        if not code.co_filename.startswith(str(PACKAGE)) or code.co_name.startswith("<"):
            return
        key = f"{Path(code.co_filename).stem}:{code.co_qualname}"
        if event == "call":
            self._stack.append(key)
            self.functions[key] = self.functions.get(key, 0) + 1
            self.deepest = max(self.deepest, list(self._stack), key=len)
        elif event == "return" and self._stack and self._stack[-1] == key:
            self._stack.pop()
            held = [type(each) for each in (value, *frame.f_locals.values())]
            self.types |= {t.__name__ for t in held if t.__module__.startswith("nst_keras")}


def forget():
    """As in a fresh process: no network is loaded, no graph traced."""
    for cached in (vgg._load, objective._extractor):
        cached.cache_clear()


def test_the_way_of_a_picture_is_short():
    forget()
    with Way() as way:
        pipeline.stylize("palace", "great_wave", max_side=96, scales=2, steps=3)
    assert {"pipeline:stylize", "transfer:paint", "costs:wasserstein_cost", "vgg:load_vgg"} <= set(way.functions)
    assert {"Settings", "Run", "Scene", "Term", "Objective", "Moments", "History"} <= way.types
    assert len(way.functions) <= MOST_FUNCTIONS, sorted(way.functions)
    assert len(way.deepest) <= MOST_DEPTH, way.deepest
    assert len({name for name in way.types if name[0] != "_"}) <= MOST_TYPES, sorted(way.types)


def test_one_graph_serves_a_whole_ladder_and_a_row_of_beta():
    """Numbers are its arguments. (A lambda inside of a Term would be another function each time.)"""
    forget()
    for beta in (5, 10, 20):
        run = pipeline.stylize("palace", "great_wave", max_side=180, scales=3, steps=1, beta=beta, **SHALLOW)
        assert len(run.sizes) == 3
    J, *_ = run.begin(run)
    graph = objective.traced(objective.costs_and_gradient, J.extractor, J.view._replace(mask=None), J.formulas)
    assert len(J.extractor.graphs) == 1
    assert graph.experimental_get_tracing_count() == 1


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
