"""TensorFlow without its start-up notices."""

import os
import sys
import tempfile


def start_tensorflow() -> None:
    """Import TensorFlow, and look for devices, while what it writes to stderr is held back.

    While it loads, TensorFlow writes notices about this machine past Python's own stderr, whatever its log level;
    a notebook shows them as a red block. They are lost if all goes well, and shown if it does not.
    """
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            notices.seek(0)
            os.write(shown, notices.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)
