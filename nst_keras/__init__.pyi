from . import (
    controls,
    costs,
    display,
    files,
    images,
    objective,
    optimize,
    pipeline,
    runs,
    settings,
    style,
    transfer,
    vgg,
)
from .costs import (
    content_cost,
    layer_style_cost,
    style_cost,
    total_cost,
    total_variation_cost,
    wasserstein_style_cost,
)
from .display import plot_history, show_evolution, show_images
from .files.pictures import bundled_pictures, data_path
from .images import (
    deprocess,
    initial_image,
    load_image,
    preprocess,
    resize_image,
    save_image,
)
from .objective import Objective
from .optimize import CostNotFiniteError, History, adam, gradient_descent, lbfgs, minimize
from .pipeline import prepare, stylize
from .runs.serve import studio
from .settings import Settings
from .style import Moments, gram_matrix, moments
from .transfer import Callback, Run, paint
from .vgg import FeatureExtractor, layer_names, load_vgg, receptive_field

__version__: str
__all__ = [
    "Callback",
    "CostNotFiniteError",
    "FeatureExtractor",
    "History",
    "Moments",
    "Objective",
    "Run",
    "Settings",
    "adam",
    "bundled_pictures",
    "content_cost",
    "controls",
    "costs",
    "data_path",
    "deprocess",
    "display",
    "files",
    "gradient_descent",
    "gram_matrix",
    "images",
    "initial_image",
    "layer_names",
    "layer_style_cost",
    "lbfgs",
    "load_image",
    "load_vgg",
    "minimize",
    "moments",
    "objective",
    "optimize",
    "paint",
    "pipeline",
    "plot_history",
    "prepare",
    "preprocess",
    "receptive_field",
    "resize_image",
    "runs",
    "save_image",
    "settings",
    "show_evolution",
    "show_images",
    "studio",
    "style",
    "style_cost",
    "stylize",
    "total_cost",
    "total_variation_cost",
    "transfer",
    "vgg",
    "wasserstein_style_cost",
]
