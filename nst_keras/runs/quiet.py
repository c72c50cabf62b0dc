"""TensorFlow without its start-up notices, and a third sooner."""

import contextlib
import gc
import importlib
import os
import sys
import tempfile
from typing import IO

from nst_keras.runs.terminal import Lasting, fill_gaps


def start_tensorflow() -> None:
    """Import TensorFlow, and look for devices, while what it writes to stderr is held back.

    While it loads, TensorFlow writes notices about this machine past Python's own stderr, whatever its log level;
    a notebook shows them as a red block. They are lost if all goes well, and shown if it does not.

    Python's garbage collector rests meanwhile, and afterwards never looks at what the import has left: half a million
    objects, none of them garbage. Looking through them again and again would take more than a third of the time: of
    five starts in turn with five without this, the median was 2.9 s of processor time instead of 4.6.
    """
    fill_gaps()
    Lasting(sys.stderr).flush()
    shown = os.dup(2)
    try:
        held: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    except OSError:  # no folder for temporary files can be written
        held = open(os.devnull, "r+b")  # noqa: SIM115
    with held as notices, _nothing_collected():
        os.dup2(notices.fileno(), 2)
        try:
            importlib.import_module("nst_keras.files.backend")  # TensorFlow too stumbles over an unknown one
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            notices.seek(0)
            os.write(shown, notices.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


@contextlib.contextmanager
def _nothing_collected():
    """What comes into being here for the first time is never garbage."""
    if "tensorflow" in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
