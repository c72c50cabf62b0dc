"""The package works where it is installed, without the repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parent.parent


def test_the_installed_package_makes_a_picture(tmp_path):
    """A wheel, installed beside nothing but its dependencies, called in an empty folder."""
    source, wheels, there, empty = (tmp_path / name for name in ("source", "wheels", "there", "empty"))
    empty.mkdir()
    for name in ("nst_keras", "data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "gallery"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", wheels, source], check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", there, wheel], check=True, capture_output=True)
    # -S: no editable installation of the repository is seen, only the dependencies and what was installed just now
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(there), sysconfig.get_path("purelib")])}

    def python(*arguments):
        command = [sys.executable, "-S", *arguments]
        result = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert Path(python("-c", "import nst_keras; print(nst_keras.__file__)").strip()).is_relative_to(there)
    nst_keras = ["-m", "nst_keras"] if os.name == "nt" else [there / "bin" / "nst-keras"]
    listed = [line.split() for line in python(*nst_keras, "--list").splitlines()]
    assert [words[0] for words in listed[:4]] == ["content", "style", "texture", "maps"]
    assert all(len(words) > 1 for words in listed)
    options = ["chelsea", "night_cafe", "--max-side", "48", "--steps", "2", "--quiet"]
    assert python(*nst_keras, *options) == "chelsea_night_cafe.png\n"
    assert {path.name for path in empty.iterdir()} == {"chelsea_night_cafe.png", "chelsea_night_cafe.json"}
    assert (there / "nst_keras" / "py.typed").exists()
    assert (there / "nst_keras" / "runs" / "__init__.pyi").exists()
    with Image.open(empty / "chelsea_night_cafe.png") as picture:
        assert picture.size == (48, 32)
