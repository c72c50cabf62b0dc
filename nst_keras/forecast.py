"""What a run will need, said before it begins: seconds and memory.

Both are proportional to the pixels of G. The time is that of VGG's convolutions, whose speed on this machine is
measured; the memory is mostly that of the activations, which the gradient needs once more on its way back.
`benchmarks/forecasts.py` compares the forecast with what happens.
"""

import math
from dataclasses import dataclass

import psutil

from nst_keras.vgg import convolution_speed

OTHER_WORK = 1.1  # pooling, Gram matrices, the optimizer: time of everything over time of the convolutions
TRACING = 1.5  # seconds at each scale, until TensorFlow has its graph
COPIES = {"float32": 1.6, "bfloat16": 2.6, "float16": 2.6}  # how often all activations are held at the peak
BASE = 0.9e9  # bytes: Python, TensorFlow and the network


@dataclass(frozen=True)
class Forecast:
    """`seconds` and `memory` (bytes) of a run; `largest_side` is the longer side that free memory suffices for."""

    seconds: float
    memory: float
    free: float
    largest_side: int


def forecast(extractor, sizes, steps):
    """Forecast a run.

    Args:
        extractor: the FeatureExtractor.
        sizes: (height, width) of each scale; the last one decides the memory.
        steps: gradient evaluations at each scale.

    Returns:
        Forecast
    """
    products, values = per_pixel(extractor.network)
    speed = convolution_speed(extractor.precision) / OTHER_WORK
    # backwards costs as much as forwards; J of the result is half an evaluation more
    seconds = sum(TRACING + (steps + 0.5) * 2 * products * height * width / speed for height, width in sizes)
    bytes_per_value = 4 if extractor.precision == "float32" else 2
    bytes_per_pixel = COPIES[extractor.precision] * values * bytes_per_value
    height, width = sizes[-1]
    memory = BASE + bytes_per_pixel * height * width
    free = psutil.virtual_memory().available + psutil.Process().memory_info().rss
    shrink = math.sqrt(max(0.0, free - BASE) / (bytes_per_pixel * height * width))
    return Forecast(seconds, memory, free, int(max(height, width) * shrink))


def per_pixel(network):
    """(multiply-adds of the convolutions, activation values) for each pixel of the image, in one pass forwards."""
    products, values, area = 0.0, 0.0, 1.0
    for layer in network.layers[1:]:  # the first one is the input
        area /= 4 if "pool" in layer.name else 1
        values += layer.output.shape[-1] * area
        products += math.prod(layer.kernel.shape) * area if layer.weights else 0
    return products, values
