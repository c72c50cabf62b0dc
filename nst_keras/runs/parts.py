"""What the studio's panel is put together from: tiles with pictures, sentences, a curve."""

import base64
import html
import io
from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from nst_keras.display import LINE_STYLES
from nst_keras.optimize import History

STYLE = """<style>
.nst-panel {max-width: 1020px; padding: 8px 12px}
.nst-panel h2 {margin: 0; font-size: 20px} .nst-panel h3 {margin: 12px 0 4px; font-size: 15px}
.nst-panel p {margin: 4px 0; line-height: 1.4} .nst-panel img {max-width: 100%}
.nst-error {color: #a40000; font-weight: bold}
.nst-row {flex-flow: row wrap; gap: 6px}
.nst-panel .nst-tile {width: 112px; height: 84px; padding: 0; border: 3px solid transparent; border-radius: 6px;
  background-size: cover; background-position: center; color: white; line-height: 142px; font-size: 12px}
.nst-panel .nst-tile.nst-chosen {border-color: #0b57d0; font-weight: bold}
</style>"""


def row(children: list) -> widgets.Box:
    """Widgets beside each other, on several lines if the page is narrow."""
    box = widgets.Box(children)
    box.add_class("nst-row")
    return box


def tile(text: str, pixels: np.ndarray) -> tuple[widgets.Button, widgets.Box]:
    """A button that shows a picture with a text on its lower edge, and the box that it stands in."""
    button = widgets.Button(description=text, tooltip=text)
    button.add_class("nst-tile")
    button.add_class(f"nst-{button.model_id}")
    shade = "linear-gradient(transparent 60%, rgba(0, 0, 0, .85) 78%)"
    rule = f".nst-panel .nst-{button.model_id} {{background-image: {shade}, url({data_url(pixels)})}}"
    return button, widgets.VBox([widgets.HTML(f"<style>{rule}</style>", layout={"display": "none"}), button])


def said(message: widgets.HTML, action: Callable) -> Callable:
    """A callback for a widget: `action()`, and what is wrong is said in a message beside it."""

    def callback(*_):
        try:
            action()
        except (ValueError, OSError, RuntimeError) as error:
            text(message, sentence(error), wrong=True)

    return callback


def on_upload(message: widgets.HTML, uploader: widgets.FileUpload, action: Callable) -> None:
    """Call action(name, data) with the file that was uploaded last."""

    def uploaded():
        for file in uploader.value:
            action(file["name"], bytes(file["content"]))

    uploader.observe(said(message, uploaded), "value")


def sentence(error: BaseException) -> str:
    """What the command would say; an error that nobody thought of comes with its kind."""
    expected = isinstance(error, (ValueError, OSError, RuntimeError, ArithmeticError))
    return f"error: {error}" if expected else f"error: {type(error).__name__}: {error}"


def text(widget: widgets.HTML, *sentences: str, wrong: bool = False) -> None:
    """Sentences, each a paragraph; the last one in the color of errors if something is wrong."""
    paragraphs = [f"<p>{html.escape(words)}</p>" for words in sentences]
    if wrong:
        paragraphs[-1] = paragraphs[-1].replace("<p>", '<p class="nst-error">', 1)
    widget.value = f'<div role="status">{"".join(paragraphs)}</div>'


def mark(button: widgets.Button, chosen: bool) -> None:
    """Show that a tile is the chosen one, by a frame and by a sign."""
    button.description = ("✓ " if chosen else "") + button.tooltip
    (button.add_class if chosen else button.remove_class)("nst-chosen")


def data_url(pixels: np.ndarray) -> str:
    """A picture as text that a page can hold."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def cost_curve(history: History) -> str:
    """J and its terms over the steps, as a picture."""
    figure, file = Figure(figsize=(4.5, 3.2), layout="constrained"), io.BytesIO()
    axis = figure.add_subplot()
    costs = list(history.costs)  # the run goes on meanwhile
    terms = {"J": "J", "alpha*J_content": "α·J_content", "beta*J_style": "β·J_style"}
    for (term, label), (line, _) in zip(terms.items(), LINE_STYLES, strict=False):
        axis.plot([each[term] for each in costs], line, label=label)
    axis.set(xlabel="step (J jumps where the picture grows)", ylabel="cost", yscale="log")
    axis.set_ylim(bottom=max(each["J"] for each in costs) / 300)  # at first α·J_content is next to nothing
    axis.legend()
    figure.savefig(file, format="png", dpi=100)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
