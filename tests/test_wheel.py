"""The package works where it is installed, without the repository; so does a notebook alone in its folder."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from build_notebooks import FOLDER as NOTEBOOKS
from build_notebooks import TIMEOUT
from PIL import Image

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that holds the installed wheel and nothing else."""
    source, wheels, there = (tmp_path_factory.mktemp(name) for name in ("source", "wheels", "there"))
    for name in ("nst_keras", "data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", wheels, source], check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", there, wheel], check=True, capture_output=True)
    return there


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def beside_its_dependencies(folder):
    """The environment of a Python that, with -S, sees these and the folder, but no editable installation."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), sysconfig.get_path("purelib")])}


def test_the_installed_package_makes_a_picture(installed, empty):
    """The command, called in an empty folder."""

    def python(*arguments):
        command, environment = [sys.executable, "-S", *arguments], beside_its_dependencies(installed)
        result = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert Path(python("-c", "import nst_keras; print(nst_keras.__file__)").strip()).is_relative_to(installed)
    nst_keras = ["-m", "nst_keras"] if os.name == "nt" else [installed / "bin" / "nst-keras"]
    listed = [line.split() for line in python(*nst_keras, "--list").splitlines()]
    assert [words[0] for words in listed[:4]] == ["content", "style", "texture", "maps"]
    assert all(len(words) > 1 for words in listed)
    options = ["chelsea", "night_cafe", "--max-side", "48", "--steps", "2", "--quiet"]
    assert python(*nst_keras, *options) == "chelsea_night_cafe.png\n"
    assert {path.name for path in empty.iterdir()} == {"chelsea_night_cafe.png", "chelsea_night_cafe.json"}
    assert (installed / "nst_keras" / "py.typed").exists()
    assert (installed / "nst_keras" / "runs" / "__init__.pyi").exists()
    with Image.open(empty / "chelsea_night_cafe.png") as picture:
        assert picture.size == (48, 32)


def test_all_that_notebooks_load_is_installed(installed):
    """Every module, stored run, film, map and gallery picture; not only those of the notebooks below."""
    code = [path.relative_to(ROOT) for path in (ROOT / "nst_keras").rglob("*") if path.suffix in (".py", ".pyi")]
    files = [path.relative_to(ROOT) for path in (ROOT / "data").glob("*/*") if path.suffix not in ("", ".py")]
    assert Path("nst_keras/lessons/exercises/nb04.py") in code
    assert {path.parts[1] for path in files} == {each.name for each in (ROOT / "data").iterdir() if each.is_dir()}
    assert [path for path in code if not (installed / path).is_file()] == []
    assert [path for path in files if not (installed / "nst_keras" / path).is_file()] == []


@pytest.mark.parametrize("alone", [path.stem for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))])
def test_a_notebook_alone_in_its_folder(alone, installed, empty, tmp_path):
    """As it is downloaded, by nbval: it runs, with the stored outputs where they are marked; once is enough."""
    kernel = tmp_path / "kernels" / "alone" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    command = [sys.executable, "-S", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": command, "display_name": "alone", "language": "python"}))
    shutil.copy(NOTEBOOKS / f"{alone}.ipynb", empty)
    hook = (
        (NOTEBOOKS / "conftest.py").read_text(encoding="utf-8").partition("def pytest_collectstart")
    )  # what may differ
    (empty / "conftest.py").write_text("".join(hook[1:]), encoding="utf-8")
    options = ["--nbval-lax", "--nbval-kernel-name=alone", f"--nbval-cell-timeout={TIMEOUT}", "-p", "no:cacheprovider"]
    environment = beside_its_dependencies(installed) | {"JUPYTER_PATH": str(tmp_path)}
    run = [sys.executable, "-m", "pytest", "-q", *options, f"{alone}.ipynb"]
    result = subprocess.run(run, cwd=empty, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout
