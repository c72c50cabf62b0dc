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

import tensorflow as tf

from nst_keras.controls import memory
from nst_keras.controls.memory import available_memory, exceeds_tile, has_gpu, needed_memory, per_pixel
from nst_keras.transfer import Run
from nst_keras.vgg import ALIVE, FeatureExtractor

# Time of everything (padding, pooling, style costs, the optimizer) over time of the convolutions at their best
OTHER_WORK = {"float32": 1.9, "bfloat16": 2.3}
EACH_STEP = 0.03  # seconds that a step takes however small the picture is
TRACING = 1.5  # seconds until TensorFlow has its graph, which serves all sizes
GRAPH = 60e6  # bytes of an extractor's graphs
IN_TILES = 1.8  # time for each pixel in tiles over that without


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
    """Forecast a run that `prepare` has made, from where it stands to its end."""
    precision = run.extractor.precision
    products, _ = per_pixel(run.extractor.network)
    areas = [height * width for height, width in run.sizes[run.scale :]]
    largest_style = max(math.prod(S.shape[1:3]) for S in run.S) / areas[-1]  # pixels of S to each of G
    done = run.history.progress.done if run.history.progress else 0
    evaluations = [run.steps[run.scale] - done, *run.steps[run.scale + 1 :]]
    speed = convolution_speed(precision) / OTHER_WORK[precision]
    in_tiles = [exceeds_tile(run.settings.tile, area * max(1, largest_style)) for area in areas]
    # backwards costs as much as forwards
    seconds = TRACING + sum(
        n * (EACH_STEP + 2 * products * area / speed * (IN_TILES if tiled else 1))
        for n, area, tiled in zip(evaluations, areas, in_tiles, strict=True)
    )
    needed, available = needed_memory(run), available_memory()
    largest_side = max(run.sizes[-1]) * math.sqrt((available - memory.BASE) / (needed - memory.BASE))
    kept = kept_memory(run.extractor)  # it is taken already
    return Forecast(seconds, needed + kept, available + kept, int(largest_side))


def kept_memory(extractor: FeatureExtractor) -> float:
    """Bytes of the other networks that this process keeps, with their graphs."""
    mine, others = set(map(id, _weights(extractor))), set(ALIVE) - {extractor}
    theirs = {id(array): array for other in others for array in _weights(other) if id(array) not in mine}
    each = sum(math.prod(array.shape) * tf.as_dtype(array.dtype).size for array in theirs.values())
    return float(each + GRAPH * sum(bool(other.graphs) for other in others))


def _weights(extractor):
    return [*extractor.vgg.weights, *extractor.network.weights]


def check_memory(run: Run) -> Forecast:
    """The forecast of a run that `prepare` has made, if it fits into free memory.

    Raises:
        ValueError: it does not fit; names the largest size that does. (A GPU's memory is not known: it always fits.)
    """
    plan = forecast(run)
    if plan.memory > plan.free and not has_gpu():
        height, width = run.sizes[-1]
        raise ValueError(
            f"{width} x {height} pixels need about {plan.memory / 1e9:.1f} GB of memory, and "
            f"{plan.free / 1e9:.1f} GB are free; the largest max_side that fits is {plan.largest_side}"
        )
    return plan


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
