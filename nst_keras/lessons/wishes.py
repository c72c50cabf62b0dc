"""What a channel of the network wants to see, painted from noise (after Olah, Mordvintsev and Schubert 2017)."""

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, bundled_pictures, load_image, receptive_field
from nst_keras.images import preprocess
from nst_keras.vgg import layer_names, load_vgg

MARGIN, LARGEST_ZOOM, LARGEST_TURN = 16, 0.08, 6.0  # pixels to move by, share to zoom by, degrees to turn by


class Wanted:
    """z(G): what one channel answers at one place, before its ReLU; and the noise of which a picture G is made."""

    def __init__(self, layer, channel, seed=0):
        vgg = load_vgg()
        self.size, stride, offset = receptive_field(vgg, layer)
        self.seed, self.rng = seed, np.random.default_rng(seed)
        self.margin = min(MARGIN, self.size // 4)
        self.position = -(offset // stride)  # the first one that sees no padding
        self.edge = offset + self.position * stride  # so many pixels lie before its receptive field
        below = layer_names(vgg)[: layer_names(vgg).index(layer)][-1:]  # none below the first one
        self.below = FeatureExtractor(below, vgg, precision="auto") if below else None
        self.kernel, self.bias = (weights[..., channel] for weights in vgg.get_layer(layer).get_weights())
        self.colors = colors_of_the_bank()

    def noise(self):
        """(3, side, side): a little more than the channel sees, so that it can be moved."""
        side = self.size + 2 * self.margin
        return tf.random.Generator.from_seed(self.seed).normal((3, side, side))

    def picture(self, noise):
        """A smooth picture, (1, side, side, 3), RGB 0..255."""
        return picture(noise, *self.colors)

    def middle(self, G):
        """What the channel sees of a picture, (1, size, size, 3)."""
        m = self.margin
        return G[:, m : m + self.size, m : m + self.size]

    def moved(self, G):
        """What it sees when the picture is moved, turned and zoomed a little, by chance."""
        move = self.rng.uniform(0, 2 * self.margin, 2)
        turn = np.deg2rad(self.rng.uniform(-LARGEST_TURN, LARGEST_TURN))
        zoom = 1 + self.rng.uniform(-1, 1) * LARGEST_ZOOM
        a, b, middle = zoom * np.cos(turn), zoom * np.sin(turn), (self.size - 1) / 2
        x, y = move[0] + middle - a * middle + b * middle, move[1] + middle - b * middle - a * middle
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=G, transforms=tf.constant([[a, -b, x, b, a, y, 0, 0]], tf.float32),
            output_shape=[self.size, self.size], fill_value=0.0, interpolation="BILINEAR", fill_mode="REFLECT",
        )  # fmt: skip

    @tf.function(autograph=False)
    def z(self, seen):
        seen = tf.pad(seen, ((0, 0), (self.edge, 0), (self.edge, 0), (0, 0)))  # the channel does not see what is added
        near = slice(self.position - 1, self.position + 2)  # 3 x 3 positions of the layer below
        a = next(iter(self.below(seen).values())) if self.below else preprocess(seen)
        return tf.reduce_sum(a[0, near, near] * self.kernel) + self.bias


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
