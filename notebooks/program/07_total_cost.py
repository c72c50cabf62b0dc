"""Step 07: the whole J(G) = α·J_content + β·J_style + γ·J_tv, and how it falls.

python notebooks/program/07_total_cost.py CONTENT STYLE OUT.png [--side 256]
"""

import argparse

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from nst_keras import load_vgg

CONTENT_LAYER = "block4_conv2"  # deep enough to forget the colors, not the places
STYLE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1"]
LAMBDAS = {"equal": (1, 1, 1, 1), "fine": (8, 4, 2, 1), "coarse": (1, 2, 4, 8)}  # fine: small strokes
LAMBDA = "fine"
ALPHA, BETA, GAMMA = 1.0, 80.0, 5e-5  # weights of content, style and smoothness
# RGB times COLOR: brightness, and √12 times how blue and how red a pixel is beyond it
COLOR = np.float32([[0.299, -0.168736, 0.5], [0.587, -0.331264, -0.418688], [0.114, 0.5, -0.081312]])
COLOR *= np.sqrt(np.float32([1, 12, 12]))

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
    """0: the same things at the same places. 1: as far from C as no activations at all."""
    return tf.reduce_sum((a_C - a_G) ** 2) / tf.reduce_sum(a_C**2)


def gram(a):
    """(nC, nC): which channels are active together, no matter where."""
    A = tf.reshape(a, (-1, a.shape[-1]))  # one row for each position
    return tf.transpose(A) @ A


def style(a):
    """The Gram matrix per position: S may have more of them than G."""
    return gram(a) / (a.shape[1] * a.shape[2])


def J_style(of_S, of_G):
    """0: the same strokes and colors. 1: as far from S as no activations at all."""
    return tf.reduce_sum((of_S - of_G) ** 2) / tf.reduce_sum(of_S**2)


def J_tv(G):
    """0: one color everywhere. How much neighbors differ, in color twelve times as much as in brightness."""
    G = tf.tensordot(G, COLOR, 1)
    down, right = G[:, 1:] - G[:, :-1], G[:, :, 1:] - G[:, :, :-1]
    return (tf.reduce_sum(down**2) + tf.reduce_sum(right**2)) / (tf.size(G, tf.float32) / 3)


def objective(C, S):
    """The function of G that gives the three terms of J(G) = α·J_content + β·J_style + γ·J_tv."""
    a_C, a_S = features(C), features(S)
    of_S = {l: style(a_S[l]) for l in STYLE_LAYERS}
    weights = {l: weight / sum(LAMBDAS[LAMBDA]) for l, weight in zip(STYLE_LAYERS, LAMBDAS[LAMBDA])}

    def J(G):
        a_G = features(G)
        content = J_content(a_C[CONTENT_LAYER], a_G[CONTENT_LAYER])
        styles = sum(weights[l] * J_style(of_S[l], style(a_G[l])) for l in STYLE_LAYERS)
        return tf.stack([ALPHA * content, BETA * styles, GAMMA * J_tv(G)])

    return J


def quasi_newton(d, pairs, scale):
    """d times the inverse of J's curvature. Each pair (s, y) tells of it: a change s of G changed the gradient by y."""
    if not pairs:
        return scale * d
    *older, (s, y) = pairs
    share = np.vdot(s, d) / np.vdot(s, y)
    d = quasi_newton(d - share * y, older, scale)
    return d + (share - np.vdot(y, d) / np.vdot(s, y)) * s


def minimize(J, G, steps):
    """L-BFGS within 0..255: the G with the lowest J of `steps` images, and the terms of J of each."""

    @tf.function
    def look(G):
        with tf.GradientTape() as tape:
            tape.watch(G)
            terms = J(G)
        return terms, tape.gradient(terms, G)  # of their sum

    terms, g = (each.numpy() for each in look(G))
    curve, cost = [terms], np.sum(terms)
    x, length, pairs, scale = G.numpy(), 1.0, [], None
    for _ in range(steps - 1):
        free = ((x > 0) | (g < 0)) & ((x < 255) | (g > 0))  # the other pixels would leave 0..255
        d = np.where(free, -g, 0)
        d = np.where(free, quasi_newton(d, pairs, scale or 1 / np.abs(d).mean()), 0)  # at first by 1 on average
        there = np.clip(x + length * d, 0, 255)
        terms, g_there = (each.numpy() for each in look(there))
        cost_there = np.sum(terms)
        curve.append(terms)
        if cost_there > cost + 1e-4 * np.vdot(g, there - x) and length > 0.002:
            length /= 2  # that was too far
        elif cost_there < cost:
            s, y, length = there - x, g_there - g, 1.0
            if np.vdot(s, y) > 0:
                pairs, scale = [*pairs, (s, y)][-10:], np.vdot(s, y) / np.vdot(y, y)
            x, cost, g = there, cost_there, g_there
        else:
            pairs, scale, length = [], None, 1.0  # what the pairs tell is wrong here
    return tf.constant(x), curve


def paint(C, S, steps=80):
    """Begin with G = C, and walk downhill on J."""
    return minimize(objective(C, S), C, steps)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("content", "style", "out"):
        parser.add_argument(name)
    parser.add_argument("--side", type=int, default=256)
    given = parser.parse_args()
    G, curve = paint(load(given.content, given.side), load(given.style, given.side))
    Image.fromarray(np.uint8(np.rint(G[0]))).save(given.out)
    print("α·J_content, β·J_style, γ·J_tv, every 20 steps:", *curve[::20], sep="\n")
