"""Shows the long runs of data/runs, made by benchmarks/make_runs.py. A helper of the notebooks."""

import base64
import json
from typing import NamedTuple

import tensorflow as tf
from IPython.display import HTML

from nst_keras import data_path, load_image


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
    film = base64.b64encode(data_path(f"runs/{name}.webp").read_bytes()).decode()
    return HTML(f'<img alt="{alt}" src="data:image/webp;base64,{film}">')
