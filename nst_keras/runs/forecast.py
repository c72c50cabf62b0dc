"""What a run will need, said before it begins: seconds and memory.

Both are proportional to the pixels of G. The time is that of VGG's convolutions, whose speed on this machine is
measured; the memory is mostly that of the activations, which the gradient needs once more on its way back.
`benchmarks/forecasts.py` compares the forecast with what happens.
"""

import functools
import math
import statistics
import time
from dataclasses import dataclass

import keras
import psutil
import tensorflow as tf

from nst_keras.controls.tiles import exceeds_tile
from nst_keras.runs.memory import free_memory
from nst_keras.transfer import Run

# Time of everything (padding, pooling, style costs, the optimizer) over time of the convolutions at their best
OTHER_WORK = {"float32": 1.9, "bfloat16": 2.3}
EACH_STEP = 0.03  # seconds that a step takes however small the picture is
TRACING = 1.5  # seconds until TensorFlow has its graph, which serves all sizes
COPIES = {"float32": 1.6, "bfloat16": 2.6}  # how often all activations of G are held at the peak
COPIES_OF_S = 1.35  # the same of what S needs
COPIES_OF_A_REGION = 1.5  # how often each region holds those of the layers that are compared, weighted by its mask
BASE = 0.9e9  # bytes: Python, TensorFlow and the network
# In tiles: time for each pixel over that without; pixels of a tile; float32 images that are held at once: C, S, G,
# the best one, those of L-BFGS, gradients
IN_TILES, TILE, IMAGES = 1.8, 3 * 2**16, 16


@dataclass(frozen=True)
class Forecast:
    """`seconds` and `memory` (bytes) of a run; `free` memory for it; `largest_side` (pixels) that would just fit."""

    seconds: float
    memory: float
    free: float
    largest_side: int

    def __str__(self):
        return f"about {self.seconds:.0f} s and {self.memory / 1e9:.1f} GB of memory"

    def as_dict(self) -> dict[str, float]:
        """For the sidecar."""
        return {"seconds": round(self.seconds, 1), "memory_gb": round(self.memory / 1e9, 2)}


def forecast(run: Run) -> Forecast:
    """Forecast a run that `prepare` has made, from where it stands to its end. A tile of "auto" counts as None."""
    network, precision, tile = run.extractor.network, run.extractor.precision, run.settings.tile
    products, values = per_pixel(network)
    areas = [height * width for height, width in run.sizes[run.scale :]]
    of_styles = [math.prod(S.shape[1:3]) / areas[-1] for S in run.S]  # pixels of S to each of G
    done = run.history.position.evaluations if run.history.position else 0
    evaluations = [run.steps[run.scale] - done, *run.steps[run.scale + 1 :]]
    speed = convolution_speed(precision) / OTHER_WORK[precision]
    in_tiles = [exceeds_tile(tile, area * max(1, *of_styles)) for area in areas]
    # backwards costs as much as forwards
    seconds = TRACING + sum(
        n * (EACH_STEP + 2 * products * area / speed * (IN_TILES if tiled else 1))
        for n, area, tiled in zip(evaluations, areas, in_tiles, strict=True)
    )

    bytes_per_value = 4 if precision == "float32" else 2
    kept = sum(
        layer.output.shape[-1] * 4 / area for layer, area in _layers(network) if layer.name in run.extractor.layers
    )
    regions = len(run.regions.colors) if run.regions else int(run.mask is not None)
    of_regions = COPIES_OF_A_REGION * regions * kept
    if in_tiles[-1]:
        pools = sum(layer.output.shape[-1] / area for layer, area in _layers(network) if "pool" in layer.name)
        needed = (COPIES[precision] * values * bytes_per_value + of_regions) * tile
        needed += areas[-1] * (12 * (IMAGES + sum(of_styles)) + 2 * pools * bytes_per_value)
    else:
        of_G = (COPIES[precision] * values * bytes_per_value + of_regions) * areas[-1]
        largest = 2 * 64 * bytes_per_value  # input and output of a convolution in the first block
        needed = max(of_G, COPIES_OF_S * (kept + largest) * areas[-1] * max(of_styles))  # of S forwards only
    free = free_memory() + min(psutil.Process().memory_info().rss, BASE) - BASE
    largest_side = max(run.sizes[-1]) * math.sqrt(max(0.0, free) / needed)
    return Forecast(seconds, BASE + needed, max(0.0, free) + BASE, int(largest_side))


def check_memory(run: Run) -> Forecast:
    """The forecast of a run that `prepare` has made, if it fits into free memory.

    A tile of "auto" becomes None, or, where the memory does not suffice, what is computed in tiles.

    Raises:
        ValueError: it does not fit; names the largest size that does. (A GPU's memory is not known: it always fits.)
    """
    plan, automatic = forecast(run), run.settings.tile == "auto"
    fits = plan.memory <= plan.free or tf.config.list_physical_devices("GPU")
    if automatic:
        run.settings = run.settings.replace(tile=None if fits else TILE)
    if automatic and not fits:
        plan = forecast(run)
        fits = plan.memory <= plan.free
    if not fits:
        height, width = run.sizes[-1]
        raise ValueError(
            f"{width} x {height} pixels need about {plan.memory / 1e9:.1f} GB of memory, and "
            f"{plan.free / 1e9:.1f} GB are free; the largest max_side that fits is {plan.largest_side}"
        )
    return plan


def per_pixel(network: keras.Model) -> tuple[float, float]:
    """(multiply-adds of the convolutions, activation values) for each pixel of the image, in one pass forwards."""
    values = sum(layer.output.shape[-1] / area for layer, area in _layers(network))
    products = sum(math.prod(layer.kernel.shape) / area for layer, area in _layers(network) if layer.weights)
    return products, values


def _layers(network):
    """Each layer of a VGG, with the number of pixels to one of its positions."""
    area = 1
    for layer in network.layers[1:]:  # the first one is the input
        area *= 4 if "pool" in layer.name else 1
        yield layer, area


@functools.lru_cache
def convolution_speed(precision: str) -> float:
    """Multiply-adds per second of a convolution like those in VGG's second block: the median of five, measured once."""
    x, kernel = tf.ones((1, 128, 128, 128), precision), tf.ones((3, 3, 128, 128), precision)
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        tf.nn.conv2d(x, kernel, 1, "SAME")[0, 0, 0, 0].numpy()  # a GPU is done when the number has arrived
        seconds.append(time.perf_counter() - start)
    return 128**2 * 9 * 128**2 / statistics.median(seconds[1:])  # the first one is for warming up
