"""JupyterLab and Voila in a real browser: Chromium without a window, driven by Playwright.

Skipped where one of them is missing; with NST_BROWSER=required in the environment (see .ci/run) that is a failure.
"""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import numpy as np
import pytest
from build_notebooks import FOLDER as NOTEBOOKS
from build_notebooks import read_source
from PIL import Image

pytestmark = pytest.mark.whole

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60_000  # ms
# What makes a run of 00 short; 11 is run with the first set of its tweaks.
QUICK = {"00": {"max_side": 96, "steps": 2}, "11": {"side": 48, "steps": 1}}


def missing():
    """What keeps these tests from running, in words."""
    for name in ("playwright", "voila", "jupyterlab"):
        try:
            __import__(name)
        except ImportError:
            return f"{name} is not installed"
    return None if CHROMIUM else "there is no Chromium on the PATH"


@pytest.fixture(scope="module", autouse=True)
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
    page = chromium.new_page(viewport={"width": 1200, "height": 1400})
    page.set_default_timeout(PATIENCE)
    yield page
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


def png(seed):
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def use_panel(page, folder):
    """Upload, Run at a tiny size, Stop, Save: the file is there. And a bad file is refused in words."""
    upload(page, "photo.png", png(0))
    page.get_by_role("button", name="✓ photo").wait_for()
    side = page.get_by_label("longer side")
    side.fill("256")  # small, and long enough to be stopped
    side.press("Enter")
    page.get_by_text("forecast: about").wait_for()
    button(page, "Run").click()
    page.get_by_alt_text("The picture so far").wait_for()
    button(page, "Stop").click()
    page.get_by_text("stopped; the best picture so far").wait_for()
    button(page, "Save").click()
    page.get_by_text("saved: ").wait_for()
    assert {"photo_great_wave.png", "photo_great_wave.json"} <= {path.name for path in folder.iterdir()}
    upload(page, "broken.png", png(1)[:200])
    page.get_by_text("error: cannot read").wait_for()


def upload(page, name, data):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload (").first.click()
    chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": data})


def button(page, name):
    return page.get_by_role("button", name=re.compile(rf"^\W*{name}$"))  # an icon may stand before the name


def test_voila(tab, serving, tmp_path):
    folder, environment = tmp_path / "made", {**os.environ, "BROWSER": "true"}
    server = serving("nst_keras", "studio", str(folder), stdout=subprocess.PIPE, cwd=tmp_path, env=environment)
    address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
    tab.goto(address)
    use_panel(tab, folder)


@pytest.mark.parametrize("number", ["00", "11"])
def test_jupyterlab(tab, serving, tmp_path, number):
    """All cells run, without an error and without red text; in 11 the panel works."""
    folder = copied(number, tmp_path)
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
    if number == "11":
        use_panel(tab, folder / "studio")


def copied(number, folder):
    """A folder with the notebook, made short, and with what it imports."""
    notebooks = folder / "notebooks"
    keep_out = shutil.ignore_patterns("*.ipynb", "__pycache__", "src", "results", "studio")
    shutil.copytree(NOTEBOOKS, notebooks, ignore=keep_out)
    notebook = read_source(next((NOTEBOOKS / "src").glob(f"{number}_*.py")))
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += "".join(f"\n{name} = {value!r}" for name, value in QUICK[number].items())
    done = nbformat.v4.new_code_cell("from pathlib import Path\n\nPath('done').touch()")
    notebook.cells.append(done)
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
