"""`nst-keras studio`: the panel as a page of this computer alone, by Voila."""

import argparse
import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"  # nobody else in the network can reach it
LARGEST_UPLOAD = 200_000_000  # bytes
CODE = """\
from nst_keras.runs import start_tensorflow

start_tensorflow()
from nst_keras.__main__ import DEFAULT_PAIR
from nst_keras.runs import Studio
from nst_keras.runs.panel import panel

panel(Studio(*DEFAULT_PAIR, {folder!r}))
"""


def main(arguments: list[str]) -> int:
    """Serve the panel until Ctrl-C; returns the exit status."""
    p = argparse.ArgumentParser(prog="nst-keras studio", description="The studio, as a page in your browser.")
    p.add_argument("folder", nargs="?", default="studio", help="for uploads and results (default: studio)")
    folder = Path(p.parse_args(arguments).folder).resolve()
    missing = [name for name in ("voila", "ipywidgets") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"error: the studio needs {' and '.join(missing)}; pip install voila ipywidgets", file=sys.stderr)
        return 2
    if folder.exists() and not folder.is_dir():
        print(f"error: {str(folder)!r} is a file; give a folder for uploads and results", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as page:
        notebook = Path(page) / "nst_keras_studio.ipynb"
        notebook.write_text(json.dumps(one_cell(CODE.format(folder=str(folder)))), encoding="utf-8")
        serve(notebook, folder)
    return 0


def one_cell(code: str) -> dict:
    """A notebook of one cell."""
    cell: dict[str, Any] = {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}


def serve(notebook: Path, folder: Path) -> None:
    """Voila on this notebook, until it is interrupted. The address is printed once it answers."""
    from voila.app import Voila

    class Page(Voila):
        def launch_browser(self):
            print(f"the studio: http://{HOST}:{self.port}/  (Ctrl-C ends it; results go to {folder})", flush=True)
            super().launch_browser()

    tornado = {"websocket_max_message_size": LARGEST_UPLOAD, "ws_ping_timeout": 30_000}  # ms; longer than that is noise
    flags = [] if sys.platform == "win32" else ["--KernelManager.transport=ipc"]  # not even by way of a port
    Page.launch_instance([str(notebook), *flags], ip=HOST, log_level="ERROR", tornado_settings=tornado)
