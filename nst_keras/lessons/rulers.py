"""Networks that get their pictures in the wrong form, by mistakes that are easy to make."""

from nst_keras import paint, prepare
from nst_keras.images import IMAGENET_MEAN_BGR, deprocess, preprocess

WAYS = {  # RGB 0..255 -> what the network gets
    "right": preprocess,
    "RGB instead of BGR": lambda image: preprocess(image)[..., ::-1],
    "0..1 instead of 0..255": lambda image: preprocess(image / 255),
    "mean subtracted twice": lambda image: preprocess(image) - IMAGENET_MEAN_BGR,
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
