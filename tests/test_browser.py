"""The studio, and JupyterLab, in a real browser: Chromium without a window, driven by Playwright.

Skipped where one of them is missing; with NST_BROWSER=required in the environment (see .ci/run) that is a failure.
"""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from build_notebooks import FOLDER as NOTEBOOKS
from build_notebooks import read_source
from PIL import Image

from nst_keras import Settings, data_path
from nst_keras.controls import PRESETS

pytestmark = pytest.mark.whole

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60_000  # ms
QUICK = {"max_side": 96, "steps": 2}  # what makes a run of 00 short
SCREENS = [((1200, 900), "light"), ((1200, 900), "dark"), ((390, 844), "light"), ((390, 844), "dark")]


def missing():
    """What keeps these tests from running, in words."""
    for name in ("playwright", "axe_playwright_python", "gradio", "jupyterlab"):
        try:
            __import__(name)
        except ImportError:
            return f"{name} is not installed"
    return None if CHROMIUM else "there is no Chromium on the PATH"


@pytest.fixture(scope="module")
def needed():
    reason = missing()
    if reason and os.environ.get("NST_BROWSER") == "required":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium(needed):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """Opens pages: tab((width, height), "light" or "dark"). None of them may have asked another host."""
    pages = []

    def open_tab(size=(1200, 900), scheme="light"):
        screen, may = dict(zip(("width", "height"), size, strict=True)), ["clipboard-read", "clipboard-write"]
        page = chromium.new_page(viewport=screen, color_scheme=scheme, permissions=may)
        page.set_default_timeout(PATIENCE)
        page.hosts, page.complaints = set(), []
        page.on("request", lambda request: page.hosts.add(urllib.parse.urlsplit(request.url).hostname))
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        pages.append(page)
        return page

    yield open_tab
    for page in pages:
        assert page.hosts <= {"127.0.0.1", None}  # None: pictures that are part of the page
        page.close()


@pytest.fixture
def serving():
    """Starts servers, which are ended with the test."""
    started = []

    def serve(*command, **options):
        process = subprocess.Popen([sys.executable, "-m", *command], text=True, **options)
        started.append(process)
        return process

    yield serve
    for process in started:
        process.terminate()
    for process in started:
        process.communicate(timeout=30)


# The studio: one for all tests


SERVE = """
import sys
from nst_keras.__main__ import main
from nst_keras.runs import serve, studio

studio.DRAFT_SIDE, serve.LARGEST_UPLOAD = 48, 100_000
sys.exit(main(["studio", "--folder", "made"]))
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """The studio as the command serves it, with one result. Each try to reach another host connects to `proxy`."""
    pytest.importorskip("gradio")
    base = tmp_path_factory.mktemp("studio")
    made_before(base / "made")
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.1)
        host = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        environment = {**os.environ, "BROWSER": "true", "NO_PROXY": "127.0.0.1", "TMPDIR": str(base)}
        environment |= {f"{kind}_PROXY": host for kind in ("HTTP", "HTTPS", "ALL")}
        command = [sys.executable, "-c", SERVE]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=base, env=environment) as process:
            address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
            yield SimpleNamespace(address=address, folder=base / "made", proxy=proxy, process=process)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
    assert [path.name for path in base.iterdir()] == ["made"]  # what was uploaded is nowhere else any more


def made_before(folder):
    """Write a result of other settings than those to begin with."""
    folder.mkdir()
    Image.open(data_path("gallery/coffee_cafe_terrace.jpg")).resize((64, 43)).save(folder / "coffee.png")
    made = json.loads(data_path("gallery/coffee_cafe_terrace.json").read_text())
    chosen = {"strength": 20, "colors": "content", "style_scale": 2.0, "max_side": 64}
    made |= {"size": [64, 43], "settings": Settings(**PRESETS["painterly"] | chosen).as_dict()}
    (folder / "coffee.json").write_text(json.dumps(made))


def results(studio):
    """The names of the pictures in its folder."""
    return {path.stem for path in studio.folder.glob("*.json")}


def record(studio, name):
    return json.loads((studio.folder / f"{name}.json").read_text())


def answer(address, data=None, **headers):
    """(status, body) of a request."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def upload(studio, name, data):
    form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n\r\n%b\r\n--x--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    return answer(f"{studio.address}gradio_api/upload", form % (name.encode(), data), **kind)


