"""Shows the long runs of data/runs, made by benchmarks/make_runs.py, on the page."""

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
# Films stand still at their beginning until somebody presses the button. Where scripts do not run, they move.
FILM = """
const element = document.currentScript.previousElementSibling, button = document.createElement("button");
const films = [...element.querySelectorAll("img")], moving = films.map(film => film.src);
function show(plays) {
  films.forEach((film, n) => { film.src = plays ? moving[n] : film.dataset.still; });
  button.textContent = `${plays ? "Stop" : "Play"} the film${films.length > 1 ? "s" : ""}`;
  button.onclick = () => show(!plays);
}
element.before(button);
show(false);
"""
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
# Both pictures of the table at one place: the first one on the left of a line that the slider, or a pointer, moves.
WIPE = """
const table = document.currentScript.previousElementSibling, [left, right] = table.querySelectorAll("img");
const names = [...table.rows[0].cells].map(cell => cell.textContent);
const stage = document.createElement("div"), slider = document.createElement("input");
const label = document.createElement("label"), line = document.createElement("div");
Object.assign(slider, {type: "range", min: 0, max: 100, value: table.dataset.start});
line.style.cssText = "position: absolute; top: 0; bottom: 0; width: 2px; background: white; box-shadow: 0 0 3px black";
slider.style.width = "100%";
slider.dataset.lmSuppressShortcuts = true; // JupyterLab leaves the arrow keys to the slider
table.parentElement.style.cssText = "width: fit-content; max-width: 100%";
stage.style.cssText = "position: relative; width: fit-content; cursor: ew-resize; touch-action: pan-y";
right.style.cssText = "display: block; max-width: 100%; margin: 0";
left.style.cssText = "position: absolute; inset: 0; width: 100%; height: 100%; margin: 0";
slider.oninput = () => {
  left.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`;
  line.style.left = `${slider.value}%`;
  slider.setAttribute("aria-valuetext", `${slider.value} % ${names[0]}, ${100 - slider.value} % ${names[1]}`);
};
stage.onpointermove = event => {
  const box = stage.getBoundingClientRect();
  slider.value = 100 * (event.clientX - box.left) / box.width;
  slider.oninput();
};
label.append(`${table.caption.textContent}: ${names.join(" | ")}`, slider);
stage.append(right, left, line);
table.replaceWith(stage, label);
slider.oninput();
"""


class Stored(NamedTuple):
    """`image`: G, (1, H, W, 3), RGB 0..255, rounded to whole gray levels; `record`: its sidecar, a dict."""

    image: tf.Tensor
    record: dict


def load_stored(name):
    """The run of data/runs with this name; record["J"] lists the cost at each step, over all sizes."""
    path = data_path(f"runs/{name}.json")
    return Stored(load_image(path.with_suffix(".webp")), json.loads(path.read_text(encoding="utf-8")))


def load_record(name):
    """What a script of benchmarks/ has found and kept in data/records: "06_race" of 06_race.json."""
    return json.loads(data_path(f"records/{name}.json").read_text(encoding="utf-8"))


def load_picture(name):
    """A picture that a script of benchmarks/ has kept in data/records."""
    return load_image(data_path(f"records/{name}.webp"))


class Wish(NamedTuple):
    """Of a channel: the patch of the bundled pictures that excites it most, and the `image` that was made for it from
    noise, which excites it so many `times` as strongly; both RGB 0..255."""

    patch: tf.Tensor
    image: tf.Tensor
    times: float


def load_wish(layer, channel):
    """What this channel wants, from data/wishes, made by benchmarks/make_wishes.py."""
    name = f"{layer}_{channel}"
    records = json.loads(data_path("wishes/wishes.json").read_text(encoding="utf-8"))
    patch, image = (load_image(data_path(f"wishes/{name}{end}.webp")) for end in ("_patch", ""))
    return Wish(patch, image, records[name]["times"])


def show_film(name, alt):
    """The film of a stored run, for the page; `alt` says what is to be seen."""
    return with_button(f"<div>{film_in_html(data_path(f'runs/{name}_film.webp'), alt)}</div>")


def film_in_html(path, alt):
    """A film, and its first picture for as long as it does not play."""
    with Image.open(path) as film:
        still = url(webp(film.convert("RGB"), 60))
    return img(path.read_bytes(), alt, f' data-still="{still}"')


def with_button(element):
    """An element with films, and a button that plays and stops them all."""
    return with_script(element, FILM)


class Frame(NamedTuple):
    """One position of a slider: its caption, the picture, (1, H, W, 3) in RGB 0..255, and what is to be seen in it."""

    caption: str
    image: tf.Tensor
    alt: str


def show_slider(label, frames, quality=WEBP_QUALITY):
    """Pictures that differ in one thing, which `label` names, one at a time; as a row where scripts do not run."""
    return with_script(row_of(label, frames, quality), SLIDER)


def show_wipe(label, frames, start=50):
    """Two pictures of one size at one place, divided by a line that the reader moves; else a row, as `show_slider`.

    `start`: where the line is at first, in percent from the left."""
    return with_script(row_of(label, frames, WEBP_QUALITY, f' data-start="{start}"'), WIPE)


def row_of(label, frames, quality, more=""):
    """The HTML of a table: captions above pictures."""
    captions = "".join(f"<th>{escape(frame.caption)}</th>" for frame in frames)
    pictures = (img(webp(Image.fromarray(to_pixels(frame.image)), quality), frame.alt) for frame in frames)
    cells = "".join(f"<td>{picture}</td>" for picture in pictures)
    return f"<table{more}><caption>{escape(label)}</caption><tr>{captions}</tr><tr>{cells}</tr></table>"


def with_script(element, script):
    """An HTML element, and a script that finds it as its previous sibling."""
    return HTML(f"<div>{element}<script>(() => {{{script}}})()</script></div>")


def img(file, alt, more=""):
    """The HTML of a picture, from the bytes of a WebP file."""
    return f'<img alt="{escape(alt)}" src="{url(file)}"{more}>'


def url(file):
    return f"data:image/webp;base64,{base64.b64encode(file).decode()}"


def webp(picture, quality=WEBP_QUALITY):
    """A Pillow picture as the bytes of a WebP file."""
    file = io.BytesIO()
    picture.save(file, format="WebP", quality=quality, method=6)
    return file.getvalue()
