"""Pictures that went wrong, the mended ones, and the way from a symptom to its cure; notebook 11."""

from collections import Counter

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont

from nst_keras import load_image, show_images
from nst_keras.images import to_pixels
from nst_keras.lessons.stored import Frame, load_record, load_stored, show_wipe

GAP = 8  # pixels
FACE = slice(36, 176), slice(106, 246)  # of the portrait at 384 pixels: rows, columns


def show_faces(titled):
    """The same face in the photograph and in {title: name of a stored run}."""
    pictures = [load_image("astronaut", 384), *(load_stored(name).image for name in titled.values())]
    show_images([picture[0][FACE] for picture in pictures], ["C", *titled], tile=2.8)


def show_mended(broken, mended, cure, seen):
    """A picture of the defaults and the mended one, divided by a line to be dragged, each beside its C and S.

    Args:
        broken, mended: names of stored runs.
        cure: what mended it.
        seen: what is to be seen in each of the two.
    """
    titled = {"by default": broken, cure: mended}
    frames = [Frame(title, enlarged(name), alt) for (title, name), alt in zip(titled.items(), seen, strict=True)]
    return show_wipe("drag the line", frames, start=95)


def enlarged(name):
    """C above S, at the left of G, larger than they were painted."""
    picture = Image.fromarray(beside_its_own(name))
    size = picture.width * 3 // 2, picture.height * 3 // 2
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS))


def beside_its_own(name):
    """C above S, at the left of G, as one image."""
    G, record = load_stored(name)
    half = G.shape[1] // 2
    own = [entry["picture"] for entry in (record["content"], record["styles"][0])]
    left = np.concatenate([in_a_box(load_image(picture, 256), half) for picture in own])
    left = np.pad(left, ((0, G.shape[1] - len(left)), (0, 0), (0, 0)), constant_values=255)
    return np.concatenate([left, to_pixels(G)], axis=1)


def in_a_box(image, side):
    """A picture made so small that it fits into a square, on white."""
    picture, box = Image.fromarray(to_pixels(image)), Image.new("RGB", (side, side), "white")
    picture.thumbnail((side - GAP, side - GAP), Image.Resampling.LANCZOS)
    box.paste(picture)
    return np.asarray(box)


def numbers(name):
    """(content, detail, objects) of a stored run, as its sidecar has them."""
    return three_of(load_stored(name).record["quality"])


def three_of(quality):
    """(content, detail, objects) of what `measure` returns."""
    of_S = quality["styles"][0]
    return quality["content"], of_S["fine_luminance"], of_S["objects"]


def print_numbers(pictures):
    """These numbers of {what is seen: name of a stored run}."""
    print(f"{'':30}{'content':>9}{'detail':>9}{'objects':>9}")
    for seen, name in pictures.items():
        print(f"{seen:30}" + "".join(f"{number:9.2f}" for number in numbers(name)))


def print_verdicts(diagnose):
    """What it says of six pairs, painted with the defaults and with each fault: benchmarks/diagnoses.py."""
    for setting, of_pairs in load_record("11_numbers").items():
        said = Counter(diagnose(*each) for each in of_pairs.values())
        print(f"{setting:14}" + ", ".join(f"{count} {verdict}" for verdict, count in said.most_common()))


def strange_photograph():
    """A photograph as other programs have it: blue, green, red, from 0 to 1."""
    return load_image("astronaut", 256)[..., ::-1] / 255


def sign(text, side):
    """A sign with red letters on a plain ground, as an image; its longer side has `side` pixels."""
    picture = Image.new("RGB", (side, side * 2 // 3), "wheat")
    where = side / 2, side / 3
    font = ImageFont.load_default(0.11 * side)
    ImageDraw.Draw(picture).text(where, text, "firebrick", font, "mm", align="center")
    return tf.constant(np.asarray(picture)[np.newaxis], tf.float32)
