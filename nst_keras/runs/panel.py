"""The studio's panel: widgets that show a Studio, in a notebook or, by Voila, as a page."""

import functools
import threading
from concurrent.futures import wait
from pathlib import Path
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np

from nst_keras.controls.presets import PRESETS
from nst_keras.files.pictures import FORMATS, bundled_pictures, read_picture
from nst_keras.images import to_pixels
from nst_keras.runs.parts import STYLE, cost_curve, data_url, mark, on_upload, row, said, sentence, text, tile
from nst_keras.runs.studio import Studio
from nst_keras.settings import COLORS, SMALLEST_SIDE, STYLE_SCALES, Settings

EVERY = 0.7  # seconds between two looks at a run
THUMBNAIL = 128  # pixels
KINDS = {"content": ("content",), "style": ("style", "texture")}  # which bundled pictures are offered as what


def panel(studio: Studio) -> widgets.VBox:
    """The panel of a studio, to be displayed. It shows the studio and calls its methods; it decides nothing itself."""
    p = SimpleNamespace(studio=studio, shown=-1, showing=False)
    p.run = widgets.Button(description="Run", button_style="primary", icon="play")
    p.stop = widgets.Button(description="Stop", icon="stop", disabled=True, tooltip="the best picture so far is kept")
    p.name = widgets.Text(description="Save as", continuous_update=False)
    p.save = widgets.Button(description="Save", icon="save", disabled=True)
    p.plan, p.message, p.preview, p.curve = (widgets.HTML() for _ in range(4))
    p.strip = widgets.Box()
    p.strip.add_class("nst-row")
    p.rows = {kind: picture_row(p, kind) for kind in KINDS}
    p.inputs = settings_inputs(p)
    p.sidecar = widgets.FileUpload(accept=".json", description="Replay a sidecar", layout={"width": "180px"})
    on_upload(p.message, p.sidecar, lambda name, data: replay(p, studio.keep(name, data)))
    p.run.on_click(said(p.message, lambda: start(p)))
    p.stop.on_click(said(p.message, lambda: stop(p)))
    p.save.on_click(said(p.message, lambda: save(p)))
    show_choices(p)
    show_busy(p, False)
    return arranged(p)


def arranged(p: SimpleNamespace) -> widgets.VBox:
    """All parts, one below the other, in the order in which they are used."""
    top = "<h2>Studio</h2><p>Choose a photograph and a painting, run, stop when you like what you see, and save it.</p>"
    box = widgets.VBox(
        [
            widgets.HTML(STYLE + top),
            widgets.HTML("<h3>1. Content: what is painted</h3>"),
            p.rows["content"].box,
            p.rows["content"].message,
            widgets.HTML("<h3>2. Style: how it is painted</h3>"),
            p.rows["style"].box,
            p.rows["style"].message,
            widgets.HTML("<h3>3. Settings</h3>"),
            widgets.VBox(list(p.inputs.values())),
            p.sidecar,
            widgets.HTML("<h3>4. Run</h3>"),
            p.plan,
            widgets.HBox([p.run, p.stop]),
            p.message,
            row([p.preview, p.curve]),
            widgets.HBox([p.name, p.save]),
            p.strip,
        ]
    )
    box.add_class("nst-panel")
    return box


def picture_row(p: SimpleNamespace, kind: str) -> SimpleNamespace:
    """Thumbnails of the bundled pictures of a kind, and two ways to bring one's own."""
    r = SimpleNamespace(kind=kind, tiles={}, box=row([]), message=widgets.HTML())
    r.upload = widgets.FileUpload(accept=",".join(FORMATS), description="Upload", layout={"width": "112px"})
    r.path = widgets.Text(placeholder="or the path of a file", continuous_update=False, layout={"width": "220px"})
    on_upload(r.message, r.upload, lambda name, data: choose(p, r, p.studio.upload(name, data)))
    r.path.observe(said(r.message, lambda: choose_path(p, r)), "value")
    for name, path in bundled_pictures().items():
        if path.parent.name in KINDS[kind]:
            add_picture(p, r, name)
    return r


