"""Keras with another backend, or none: one sentence with a remedy, wherever it is met first."""

import importlib
import json
import os
import subprocess
import sys

import pytest

from nst_keras.files import backend


def run(command, cwd, **environment):
    environment = os.environ | {"HOME": str(cwd), "USERPROFILE": str(cwd)} | environment
    return subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True)


def check(result, named, remedy):
    assert result.returncode == 2
    assert result.stdout == ""
    error = result.stderr.splitlines()[-1]
    assert error.startswith("error: ")
    assert named in error
    assert remedy in error
    assert len(error) < 300
    assert "Traceback" not in result.stderr


def test_a_backend_that_is_not_there(tmp_path):
    result = run(["-m", "nst_keras", "coffee", "great_wave", "--quiet"], tmp_path, KERAS_BACKEND="torch")
    check(result, "with KERAS_BACKEND=torch", "KERAS_BACKEND=tensorflow")
    assert not list(tmp_path.glob("*.*g"))


def test_a_backend_that_is_not_there_in_python(tmp_path):
    """TensorFlow, which is imported before Keras there, stumbles over it first."""
    result = run(["-c", "import nst_keras; nst_keras.stylize"], tmp_path, KERAS_BACKEND="nonsense")
    last = result.stderr.splitlines()[-1]
    assert last.startswith("ValueError: Keras does not start with KERAS_BACKEND=nonsense (")
    assert "KERAS_BACKEND=tensorflow" in last
    assert "During handling" not in result.stderr


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [("backend", "torch", '"backend": "tensorflow"'), ("image_data_format", "channels_first", '"channels_last"')],
)
def test_what_the_file_of_keras_says(tmp_path, key, value, remedy):
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras/keras.json").write_text(json.dumps({"backend": "tensorflow"} | {key: value}))
    result = run(["-m", "nst_keras", "coffee", "great_wave", "--quiet", "--max-side", "48"], tmp_path)
    check(result, value, remedy)


def test_the_workers_of_a_sweep(tmp_path):
    command = ["-m", "nst_keras", "many", "coffee", "great_wave", "--workers", "1", "--quiet"]
    check(run(command, tmp_path, KERAS_BACKEND="nonsense"), "=nonsense", "KERAS_BACKEND=tensorflow")


def test_a_backend_that_is_there(monkeypatch):
    monkeypatch.setattr(backend.keras.config, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"Keras has the backend 'jax'; expected 'tensorflow': set .*KERAS_BACKEND"):
        importlib.reload(backend)
