"""What a channel responds to: the patches of some pictures that activate it most."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from nst_keras import receptive_field
from nst_keras.files.weights import check_layers
from nst_keras.images import deprocess, preprocess


class Patch(NamedTuple):
    """The size x size `pixels` (RGB 0..255) that one place of a map sees in images[image] from row `top` and column
    `left` on (negative where they reach over the border), and its `activation` there."""

    pixels: np.ndarray
    image: int
    top: int
    left: int
    activation: float


def top_patches(extractor, layer, channel, images, k=9, per_image=2, inside=False):
    """The k patches that activate one channel most (after Zeiler & Fergus 2014).

    A channel is the same detector at every position. a[l][i,j,channel] sees, with the
    receptive field's size, stride and offset, the `size` pixels from offset + i·stride down and from
    offset + j·stride to the right. In each image the highest a[l][i,j,channel] is taken, then the highest at
    least size/2 pixels up, down or aside from it, and so on (non-maximum suppression); the k highest remain.
    Beyond the border a patch is padded with ImageNet's mean color, which is zero to VGG: see `inside`.

    Args:
        extractor: a FeatureExtractor.
        layer: one of its layers.
        channel: 0..nC-1; or a list of channels.
        images: list of (1, H, W, 3), RGB 0..255; sizes may differ.
        k, per_image: number of patches, and of those from one image, at most; each 1 or more.
        inside: leave out patches that reach over the border; an image smaller than `size` then has none.

    Returns:
        list of Patch, highest activation first, fewer than k when the channel is above 0 in fewer places;
        {channel: such a list} for a list of channels.

    Raises:
        ValueError: an unknown layer, a channel out of range, no images, k or per_image below 1.
    """
    channels = [channel] if np.ndim(channel) == 0 else list(channel)
    best = patches_of_channels(extractor, {layer: channels}, images, k, per_image, inside)[layer]
    return best[channel] if np.ndim(channel) == 0 else best


def patches_of_channels(extractor, searched, images, k=9, per_image=2, inside=False):
    """`top_patches` for channels of several layers, {layer: channels}; the network sees each image only once.

    Returns:
        {layer: {channel: list of Patch}}
    """
    check_layers(searched, extractor.layers)
    for layer, channels in searched.items():
        n_C = extractor.vgg.get_layer(layer).output.shape[-1]
        for c in channels:
            if not (isinstance(c, (int, np.integer)) and 0 <= c < n_C):
                raise ValueError(f"{layer} has no channel {c!r}; its {n_C} channels are numbered 0..{n_C - 1}")
    for name, number in {"number of images": len(images), "k": k, "per_image": per_image}.items():
        if number < 1:
            raise ValueError(f"{name} is {number}; expected 1 or more")
    found: dict[str, dict[int, list[Patch]]] = {
        layer: {c: [] for c in channels} for layer, channels in searched.items()
    }
    for index, image in enumerate(images):
        activations = extractor(image)
        for layer, of_channel in found.items():
            view, a = receptive_field(extractor.vgg, layer), activations[layer][0].numpy()
            for c, patch in _patches(a[..., list(of_channel)], of_channel, index, image, view, per_image, inside):
                of_channel[c].append(patch)
    return {
        layer: {c: sorted(patches, key=lambda patch: -patch.activation)[:k] for c, patches in of_channel.items()}
        for layer, of_channel in found.items()
    }


def patches_between(maps, images, view, low=-np.inf, high=np.inf, k=9, seed=0):
    """k patches at random of those to which a channel answers with `low` to `high`, and that see no border.

    Args:
        maps: the channel's map a[l][0, :, :, channel] of each image.
        images: list of (1, H, W, 3), RGB 0..255.
        view: size, stride and offset of its receptive field.
        seed: the same seed chooses the same patches.

    Returns:
        list of Patch, fewer than k where there are not so many.
    """
    size, stride, offset = view
    places = []
    for index, (a, image) in enumerate(zip(maps, images, strict=True)):
        wanted = sees_no_border(a.shape, image.shape[1:3], view) & (low <= a) & (a <= high)
        places += [(index, *position) for position in np.argwhere(wanted)]
    chosen = np.random.default_rng(seed).permutation(len(places))[:k]
    patches = []
    for index, i, j in (places[n] for n in chosen):
        top, left = int(offset + i * stride), int(offset + j * stride)
        pixels = np.asarray(images[index])[0, top : top + size, left : left + size]
        patches.append(Patch(pixels, index, top, left, float(maps[index][i, j])))
    return patches


def sees_no_border(shape, sides, view):
    """Which positions of a layer see no border: (nH, nW), bool."""
    size, stride, offset = view
    first = [offset + stride * np.arange(n) for n in shape]  # top and left of all patches
    return np.outer(*((at >= 0) & (at + size <= side) for at, side in zip(first, sides, strict=True)))


def _patches(a, channels, index, image, view, per_image, inside):
    """(channel, Patch) for the best patches of one image; `a`, (nH, nW, number of channels), is overwritten."""
    size, stride, offset = view
    near = -(-size // (2 * stride))  # positions closer than this are less than half a receptive field away
    if inside:
        a *= sees_no_border(a.shape[:2], image.shape[1:3], view)[:, :, np.newaxis]
    padded = deprocess(tf.pad(preprocess(image), [[0, 0], [size, size], [size, size], [0, 0]]))[0].numpy()
    for number, c in enumerate(channels):
        for i, j, activation in _peaks(a[..., number], near, per_image):
            top, left = offset + i * stride, offset + j * stride
            pixels = padded[size + top : 2 * size + top, size + left : 2 * size + left]
            yield c, Patch(pixels, index, top, left, activation)


def _peaks(a, near, n):
    """Up to n positions with their activation, (i, j, a[i,j]), highest first; `a` (nH, nW) is overwritten."""
    for _ in range(n):
        i, j = (int(index) for index in np.unravel_index(np.argmax(a), a.shape))
        if a[i, j] > 0:
            yield i, j, float(a[i, j])
        a[max(0, i - near + 1) : i + near, max(0, j - near + 1) : j + near] = 0
