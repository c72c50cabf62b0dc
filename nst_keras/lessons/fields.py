"""What a unit of each layer can see of a picture, as a figure to play with."""

import numpy as np
from PIL import Image, ImageDraw

from nst_keras.images import to_pixels
from nst_keras.lessons.stored import Frame, show_slider
from nst_keras.vgg import receptive_field

ORANGE = (255, 140, 0)
HEIGHT = 420  # pixels of each half of a frame


def show_fields(network, photo, at):
    """A slider over the layers of a network: the square that one unit sees, and the layer's liveliest map.

    Args:
        network: a FeatureExtractor or a Ruler.
        at: the middle of the squares: down, right, as shares of the photo from 0 to 1.
    """
    frames, a = [], network(photo)
    for layer in network.layers:
        size, stride, offset = receptive_field(network.vgg, layer)
        maps = np.asarray(a[layer][0])
        i, j = (
            int(np.clip((share * side - offset - size / 2) / stride, 0, n - 1) + 0.5)
            for share, side, n in zip(at, photo.shape[1:3], maps.shape, strict=False)
        )
        inner = maps[2:-2, 2:-2] if min(maps.shape[:2]) > 8 else maps  # the padding excites some channels most
        channel = int(np.argmax(inner.std(axis=(0, 1))))
        left = _with_square(to_pixels(photo), offset + i * stride, offset + j * stride, size)
        grid, white = f"{maps.shape[0]} x {maps.shape[1]}", np.full((HEIGHT, 12, 3), 255, np.uint8)
        caption = f"{layer}: a unit sees {size} x {size} pixels; {grid} units; right: channel {channel}"
        alt = f"Left the picture, lit in a square of {size} pixels; right a map of {grid} units."
        right = _map(maps[..., channel], left.shape[1])
        frames.append(Frame(caption, np.concatenate([left, white, right], axis=1), alt))
    return show_slider("layer", frames)


def _with_square(pixels, top, left, size):
    """The picture, HEIGHT pixels high, dark outside of the square."""
    scale = HEIGHT / pixels.shape[0]
    wide = Image.fromarray(pixels).resize((round(pixels.shape[1] * scale), HEIGHT), Image.Resampling.LANCZOS)
    box = [round(scale * edge) for edge in (left, top, left + size, top + size)]
    shade = Image.new("L", wide.size, 110)
    ImageDraw.Draw(shade).rectangle(box, fill=255)
    seen = Image.composite(wide, Image.new("RGB", wide.size), shade)
    ImageDraw.Draw(seen).rectangle([box[0] - 3, box[1] - 3, box[2] + 2, box[3] + 2], outline=ORANGE, width=3)
    return np.asarray(seen)


def _map(a, width):
    """One map in gray, with square units, HEIGHT pixels high."""
    gray = Image.fromarray((255 * a / max(a.max(), 1e-6)).astype(np.uint8))
    return np.asarray(gray.resize((width, HEIGHT), Image.Resampling.NEAREST).convert("RGB"))
