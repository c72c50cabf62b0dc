"""What all tests share."""

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's start-up notices, before it is imported

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def pytest_addoption(parser):
    parser.addoption("--all-tweaks", action="store_true", help="run every parameter set of tests/data/tweaks")


def pytest_generate_tests(metafunc):
    """Tests with these arguments run once for each notebook: `-k 04` chooses one."""
    names = sorted(path.stem for path in (NOTEBOOKS / "src").glob("[0-9][0-9]_*.py"))
    if "notebook_name" in metafunc.fixturenames:
        metafunc.parametrize("notebook_name", names)
    if "exercise_module" in metafunc.fixturenames:
        metafunc.parametrize("exercise_module", sorted(p.stem for p in (NOTEBOOKS / "exercises").glob("nb*.py")))