def use(studio, what, path):
    """What the page would be told if somebody handed over this path as a photo that was uploaded."""
    config = json.loads(answer(f"{studio.address}config")[1])
    places = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
    targets = {each["id"]: each["targets"] for each in config["dependencies"]}
    number = next(n for n, ((place, event), *_) in targets.items() if (places.get(place), event) == ("content", what))
    data = {"path": str(path), "meta": {"_type": "gradio.FileData"}}
    body = json.dumps({"data": [data, None], "fn_index": number, "session_hash": "me"}).encode()
    join = f"{studio.address}gradio_api/queue/join"
    assert answer(join, body, **{"Content-Type": "application/json"})[0] == 200
    with urllib.request.urlopen(f"{studio.address}gradio_api/queue/data?session_hash=me", timeout=30) as stream:
        return next(line for line in map(bytes.decode, stream) if "process_completed" in line)


def test_this_computer_alone(studio):
    process = psutil.Process(studio.process.pid)
    listening = {each.laddr.ip for each in process.net_connections() if each.status == "LISTEN"}
    assert listening == {"127.0.0.1"}
    config = json.loads(answer(f"{studio.address}config")[1])
    assert config["analytics_enabled"] is False
    assert not config.get("share_url")
    assert process.children() == []  # no tunnel, no kernels


def test_no_file_that_was_not_uploaded_or_bundled(studio):
    (studio.folder / "mine.txt").write_text("secret")
    for path in (studio.folder / "mine.txt", Path(__file__), "/etc/hostname"):
        for way in ("gradio_api/file=", "gradio_api/file/", "file="):
            status, body = answer(f"{studio.address}{way}{path}")
            assert status in (403, 404, 405), (way, path)
            assert b"secret" not in body
        assert '"success":false' in use(studio, "upload", path)


def test_nothing_of_another_host(studio):
    """Neither for whoever asks, nor by itself."""
    for path in ("file=http://example.org/a.png", "file=https:%2F%2Fexample.org", "proxy=https://example.org/"):
        assert answer(f"{studio.address}gradio_api/{path}") == (403, b"not of this host")
    assert '"success":false' in use(studio, "upload", "http://example.org/a.png")
    with pytest.raises(TimeoutError):
        studio.proxy.accept()


def test_uploads_have_a_limit(studio):
    assert upload(studio, "large.png", bytes(200_000))[0] == 413
    status, body = upload(studio, "huge.png", png(size=(8000, 7000)))
    assert status == 200
    assert "8000 x 7000 pixels are too many" in use(studio, "upload", *json.loads(body))


def visit(page, studio, size=None):
    """Open the studio; with the size of the next picture, if one is given."""
    page.goto(studio.address)
    page.get_by_text("pixels take about").wait_for()
    if size:
        choose_size(page, size)


def choose_size(page, size):
    page.get_by_label("Size: longer side in pixels").fill(str(size))
    page.get_by_text(re.compile(rf"\b{size}\b.* take about")).wait_for()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def result(page, number=0):
    """One of the pictures in the gallery."""
    return page.locator("#made button img").nth(number)


def is_in_view(page, locator):
    box, screen = locator.bounding_box(), page.viewport_size
    return box["y"] >= 0 and box["y"] + box["height"] <= screen["height"] and box["x"] + box["width"] <= screen["width"]


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_the_page(studio, tab, size, scheme):
    """It fits the screen, in its colors; nothing serious is in the way of people with disabilities."""
    from axe_playwright_python.sync_playwright import Axe

    page = tab(size, scheme)
    visit(page, studio)
    stage, choices = page.locator("#stage"), page.get_by_label("Size: longer side in pixels")
    if size[0] > 800:
        assert is_in_view(page, button(page, "Paint"))
        assert is_in_view(page, page.locator("#wipe"))
        assert stage.bounding_box()["x"] > choices.bounding_box()["x"] + 300
    else:
        assert stage.bounding_box()["y"] > button(page, "Paint").bounding_box()["y"]
    result(page).click()
    page.get_by_text("Coffee, painted like Cafe terrace: 64 x 43 pixels.").wait_for()
    assert is_in_view(page, page.get_by_text("Saved as coffee.png."))
    page.get_by_role("button", name="More settings").click()
    page.get_by_label("Size of the strokes").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light == (scheme == "light")
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert page.complaints == []


