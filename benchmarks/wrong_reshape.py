"""The first figure of notebook 04: python benchmarks/wrong_reshape.py

White noise is driven towards the Gram matrices of a painting, and towards the matrices of a wrong reshape, into
data/records/04_right.webp and 04_wrong.webp, without loss.
"""

from pathlib import Path

from PIL import Image

from nst_keras import gram_matrix
from nst_keras.images import to_pixels
from nst_keras.lessons.grams import grow, wrong_gram
from nst_keras.runs import start_tensorflow

RECORDS = Path(__file__).resolve().parent.parent / "data/records"


def main():
    start_tensorflow()
    for name, gram in {"right": gram_matrix, "wrong": wrong_gram}.items():
        G, J = grow("cafe_terrace", gram, side=384, steps=20)
        save(to_pixels(G), RECORDS / f"04_{name}.webp")
        print(f"{name}: J {J:.4f}", flush=True)


def save(pixels, path):
    Image.fromarray(pixels).save(path, lossless=True, exact=True, quality=100, method=6)


if __name__ == "__main__":
    main()
