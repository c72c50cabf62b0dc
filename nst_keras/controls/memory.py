"""How much memory an evaluation of J takes, at once or in tiles, and how much is free.

It is mostly that of the activations, which the gradient needs once more on its way back: proportional to the pixels.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import keras

    from nst_keras.transfer import Run

CGROUP = Path("/sys/fs/cgroup")  # where Linux says what a container may use
COPIES = {"float32": 1.6, "bfloat16": 2.6}  # how often all activations of G are held at the peak
COPIES_OF_S = 1.35  # the same of what S needs
COPIES_OF_A_REGION = 1.5  # how often each region holds those of the layers that are compared, weighted by its mask
BASE = 0.9e9  # bytes: Python, TensorFlow and the network
# Pixels of a tile; float32 images that are held at once: C, S, G, the best one, those of L-BFGS, gradients
TILE, IMAGES = 3 * 2**16, 16


def fitting_tile(run: "Run") -> int | None:
    """The pixels of a tile for a run that does not fit into the free memory at once, else None.

    (A GPU's memory is not known: everything fits. What is no larger than a tile gains nothing by one.)"""
    if max(math.prod(size) for size in [run.sizes[-1], *(S.shape[1:3] for S in run.S)]) <= TILE or has_gpu():
        return None
    return None if needed_memory(run) <= available_memory() else TILE


def needed_memory(run: "Run") -> float:
    """Bytes at the peak of a run, at its largest size. A tile of "auto" counts as None."""
    extractor, tile = run.extractor, run.settings.tile
    pixels = math.prod(run.sizes[-1])
    of_S = [math.prod(S.shape[1:3]) for S in run.S]
    bytes_per_value = 4 if extractor.precision == "float32" else 2
    layers = list(layers_and_areas(extractor.network))
    _, values = per_pixel(extractor.network)
    compared = sum(layer.output.shape[-1] * 4 / area for layer, area in layers if layer.name in extractor.layers)
    regions = len(run.regions.colors) if run.regions else int(run.mask is not None)
    of_a_pixel = COPIES[extractor.precision] * values * bytes_per_value + COPIES_OF_A_REGION * regions * compared
    if exceeds_tile(tile, max(pixels, *of_S)):
        pools = sum(layer.output.shape[-1] / area for layer, area in layers if hasattr(layer, "pool_size"))
        return BASE + of_a_pixel * tile + 12 * (IMAGES * pixels + sum(of_S)) + 2 * pools * bytes_per_value * pixels
    largest = 2 * 64 * bytes_per_value  # input and output of a convolution in the first block; of S forwards only
    return BASE + max(of_a_pixel * pixels, COPIES_OF_S * (compared + largest) * max(of_S))


def exceeds_tile(tile: int | str | None, pixels: float) -> bool:
    """Whether an image of so many pixels is computed in tiles. A tile of "auto" counts as None: never."""
    return isinstance(tile, int) and pixels > tile


def layers_and_areas(network: "keras.Model") -> Iterator[tuple]:
    """Each layer of a VGG, with the number of pixels to one of its positions."""
    area = 1
    for layer in network.layers[1:]:  # the first one is the input
        area *= 4 if hasattr(layer, "pool_size") else 1
        yield layer, area


def per_pixel(network: "keras.Model") -> tuple[float, float]:
    """(multiply-adds of the convolutions, activation values) for each pixel of the image, in one pass forwards."""
    values = sum(layer.output.shape[-1] / area for layer, area in layers_and_areas(network))
    products = sum(math.prod(layer.kernel.shape) / area for layer, area in layers_and_areas(network) if layer.weights)
    return products, values


def available_memory() -> float:
    """Bytes that this process may have: what is free, and what of BASE it has already taken."""
    return max(0.0, free_memory() + min(psutil.Process().memory_info().rss, BASE) - BASE) + BASE


def free_memory() -> float:
    """Bytes that this process may still take: of the machine, and of its container if that has a limit."""
    free = psutil.virtual_memory().available
    limit, used, parts = (CGROUP / f"memory.{name}" for name in ("max", "current", "stat"))
    if limit.exists() and limit.read_text().strip() != "max":
        files = int(dict(line.split() for line in parts.read_text().splitlines())["inactive_file"])  # may be dropped
        free = min(free, int(limit.read_text()) - int(used.read_text()) + files)
    return free


def has_gpu() -> bool:
    """Whether TensorFlow computes on a GPU."""
    import tensorflow as tf  # here, so that a process without it can ask for free memory

    return bool(tf.config.list_physical_devices("GPU"))