def test_paint_and_download(studio, tab):
    """By keyboard, pressed twice: one picture, in view while it emerges; its three files are the ones in the folder."""
    page = tab()
    visit(page, studio)
    page.get_by_role("button", name="Chelsea").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Composition VIII").click()
    choose_size(page, 128)
    button(page, "Paint").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"\d+ %. 128 x 85 of 128 x 85 pixels, \d+ seconds left")).wait_for()
    assert is_in_view(page, page.get_by_alt_text("The picture so far"))
    assert is_in_view(page, page.get_by_role("progressbar", name="Progress"))
    page.get_by_text("Saved as chelsea_composition_viii.png.").wait_for()
    for what, suffix in (("picture", "png"), ("settings", "json"), ("film", "webp")):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Download {what}").or_(button(page, f"Download {what}")).first.click()
        file = studio.folder / f"chelsea_composition_viii.{suffix}"
        assert download.value.suggested_filename == file.name
        assert Path(download.value.path()).read_bytes() == file.read_bytes()
    assert not (studio.folder / "chelsea_composition_viii_2.png").exists()


def test_on_a_phone_the_picture_comes_into_view(studio, tab):
    page = tab((390, 844), "dark")
    visit(page, studio, 64)
    button(page, "Paint").click()
    page.get_by_text("Saved as palace_great_wave.png.").wait_for()
    assert is_in_view(page, page.get_by_text("Saved as palace_great_wave.png."))


def test_stop_and_finish(studio, tab):
    page = tab()
    visit(page, studio, 181)
    page.get_by_role("button", name="Rocket").click()
    button(page, "Paint").click()
    page.get_by_text(" left").wait_for()
    button(page, "Stop").focus()
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"Stopped at 128 x \d+ pixels; the full size is 181 x ")).wait_for()
    page.keyboard.press("Tab")  # from where Stop was
    page.keyboard.press("Enter")
    page.get_by_text("Rocket, painted like Great wave: 181 x").wait_for()
    assert not button(page, "Finish at full size").is_visible()


def test_a_reloaded_page_loses_nothing(studio, tab):
    """What was going on ends at its next step, is in the gallery, and can be finished."""
    page = tab()
    visit(page, studio, 512)
    page.get_by_role("button", name="Astronaut").click()
    button(page, "Paint").click()
    page.get_by_text(" left").wait_for()
    page.reload()
    until(lambda: "astronaut_great_wave" in results(studio))
    assert record(studio, "astronaut_great_wave")["interrupted"]
    until(lambda: page.locator("#made button img").count() == len(results(studio)))
    result(page).click()
    page.get_by_text("the full size is 512 x 512.").wait_for()
    assert button(page, "Finish at full size").is_visible()


def test_two_visitors(studio, tab):
    """The second one sees his place, and has his turn when the page of the first one is closed."""
    first, second, before = tab(), tab(), results(studio)
    visit(first, studio, 512)
    visit(second, studio, 64)
    button(first, "Paint").click()
    first.get_by_text(" left").wait_for()
    button(second, "Paint").click()
    second.get_by_text("One picture is painted before yours").wait_for()
    first.close()
    second.get_by_text("Saved as palace_great_wave").wait_for()
    made = sorted(results(studio) - before, key=lambda name: record(studio, name)["size"][0])
    assert [record(studio, name)["interrupted"] for name in made] == [False, True]


DROP = """([place, bytes]) => {
  const data = new DataTransfer()
  data.items.add(new File([new Uint8Array(bytes)], "dropped.png", {type: "image/png"}))
  place.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}))
}"""
COPY = """async bytes => {
  const picture = new Blob([new Uint8Array(bytes)], {type: "image/png"})
  await navigator.clipboard.write([new ClipboardItem({"image/png": picture})])
}"""


def choose_file(page, name, data):
    """What a click on the photo leads to."""
    with page.expect_file_chooser() as chooser:
        page.get_by_alt_text("Photo").click()
    chooser.value.set_files({"name": name, "mimeType": f"image/{name.partition('.')[2]}", "buffer": data})


