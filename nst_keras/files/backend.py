"""Keras, once it is certain that it computes with TensorFlow.

Which backend it has, a variable of the environment or a file of its own says, for all programs of a user.
"""

import os

REMEDY = (
    'set the environment variable KERAS_BACKEND=tensorflow, or write "backend": "tensorflow" into ~/.keras/keras.json'
)

try:
    import keras
except Exception as error:  # a backend that is not there, or that no Keras knows; TensorFlow itself is not there
    given, words = os.environ.get("KERAS_BACKEND"), str(error).partition("\n")[0][:80]
    what = f" with KERAS_BACKEND={given}" if given else ""
    raise ValueError(f"Keras does not start{what} ({words}); expected the TensorFlow backend: {REMEDY}") from None
if keras.config.backend() != "tensorflow":
    raise ValueError(f"Keras has the backend {keras.config.backend()!r}; expected 'tensorflow': {REMEDY}")

__all__ = ["CHANNELS_FIRST", "keras"]

CHANNELS_FIRST = (
    'Keras is set to \'channels_first\'; write "image_data_format": "channels_last" into ~/.keras/keras.json, '
    "or call keras.config.set_image_data_format('channels_last')"
)
