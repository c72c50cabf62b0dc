"""What importing the package does, and does not."""

import importlib.metadata
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import nst_keras
from nst_keras import runs

MODULES = {
    "controls",
    "costs",
    "display",
    "files",
    "images",
    "objective",
    "optimize",
    "pipeline",
    "runs",
    "settings",
    "style",
    "transfer",
    "vgg",
}


def test_public_names_are_there():
    for name in nst_keras.__all__:
        assert name in MODULES or callable(getattr(nst_keras, name)), name
    for name in runs.__all__:
        assert callable(getattr(runs, name)), name
    assert sorted(nst_keras.__all__) == nst_keras.__all__
    assert set(nst_keras.__all__) <= set(dir(nst_keras))
    with pytest.raises(AttributeError, match="No nst_keras attribute gram"):
        nst_keras.gram  # noqa: B018


def test_import_leaves_everything_as_it_was():
    """No TensorFlow before it is needed; no random state, matplotlib setting or dtype policy changed after.

    Modules are attributes from the start, in a process in which nothing has imported them.
    """
    script = f"""
import sys, random
import nst_keras
assert callable(nst_keras.runs.start_tensorflow)
assert "tensorflow" not in sys.modules
import numpy, keras, matplotlib
before = (numpy.random.get_state()[1].tolist(), random.getstate(), dict(matplotlib.rcParams),
          keras.config.floatx(), keras.config.dtype_policy().name)
assert "nst_keras.costs" not in sys.modules
assert nst_keras.settings.STYLE_NORMALIZERS
for name in {MODULES}:
    assert getattr(nst_keras, name).__name__ == "nst_keras." + name, name
for name in nst_keras.__all__:
    getattr(nst_keras, name)
import nst_keras.runs.forecast
for name in nst_keras.runs.__all__:
    assert callable(getattr(nst_keras.runs, name)), name  # the function forecast too, not its module
after = (numpy.random.get_state()[1].tolist(), random.getstate(), dict(matplotlib.rcParams),
         keras.config.floatx(), keras.config.dtype_policy().name)
assert before == after
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_notices_are_held_back_unless_the_import_fails():
    start = "import os; from nst_keras.runs import start_tensorflow; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '0'\n"
    twice = """
import gc
start_tensorflow()
frozen = gc.get_freeze_count()  # what the garbage collector does not look at any more
start_tensorflow()
assert gc.isenabled()
assert frozen == gc.get_freeze_count() > 100_000
"""
    quiet = subprocess.run([sys.executable, "-c", start + twice], capture_output=True, text=True)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    broken = """
import sys
class Broken:
    def find_spec(self, name, *rest):
        if name == "tensorflow":
            os.write(2, b"a notice")
            raise ImportError("it does not load")
sys.meta_path.insert(0, Broken())
start_tensorflow()
"""
    loud = subprocess.run([sys.executable, "-c", start + broken], capture_output=True, text=True)
    assert loud.returncode == 1
    assert "a notice" in loud.stderr
    assert "it does not load" in loud.stderr


def test_scripts_have_names_of_their_own(pytestconfig):
    """What stands on the path of the tests would hide an installed package, or one of Python's, with the same name."""
    folders = [*pytestconfig.getini("pythonpath"), Path(__file__).parent]
    ours = {module.name for module in pkgutil.iter_modules(map(str, folders))}
    assert {"build_notebooks", "time_many", "notebook_rules"} <= ours
    assert ours & {*importlib.metadata.packages_distributions(), *sys.stdlib_module_names} == set()
