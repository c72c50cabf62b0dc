"""This style here and that one there: color maps, and what a region of the picture is in each layer.

Gatys et al. 2017, "Controlling Perceptual Factors in Neural Style Transfer", section 4, with moments in place of Gram
matrices: the positions of a layer are weighted by a mask.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from PIL import Image, ImageColor

from nst_keras.files.pictures import map_path, read_picture
from nst_keras.transfer import Scene
from nst_keras.vgg import FeatureExtractor, receptive_field

MOST_COLORS = 8
LEAST_SHARE = 0.005  # of a map; smaller areas belong to the nearest color
FRINGE = 90  # RGB distance up to which two colors are one (JPEG's fringes, soft edges)
MOST_SOFT = 0.1  # of a map: pixels that are not quite of one of its colors
LEAST_INSIDE = 0.1  # of a region's area in a layer
WORDS = ("black", "white", "gray", "red", "lime", "blue", "yellow", "cyan", "magenta", "green", "orange", "brown")


class Regions(NamedTuple):
    """Where each region lies: `colors` their names; `of_C` (R, H, W), 0 or 1; `of_S` the same for each style."""

    colors: list
    of_C: np.ndarray
    of_S: list

    def __str__(self):
        lines = []
        for number, color in enumerate(self.colors):
            of_S = ", ".join(f"{mask[number].mean():.0%}" for mask in self.of_S)
            lines.append(f"{color} {self.of_C[number].mean():.0%} of C and {of_S} of S")
        return "; ".join(lines)


def read_regions(maps: Sequence[str], C: tf.Tensor, styles: Sequence[tf.Tensor]) -> Regions:
    """The regions of color maps. Equal colors correspond.

    Args:
        maps: of C and of each style: a picture of any size, the short name of a bundled map, or the name of a
            color, which then stands for all of that picture.
        C, styles: the images that the maps belong to.

    Raises:
        ValueError: as many maps as pictures are needed; a color of C that no style has; too many colors.
        FileNotFoundError: no such map.
    """
    if len(maps) != 1 + len(styles):
        raise ValueError(f"regions are {len(maps)} maps; expected {1 + len(styles)}, of C and of each style")
    note = "in this color map that counts as white"
    pixels = [_read_map(name, image.shape[1:3], "white", note) for name, image in zip(maps, (C, *styles), strict=True)]
    palettes = [_palette(each, name) for each, name in zip(pixels, maps, strict=True)]
    colors = palettes[0]
    names = [_name(color) for color in colors]
    of_S = []
    for style, palette in zip(pixels[1:], palettes[1:], strict=True):
        partners = [_nearest(palette, color) for color in colors]  # of each color of C, the number of S's color
        which = _assign(style, palette)
        of_S.append(np.stack([np.zeros(which.shape) if one is None else which == one for one in partners]))
        left = [_name(color) for color in palette if _nearest(colors, color) is None]
        if left:
            warnings.warn(f"nothing in {maps[0]!r} has the style's color {', '.join(left)}", stacklevel=2)
    for number, name in enumerate(names):
        if not any(mask[number].any() for mask in of_S):
            raise ValueError(f"{maps[0]!r} has a region in {name} without partner: no style's map has this color")
    which = _assign(pixels[0], colors)
    return Regions(names, np.stack([which == n for n in range(len(colors))]).astype(float), of_S)


def read_mask(name: str, C: tf.Tensor) -> np.ndarray:
    """What is to be painted: (H, W), 1 where the picture `name` is lighter than middle gray and opaque, else 0.

    Raises ValueError when nothing is white in it, FileNotFoundError when there is no such file.
    """
    note = "what is white and opaque in this mask is painted"
    mask = (_read_map(name, C.shape[1:3], "black", note).mean(axis=-1) > 127.5).astype(float)
    if not mask.any():
        raise ValueError(f"the mask {name!r} is black everywhere; what is white in it is painted")
    return mask


def divided(
    regions: Regions | None, mask: np.ndarray | None, extractor: FeatureExtractor, layers: Sequence[str]
) -> Callable[[Scene], Scene]:
    """A control: this style here and that one there, and only inside of the mask; both of the largest size."""
    return lambda scene: scene._replace(regions=at_layers(regions, mask, scene.C, scene.styles, extractor, layers))


def masked(mask: np.ndarray) -> Callable[[Scene], Scene]:
    """A control: where the mask, (H, W), is 0, G stays as C is."""

    def control(scene):
        here = mask_at_size(mask, scene.C.shape[1:3]).astype(np.float32)[None, ..., None]
        view = scene.view._replace(allow=(*scene.view.allow, inside), mask=here)
        return scene._replace(first=tf.where(here > 0, scene.first, scene.C), view=view)

    return control


def inside(gradient: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """The gradient of what is inside of the mask."""
    return gradient * mask


def at_layers(
    regions: Regions | None, mask: np.ndarray | None, G: tf.Tensor, styles: Sequence[tf.Tensor],
    extractor: FeatureExtractor, layers: Sequence[str],
) -> list[tuple]:  # fmt: skip
    """The regions as an `Objective` needs them: (share of what is painted, masks of G, masks of each style), by layer.

    A unit belongs to a region if it sees nothing else: the mask is eroded by the receptive field. Where next to
    nothing of a region would be left, the share of it in the unit's cell counts instead.

    Args:
        regions, mask: of the largest size; at least one of them.
        G, styles: images of the size at hand.
    """
    if regions is not None:
        of_C = regions.of_C if mask is None else regions.of_C * mask
    elif mask is not None:
        of_C = mask[None]
    else:
        raise ValueError("there are neither regions nor a mask; give at least one of them")
    of_S = [np.ones((1, *S.shape[1:3])) for S in styles] if regions is None else regions.of_S

    def by_layer(region, image):
        region = mask_at_size(region, image.shape[1:3])
        return {l: mask_of_layer(region, extractor, l) for l in layers}

    return [
        (
            here.sum() / of_C.sum(),
            by_layer(here, G),
            [by_layer(m[n], S) if m[n].any() else None for m, S in zip(of_S, styles, strict=True)],
        )
        for n, here in enumerate(of_C)
        if here.any()  # it may be outside of the mask
    ]


def mask_of_layer(mask: np.ndarray, extractor: FeatureExtractor, layer: str) -> np.ndarray | None:
    """The mask of each position of a layer, 0..1, (nH, nW); None when all are 1. `mask` is (H, W), 0 or 1."""
    if mask.all():
        return None
    within, area = _eroded(mask, extractor, layer), _area(mask, extractor, layer)
    return within if within.sum() > LEAST_INSIDE * area.sum() else area


def _eroded(mask, extractor, layer):
    """1 for the units that see nothing outside of the mask (what lies beyond the picture's border does not count)."""
    size, stride, offset = receptive_field(extractor.vgg, layer)
    pads = []
    for length in mask.shape:
        after = (length // stride - 1) * stride + offset + size - length
        pads.append((-offset, after))
    outside = np.pad(1 - mask, [(before, max(0, after)) for before, after in pads])
    outside = outside[: outside.shape[0] + min(0, pads[0][1]), : outside.shape[1] + min(0, pads[1][1])]
    seen = tf.nn.max_pool2d(tf.constant(outside[None, ..., None], tf.float32), size, stride, "VALID")
    return 1 - seen[0, ..., 0].numpy()


def _area(mask, extractor, layer):
    """The share of the mask in the part of the picture that a position stands for. None of the mask is left out, as
    pools leave out the last rows and columns: so what is not 0 everywhere stays so."""
    stride = receptive_field(extractor.vgg, layer)[1]
    size = [length // stride for length in mask.shape]
    return tf.image.resize(tf.constant(mask[..., None], tf.float32), size, "area")[..., 0].numpy()


def mask_at_size(mask: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """A mask, (H, W), 0 or 1, at another (height, width). What is not 0 everywhere stays so."""
    if mask.shape == tuple(size):
        return np.asarray(mask, float)
    shares = tf.image.resize(tf.constant(mask[..., None], tf.float32), size, method="area")[..., 0].numpy()
    return (shares > (0.5 if shares.max() > 0.5 else shares.max() / 2)).astype(float)


def _read_map(name, size, transparent, note):
    """A color map as float (H, W, 3), brought to a size without new colors; or one color everywhere."""
    path = map_path(name)
    if path is None:
        return np.broadcast_to(np.array(ImageColor.getrgb(name)[:3], float), (*size, 3))
    picture = Image.fromarray(read_picture(path, layer=(transparent, note))).resize(
        size[::-1], Image.Resampling.NEAREST
    )
    return np.asarray(picture, float)


def _palette(pixels, name):
    """The colors of a map, most frequent first: each FRINGE or more from the others, with LEAST_SHARE of the area."""
    coarse = Image.fromarray(np.asarray(pixels // 8 * 8 + 4, np.uint8))  # a compressed map has thousands of colors
    pairs = coarse.getcolors(32**3)  # (count, color); None only for more colors, which this picture cannot have
    by_area = sorted(pairs, key=lambda pair: (-pair[0], pair[1]))  # type: ignore[arg-type]  # Pillow's type has that None
    counts, colors = map(np.array, zip(*by_area, strict=True))
    palette: list[np.ndarray] = []
    shares: list[float] = []
    for color, count in zip(colors, counts, strict=True):
        near = _nearest(palette, color)
        if near is None:
            palette.append(color)
            shares.append(0)
            near = -1
        shares[near] += count / counts.sum()
    kept = [color for color, share in zip(palette, shares, strict=True) if share >= LEAST_SHARE]
    away = np.min([np.linalg.norm(colors - color, axis=1) for color in kept], axis=0) > FRINGE / 3
    if len(kept) > MOST_COLORS or counts[away].sum() > MOST_SOFT * counts.sum():
        raise ValueError(f"{name!r} is no color map; a map has at most {MOST_COLORS} colors, each flat")
    return kept


def _nearest(palette, color):
    """The number of the color in the palette that is less than FRINGE away, or None."""
    distances = [np.linalg.norm(np.subtract(color, other)) for other in palette]
    return int(np.argmin(distances)) if distances and min(distances) < FRINGE else None


def _assign(pixels, palette):
    """(H, W): the number of the nearest color of each pixel."""
    return np.argmin([((pixels - color) ** 2).sum(axis=-1) for color in palette], axis=0)


def _name(color):
    """What to call a color: one of a dozen words, if one fits."""
    number = _nearest([ImageColor.getrgb(word) for word in WORDS], color)
    return "#{:02x}{:02x}{:02x}".format(*map(int, color)) if number is None else WORDS[number]
