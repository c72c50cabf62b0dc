"""The image that a unit of the network wants most, made from noise (after Olah, Mordvintsev and Schubert 2017)."""

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, bundled_pictures, load_image, receptive_field
from nst_keras.images import preprocess
from nst_keras.optimize import adam, minimize
from nst_keras.vgg import layer_names, load_vgg

MARGIN, LARGEST_ZOOM, LARGEST_TURN = 16, 0.08, 6.0  # pixels to move by, share to zoom by, degrees to turn by


class UnitObjective:
    """J(G) = -z(G) / z_best for the optimizers of `nst_keras`: z is one unit before its ReLU.

    What is optimized is noise, (3, side, side); `image_of` makes a picture of it. In each step the picture is moved,
    turned and zoomed a little, so that it must please the unit from more than one place.
    """

    def __init__(self, layer, channel, best, seed=0):
        vgg = load_vgg()
        self.size, stride, offset = receptive_field(vgg, layer)
        self.best, self.rng = best, np.random.default_rng(seed)
        self.margin = min(MARGIN, self.size // 4)
        self.position = -(offset // stride)  # the first one that sees no padding
        self.edge = offset + self.position * stride  # so many pixels lie before its receptive field
        below = layer_names(vgg)[: layer_names(vgg).index(layer)][-1:]  # none below the first one
        self.below = FeatureExtractor(below, vgg, precision="auto") if below else None
        self.kernel, self.bias = (weights[..., channel] for weights in vgg.get_layer(layer).get_weights())
        self.colors = colors_of_the_bank()

    def start(self, seed=0):
        side = self.size + 2 * self.margin
        return tf.random.Generator.from_seed(seed).normal((3, side, side))

    def image_of(self, noise):
        """What the unit sees, (1, size, size, 3), when nothing is moved."""
        m = self.margin
        return picture(noise, *self.colors)[:, m : m + self.size, m : m + self.size]

    @tf.function(autograph=False)
    def _share(self, noise, transform):
        with tf.GradientTape() as tape:
            tape.watch(noise)
            seen = tf.raw_ops.ImageProjectiveTransformV3(
                images=picture(noise, *self.colors), transforms=transform, output_shape=[self.size, self.size],
                fill_value=0.0, interpolation="BILINEAR", fill_mode="REFLECT",
            )  # fmt: skip
            seen = tf.pad(seen, ((0, 0), (self.edge, 0), (self.edge, 0), (0, 0)))  # the unit does not see what is added
            near = slice(self.position - 1, self.position + 2)  # 3 x 3 positions of the layer below
            a = next(iter(self.below(seen).values())) if self.below else preprocess(seen)
            J = -(tf.reduce_sum(a[0, near, near] * self.kernel) + self.bias) / self.best
        return J, tape.gradient(J, noise)

    def value_and_gradient(self, noise):
        move = self.rng.uniform(0, 2 * self.margin, 2)
        turn = np.deg2rad(self.rng.uniform(-LARGEST_TURN, LARGEST_TURN))
        J, gradient = self._share(noise, self._transform(move, turn, 1 + self.rng.uniform(-1, 1) * LARGEST_ZOOM))
        return {"J": float(J)}, gradient

    def terms(self, noise):
        return {"J": float(self._share(noise, self._transform((self.margin, self.margin), 0.0, 1.0))[0])}

    def _transform(self, move, turn, zoom):
        """The eight numbers of a projective transform: turned and zoomed around the middle, then moved."""
        a, b, middle = zoom * np.cos(turn), zoom * np.sin(turn), (self.size - 1) / 2
        x, y = move[0] + middle - a * middle + b * middle, move[1] + middle - b * middle - a * middle
        return tf.constant([[a, -b, x, b, a, y, 0, 0]], tf.float32)


def make_wish(layer, channel, best, steps=200, rate=0.05, seed=0):
    """(image, how many times as strongly as `best` it excites the unit)."""
    wish = UnitObjective(layer, channel, best, seed)
    noise, _ = minimize(wish, wish.start(seed), adam(rate, clip=False), steps)
    return wish.image_of(noise), -wish.terms(noise)["J"]


def picture(noise, root, mean_color):
    """A smooth picture, (1, side, side, 3), in the colors of the bank, from noise (3, side, side)."""
    side = noise.shape[-1]
    frequency = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.rfftfreq(side)).clip(1 / side)
    smooth = tf.signal.irfft2d(tf.signal.rfft2d(noise) / frequency.astype("complex64"), [side, side])
    mean, variance = tf.nn.moments(smooth, (1, 2), keepdims=True)
    colors = tf.tensordot(root, (smooth - mean) / tf.sqrt(variance), 1) + mean_color[:, np.newaxis, np.newaxis]
    return 255 * tf.sigmoid((tf.transpose(colors, (1, 2, 0))[tf.newaxis] - 127.5) / 50)


def colors_of_the_bank(side=128):
    """(a root of the covariance of red, green and blue, their mean) over all bundled pictures."""
    pixels = np.concatenate([np.asarray(load_image(name, side)).reshape(-1, 3) for name in bundled_pictures()])
    variances, directions = np.linalg.eigh(np.cov(pixels.T))
    return ((directions * np.sqrt(variances)) @ directions.T).astype(np.float32), pixels.mean(axis=0)
