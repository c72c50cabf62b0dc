"""Figures of what channels respond to."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nst_keras import receptive_field, show_images
from nst_keras.images import to_pixels
from nst_keras.lessons.patches import patches_between, sees_no_border
from nst_keras.lessons.stored import Frame, show_slider


def mosaic(patches, best=None, tile=480, gap=6, columns=3):
    """Up to nine patches in rows of three, strongest first, enlarged to `tile` pixels together; pixels stay squares.

    `best`: write below each patch its activation as a share of this one."""
    side, below = tile // columns - gap, 0 if best is None else 30
    size = columns * (side + gap) - gap, columns * (side + below + gap) - gap
    canvas = Image.new("RGB", size, "white")
    for index, patch in enumerate(patches[: columns**2]):
        smooth = Image.Resampling.NEAREST if patch.pixels.shape[0] < 12 else Image.Resampling.BICUBIC
        top, left = index // columns * (side + below + gap), index % columns * (side + gap)
        canvas.paste(Image.fromarray(to_pixels(patch.pixels)).resize((side, side), smooth), (left, top))
        if below:
            at, font = (left + side // 2, top + side + below // 2), ImageFont.load_default(26)
            ImageDraw.Draw(canvas).text(at, f"{patch.activation / best:.2f}", "black", font, anchor="mm")
    return np.asarray(canvas)


def heat(image, a, height=480):
    """A picture in dark gray, with the places where a map (nH, nW) is high lit in their own colors."""
    pixels = to_pixels(image).astype(float)
    map_of_a = Image.fromarray((np.clip(a / max(a.max(), 1e-6), 0, 1) ** 0.6).astype(np.float32))
    strength = np.asarray(map_of_a.resize(pixels.shape[1::-1], Image.Resampling.BILINEAR))[..., np.newaxis]
    gray = 0.3 * pixels.mean(axis=-1, keepdims=True)
    lit = Image.fromarray(np.clip(gray + strength * (pixels - gray), 0, 255).astype(np.uint8))
    return np.asarray(lit.resize((round(height * lit.width / lit.height), height), Image.Resampling.LANCZOS))


def enlarged(image, side=400):
    """A small square picture, large and smooth."""
    return np.asarray(Image.fromarray(to_pixels(image)).resize((side, side), Image.Resampling.BICUBIC))


def best_patch(a, picture, size, stride, offset):
    """What the strongest place of a map (nH, nW) sees of a picture (H, W, 3)."""
    i, j = np.unravel_index(np.argmax(a), a.shape)
    top, left = max(0, offset + i * stride), max(0, offset + j * stride)
    return picture[top : top + size, left : left + size]


class Remembering:
    """A network that keeps the maps of some channels, {layer: channels}, of all images that it is shown; and in
    `best` the highest activation of every channel, at places that see no border."""

    def __init__(self, network, channels):
        self.network, self.vgg, self.layers = network, network.vgg, network.layers
        self.best = dict.fromkeys(channels, 1e-6)
        self.maps: dict[tuple[str, int], list] = {
            (layer, channel): [] for layer, of_layer in channels.items() for channel in of_layer
        }

    def __call__(self, image):
        a = self.network(image)
        for layer, highest in self.best.items():
            inside = sees_no_border(a[layer].shape[1:3], image.shape[1:3], receptive_field(self.vgg, layer))
            self.best[layer] = np.maximum(highest, (a[layer][0].numpy() * inside[..., np.newaxis]).max((0, 1)))
        for (layer, channel), maps in self.maps.items():
            maps.append(a[layer][0, :, :, channel].numpy())
        return a


def show_browser(found, images, network):
    """A slider over channels: the best patches of each, and where it responds in the picture of the first one.

    Args:
        found: {layer: {channel: list of Patch}}, as `patches_of_channels` gives it for these images.
        network: the Remembering network that has seen them.
    """
    frames = []
    for layer, of_channel in found.items():
        for channel, patches in of_channel.items():
            caption, tiles = f"{layer}, channel {channel}", [mosaic(patches, tile=306)]
            if patches:
                n = patches[0].image
                lit = heat(images[n], network.maps[layer, channel][n], 300)
                tiles += [np.full((300, 12, 3), 255, np.uint8), lit]
            alt = f"Nine small pictures that excite {caption} most, and a picture lit where the channel responds."
            frames.append(Frame(caption, np.concatenate(tiles, axis=1), alt))
    return show_slider("channel", frames, quality=68)


def show_halves(channels, found, images, network, seed):
    """For each channel nine patches each: the strongest, some of those half as strong, and some of any place."""
    tiles, titles = [], []
    for layer, channel in channels:
        maps, view = network.maps[layer, channel], receptive_field(network.vgg, layer)
        strongest = found[layer][channel]
        most = network.best[layer][channel]
        half = patches_between(maps, images, view, 0.4 * most, 0.6 * most, seed=seed)
        tiles += [mosaic(group, most) for group in (strongest, half, patches_between(maps, images, view, seed=seed))]
        titles += [f"{layer}, {channel}: strongest", "half as strong (40 to 60 %)", "any place"]
    return show_images(tiles, titles, columns=3, tile=2.4)
