"""The package works where it is installed, without the repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from PIL import Image

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
    script = "import sys, nst_keras.__main__ as m; assert 'there' in m.__file__; sys.exit(m.main(sys.argv[1:]))"
    options = ["chelsea", "night_cafe", "--max-side", "48", "--steps", "2", "--quiet"]
    made = subprocess.run(
        [sys.executable, "-S", "-c", script, *options], cwd=empty, env=environment, capture_output=True, text=True
    )
    assert (made.returncode, made.stdout) == (0, "chelsea_night_cafe.png\n"), made.stderr
    assert (there / "bin").is_dir() == (os.name != "nt")  # the command nst-keras
    with Image.open(empty / "chelsea_night_cafe.png") as picture:
        assert picture.size == (48, 32)
