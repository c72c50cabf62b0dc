"""A referee from outside: measures of a finished picture that its run has not optimized.

An optimization can lower J without the picture getting better, by noise that only its own network sees. So style and
content are measured in *another* network, and once more without any. A style cost of the deepest layers rewards pieces
of S that were copied; so these are counted, too.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from nst_keras.costs import YCBCR, content_cost, gram_cost, wasserstein_cost
from nst_keras.settings import CONTENT_LAYER, STYLE_LAYERS
from nst_keras.style import as_matrix, main_directions, moments
from nst_keras.transfer import Run, at_size, scaled
from nst_keras.vgg import FeatureExtractor, load_vgg

OTHER = {"vgg19": "vgg16", "vgg16": "vgg19"}
MOST_PIXELS = 2**21  # that are measured; a larger picture is reduced
PATCH, DIRECTIONS, QUANTILES = 7, 128, 1000  # pixels; random projections; of each one's distribution
OBJECT_LAYER = "block5_conv2"  # a unit sees 164 pixels of VGG16: windows, trees, faces
TEXTURE_LAYERS = STYLE_LAYERS[:4]
FINE = 0.25  # of the sampling rate: what is finer than four pixels
LEAST = 0.1  # gray levels: a gray picture has less color than that, by rounding


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
        network: "vgg16" or "vgg19", with its bundled weights, max pooling and zero padding, as it was trained
            (but see `objects`).
        precision: as in `FeatureExtractor`.

    Returns:
        A function of G. "content", the style costs and "patches" are 0 for the same picture:
        {"network": its name, "content": content cost ("relative", block4_conv2),
        "styles": for each style {"wasserstein", "gram": the style costs, means over block1_conv1 to block4_conv1,
        "block5": the Wasserstein cost of block5_conv1, which is low also where objects of S were copied,
        "objects": see `objects`, "patches": see `patch_distance`,
        "fine_luminance", "fine_chroma": see `fine`, of G over that of S; None where S has none}}
    """
    extractor = FeatureExtractor([CONTENT_LAYER, *STYLE_LAYERS], load_vgg(network), precision)
    deep = FeatureExtractor([OBJECT_LAYER], load_vgg(network, padding="symmetric"), precision)
    a_C = extractor(C)[CONTENT_LAYER]
    of_styles = [_style_moments(extractor(S)) for S in styles]
    place_C, *places = [_directions(deep(image)[OBJECT_LAYER]) for image in (C, *styles)]
    fine_S = [fine(S) for S in styles]
    main = [{l: main_directions(of_S[l], rank=512) for l in STYLE_LAYERS} for of_S in of_styles]

    def judge(G):
        a_G = extractor(G)
        content, of_G = float(content_cost(a_C, a_G[CONTENT_LAYER], "relative")), _style_moments(a_G)
        del a_G  # large, and done with
        place_G = _directions(deep(G)[OBJECT_LAYER])
        luminance, chroma = fine(G)
        by_style = []
        for number, S in enumerate(styles):
            of_S, (luminance_S, chroma_S) = of_styles[number], fine_S[number]
            W = {l: float(wasserstein_cost(of_S[l], of_G[l], main[number][l])) for l in STYLE_LAYERS}
            by_style.append({
                "wasserstein": float(np.mean([W[l] for l in TEXTURE_LAYERS])),
                "gram": float(np.mean([gram_cost(of_S[l], of_G[l], "relative") for l in TEXTURE_LAYERS])),
                "block5": W[STYLE_LAYERS[4]],
                "objects": objects(place_C, places[number], place_G),
                "patches": patch_distance(S, G),
                "fine_luminance": luminance / luminance_S if luminance_S > LEAST else None,
                "fine_chroma": chroma / chroma_S if chroma_S > LEAST else None,
            })  # fmt: skip
        return {"network": network, "content": content, "styles": by_style}

    return judge


def _style_moments(a):
    """{layer: moments} of activations, which are let go."""
    return {l: moments(a[l]) for l in STYLE_LAYERS}


def _directions(a):
    """(positions, channels): where the activations of each position point to, seen from the picture's own mean."""
    A = as_matrix(a)
    return tf.math.l2_normalize(A - tf.reduce_mean(A, axis=0), axis=1)


def objects(of_C: tf.Tensor, of_S: tf.Tensor, of_G: tf.Tensor) -> float:
    """The share of G, 0 to 1, that looks more like some place of S than like C at the same place.

        objects = share of positions i with  max_j cos(g_i, s_j) > cos(g_i, c_i)

    where c, s, g are the activations of a deep layer minus their mean over the picture. So a window that stands in S
    and in G, and not in C, counts; brushwork, which such a layer hardly sees, does not. The network pads with mirror
    images here: borders of zeros would look like those of S.

    Args:
        of_C, of_S, of_G: these activations with length 1, (positions, channels); C and G of one size.
    """
    to_C = tf.reduce_sum(of_G * of_C, axis=1)
    to_S = tf.reduce_max(tf.matmul(of_G, of_S, transpose_b=True), axis=1)
    return float(tf.reduce_mean(tf.cast(to_S > to_C + 1e-6, tf.float32)))  # where S is C, rounding does not count


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


def fine(image: tf.Tensor) -> tuple[float, float]:
    """(luminance, chroma): how much of an image is finer than four pixels, as root mean square in gray levels.

    It is what the image's spectrum has above a quarter of the sampling rate: of Y, and of Cb and Cr together, as JPEG
    divides colors (BT.601). To be compared with that of S: grain and edges belong to a style, rainbow specks do not.
    A Hann window lets the borders fade.

    Args:
        image: (1, H, W, 3), RGB 0..255.
    """
    height, width = image.shape[1:3]
    window = np.hanning(height)[:, None] * np.hanning(width)
    high = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)) > FINE
    planes = np.asarray(image[0], np.float64) @ YCBCR
    spectra = np.fft.fft2((planes - planes.mean(axis=(0, 1))) * window[..., None], axes=(0, 1))
    energy = np.sum(np.abs(spectra[high]) ** 2, axis=0) / (height * width * np.sum(window**2))
    return float(np.sqrt(energy[0])), float(np.sqrt(energy[1] + energy[2]))


def noise(G: tf.Tensor) -> float:
    """How much a pixel differs from the mean of its four neighbors, on average, in steps of 0..255.

    To be compared with that of S: a painting has grain of its own, which belongs to its style.

    Args:
        G: image, (1, H, W, 3), RGB 0..255.
    """
    return float(tf.reduce_mean(grain(G)))


def grain(G: tf.Tensor) -> tf.Tensor:
    """How much each pixel inside of the border differs from the mean of its four neighbors, (1, H - 2, W - 2, 3)."""
    neighbors = (G[:, :-2, 1:-1] + G[:, 2:, 1:-1] + G[:, 1:-1, :-2] + G[:, 1:-1, 2:]) / 4
    return tf.abs(G[:, 1:-1, 1:-1] - neighbors)
