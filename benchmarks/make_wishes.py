"""Make the pictures of data/wishes, what units of VGG19 want most: python benchmarks/make_wishes.py

For each unit: the best patch of the bundled pictures, and the picture that is made for the unit from noise. Notebook 02
shows them.
"""

import json
from pathlib import Path

from PIL import Image

from nst_keras import FeatureExtractor, bundled_pictures, load_image
from nst_keras.images import to_pixels
from nst_keras.lessons.patches import patches_of_units
from nst_keras.lessons.wishes import make_wish
from nst_keras.runs import start_tensorflow
from nst_keras.vgg import load_vgg

WISHES = Path(__file__).resolve().parent.parent / "data/wishes"
SIDES = (256, 384)
UNITS = {"block5_conv1": [34], "block4_conv1": [225, 350]}
STEPS, RATE = 150, 0.05


def main():
    start_tensorflow()
    WISHES.mkdir(exist_ok=True)
    bank = [load_image(name, side) for side in SIDES for name in bundled_pictures()]
    network, records = FeatureExtractor(UNITS, load_vgg(), precision="auto"), {}
    found = patches_of_units(network, UNITS, bank, k=1, inside=True)
    for layer, channel in [(layer, channel) for layer, channels in UNITS.items() for channel in channels]:
        best, name = found[layer][channel][0], f"{layer}_{channel}"
        image, times = make_wish(layer, channel, best.activation, STEPS, RATE)
        save(best.pixels, f"{name}_patch.webp")
        save(image, f"{name}.webp")
        records[name] = {"best": round(best.activation, 3), "times": round(times, 3), "steps": STEPS, "rate": RATE}
        print(name, records[name], flush=True)
        (WISHES / "wishes.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def save(image, name):
    Image.fromarray(to_pixels(image)).save(WISHES / name, lossless=True, quality=100, method=6)


if __name__ == "__main__":
    main()