def add_picture(p: SimpleNamespace, r: SimpleNamespace, source: str | Path) -> None:
    """One more thumbnail to choose from, before the buttons at the end of the row."""
    button, box = tile(Path(source).stem, read_picture(source, THUMBNAIL))
    button.on_click(said(r.message, lambda: choose(p, r, source)))
    r.tiles[str(source)] = button
    r.box.children = (*r.box.children[:-2], box, r.upload, r.path)


def choose(p: SimpleNamespace, r: SimpleNamespace, source: str | Path) -> None:
    """Choose this picture, with a thumbnail of its own if it is new."""
    if str(source) not in r.tiles:
        add_picture(p, r, source)
    p.studio.choose(**{r.kind: source})
    show_choices(p)


def choose_path(p: SimpleNamespace, r: SimpleNamespace) -> None:
    """Choose the file whose path was written into the row."""
    if r.path.value:
        choose(p, r, r.path.value.strip())


def settings_inputs(p: SimpleNamespace) -> dict[str, widgets.Widget]:
    """One input for each setting that the panel offers, {name of the setting: widget}."""
    low, high = (np.log2(scale) for scale in STYLE_SCALES)
    inputs = {
        "preset": widgets.ToggleButtons(
            options=list(PRESETS), description="preset", style={"description_width": "100px", "button_width": "120px"}
        ),
        "strength": widgets.IntSlider(min=0, max=100, **said_of("strength")),
        "colors": widgets.Dropdown(options=[(label, word) for word, label in COLORS.items()], **said_of("colors")),
        "style_scale": widgets.FloatLogSlider(base=2, min=low, max=high, step=0.25, **said_of("style_scale")),
        "max_side": widgets.BoundedIntText(min=SMALLEST_SIDE, max=4096, step=64, **said_of("max_side")),
    }
    for name, each in inputs.items():
        each.continuous_update = False  # not at each pixel that a slider is moved
        each.observe(said(p.message, functools.partial(change, p, name)), "value")
    return inputs


def said_of(name: str) -> dict:
    """What a setting's input says of it, and how it looks."""
    about = Settings.__dataclass_fields__[name].metadata
    look = {"style": {"description_width": "100px"}, "layout": {"width": "480px"}}
    return {"description": about["label"] or name, "tooltip": about["help"]} | look


def change(p: SimpleNamespace, name: str) -> None:
    """A setting was changed by hand."""
    if not p.showing:
        p.studio.change(**{name: p.inputs[name].value})
        show_choices(p)


def replay(p: SimpleNamespace, path: Path) -> None:
    """Show the pictures and settings of a sidecar."""
    p.studio.replay(path)
    for r, source in ((p.rows["content"], p.studio.content), (p.rows["style"], p.studio.styles[0])):
        if str(source) not in r.tiles:
            add_picture(p, r, source)
    show_choices(p)
    text(p.message, f"{path.name}: its pictures and settings are chosen; Run makes its picture again")


def show_choices(p: SimpleNamespace) -> None:
    """Mark the chosen pictures, let the inputs show the settings, and have the run forecast."""
    for r, chosen in ((p.rows["content"], p.studio.content), (p.rows["style"], p.studio.styles[0])):
        for name, button in r.tiles.items():
            mark(button, name == str(chosen))
    p.showing = True  # what follows is not a change by hand
    for name, each in p.inputs.items():
        if getattr(p.studio.settings, name, None) is not None:  # there is no strength if α and β say something else
            each.value = getattr(p.studio.settings, name)
    p.inputs["preset"].value = p.studio.preset()
    p.showing = False
    text(p.plan, "forecast: ...")
    for message in (p.message, *(r.message for r in p.rows.values())):
        text(message)
    p.forecast = p.studio.forecast()
    p.forecast.add_done_callback(lambda future: show_forecast(p, future))


