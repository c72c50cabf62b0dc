"""VGG19 and VGG16, their weights, and the activations that the costs compare."""

import contextlib
import difflib
import hashlib
import random
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from nst_keras.images import data_path, preprocess

BUNDLED_WEIGHTS = "weights/vgg19_imagenet_palette.npz"
BUNDLED_SHA256 = "e9da0cf82c4c3f071baf59567a0c6665fa5b9b3134b901e159a3a0ee5d99a4f6"
PRECISIONS = ("float32", "bfloat16", "float16", "auto")
CONVOLUTIONS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}  # per block; each block ends in a pool


def load_vgg(name="vgg19", weights="bundled", pooling="max"):
    """A VGG network without its classifier head, frozen: the ruler that style transfer measures with.

    Args:
        name: "vgg19" or "vgg16".
        weights: "bundled" (VGG19 only: ImageNet weights rounded to 256 values per layer, in this
            project's data folder), "imagenet" (Keras downloads the full-precision weights once), or
            the path of a `.weights.h5` or `.h5` file for the network without its head.
        pooling: "max" as trained, or "avg" (Gatys et al. 2016 found it slightly more appealing).

    Returns:
        keras.Model for images of any size of at least 32 x 32. Its input is BGR minus the ImageNet
        mean: use `FeatureExtractor`, which takes ordinary RGB images.

    Raises:
        ValueError: unknown name, weights or pooling; a weights file that does not fit.
        FileNotFoundError: no such weights file.
        ConnectionError: "imagenet" could not be downloaded.
    """
    if name not in CONVOLUTIONS:
        raise ValueError(f"unknown network {name!r}; expected 'vgg19' or 'vgg16'")
    if pooling not in ("max", "avg"):
        raise ValueError(f"unknown pooling {pooling!r}; expected 'max' or 'avg'")
    if name != "vgg19" and weights == "bundled":
        raise ValueError("the bundled weights are VGG19's; for vgg16 use weights='imagenet' or the path of a file")
    build = keras.applications.VGG19 if name == "vgg19" else keras.applications.VGG16
    with _random_state_kept():
        if weights == "imagenet":
            vgg = _download(build, name)
        else:
            vgg = build(weights=None, include_top=False)
            _load_bundled(vgg) if weights == "bundled" else _load_file(vgg, weights)
    if pooling == "avg":
        vgg = _rebuild(vgg, average_pooling=True)
    vgg.trainable = False
    return vgg


@contextlib.contextmanager
def _random_state_kept():
    """Keras draws seeds for initial weights, which are overwritten anyway, from Python's global generator."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


def weights_sha256(weights="bundled"):
    """SHA-256 of the weights file that `load_vgg` reads; None for Keras's own download."""
    if weights == "imagenet":
        return None
    path = data_path(BUNDLED_WEIGHTS) if weights == "bundled" else Path(weights)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _load_bundled(vgg):
    """Decode kernel = palette[codes]: each layer stores 256 values and one byte per weight."""
    restore = "restore the file with git checkout, or make it again with python data/weights/build.py"
    try:
        path, found = data_path(BUNDLED_WEIGHTS), weights_sha256()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"the bundled weights are missing ({error}); {restore}") from None
    if found != BUNDLED_SHA256:
        raise ValueError(
            f"{path.name} is damaged: its SHA-256 is {found[:12]}..., expected {BUNDLED_SHA256[:12]}...; {restore}"
        )
    with np.load(path, allow_pickle=False) as file:
        for layer in vgg.layers:
            if layer.weights:
                codes, palette = file[f"{layer.name}/kernel_codes"], file[f"{layer.name}/kernel_palette"]
                layer.set_weights([palette[codes], file[f"{layer.name}/bias"]])


def _load_file(vgg, path):
    if not Path(path).is_file():
        raise FileNotFoundError(
            f"no weights file {str(path)!r}; expected 'bundled', 'imagenet' or the path of a .weights.h5 or .h5 file"
        )
    try:
        vgg.load_weights(path)
    except Exception as error:  # h5py and Keras raise many kinds for a file that does not fit
        raise ValueError(
            f"{str(path)!r} does not hold the weights of {vgg.name} without its classifier head ({error}); "
            "expected a file saved by save_weights() or Keras's own ..._notop.h5"
        ) from error


def _download(build, name):
    try:
        return build(weights="imagenet", include_top=False)
    except Exception as error:  # keras.utils.get_file raises a plain Exception
        file = f"{name}_weights_tf_dim_ordering_tf_kernels_notop.h5"
        raise ConnectionError(
            f"Keras could not download the ImageNet weights ({error}); use the bundled VGG19 (weights='bundled'), or "
            f"fetch {file} by hand and put it into ~/.keras/models/ or give its path as weights="
        ) from error