def test_ones_own_pictures(studio, tab):
    """By a click, of many kinds, the same one twice; dropped; pasted; and what is said of what is none."""
    page = tab()
    visit(page, studio, 64)
    for kind in ("GIF", "AVIF", "GIF"):
        choose_file(page, f"a.{kind.lower()}", png(kind))
        page.get_by_text("64 x 48 pixels take about").wait_for()
        page.get_by_role("button", name="Palace").click()
        page.get_by_text("64 x 43 pixels take about").wait_for()
    assert len(list((studio.folder / "uploads").iterdir())) == 2
    page.evaluate(DROP, [page.get_by_alt_text("Photo").element_handle(), [*png(size=(60, 60))]])
    page.get_by_text("64 x 64 pixels take about").wait_for()
    page.evaluate(COPY, [*png(size=(80, 60))])
    page.locator("#content").get_by_label("Paste from clipboard").click()
    page.get_by_text("64 x 48 pixels take about").wait_for()
    choose_file(page, "cut.png", png()[:60])
    page.get_by_text("cut.png cannot be read as a picture: it is a PNG picture, but damaged").wait_for()
    choose_file(page, "a.heic", b"\0\0\0\x18ftypheic" + bytes(99))
    page.get_by_text("a.heic cannot be read as a picture: it is HEIC").wait_for()
    assert page.get_by_text("64 x 48 pixels take about").is_visible()  # the picture before is still there


def test_try_all_paintings(studio, tab):
    page = tab()
    visit(page, studio, 64)
    button(page, "Try all paintings").click()
    page.get_by_text("Click the one that you like").wait_for()
    assert page.locator("#drafts button img").count() == 5
    page.locator("#drafts button img").nth(1).click()
    page.get_by_text("Saved as palace_church_auvers.png.").wait_for()
    assert button(page, "Use these settings again").is_visible()


def test_settings_of_an_earlier_result(studio, tab):
    page = tab()
    visit(page, studio)
    until(lambda: page.locator("#made button img").count() == len(results(studio)))
    result(page, len(results(studio)) - 1).click()
    button(page, "Use these settings again").click()
    page.get_by_text("64 x 43 pixels take about").wait_for()
    assert page.get_by_label("painterly").is_checked()
    page.get_by_role("button", name="More settings").click()
    assert page.get_by_label("the photo's", exact=True).is_checked()
    assert page.get_by_label("How much of the painting").first.input_value() == "20"
    assert page.get_by_label("Size of the strokes").first.input_value() == "2"


def png(kind="PNG", size=(120, 90)):
    file = io.BytesIO()
    Image.new("1", size, 1).save(file, format=kind)
    return file.getvalue()


def until(condition):
    end = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


# JupyterLab


def test_jupyterlab(tab, serving, tmp_path):
    """All cells of 00 run, without an error and without red text; in one more the studio is shown."""
    folder, tab = copied("00", tmp_path), tab()
    port = free_port()
    options = ["--no-browser", "--allow-root", "--ServerApp.token=", f"--port={port}", "--ServerApp.ip=127.0.0.1"]
    options += ["--LabApp.expose_app_in_browser=True"]
    serving("jupyterlab", *options, f"--ServerApp.root_dir={folder}", cwd=folder, stderr=subprocess.DEVNULL)
    wait_for(f"http://127.0.0.1:{port}/api")
    tab.goto(f"http://127.0.0.1:{port}/lab/tree/notebook.ipynb")
    tab.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    tab.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    finished(folder, tab)
    assert tab.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert tab.frame_locator("iframe").get_by_role("button", name="Paint", exact=True).wait_for() is None


def copied(number, folder):
    """A folder with the notebook, made short, and with what it imports."""
    notebooks = folder / "notebooks"
    keep_out = shutil.ignore_patterns("*.ipynb", "__pycache__", "src", "results", "studio")
    shutil.copytree(NOTEBOOKS, notebooks, ignore=keep_out)
    notebook = read_source(next((NOTEBOOKS / "src").glob(f"{number}_*.py")))
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += "".join(f"\n{name} = {value!r}" for name, value in QUICK.items())
    last = "from pathlib import Path\n\nimport nst_keras\n\nnst_keras.studio()\nPath('done').touch()"
    notebook.cells.append(nbformat.v4.new_code_cell(last))
    nbformat.write(notebook, notebooks / "notebook.ipynb")
    return notebooks


def finished(folder, page):
    """Wait for the last cell, which leaves a file; a cell that fails stops the notebook before it."""
    end = time.monotonic() + PATIENCE / 1000
    while not (folder / "done").exists():
        assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
        assert time.monotonic() < end
        page.wait_for_timeout(300)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(address):
    end = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            return urllib.request.urlopen(address).read()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.3)