def show_forecast(p: SimpleNamespace, future) -> None:
    """The forecast, or why the run would be refused; and what there is to say about the pictures."""
    if future is p.forecast:  # and not one that a later choice has made pointless
        error = future.exception()
        forecast = f"forecast: {future.result()}" if error is None else sentence(error)
        text(p.plan, *(f"note: {note}" for note in p.studio.notes), forecast, wrong=error is not None)


# Running


def start(p: SimpleNamespace) -> None:
    """Begin a run, and watch it from a thread, so that the page goes on answering."""
    painting = p.studio.start()
    show_busy(p, True)
    threading.Thread(target=watch, args=(p, painting), daemon=True).start()


def stop(p: SimpleNamespace) -> None:
    """End the run after its present step."""
    p.studio.stop()
    text(p.message, "stopping after this step")


def watch(p: SimpleNamespace, painting) -> None:
    """Show a run every now and then, and its result at its end."""
    while not wait([painting], timeout=EVERY).done:
        text(p.message, p.studio.progress())
        if p.studio.run is not None:
            show_run(p, p.studio.run)
    show_busy(p, False)
    error = painting.exception()
    if error is None or (p.studio.run is not None and p.studio.run.image is not None):
        add_result(p)
    if error is not None:
        text(p.message, sentence(error), wrong=True)


def add_result(p: SimpleNamespace) -> None:
    """The newest result: its thumbnail in the strip, its picture in the preview, a name to save it under."""
    number = len(p.studio.results) - 1
    run = p.studio.results[number]
    button, box = tile(f"{number + 1}: J {run.history.final['J']:.3g}", to_pixels(run.image))
    button.on_click(said(p.message, lambda: show_result(p, number)))
    p.strip.children = (*p.strip.children, box)
    show_result(p, number)


def show_result(p: SimpleNamespace, number: int) -> None:
    """Show one of the results; Save saves what is shown."""
    p.shown, run = number, p.studio.results[number]
    for index, box in enumerate(p.strip.children):
        mark(box.children[1], index == number)
    show_run(p, run)
    p.name.value, p.save.disabled = p.studio.free_name(number), False
    how = "stopped; the best picture so far" if run.history.interrupted else "finished"
    text(p.message, f"{how}: {run.history.evaluations} steps, {run.history.seconds[-1]:.0f} s")


def show_run(p: SimpleNamespace, run) -> None:
    """The picture so far and the curve of its costs."""
    if run.image is not None:
        p.preview.value = f'<img alt="The picture so far" width="512" src="{data_url(to_pixels(run.image))}">'
    if len(run.history) > 1:
        p.curve.value = f'<img alt="The cost J over the steps" width="360" src="{cost_curve(run.history)}">'


def save(p: SimpleNamespace) -> None:
    """Save the result that is shown; its quality is measured for the sidecar, which takes a few seconds."""
    saving = p.studio.save(p.name.value.strip(), p.shown)
    show_busy(p, True)
    p.stop.disabled = True
    text(p.message, "saving")
    saving.add_done_callback(lambda future: show_saved(p, future))


def show_saved(p: SimpleNamespace, future) -> None:
    """Where the picture is, or why not."""
    show_busy(p, False)
    if future.exception() is not None:
        return text(p.message, sentence(future.exception()), wrong=True)
    picture, sidecar = future.result()
    text(p.message, f"saved: {picture.resolve()}, and its settings beside it: {sidecar.name}")
    p.name.value = p.studio.free_name(p.shown)


def show_busy(p: SimpleNamespace, busy: bool) -> None:
    """While a run is going on, nothing but Stop can be pressed."""
    choices = [*p.inputs.values(), p.sidecar]
    for r in p.rows.values():
        choices += [*r.tiles.values(), r.upload, r.path]
    for each in (*choices, p.run, p.name):
        each.disabled = busy
    p.stop.disabled, p.save.disabled = not busy, busy or not p.studio.results
