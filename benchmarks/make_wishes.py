"""The first figure of notebook 02, into data/wishes: python benchmarks/make_wishes.py

The best patch of the bundled pictures for one channel, and the picture that is painted for it from noise, as the
notebook paints others.
"""

import json
from pathlib import Path

import keras
import tensorflow as tf
from PIL import Image

from nst_keras import FeatureExtractor, bundled_pictures, load_image
from nst_keras.images import to_pixels
from nst_keras.lessons.patches import top_patches
from nst_keras.lessons.wishes import Wanted
from nst_keras.runs import start_tensorflow
from nst_keras.vgg import load_vgg

WISHES = Path(__file__).resolve().parent.parent / "data/wishes"
SIDES = (256, 384)
LAYER, CHANNEL = "block5_conv1", 34
STEPS, RATE = 150, 0.05


def main():
    start_tensorflow()
    WISHES.mkdir(exist_ok=True)
    bank = [load_image(name, side) for side in SIDES for name in bundled_pictures()]
    network = FeatureExtractor([LAYER], load_vgg(), precision="auto")
    (best,) = top_patches(network, LAYER, CHANNEL, bank, k=1, inside=True)
    G, z = paint(LAYER, CHANNEL)
    name, times = f"{LAYER}_{CHANNEL}", z / best.activation
    save(best.pixels, f"{name}_patch.webp")
    save(G, f"{name}.webp")
    records = {name: {"best": round(best.activation, 3), "times": round(times, 3), "steps": STEPS, "rate": RATE}}
    print(records)
    (WISHES / "wishes.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def paint(layer, channel):
    """A picture that changes so that the channel's answer grows, and the last answer."""
    look = Wanted(layer, channel)
    noise, adam = tf.Variable(look.noise()), keras.optimizers.Adam(RATE)
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            J = -look.z(look.moved(look.picture(noise)))
        adam.apply([tape.gradient(J, noise)], [noise])
    G = look.middle(look.picture(noise))
    return G, float(look.z(G))


def save(image, name):
    Image.fromarray(to_pixels(image)).save(WISHES / name, lossless=True, quality=100, method=6)


if __name__ == "__main__":
    main()
