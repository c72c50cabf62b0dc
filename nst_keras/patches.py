"""What a unit responds to: the patches of some pictures that activate it most."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras.images import deprocess, preprocess
from nst_keras.vgg import check_layers, receptive_field


class Patch(NamedTuple):
    """The size x size `pixels` (RGB 0..255) that a unit sees in images[image] from row `top` and column
    `left` on (negative where they reach over the border), and its `activation` there."""

    pixels: np.ndarray
    image: int
    top: int
    left: int
    activation: float


def top_patches(extractor, layer, channel, images, k=9, per_image=2):
    """The k patches that activate one unit most (after Zeiler & Fergus 2014).

    A unit is one channel of a layer, the same detector at every position. a[l][i,j,channel] sees, with the
    receptive field's size, stride and offset, the `size` pixels from offset + i·stride down and from
    offset + j·stride to the right. In each image the highest a[l][i,j,channel] is taken, then the highest at
    least size/2 pixels up, down or aside from it, and so on (non-maximum suppression); the k highest remain.
    Beyond the border a patch is padded with ImageNet's mean color, which is zero to VGG.

    Args:
        extractor: a FeatureExtractor that gives `layer`.
        layer: a layer name.
        channel: 0..nC-1; or a list of channels, for which each image is run only once.
        images: list of (1, H, W, 3), RGB 0..255; sizes may differ.
        k: number of patches, 1 or more.
        per_image: at most this many patches of one image, 1 or more.

    Returns:
        list of Patch, highest activation first; fewer than k when the unit is above 0 in fewer places.
        For a list of channels: {channel: such a list}.

    Raises:
        ValueError: an unknown layer, a channel out of range, no images, k or per_image below 1.
    """
    check_layers([layer], extractor.layers)
    channels = [channel] if np.ndim(channel) == 0 else list(channel)
    n_C = extractor.vgg.get_layer(layer).output.shape[-1]
    for c in channels:
        if not (isinstance(c, (int, np.integer)) and 0 <= c < n_C):
            raise ValueError(f"{layer} has no channel {c!r}; its {n_C} channels are numbered 0..{n_C - 1}")
    if len(images) == 0:
        raise ValueError("no images to search; expected a list of one image or more")
    if k < 1 or per_image < 1:
        raise ValueError(f"k and per_image must be 1 or more, not k={k!r} and per_image={per_image!r}")
    size, stride, offset = receptive_field(extractor.vgg, layer)
    near = -(-size // (2 * stride))  # positions closer than this are less than half a receptive field away
    found = {c: [] for c in channels}
    for index, image in enumerate(images):
        a = np.array(extractor(image)[layer][0])  # (nH, nW, nC)
        padded = deprocess(tf.pad(preprocess(image), [[0, 0], [size, size], [size, size], [0, 0]]))[0].numpy()
        for c in channels:
            for i, j, activation in _peaks(a[..., c], near, per_image):
                top, left = offset + i * stride, offset + j * stride
                pixels = padded[size + top : 2 * size + top, size + left : 2 * size + left]
                found[c].append(Patch(pixels, index, top, left, activation))
    best = {c: sorted(patches, key=lambda patch: -patch.activation)[:k] for c, patches in found.items()}
    return best[channel] if np.ndim(channel) == 0 else best


def _peaks(a, near, n):
    """Up to n positions with their activation, (i, j, a[i,j]), highest first; `a` (nH, nW) is overwritten."""
    for _ in range(n):
        i, j = (int(index) for index in np.unravel_index(np.argmax(a), a.shape))
        if a[i, j] > 0:
            yield i, j, float(a[i, j])
        a[max(0, i - near + 1) : i + near, max(0, j - near + 1) : j + near] = 0
