"""Neural style transfer that a reader can see through.

The public names stand in `__init__.pyi`. They are loaded at first use, because importing TensorFlow takes seconds.

The way of a picture:  images -> vgg -> costs -> objective -> optimize -> transfer -> pipeline
"""

import lazy_loader

__version__ = "0.6.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
