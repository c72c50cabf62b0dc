"""Neural style transfer that a reader can see through.

The public names stand in `__init__.pyi`. They are loaded at first use, because importing TensorFlow takes seconds.

The way of a picture:  images -> vgg -> costs -> objective -> optimize -> transfer -> pipeline
"""

import importlib

import lazy_loader

__version__ = "0.6.0"
_attribute, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name):
    try:
        return _attribute(name)
    except ValueError:
        importlib.import_module("nst_keras.files.backend")  # which has better words, if it is Keras's that is unknown
        raise
