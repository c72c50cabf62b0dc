"""The studio served, for this computer alone: `nst-keras studio` in the browser, `nst_keras.studio()` in a notebook."""

import argparse
import contextlib
import importlib.util
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"  # nobody else in the network can reach it
LARGEST_UPLOAD = 200_000_000  # bytes


def studio(folder: str | os.PathLike = "studio") -> None:
    """Show the studio: under this cell in a notebook, else in the browser.

    Args:
        folder: for uploads and results.

    Raises:
        ModuleNotFoundError: Gradio is not installed. NotADirectoryError: the folder is a file.
    """
    launch(Path(folder), inbrowser=not in_notebook(), inline=in_notebook())


def main(arguments: list[str]) -> int:
    """Serve the studio until Ctrl-C; returns the exit status."""
    p = argparse.ArgumentParser(prog="nst-keras studio", description="The studio, as a page in your browser.")
    p.add_argument("--folder", default="studio", help="for uploads and results (default: %(default)s)")
    folder = Path(p.parse_args(arguments).folder).resolve()
    with tempfile.TemporaryDirectory(prefix="nst_keras_") as cache:
        os.environ["GRADIO_TEMP_DIR"] = cache
        painter, page, address = launch(folder, inbrowser=True, inline=False)
        print(f"the studio: {address}  (Ctrl-C ends it; pictures go to {folder})", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 130
        finally:
            painter.close()
            page.close(verbose=False)


def launch(folder: Path, **how: Any) -> tuple:
    """Serve the page of a folder's studio; returns (the Studio, the page, its address)."""
    if importlib.util.find_spec("gradio") is None:
        raise ModuleNotFoundError("the studio needs gradio; pip install gradio")
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{str(folder)!r} is a file; give a folder for uploads and results")
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before Gradio is imported
    from nst_keras.runs.quiet import start_tensorflow

    start_tensorflow()
    from nst_keras.runs.page import studio_page
    from nst_keras.runs.parts import CSS, THEME
    from nst_keras.runs.studio import Studio

    painter = Studio(folder)
    page = studio_page(painter)
    _, address, _ = page.launch(
        **how, server_name=HOST, share=False, prevent_thread_lock=True, quiet=True, max_file_size=LARGEST_UPLOAD,
        footer_links=[], enable_monitoring=False, ssr_mode=False, mcp_server=False, theme=THEME, css=CSS,
        app_kwargs={"middleware": [(FromHereOnly, (), {})]}, height=900,
    )  # fmt: skip
    return painter, page, address


def in_notebook() -> bool:
    """Whether this runs in Jupyter."""
    with contextlib.suppress(ImportError):
        from IPython import get_ipython

        return hasattr(get_ipython(), "kernel")
    return False


class FromHereOnly:
    """Gradio would fetch pages of other hosts for whoever asks; this refuses it."""

    def __init__(self, app: Any):
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if re.search(r"(file|proxy)[=/]\s*\w+:/", scope.get("path", "")):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            return await send({"type": "http.response.body", "body": b"not of this host"})
        return await self.app(scope, receive, send)
