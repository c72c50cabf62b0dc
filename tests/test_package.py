"""What importing the package does, and does not."""

import subprocess
import sys

import pytest

import nst_keras


def test_public_names_are_there():
    for name in nst_keras.__all__:
        assert callable(getattr(nst_keras, name))
    with pytest.raises(AttributeError, match=r"no attribute 'gram'; it has .*gram_matrix"):
        nst_keras.gram  # noqa: B018


def test_import_leaves_everything_as_it_was():
    """No TensorFlow before it is needed; no random state, matplotlib setting or dtype policy changed after."""
    script = """
import sys, random
import nst_keras
assert "tensorflow" not in sys.modules
import numpy, keras, matplotlib
before = (numpy.random.get_state()[1].tolist(), random.getstate(), dict(matplotlib.rcParams),
          keras.config.floatx(), keras.config.dtype_policy().name)
for name in nst_keras.__all__:
    getattr(nst_keras, name)
after = (numpy.random.get_state()[1].tolist(), random.getstate(), dict(matplotlib.rcParams),
         keras.config.floatx(), keras.config.dtype_policy().name)
assert before == after
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
