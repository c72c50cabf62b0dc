"""Step 00: the whole of neural style transfer, crudely. G shows what C shows, painted as S is.

python notebooks/program/00_start_here.py CONTENT STYLE OUT.png [--side 256]
"""

import argparse

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from nst_keras import load_vgg

CONTENT_LAYER = "block5_conv2"
STYLE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]
BETA = 1.2e-12  # higher: more of the style

vgg = load_vgg()  # elsewhere: keras.applications.VGG19(weights="imagenet", include_top=False)
network = keras.Model(vgg.inputs, {layer.name: layer.output for layer in vgg.layers[1:]})


def load(path, side):
    """A picture file as a tensor (1, H, W, 3), RGB 0..255; its longer side has `side` pixels."""
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return tf.constant(np.float32(ImageOps.contain(picture, (side, side), Image.Resampling.LANCZOS))[np.newaxis])


def features(image):
    """{layer: activations (1, nH, nW, nC)}: what VGG19 sees in a picture."""
    return network(keras.applications.vgg19.preprocess_input(image))


def J_content(a_C, a_G):
    """0: the same things at the same places."""
    return tf.reduce_mean((a_C - a_G) ** 2)


def gram(a):
    """(nC, nC): which channels are active together, no matter where."""
    A = tf.reshape(a, (-1, a.shape[-1]))  # one row for each position
    return tf.transpose(A) @ A


def J_style(gram_S, gram_G):
    """0: the same strokes and colors."""
    return tf.reduce_mean((gram_S - gram_G) ** 2)


def objective(C, S):
    """The function J(G): how far G is from showing C in the style of S."""
    S = tf.image.resize(S, C.shape[1:3], antialias=True)  # as many positions as in C
    a_C, a_S = features(C), features(S)
    gram_S = {l: gram(a_S[l]) for l in STYLE_LAYERS}

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        style = sum(J_style(gram_S[l], gram(a_G[l])) for l in STYLE_LAYERS)
        return content + BETA * style

    return J


def paint(C, S, steps=80):
    """Begin with G = C, and change all pixels a little at each step so that J falls."""
    J, G, adam = objective(C, S), tf.Variable(C), keras.optimizers.Adam(6.0, epsilon=1e-16)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            cost = J(G)
        adam.apply([tape.gradient(cost, G)], [G])
        G.assign(tf.clip_by_value(G, 0, 255))

    for _ in range(steps):
        step()
    return G


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("content", "style", "out"):
        parser.add_argument(name)
    parser.add_argument("--side", type=int, default=256)
    given = parser.parse_args()
    G = paint(load(given.content, given.side), load(given.style, given.side))
    Image.fromarray(np.uint8(np.rint(G[0]))).save(given.out)