def _rebuild(model, average_pooling=False, dtype=None):
    """The same network and weights with average pooling, or in another precision."""

    def clone(layer):
        config = layer.get_config()
        kind = layer.__class__
        if average_pooling and kind is keras.layers.MaxPooling2D:
            kind = keras.layers.AveragePooling2D
        if dtype:
            config["dtype"] = dtype
        return kind.from_config(config)

    with _random_state_kept():
        rebuilt = keras.models.clone_model(model, clone_function=clone)
    rebuilt.set_weights(model.get_weights())
    return rebuilt


class FeatureExtractor:
    """The activations a[l] of chosen layers: `extractor(image)` is {layer name: a[l]}.

    The image is (1, H, W, 3), RGB 0..255; VGG's own input convention is applied here and nowhere else.
    Each a[l] is float32, (1, nH, nW, nC), after the ReLU. The network is cut after the deepest layer.

    Args:
        layers: layer names, such as "block4_conv2".
        vgg: the network; the bundled VGG19 when None.
        precision: what the network computes in: "float32"; "bfloat16" (faster on CPUs that have it;
            activations then carry three significant digits); "float16" (GPUs only); or "auto", which
            chooses bfloat16 where that is clearly faster on this machine. All costs are computed in
            float32, so that no Gram matrix can overflow. The attribute `precision` tells what was chosen.

    Raises:
        ValueError: an unknown layer or precision.
    """

    def __init__(self, layers, vgg=None, precision="float32"):
        if precision not in PRECISIONS:
            raise ValueError(f"unknown precision {precision!r}; expected one of {', '.join(PRECISIONS)}")
        if precision == "float16" and not tf.config.list_physical_devices("GPU"):
            raise ValueError("precision 'float16' is for GPUs, and there is none here; use 'bfloat16' or 'float32'")
        self.precision = precision = faster_precision() if precision == "auto" else precision
        self.vgg = vgg = load_vgg() if vgg is None else vgg
        self.layers = tuple(dict.fromkeys(layers))
        check_layers(self.layers, layer_names(vgg))
        outputs = {name: vgg.get_layer(name).output for name in self.layers}
        self.network = keras.Model(vgg.input, outputs)  # Keras keeps only what these outputs need
        if precision != "float32":
            self.network = _rebuild(self.network, dtype=precision)

    def __call__(self, image):
        # VGG is a chain. Going along it here, instead of self.network(x), frees what nobody needs any more.
        x, activations = preprocess(image), {}
        for layer in self.network.layers[1:]:  # the first one is the input
            x = layer(x)
            if layer.name in self.layers:
                activations[layer.name] = tf.cast(x, tf.float32)
        return {name: activations[name] for name in self.layers}


def faster_precision():
    """ "bfloat16" where this machine computes convolutions in it clearly faster than in "float32"."""
    # measured in turns, so that something else that the machine does for a moment does not decide
    ratios = sorted(convolution_speed("bfloat16") / convolution_speed("float32") for _ in range(3))
    return "bfloat16" if ratios[1] > 1.3 else "float32"


def convolution_speed(precision):
    """Multiply-adds per second of a convolution like those in VGG's second block: the median of five, about 0.1 s."""
    x, kernel = tf.ones((1, 128, 128, 128), precision), tf.ones((3, 3, 128, 128), precision)
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        tf.nn.conv2d(x, kernel, 1, "SAME")[0, 0, 0, 0].numpy()  # a GPU is done when the number has arrived
        seconds.append(time.perf_counter() - start)
    return 128**2 * 9 * 128**2 / sorted(seconds[1:])[2]  # the first one is for warming up


def layer_names(vgg):
    """Names of the network's layers that have activations, in order: 'block1_conv1', ... 'block5_pool'."""
    return [layer.name for layer in vgg.layers if not isinstance(layer, keras.layers.InputLayer)]


def known_layers(name):
    """What `layer_names` gives for VGG16 or VGG19, without building the network."""
    blocks = enumerate(CONVOLUTIONS[name], start=1)
    return [f"block{b}_{part}" for b, n in blocks for part in [*(f"conv{i}" for i in range(1, n + 1)), "pool"]]


def check_layers(layers, known):
    """Raise ValueError with the nearest names for the first of `layers` that is not in `known`."""
    for layer in layers:
        if layer not in known:
            near = difflib.get_close_matches(str(layer), known, n=3, cutoff=0.4) or known
            raise ValueError(f"unknown layer {layer!r}; nearest: {', '.join(near)}")


def receptive_field(vgg, layer):
    """Which pixels one unit of a layer can see.

    Along each axis, unit i sees the `size` pixels from offset + i·stride on (the offset is negative
    because of padding). Going one layer down with kernel f and stride s:
    size grows by (f - 1)·stride, and then stride is multiplied by s.

    Args:
        vgg: the network.
        layer: a layer name.

    Returns:
        (size, stride, offset) in pixels.
    """
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
