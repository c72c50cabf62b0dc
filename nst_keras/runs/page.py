"""The studio's page, by Gradio: it shows a Studio and calls its methods."""

import functools
import os
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder, is_in_or_equal
from PIL import Image

from nst_keras.controls.presets import PRESETS, preset_settings
from nst_keras.files.pictures import bundled_pictures, data_path, scaled_size
from nst_keras.runs.parts import (
    OWN_PICTURES,
    SHOWN,
    bar,
    duration,
    frame,
    from_here_only,
    message,
    on_the_way,
    served,
    thumbnails,
    tile,
    title,
)
from nst_keras.runs.sidecar import read_record
from nst_keras.runs.studio import FILM, Source, Studio, look_of, settings_from, time_of
from nst_keras.settings import STYLE_SCALES, Settings

PREVIEW, THUMBNAIL = 512, 320  # pixels on the longer side: of what was chosen, of what is in the gallery
MOST_SHOWN = 60  # pictures in the gallery
LOOK_AGAIN = 3  # seconds between two looks at the folder
SAID = ValueError, OSError, ArithmeticError  # errors whose text is a sentence for the user
LABELS = {"content": "Photo", "style": "Painting"}
COLORS = [("the painting's", "style"), ("the photo's", "content"), ("the photo's, each in its place", "luminance")]
SHOW_STAGE = "() => document.getElementById('stage').scrollIntoView({block: 'nearest'})"
QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}


def studio_page(studio: Studio, content: Source = "palace", style: Source = "great_wave") -> gr.Blocks:
    """The page of a studio, with the pictures to begin with. `nst_keras.runs.serve` says how it is served."""
    return _Page(studio, {"content": content, "style": style}).blocks


