"""VGG19 and VGG16, their weights, and the activations that the costs compare."""

import functools
import itertools
import os
import random
import weakref
from collections.abc import Iterable
from pathlib import Path

import tensorflow as tf

from nst_keras.files.backend import CHANNELS_FIRST, keras
from nst_keras.files.weights import check_layers, network_with_weights, weights_sha256
from nst_keras.images import preprocess
from nst_keras.settings import NETWORKS, PADDINGS, POOLINGS, PRECISIONS

ALIVE: weakref.WeakSet = weakref.WeakSet()  # all extractors: forecasts count what they take
KEPT_NETWORKS = 4  # that stay in memory, 80 MB each


def load_vgg(
    name: str = "vgg19", weights: str | os.PathLike = "bundled", pooling: str = "max", padding: str = "zero",
) -> keras.Model:  # fmt: skip
    """A VGG network without its classifier head, frozen: the ruler that style transfer measures with.

    Args:
        name: "vgg19" or "vgg16".
        weights: "bundled" (ImageNet weights rounded to 256 values per layer, in this project's data
            folder), "imagenet" (Keras downloads the full-precision weights once), or the path of a
            `.weights.h5` or `.h5` file for the network without its head.
        pooling: "max" as trained, or "avg" (Gatys et al. 2016 found it slightly more appealing).
        padding: what each convolution sees beyond the border of its input: "zero" as trained, or
            "symmetric", the mirror image. Zeros draw a frame along the border of an optimized picture.

    Returns:
        keras.Model for images of any size of at least 32 x 32. Its input is BGR minus the ImageNet
        mean: use `FeatureExtractor`, which takes ordinary RGB images.

    Raises:
        ValueError: unknown name, pooling or padding; a weights file that does not fit; Keras set to channels first.
        FileNotFoundError: no such weights file. ConnectionError: "imagenet" could not be downloaded.
    """
    known = {"network": (name, NETWORKS), "pooling": (pooling, POOLINGS), "padding": (padding, PADDINGS)}
    for what, (value, expected) in known.items():
        if value not in expected:
            raise ValueError(f"unknown {what} {value!r}; expected {' or '.join(map(repr, expected))}")
    if keras.config.image_data_format() != "channels_last":
        raise ValueError(CHANNELS_FIRST)
    return _load(name, os.fspath(weights), pooling, padding, weights_sha256(name, weights))


@functools.lru_cache(maxsize=KEPT_NETWORKS)
def _load(name, weights, pooling, padding, sha256):
    """`load_vgg` without its checks; the SHA-256 makes a file that has changed another one."""
    # Nothing global may change: for initial weights, which are overwritten, Keras draws from Python's random numbers.
    state, policy = random.getstate(), keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        vgg = network_with_weights(name, weights, sha256)
    finally:
        random.setstate(state)
        keras.config.set_dtype_policy(policy)
    exchange = {keras.layers.MaxPooling2D: keras.layers.AveragePooling2D} if pooling == "avg" else {}
    exchange |= {keras.layers.Conv2D: SymmetricConv2D} if padding == "symmetric" else {}
    if exchange:
        vgg = _rebuild(vgg, exchange)
    vgg.trainable = False
    return vgg


class SymmetricConv2D(keras.layers.Conv2D):
    """A 3x3 convolution that sees its input mirrored at the border, where Keras's Conv2D sees zeros."""

    def convolution_op(self, inputs, kernel):
        return tf.nn.conv2d(_mirrored(inputs), kernel, strides=1, padding="VALID")


@tf.custom_gradient
def _mirrored(x):
    """tf.pad(x, ..., "SYMMETRIC") by one pixel on each side, in half of the time: gradient included."""
    y = tf.concat([x[:, :1], x, x[:, -1:]], axis=1)
    y = tf.concat([y[:, :, :1], y, y[:, :, -1:]], axis=2)

    def gradient(g):
        g = tf.concat([g[:, :, :1] + g[:, :, 1:2], g[:, :, 2:-2], g[:, :, -2:-1] + g[:, :, -1:]], axis=2)
        return tf.concat([g[:, :1] + g[:, 1:2], g[:, 2:-2], g[:, -2:-1] + g[:, -1:]], axis=1)

    return y, gradient


def _rebuild(model, exchange=None, dtype=None):
    """The same chain of layers and weights, with other kinds of layers, {kind: another}, or in another precision."""
    x = inputs = keras.Input(model.input_shape[1:])
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        config = layer.get_config() | ({"dtype": dtype} if dtype else {})
        if "kernel_initializer" in config:
            config["kernel_initializer"] = "zeros"  # quicker than random numbers, which would be overwritten too
        x = (exchange or {}).get(type(layer), type(layer)).from_config(config)(x)
    rebuilt = keras.Model(inputs, x, name=model.name)
    rebuilt.set_weights(model.get_weights())
    return rebuilt


