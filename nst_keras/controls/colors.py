"""The colors of C in the style of S (Gatys et al. 2017, "Controlling Perceptual Factors in Neural Style Transfer").

Both ways decide before the run: the costs compare G with what the picture shall be, and nothing is repainted after it.
"""

import numpy as np
import tensorflow as tf

from nst_keras.images import luminance
from nst_keras.transfer import Scene


def by_brightness(scene: Scene) -> Scene:
    """A control: only brightness is seen and changed, so that the colors of C stay."""
    view = scene.view._replace(see=luminance, allow=(equally, *scene.view.allow))
    return scene._replace(first=keep_colors(scene.first, scene.C), bounds=color_bounds(scene.C), view=view)


def equally(gradient: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """The gradient with which R, G and B go up and down together."""
    return tf.repeat(tf.reduce_mean(gradient, axis=-1, keepdims=True), 3, axis=-1)


def recolor(S: tf.Tensor, C: tf.Tensor, colors: str) -> tf.Tensor:
    """S as the costs shall see it: as it is, in the colors of C, or gray with the brightness and contrast of C."""
    if colors == "luminance":
        return match_colors(luminance(S), luminance(C))
    return match_colors(S, C) if colors == "content" else S


def match_colors(S: tf.Tensor, C: tf.Tensor) -> tf.Tensor:
    """S with the mean and covariance of the colors of C; what leaves 0..255 is clipped.

    Args:
        S, C: images, (1, H, W, 3), RGB 0..255, of any size.
    """
    A, mean_S, mean_C = color_map(S, C)
    colors = (np.asarray(S, np.float64) - mean_S) @ A + mean_C
    return tf.constant(np.clip(colors, 0, 255), tf.float32)


def color_map(S: tf.Tensor, C: tf.Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A, μ_S, μ_C): x ↦ A·(x - μ_S) + μ_C takes the mean and covariance of S's colors to those of C's.

        A = Σ_S^-½ (Σ_S^½ Σ_C Σ_S^½)^½ Σ_S^-½

    Of all such maps the one that changes colors least (the optimal transport between normal distributions). A is
    symmetric. Directions in which S has no color at all, as in a gray picture, cannot get any.
    """
    mean_S, cov_S = _mean_and_covariance(S)
    mean_C, cov_C = _mean_and_covariance(C)
    root_S = _power(cov_S, 0.5)
    inverse = _power(cov_S, -0.5)
    return inverse @ _power(root_S @ cov_C @ root_S, 0.5) @ inverse, mean_S, mean_C


def keep_colors(G: tf.Tensor, C: tf.Tensor) -> tf.Tensor:
    """C with the same added to R, G and B, until it is as bright as G or a channel is at its bound."""
    return tf.clip_by_value(C + luminance(G) - luminance(C), *color_bounds(C))


def color_bounds(C: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The darkest and the brightest image in C's colors: there the first of a pixel's three channels is at 0, at 255.

    Between them no channel is clipped while the others go on, so that all differences of R, G and B stay those of C.
    """
    darkest = C - tf.reduce_min(C, axis=-1, keepdims=True)
    return darkest, C + (255.0 - tf.reduce_max(C, axis=-1, keepdims=True))


def _mean_and_covariance(image):
    pixels = np.asarray(image, np.float64).reshape(-1, 3)
    return pixels.mean(axis=0), np.cov(pixels.T, bias=True)


def _power(M, exponent):
    """A power of a symmetric matrix. Eigenvalues next to 0 (of gray or one-color pictures) stay 0."""
    e, axes = np.linalg.eigh(M)
    known = e > 1e-9 * max(e[-1], 1e-9)
    return axes * np.where(known, np.where(known, e, 1.0) ** exponent, 0.0) @ axes.T