class _Page:
    """The parts of the page, and what happens when they are used."""

    def __init__(self, studio, sources):
        self.studio = studio
        self.small: dict = {}  # of what is in the gallery
        self.paintings = [name for name, path in bundled_pictures().items() if path.parent.name == "style"]
        with gr.Blocks(
            title="Studio", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400)
        ) as self.blocks:
            gr.HTML("<h1>Paint your photo like a painting</h1><p>Click on one of the two pictures to use your own.</p>")
            with gr.Row():
                with gr.Column(min_width=320):
                    self._choices(sources)
                with gr.Column(min_width=320, elem_id="stage"):
                    self._stage()
            self.made = thumbnails(f"Your pictures, in {studio.folder}", columns=6, elem_id="made")
            self.listed = gr.State([])
            self._connect()

    # What it consists of

    def _choices(self, sources):
        self.source = {kind: gr.State(source) for kind, source in sources.items()}
        self.picture, self.tiles = {}, []
        with gr.Row():
            for kind in LABELS:
                with gr.Column(min_width=150):
                    self._choice(kind, sources[kind])
        self.notes = gr.HTML(message(), elem_classes="said")
        self.look = gr.Radio(list(PRESETS), value="balanced", label="Look")
        with gr.Row(equal_height=True):
            self.max_side = gr.Number(
                Settings().max_side, label="Size: longer side in pixels", precision=0, step=64, min_width=140
            )
            self.plan = gr.HTML(elem_classes="said", min_width=140)
        with gr.Row():
            self.begin = gr.Button("Paint", variant="primary", min_width=100)
            self.end = gr.Button("Stop", interactive=False, min_width=100)
            self.all = gr.Button("Try all paintings", min_width=160)
        with gr.Accordion("More settings", open=False):
            self.strength = gr.Slider(
                0, 100, Settings().strength, step=1, label="How much of the painting", info="At 0 it is the photo."
            )
            self.colors = gr.Radio(COLORS, value="style", label="Whose colors")
            self.style_scale = gr.Slider(
                *STYLE_SCALES, 1, step=0.05, label="Size of the strokes", info="At 2 they are twice as large."
            )
        settings = [self.look, self.strength, self.colors, self.style_scale, self.max_side]
        self.inputs = [*self.source.values(), *settings]

    def _choice(self, kind, source):
        self.picture[kind] = gr.Image(
            self._preview(source), label=LABELS[kind], type="filepath", sources=["upload", "clipboard"], height=170,
            buttons=[], interactive=True, alt_text=LABELS[kind], elem_id=kind,
        )  # fmt: skip
        with gr.Row(elem_classes="tiles"):
            for name, path in bundled_pictures().items():
                if path.parent.name == kind:
                    self.tiles.append((kind, name, gr.Button(title(name), icon=tile(path))))

    def _stage(self):
        said = message("This one was made here. Choose a photo and a painting, and press Paint.")
        self.progress = gr.HTML(said, elem_classes="said", elem_id="progress")
        look = {"height": 460, "buttons": [], "interactive": False, "format": "jpeg"}
        example = self._pair("palace", data_path("gallery/palace_great_wave.jpg"), SHOWN)
        self.wipe = gr.ImageSlider(
            example, label="Photo and painting: move the line", slider_position=25, elem_id="wipe", **look
        )
        self.emerging = gr.Image(
            label="Your picture", visible=False, alt_text="The picture so far", elem_id="emerging", **look
        )
        self.drafts = thumbnails("All paintings", columns=3, elem_id="drafts")
        self.shown = gr.State(None)
        with gr.Row():
            self.finish = gr.Button("Finish at full size", variant="primary", visible=False, min_width=140)
            self.again = gr.Button("Use these settings again", visible=False, min_width=140)
        downloads = {".png": "picture", ".json": "settings", FILM: "film"}
        with gr.Row():
            self.downloads = {
                suffix: gr.DownloadButton(f"Download {what}", visible=False, min_width=120, size="md")
                for suffix, what in downloads.items()
            }
        self.stage = [self.wipe, self.emerging, self.drafts, self.progress, self.shown, self.finish, self.again]
        self.stage += [self.end, *self.downloads.values()]

    def _connect(self):
        pictures = [*self.source.values(), *self.picture.values(), self.notes]
        for kind, name, button in self.tiles:
            button.click(functools.partial(self._choose, kind, name), None, pictures, **QUIET)
        for kind, picture in self.picture.items():
            from_here_only(picture)
            uploaded, given = functools.partial(self._upload, kind), [picture, self.source[kind]]
            picture.upload(uploaded, given, pictures, preprocess=False, **QUIET)
        self.look.input(lambda look: preset_settings(look)["strength"], self.look, self.strength, **QUIET)
        changes = [self.blocks.load, *(each.change for each in self.inputs)]
        gr.on(changes, self._plan, self.inputs, self.plan, trigger_mode="always_last", **QUIET)
        self.begin.click(self._paint, self.inputs, self.stage, **QUIET)
        self.all.click(self._try_all, self.inputs, self.stage, **QUIET)
        self.finish.click(self._finish, self.shown, self.stage, **QUIET)
        self.drafts.select(self._refine, self.inputs, [*self.stage, *pictures], **QUIET)
        self.made.select(self._select, self.listed, self.stage, **QUIET)
        for event in (self.begin.click, self.all.click, self.made.select):
            event(None, js=SHOW_STAGE)
        self.blocks.load(None, js=OWN_PICTURES)
        self.end.click(self._stop, **QUIET)
        self.blocks.unload(self._stop)
        chosen = [*self.inputs, *self.picture.values(), self.notes]
        self.again.click(self._use_again, self.shown, chosen, **QUIET)
        times = [self.blocks.load, gr.Timer(LOOK_AGAIN).tick]
        gr.on(times, self._list, self.listed, [self.made, self.listed], **QUIET)

    # Choosing

    def _choose(self, kind, source):
        return {self.source[kind]: source, self.picture[kind]: self._preview(source), self.notes: message()}

    def _upload(self, kind, uploaded, before):
        path = Path(uploaded["path"])
        try:
            if not is_in_or_equal(path, get_upload_folder()):
                raise ValueError(f"{path.name} was not uploaded")
            return self._choose(kind, self.studio.keep(path))
        except SAID as error:
            return self._choose(kind, before) | {self.notes: message(self._words(error), wrong=True)}

    def _plan(self, *inputs):
        """The forecast, or why it would be refused; and what there is to say about the pictures."""
        try:
            run, forecast, notes = self.studio.forecast(*wanted(*inputs))
        except SAID as error:
            return message(self._words(error), wrong=True)
        height, width = run.sizes[-1]
        return message(*map(self._words, notes), f"{width} x {height} pixels take about {duration(forecast.seconds)}.")

    def _use_again(self, path):
        content, style, settings = self.studio.recipe(Path(path))
        found = {kind: source for kind, source in (("content", content), ("style", style)) if source}
        lost = ["One of its two pictures is not here any more; choose another one."] if len(found) < 2 else []
        chosen: dict[Any, Any] = {}
        for kind, source in found.items():
            chosen |= self._choose(kind, source)
        chosen |= {self.look: look_of(settings), self.colors: settings.colors, self.style_scale: settings.style_scale}
        chosen |= {self.strength: settings.strength or 0, self.max_side: settings.max_side or SHOWN}
        return chosen | {self.notes: message(*lost, wrong=True)}

    # Painting

    def _paint(self, request: gr.Request, *inputs):
        yield from self._follow(lambda: self.studio.paint(*wanted(*inputs), request.session_hash))

    def _finish(self, request: gr.Request, path):
        yield from self._follow(lambda: self.studio.finish(Path(path), request.session_hash))

    def _refine(self, request: gr.Request, chosen: gr.SelectData, *inputs):
        style = self.paintings[chosen.index]
        yield self._choose("style", style)
        yield from self._paint(request, inputs[0], style, *inputs[2:])

    def _follow(self, order):
        """Show a picture on its way, and then what has become of it."""
        try:
            job, steps = order(), 0
            begin = gr.Image(self._preview(job.path or job.content), visible=True)
            yield self._busy() | self._only(self.emerging) | {self.emerging: begin}
            for ahead in self.studio.watch(job):
                run = job.run
                update: dict[Any, Any] = {self.progress: bar(job.share(), on_the_way(job, ahead))}
                if run and run.image is not None and run.history.evaluations != steps:
                    steps, update = run.history.evaluations, update | {self.emerging: frame(run)}
                yield update
            made = None if job.future.cancelled() else job.future.result()
            yield self._show(made) if made else self._rest("Stopped before there was a picture.")
        except Exception as error:  # whatever it is, it is said
            yield self._rest(self._words(error), wrong=True)

    def _try_all(self, request: gr.Request, content, _, *inputs):
        """Show a small picture with each painting, one after the other."""
        try:
            made: list[tuple[str, str]] = []
            all = len(self.paintings)
            yield self._busy() | self._only(self.drafts) | {self.drafts: gr.Gallery([], visible=True)}
            for style in self.paintings:
                job = self.studio.draft(*wanted(content, style, *inputs), request.session_hash)
                for ahead in self.studio.watch(job):
                    said = on_the_way(job, ahead) if ahead else f"{title(style)}, {len(made) + 1} of {all}"
                    yield {self.progress: bar((len(made) + job.share()) / all, said)}
                if job.future.cancelled() or job.future.result() is None:
                    break
                made.append((served(job.path), title(style)))
                yield {self.drafts: made}
            said = "Click the one that you like: it is painted at full size." if made else "Stopped."
            yield self._rest(said) | self._only(self.drafts if made else self.wipe)
        except Exception as error:  # whatever it is, it is said
            yield self._rest(self._words(error), wrong=True)

    def _stop(self, request: gr.Request):
        self.studio.stop(request.session_hash)

    def _only(self, shown):
        """One of the three things that are in the same place."""
        return {each: gr.update(visible=each is shown) for each in (self.wipe, self.emerging, self.drafts)}

    def _busy(self):
        """While something is painted."""
        hidden = [self.finish, self.again, *self.downloads.values()]
        update = {each: gr.update(visible=False) for each in hidden}
        return update | {self.end: gr.Button(interactive=True), self.progress: bar(0, "Reading the pictures")}

    def _rest(self, *sentences, wrong=False):
        """When nothing is painted any more."""
        update = {self.end: gr.Button(interactive=False), self.progress: message(*sentences, wrong=wrong)}
        return update | self._only(self.wipe)

    # Results

    def _show(self, path):
        """A result, with what can be done with it."""
        content, side, unfinished = None, SHOWN, self.studio.unfinished(path)
        try:
            content, style, settings = self.studio.recipe(path)
            width, height = read_record(path.with_suffix(".json"))["size"]
            side = settings.max_side or max(width, height)
            full_height, full_width = scaled_size(height, width, side)
            said = f"{title(content)}, painted like {title(style)}: {width} x {height} pixels."
            if unfinished:
                said = f"Stopped at {width} x {height} pixels; the full size is {full_width} x {full_height}."
            update = self._rest(said, f"Saved as {path.name}.") | {self.again: gr.update(visible=True)}
        except SAID as error:  # of a version before, or something else: it can be looked at
            update = self._rest(self._words(error), wrong=True) | {self.again: gr.update(visible=False)}
        update |= {self.wipe: gr.ImageSlider(self._pair(content or path, path, side), visible=True)}
        update |= {self.shown: str(path), self.finish: gr.update(visible=unfinished)}
        for suffix, button in self.downloads.items():
            file = path.with_suffix(suffix)
            there = {"value": served(file)} if file.exists() else {}
            update[button] = gr.update(**there, visible=bool(there))
        return update

    def _select(self, listed, chosen: gr.SelectData):
        return self._show(Path(listed[chosen.index][0]))

    def _pair(self, content, path, side):
        """The photograph and a result, as large as each other."""
        G = self.studio.read(path)
        height, width = scaled_size(G.shape[0], G.shape[1], min(side, SHOWN))
        both = self.studio.read(content, max(height, width)), G
        return tuple(Image.fromarray(each).resize((width, height)) for each in both)

    def _preview(self, source):
        return Image.fromarray(self.studio.read(source, PREVIEW))

    def _thumbnail(self, path, time):
        if (path, time) not in self.small:
            self.small[path, time] = Image.fromarray(self.studio.read(path, THUMBNAIL))
        return self.small[path, time]

    def _words(self, error):
        """A note, or an error, as a sentence of this page."""
        expected = isinstance(error, (str, *SAID))
        text = str(error) if expected else f"Something failed: {type(error).__name__} {error}"[:200]
        return text.replace("max_side", "size").replace(f"{self.studio.folder / 'uploads'}{os.sep}", "")

    def _list(self, listed):
        """What is in the folder, where that has changed."""
        now = [(str(path), time_of(path)) for path in self.studio.results()[:MOST_SHOWN]]
        if now == listed:
            return gr.skip(), gr.skip()
        pictures = [(self._thumbnail(*each), title(each[0])) for each in now]
        return gr.Gallery(pictures, visible=bool(now)), now


def wanted(content, style, *settings):
    """What a picture shall be made from."""
    return content, style, settings_from(*settings)
