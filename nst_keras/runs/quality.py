"""A referee from outside: measures of a finished picture that its run has not optimized.

An optimization can lower J without the picture getting better, by noise that only its own network sees. So style and
content are measured in *another* network, and once more without any.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from nst_keras.costs import content_cost, gram_cost, wasserstein_cost
from nst_keras.settings import CONTENT_LAYER, STYLE_LAYERS
from nst_keras.style import main_directions, moments
from nst_keras.transfer import Run, at_size, scaled
from nst_keras.vgg import FeatureExtractor, load_vgg

OTHER = {"vgg19": "vgg16", "vgg16": "vgg19"}
MOST_PIXELS = 2**21  # that are measured; a larger picture is reduced
PATCH, DIRECTIONS, QUANTILES = 7, 128, 1000  # pixels; random projections; of each one's distribution


def image_of(run: Run) -> tf.Tensor:
    """The image of a run; ValueError if it has not made a step."""
    if run.image is None:
        raise ValueError("the run has no image yet")
    return run.image


def measure(run: Run) -> dict:
    """What a `referee` says of a run's image and its own C and S, in the network that it was not optimized with.

    Pictures of more than two megapixels are reduced to that before, for the sake of memory."""
    image = image_of(run)
    size = scaled(image, min(1.0, math.sqrt(MOST_PIXELS / math.prod(image.shape[1:3]))))
    G, _ = at_size(size, image, [])
    C, styles = at_size(size, run.C, run.S)
    return referee(C, styles, OTHER[run.settings.network], run.settings.precision)(G)


def referee(
    C: tf.Tensor, styles: Sequence[tf.Tensor], network: str = "vgg16", precision: str = "float32"
) -> Callable[[tf.Tensor], dict]:
    """`judge = referee(C, styles)`; then judge(G) is what G has of C and of each style.

    Args:
        C: image, (1, H, W, 3), RGB 0..255, of the size of every G; `styles`: a list of images, of any size.
        network: "vgg16" or "vgg19", with its bundled weights, max pooling and zero padding, as it was trained.
        precision: as in `FeatureExtractor`.

    Returns:
        A function of G, whose measures are 0 for the same picture:
        {"network": its name, "content": content cost ("relative", block4_conv2), "noise": see `noise`,
        "styles": for each style {"wasserstein", "gram": the style costs, means over block1_conv1 to block5_conv1,
        "patches": see `patch_distance`, "noise": of the style itself}}
    """
    extractor = FeatureExtractor([CONTENT_LAYER, *STYLE_LAYERS], load_vgg(network), precision)
    a_C = extractor(C)[CONTENT_LAYER]
    of_styles = [_style_moments(extractor(S)) for S in styles]
    directions = [{l: main_directions(of_S[l], rank=512) for l in STYLE_LAYERS} for of_S in of_styles]

    def judge(G):
        a_G = extractor(G)
        content, of_G = float(content_cost(a_C, a_G[CONTENT_LAYER], "relative")), _style_moments(a_G)
        del a_G  # large, and done with
        by_style = [{
            "wasserstein": float(np.mean([wasserstein_cost(of_S[l], of_G[l], main[l]) for l in STYLE_LAYERS])),
            "gram": float(np.mean([gram_cost(of_S[l], of_G[l], "relative") for l in STYLE_LAYERS])),
            "patches": patch_distance(S, G),
            "noise": noise(S),
        } for S, of_S, main in zip(styles, of_styles, directions, strict=True)]  # fmt: skip
        return {"network": network, "content": content, "noise": noise(G), "styles": by_style}

    return judge


def _style_moments(a):
    """{layer: moments} of activations, which are let go."""
    return {l: moments(a[l]) for l in STYLE_LAYERS}


def patch_distance(S: tf.Tensor, G: tf.Tensor) -> float:
    """How differently the 7x7 color patches of two images are distributed; no network is asked.

    The sliced Wasserstein distance (Rabin et al. 2011), in gray levels: each patch is projected on a random direction
    (a convolution), the projections of each image are sorted, and compared in this order; then the root mean square
    over 128 directions, and the mean over two sizes, full and half.

    Args:
        S, G: images, (1, H, W, 3), RGB 0..255, of any size from 14 pixels up.
    """
    kernels = np.random.default_rng(0).normal(size=(PATCH, PATCH, 3, DIRECTIONS)).astype(np.float32)
    kernels /= np.sqrt(np.sum(kernels**2, axis=(0, 1, 2)))
    distances = []
    for share in (1, 2):
        halves = [tf.nn.avg_pool2d(image, share, share, "VALID") for image in (S, G)]
        s, g = (_quantiles(image, kernels) for image in halves)
        distances.append(np.sqrt(np.mean((s - g) ** 2)))
    return float(np.mean(distances))


def _quantiles(image, kernels):
    """Sorted projections of all patches, at 1000 equally spaced ranks."""
    columns = []
    for some in np.split(kernels, 8, axis=-1):  # a part at a time, to save memory
        projections = tf.nn.conv2d(image, some, 1, "VALID").numpy().reshape(-1, some.shape[-1])
        ranks = (np.arange(QUANTILES) + 0.5) / QUANTILES * len(projections)
        columns.append(np.sort(projections, axis=0)[ranks.astype(int)])
    return np.concatenate(columns, axis=1)


def noise(G: tf.Tensor) -> float:
    """How much a pixel differs from the mean of its four neighbors, on average, in steps of 0..255.

    To be compared with that of S: a painting has grain of its own, which belongs to its style.

    Args:
        G: image, (1, H, W, 3), RGB 0..255.
    """
    middle = G[:, 1:-1, 1:-1]
    neighbors = (G[:, :-2, 1:-1] + G[:, 2:, 1:-1] + G[:, 1:-1, :-2] + G[:, 1:-1, 2:]) / 4
    return float(tf.reduce_mean(tf.abs(middle - neighbors)))