class FeatureExtractor:
    """The activations a[l] of chosen layers: `extractor(image)` is {layer name: a[l]}.

    The image is (1, H, W, 3), RGB 0..255; VGG's own input convention is applied here and nowhere else.
    Each a[l] is float32, (1, nH, nW, nC), after the ReLU. The network is cut after the deepest layer.

    Args:
        layers: layer names, such as "block4_conv2".
        vgg: the network; the bundled VGG19 when None. Any network works whose layers form a chain.
        precision: what the network computes in: "float32"; "bfloat16" (faster on processors that have it;
            activations then carry three significant digits); or "auto", which is bfloat16 on processors with
            instructions for it. All costs are computed in float32, so that no Gram matrix can overflow. The
            attribute `precision` tells what was chosen.

    Raises ValueError for an unknown layer or precision, and for a network that is no chain.
    """

    def __init__(self, layers: Iterable[str], vgg: keras.Model | None = None, precision: str = "float32"):
        if precision not in PRECISIONS:
            raise ValueError(f"unknown precision {precision!r}; expected one of {', '.join(PRECISIONS)}")
        self.precision = precision = fast_precision() if precision == "auto" else precision
        ALIVE.add(self)
        self.graphs: dict = {}  # that were traced with it: see `nst_keras.objective.traced`
        self.vgg = vgg = load_vgg() if vgg is None else vgg
        self.layers = tuple(dict.fromkeys(layers))
        check_layers(self.layers, layer_names(vgg))
        network = keras.Model(vgg.inputs, [vgg.get_layer(name).output for name in self.layers])  # ends with the deepest
        for before, layer in itertools.pairwise(network.layers):
            if layer.input is not before.output:
                raise ValueError(f"{vgg.name} is no chain: {layer.name} does not follow {before.name} alone")
        if any(layer.compute_dtype != precision for layer in network.layers[1:]):
            network = _rebuild(network, dtype=precision)
        self.network = keras.Model(network.inputs, {name: network.get_layer(name).output for name in self.layers})

    @property
    def blocks(self) -> list[list[keras.layers.Layer]]:
        """The network's layers, block by block; each block but the last ends in its pool."""
        blocks: list[list[keras.layers.Layer]] = [[]]
        for before, layer in itertools.pairwise(self.network.layers):  # the first one is the input
            if is_pool(before):
                blocks.append([])
            blocks[-1].append(layer)
        return blocks

    def __call__(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        # VGG is a chain. Going along it here, instead of self.network(x), frees what nobody needs any more.
        x, activations = preprocess(image), {}
        for layer in self.network.layers[1:]:  # the first one is the input
            x = layer(x)
            if layer.name in self.layers:
                activations[layer.name] = tf.cast(x, tf.float32)
        return {name: activations[name] for name in self.layers}


def is_pool(layer: keras.layers.Layer) -> bool:
    """Whether a layer ends a block, whatever its name."""
    return hasattr(layer, "pool_size")


def fast_precision() -> str:
    """ "bfloat16" on processors that have instructions for it, else "float32" (Linux tells; elsewhere float32)."""
    cpuinfo = Path("/proc/cpuinfo")
    words = set(cpuinfo.read_text().split()) if cpuinfo.exists() else set()
    return "bfloat16" if words & {"amx_bf16", "avx512_bf16", "bf16"} else "float32"  # bf16: on ARM


def layer_names(vgg: keras.Model) -> list[str]:
    """Names of the network's layers that have activations, in order: 'block1_conv1', ... 'block5_pool'."""
    return [layer.name for layer in vgg.layers if not isinstance(layer, keras.layers.InputLayer)]


def receptive_field(vgg: keras.Model, layer: str) -> tuple[int, int, int]:
    """Which pixels one unit of a layer can see.

    Along each axis, unit i sees the `size` pixels from offset + i·stride on (the offset is negative
    because of padding). Going one layer down with kernel f and stride s:
    size grows by (f - 1)·stride, and then stride is multiplied by s.

    Returns (size, stride, offset) in pixels."""
    names = layer_names(vgg)
    check_layers([layer], names)
    size, stride, offset = 1, 1, 0
    for name in names[: names.index(layer) + 1]:
        config = vgg.get_layer(name).get_config()
        kernel, step = (config.get(key, (1, 1))[0] for key in ("kernel_size", "strides"))
        if "pool_size" in config:
            kernel = config["pool_size"][0]
        if config.get("padding") == "same":
            offset -= (kernel - 1) // 2 * stride
        size += (kernel - 1) * stride
        stride *= step
    return size, stride, offset
