"""Networks that get their pictures in the wrong form, by mistakes that are easy to make."""

import numpy as np
from PIL import Image

from nst_keras import load_image, paint, prepare
from nst_keras.images import IMAGENET_MEAN_BGR, deprocess, preprocess, to_pixels
from nst_keras.lessons.stored import Frame, load_stored, show_slider

WAYS = {  # RGB 0..255 -> what the network gets
    "right": preprocess,
    "RGB instead of BGR": lambda image: preprocess(image)[..., ::-1],
    "0..1 instead of 0..255": lambda image: preprocess(image / 255),
    "mean subtracted twice": lambda image: preprocess(image) - IMAGENET_MEAN_BGR,
}
NETWORKS = {  # as they are numbered in notebook 01
    1: "mean subtracted twice",
    2: "right",
    3: "RGB instead of BGR",
    4: "0..1 instead of 0..255",
}


class Ruler:
    """An extractor that gets every picture in one of these ways, or in a way of your own: a function of an image."""

    def __init__(self, extractor, way):
        self.extractor, self.layers, self.vgg = extractor, extractor.layers, extractor.vgg
        self.way = WAYS.get(way, way)

    def __call__(self, image):
        return self.extractor(deprocess(self.way(image)))  # it begins with `preprocess`, which undoes `deprocess`


def prepare_in(way, content, style, **settings):
    """`prepare`, for a network that gets C, S and G in this way."""
    run = prepare(content, style, **settings)
    run.extractor = Ruler(run.extractor, way)  # type: ignore[assignment]  # any function of images with layers
    return run


def paint_in(way, content, style, **settings):
    """`stylize`, with a network that gets C, S and G in this way."""
    return paint(prepare_in(way, content, style, **settings))


def show_painted():
    """A slider over what networks 1 to 3 have painted."""
    alt = "The palace in tan, white and deep blue, a print of the Great Wave: painted by network"
    names = {1: "01_twice", 2: "01_right", 3: "01_channels"}
    frames = [Frame(f"network {n}", _wide(load_stored(name).image), f"{alt} {n}.") for n, name in names.items()]
    return show_slider("network", frames, quality=80)


def show_blind():
    """A slider: what network 4 was given, and what it has painted, with and without the term that smooths."""
    given = WAYS[NETWORKS[4]](load_image("palace", 384)) + 128
    blur = "A pale blur in which the roofs of the palace can be guessed."
    painted = "Roofs and bushes in the ink blue, sand and foam of the Great Wave, under a sand-colored sky."
    frames = [
        Frame("network 4 was given this", _wide(given), "One even dark color, in which nothing can be seen."),
        Frame("network 4 painted this", _wide(load_stored("01_unit").image), blur),
        Frame("and this without the term that smooths", _wide(load_stored("01_unit_rough").image), painted),
    ]
    return show_slider("network 4", frames, quality=80)


def _wide(image):
    """A picture as wide as the page."""
    picture = Image.fromarray(to_pixels(image))
    return np.asarray(picture.resize((720, round(720 * picture.height / picture.width)), Image.Resampling.LANCZOS))
