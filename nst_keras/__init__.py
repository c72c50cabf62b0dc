"""Neural style transfer that a reader can see through.

The public names below are loaded at first use, because importing TensorFlow takes seconds.
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "images": "load_image save_image resize_image preprocess deprocess initial_image data_path",
    "vgg": "load_vgg FeatureExtractor receptive_field layer_names",
    "patches": "top_patches",
    "costs": "content_cost gram_matrix layer_style_cost style_cost total_variation_cost total_cost",
    "objective": "Objective",
    "optimize": "gradient_descent adam lbfgs History CostNotFiniteError",
    "config": "StyleTransferConfig",
    "result": "StyleTransferResult",
    "transfer": "stylize resume",
    "display": "show_images show_evolution plot_history",
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names.split()}
__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'nst_keras' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(f"nst_keras.{_MODULE_OF[name]}"), name)


def __dir__():
    return __all__
