"""The knob that a newcomer plays with: notebook 00."""

import tensorflow as tf

from nst_keras import load_image, resize_image
from nst_keras.lessons.stored import Frame, load_stored, show_slider

SEEN = {  # β, and what is to be seen
    2: "the photograph in the light of the print; the roofs are still red and green",
    8: "blue and cream begin to take the roofs and the trees",
    25: "a tinted drawing; the trees at the right curl",
    75: "drawn in ink blue, and the bushes break like waves",
    250: "the upper floors bend, and foam climbs the trees",
    1000: "a wave rises through the pagoda",
    5000: "the wave has taken the pagoda; its roof and its outline are left",
}


def show_betas():
    """A slider over β: C above S on the left, and what comes of them on the right."""
    return show_slider("β, from photograph to painting", [frame(beta, seen) for beta, seen in SEEN.items()])


def frame(beta, seen):
    G = load_stored(f"00_beta_{beta}").image
    height, width = G.shape[1:3]
    small = [resize_image(load_image(name), (height // 2, width // 2)) for name in ("palace", "great_wave")]
    pictures = tf.concat([tf.concat(small, axis=1), G], axis=2)
    return Frame(f"β = {beta}: {seen}", pictures, f"The pagoda, {seen}.")
