"""Measures of a finished picture that were not optimized: what J cannot tell about G."""

import tensorflow as tf

from nst_keras.costs import gram_cost, moments
from nst_keras.transfer import Run, at_size
from nst_keras.vgg import FeatureExtractor, layer_names


def measure(run: Run) -> dict:
    """The quality of a run's image, compared with C and S at its size."""
    C, S = at_size(tuple(run.image.shape[1:3]), run.C, run.S)
    return {
        "content_similarity": content_similarity(C, run.image),
        "unseen_style_distances": [unseen_style_distance(one, run.image, run.extractor) for one in S],
        "noise": noise(run.image),
    }


def content_similarity(C: tf.Tensor, G: tf.Tensor) -> float:
    """Structural similarity of G to C (Wang et al. 2004): 1 for the same picture, about 0 for unrelated ones.

    Args:
        C, G: images of one size, (1, H, W, 3), RGB 0..255, at least 11 pixels on each side.

    Returns:
        float.
    """
    return float(tf.image.ssim(C, G, max_val=255.0)[0])


def unseen_style_distance(S: tf.Tensor, G: tf.Tensor, extractor: FeatureExtractor) -> float | None:
    """Style cost ("relative", mean over layers) on the convolutions whose Gram matrices were *not* optimized.

    An optimization can lower J without the style coming nearer, by noise that only its own layers see. Layers
    beside them are harder to deceive.

    Args:
        S, G: images, (1, H, W, 3), RGB 0..255; S may have another size.
        extractor: the FeatureExtractor that was optimized with.

    Returns:
        float, 0 or more: 1 means as far as an empty picture. None when no layer is left.
    """
    names = [name for name in layer_names(extractor.network) if "conv" in name and name not in extractor.layers]
    if not names:
        return None
    unseen = FeatureExtractor(names, extractor.vgg)  # measured in float32, whatever the run computed in
    of_S, of_G = ({l: moments(a) for l, a in unseen(image).items()} for image in (S, G))
    return float(sum(gram_cost(of_S[l], of_G[l], "relative") for l in names) / len(names))


def noise(G: tf.Tensor) -> float:
    """How much a pixel differs from the mean of its four neighbors, on average, in steps of 0..255.

    Photographs and paintings at screen size lie around 2 to 8; grain and checker patterns raise it.

    Args:
        G: image, (1, H, W, 3), RGB 0..255.

    Returns:
        float, 0 or more.
    """
    middle = G[:, 1:-1, 1:-1]
    neighbors = (G[:, :-2, 1:-1] + G[:, 2:, 1:-1] + G[:, 1:-1, :-2] + G[:, 1:-1, 2:]) / 4
    return float(tf.reduce_mean(tf.abs(middle - neighbors)))
