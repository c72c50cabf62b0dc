"""Pieces of the studio's page: how it looks, and what it says."""

import html
from pathlib import Path

import gradio as gr
from gradio.processing_utils import save_file_to_cache, save_pil_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from nst_keras.files.pictures import read_picture, scaled_size
from nst_keras.images import to_pixels
from nst_keras.runs.studio import Job, Source
from nst_keras.transfer import Run

SHOWN, TILE = 1024, 128  # pixels on the longer side: of the picture, of one to choose from
THEME = gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["monospace"]).set(
    button_primary_background_fill="*primary_700",  # what is on blue, and what is gray, can be read
    button_primary_background_fill_hover="*primary_800",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
)
CSS = """
.app {padding: 12px 16px !important}
main.contain {width: 100%; max-width: 1240px; margin: auto !important; padding: 0}
footer {display: none !important}
h1 {font-size: 24px; margin: 0}
#stage {position: sticky; top: 12px; align-self: flex-start}
#emerging img {width: 100%; height: 100%; object-fit: contain}
#content, #style {cursor: pointer}
[aria-label="Remove Image"] {display: none !important}
#made .grid-wrap, #drafts .grid-wrap {height: auto; min-height: 0}
#progress {min-height: 46px}
.tiles {display: grid !important; grid-template-columns: repeat(auto-fill, minmax(72px, 1fr)); gap: 4px !important}
.tiles button {display: block; min-width: 0; padding: 0 0 2px; overflow: hidden; white-space: nowrap;
  font-size: 11px; font-weight: 400; border-radius: 6px}
.tiles button img {width: 100%; height: 40px; object-fit: cover; margin: 0}
.said {padding: 0 !important} .said:has([role=status]:empty) {display: none}
.said p {margin: 2px 0} .said .wrong {font-weight: 600; color: #b00020} .dark .said .wrong {color: #ff8a80}
.bar {height: 10px; border-radius: 5px; overflow: hidden; background: #d4d4d8} .dark .bar {background: #444}
.bar div {height: 100%; background: #2563eb}
@media (max-width: 800px) {#stage {position: static} #stage .block {height: auto !important}}
"""

# A click on a picture is for another one: Gradio has that only for an empty place.
OWN_PICTURES = """() => addEventListener("click", event => {
  const place = event.target.closest("#content, #style")
  if (!place || !event.target.closest(".image-frame, [aria-label='Upload file']")) return
  const input = "input[type=file]", button = "[aria-label='Upload file']"  // after pasting there is no input at first
  setTimeout(() => (place.querySelector(input) ?? place.querySelector(button)).click())
})"""


def title(source: Source | None) -> str:
    """A picture's name for people: great_wave is "Great wave"."""
    name = Path(source or "a picture that is not here any more").stem
    return name.replace("_", " ").capitalize().replace("viii", "VIII")


def message(*sentences: str, wrong: bool = False) -> str:
    """Sentences, each a paragraph."""
    kind = ' class="wrong" role="alert"' if wrong else ""
    return f'<div role="status">{"".join(f"<p{kind}>{html.escape(each)}</p>" for each in sentences)}</div>'


def bar(share: float, said: str) -> str:
    """How far it is, as a bar and in words."""
    percent = round(100 * share)
    role = f'role="progressbar" aria-label="Progress" aria-valuenow="{percent}"'
    return f'<div class="bar" {role}><div style="width: {percent}%"></div></div><p>{percent} %. {html.escape(said)}</p>'


def on_the_way(job: Job, ahead: int) -> str:
    """Where a job is."""
    run = job.run
    if ahead:
        return f"{'One picture is' if ahead == 1 else f'{ahead} pictures are'} painted before yours"
    if run is None or run.image is None:
        return "Reading the pictures"
    (height, width), (full_height, full_width) = run.image.shape[1:3], run.sizes[-1]
    return f"{width} x {height} of {full_width} x {full_height} pixels, {duration(job.seconds_left())} left"


def duration(seconds: float) -> str:
    """12 seconds, 3 minutes, 1 h 30 min."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{minutes} minutes" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def frame(run: Run) -> Image.Image:
    """The picture so far, as large as it will be."""
    height, width = run.sizes[-1]
    height, width = scaled_size(height, width, min(max(height, width), SHOWN))
    return Image.fromarray(to_pixels(run.image)).resize((width, height))


def thumbnails(label: str, **more: object) -> gr.Gallery:
    """Small pictures to click on."""
    look = {"object_fit": "cover", "fit_columns": False, "buttons": []}
    return gr.Gallery(label=label, allow_preview=False, interactive=False, visible=False, **look, **more)


def tile(path: Path) -> str:
    """The file of a small picture on a button."""
    return save_pil_to_cache(Image.fromarray(read_picture(path, TILE)), cache_dir=get_upload_folder(), format="jpeg")


def served(path: Path) -> str:
    """A copy of a result that the page may have: of the folder itself nothing is served."""
    return save_file_to_cache(path, cache_dir=get_upload_folder())


def from_here_only(picture: gr.Image) -> None:
    """For an input: a page may hand over what was uploaded; what it names on another host is not fetched."""
    move = picture.async_move_resource_to_block_cache

    async def move_here(path):
        if "://" in str(path):
            raise ValueError(f"{path!r} was not uploaded")
        return await move(path)

    picture.async_move_resource_to_block_cache = move_here
