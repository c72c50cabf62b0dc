"""VGG19 and VGG16: the names of their layers, and their weights, bundled, from a file, or downloaded by Keras.

Keras is imported where it is needed: names and hashes are there without the seconds that it takes.
"""

import difflib
import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nst_keras.files.pictures import DATA, sha256_of

if TYPE_CHECKING:
    import keras

CONVOLUTIONS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}  # per block; each block ends in a pool
BUNDLED_WEIGHTS = "weights/{name}_imagenet_palette.npz"
BUNDLED_SHA256 = {
    "vgg19": "e9da0cf82c4c3f071baf59567a0c6665fa5b9b3134b901e159a3a0ee5d99a4f6",
    "vgg16": "87091b019f76a4b65eed50d3a35e99fab8cc3aa00f52577c50002b234c8bce5a",
}
RESTORE = "restore the file (git checkout, or install again), or make it with data/weights/build.py"


# The layers of each network, in order: 'block1_conv1', ... 'block5_pool'
LAYERS = {
    name: [
        f"block{block}_{part}"
        for block, n in enumerate(convolutions, start=1)
        for part in [*(f"conv{i}" for i in range(1, n + 1)), "pool"]
    ]
    for name, convolutions in CONVOLUTIONS.items()
}


def check_layers(layers: Iterable[str], known: Sequence[str]):
    """Raise ValueError with the nearest names for the first of `layers` that is not in `known`."""
    for layer in layers:
        if layer not in known:
            near = difflib.get_close_matches(str(layer), known, n=3, cutoff=0.4) or known
            raise ValueError(f"unknown layer {layer!r}; nearest: {', '.join(near)}")


def network_with_weights(name: str, weights: str, sha256: str | None) -> "keras.Model":
    """Keras's own VGG without its classifier head; arguments and errors as in `nst_keras.vgg.load_vgg`."""
    from nst_keras.files.backend import keras

    build = keras.applications.VGG19 if name == "vgg19" else keras.applications.VGG16
    if weights == "imagenet":
        return _download(build, name)
    vgg = build(weights=None, include_top=False)
    if weights != "bundled":
        return _with_file(vgg, weights)
    path, expected = DATA / BUNDLED_WEIGHTS.format(name=name), BUNDLED_SHA256[name]
    if sha256 != expected:
        raise ValueError(
            f"{path.name} is damaged: its SHA-256 is {str(sha256)[:12]}..., expected {expected[:12]}...; {RESTORE}"
        )
    with np.load(path, allow_pickle=False) as file:
        for layer in vgg.layers:
            if layer.weights:  # one byte for each, the number of one of 256 values: kernel = palette[codes]
                codes, palette = file[f"{layer.name}/kernel_codes"], file[f"{layer.name}/kernel_palette"]
                layer.set_weights([palette[codes], file[f"{layer.name}/bias"]])
    return vgg


def weights_sha256(name: str = "vgg19", weights: str | os.PathLike = "bundled") -> str | None:
    """SHA-256 of the weights file that `load_vgg` reads; None for Keras's own download."""
    if weights == "imagenet":
        return None
    try:
        path = DATA / BUNDLED_WEIGHTS.format(name=name) if weights == "bundled" else Path(weights)
        return _sha256(path, path.stat().st_mtime_ns)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            raise type(error)(f"{os.fspath(weights)!r} is no weights file that can be read: {error.strerror}") from None
        if weights == "bundled":
            raise FileNotFoundError(f"the bundled weights are missing ({error}); {RESTORE}") from None
        raise FileNotFoundError(
            f"no weights file {os.fspath(weights)!r}; "
            "expected 'bundled', 'imagenet' or the path of a .weights.h5 or .h5 file"
        ) from None


_sha256 = functools.lru_cache(maxsize=4)(lambda path, modified: sha256_of(path))  # each run asks more than once


def _with_file(vgg, path):
    try:
        vgg.load_weights(path)
        return vgg
    except Exception as error:  # h5py and Keras raise many kinds for a file that does not fit
        raise ValueError(
            f"{path!r} does not hold the weights of {vgg.name} without its classifier head ({error}); "
            "expected a file saved by save_weights() or Keras's own ..._notop.h5"
        ) from error


def _download(build, name):
    try:
        return build(weights="imagenet", include_top=False)
    except Exception as error:  # keras.utils.get_file raises a plain Exception
        file = f"{name}_weights_tf_dim_ordering_tf_kernels_notop.h5"
        raise ConnectionError(
            f"Keras could not download the ImageNet weights ({error}); use the bundled weights (weights='bundled'), or "
            f"fetch {file} by hand and put it into ~/.keras/models/ or give its path as weights="
        ) from error
