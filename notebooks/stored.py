"""Shows the long runs of data/runs, made by benchmarks/make_runs.py. A helper of the notebooks."""

import base64
import io
import json
from html import escape
from typing import NamedTuple

import tensorflow as tf
from IPython.display import HTML
from PIL import Image

from nst_keras import data_path, load_image
from nst_keras.images import to_pixels

WEBP_QUALITY = 90
# One column of the table is shown, which a slider above it chooses. Where scripts do not run, all columns are there.
SLIDER = """
const table = document.currentScript.previousElementSibling, [captions, pictures] = table.rows;
const label = document.createElement("label"), slider = document.createElement("input");
Object.assign(slider, {type: "range", min: 0, max: captions.cells.length - 1, value: 0});
slider.dataset.lmSuppressShortcuts = true; // JupyterLab leaves the arrow keys to the slider
slider.oninput = () => {
  for (const row of table.rows) [...row.cells].forEach((cell, n) => { cell.hidden = n != slider.value; });
  slider.setAttribute("aria-valuetext", captions.cells[slider.value].textContent);
};
label.append(table.caption.textContent, " ", slider);
table.caption.replaceChildren(label);
slider.oninput();
"""


class Stored(NamedTuple):
    """`image`: G, (1, H, W, 3), RGB 0..255, rounded as PNG does; `record`: its sidecar, a dict."""

    image: tf.Tensor
    record: dict


def load_stored(name):
    """The run of data/runs with this name; record["J"] lists the cost at each step, over all sizes."""
    path = data_path(f"runs/{name}.json")
    return Stored(load_image(path.with_suffix(".png")), json.loads(path.read_text(encoding="utf-8")))


def show_film(name, alt):
    """The film of a stored run, for the page; `alt` says what is to be seen."""
    return HTML(img(data_path(f"runs/{name}.webp").read_bytes(), alt))


class Frame(NamedTuple):
    """One position of a slider: its caption, the picture, (1, H, W, 3) in RGB 0..255, and what is to be seen in it."""

    caption: str
    image: tf.Tensor
    alt: str


def show_slider(label, frames):
    """Pictures that differ in one thing, which `label` names, one at a time; as a row where scripts do not run."""
    captions = "".join(f"<th>{escape(frame.caption)}</th>" for frame in frames)
    pictures = "".join(f"<td>{img(webp(frame.image), frame.alt)}</td>" for frame in frames)
    table = f"<table><caption>{escape(label)}</caption><tr>{captions}</tr><tr>{pictures}</tr></table>"
    return HTML(f"<div>{table}<script>(() => {{{SLIDER}}})()</script></div>")


def img(picture, alt):
    """The HTML of a WebP file's bytes."""
    return f'<img alt="{escape(alt)}" src="data:image/webp;base64,{base64.b64encode(picture).decode()}">'


def webp(image):
    file = io.BytesIO()
    Image.fromarray(to_pixels(image)).save(file, format="WebP", quality=WEBP_QUALITY, method=6)
    return file.getvalue()
