"""Make the notebooks from their text files: python notebooks/build_notebooks.py [NN ...]

Each `src/NN_name.py` (jupytext, py:percent) is executed from a fresh kernel in this folder and written
to `NN_name.ipynb`; `src/labs/NN_name.py`, called labs/NN, likewise to `labs/NN_name.ipynb`. A cell tagged `program`
is filled with a file of `program/`, so that a notebook alone is complete. Nothing that changes from run to run is
kept, so that two builds differ in the bytes of pictures at most. When a cell fails, the old notebook stays as it was.
"""

import argparse
import base64
import io
import os
import sys
import time
from itertools import zip_longest
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image, ImageFile

FOLDER = Path(__file__).resolve().parent
PROGRAM = FOLDER / "program"  # one complete script for each step
COMMAND_LINE = '\n\nif __name__ == "__main__":'  # where the part begins that a notebook does not need
TIMEOUT = 600  # seconds for one cell
# The number of threads within an operation changes the last digits of float sums. Operations side by side (inter)
# would change the order in which gradients are added up, from run to run.
ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "1"}
KEPT = ("tags", "alt")  # of a cell's metadata; alt: what its figures show, a text or a list of texts
JPEG_QUALITY = 92
ImageFile.MAXBLOCK = 2**24  # bytes; by default Pillow gives up when an optimized JPEG outgrows its buffer
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(arguments=None):
    """Build the chosen notebooks; returns the exit status."""
    parser = argparse.ArgumentParser(description="Execute notebooks/src/NN_*.py and write notebooks/NN_*.ipynb.")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="such as 00 04 labs/04; all when none is given")
    chosen = parser.parse_args(arguments).numbers
    sources = find_sources(chosen)
    missing = [number for number in chosen if not any(name_of(path).startswith(f"{number}_") for path in sources)]
    if missing or not sources:
        parser.error(f"no notebooks/src/{(missing or ['NN'])[0]}_*.py")
    return max(build(source) for source in sources)


def find_sources(numbers=()):
    """The text files of the notebooks, in order, and of the labs; of all when no numbers are given."""
    paths = [path for folder in ("src", "src/labs") for path in sorted((FOLDER / folder).glob("[0-9][0-9]_*.py"))]
    return [path for path in paths if not numbers or name_of(path).partition("_")[0] in numbers]


def name_of(source):
    """What a notebook is called here: "04_gram_matrix", or "labs/04_conventions"."""
    return source.relative_to(FOLDER / "src").with_suffix("").as_posix()


def source_path(name):
    return FOLDER / "src" / f"{name}.py"


def notebook_path(source):
    """Where the notebook of a text file stands."""
    return FOLDER / f"{name_of(source)}.ipynb"


def read_source(source):
    """The notebook that a text file describes, without outputs; its cells have fixed ids."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    prompts = iter(("Your program so far", "Your program now"))
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:02d}"
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)})
        if "program" in cell.metadata.get("tags", []):
            fill_in_program(cell, next(prompts))
    return notebook


def fill_in_program(cell, prompt):
    """Replace the name of a step, "# 03_content_cost", by its file without the command line, and fold it."""
    step = PROGRAM / f"{cell.source.strip('# ')}.py"
    if not step.is_file():
        raise ValueError(f"a cell tagged program holds the name of a step, # 03_content_cost, not {cell.source!r}")
    cell.source = with_its_name(step)
    cell.metadata.jupyter = {"source_hidden": True}  # in JupyterLab
    cell.metadata.mystnb = {"code_prompt_show": prompt, "code_prompt_hide": "Fold your program"}
    cell.metadata.tags += ["hide-input"]  # on the web pages


def with_its_name(step):
    return f"# Your program so far: notebooks/program/{step.name}\n{program(step)}"


def program(step):
    """A step's file as a notebook runs it: without the text at its head and the command line."""
    text = step.read_text(encoding="utf-8").split(COMMAND_LINE)[0]
    return text.split('"""\n', 1)[1].strip().replace("import argparse\n\n", "", 1)


def build(source):
    """Execute one notebook and write it; returns 0, or 1 when a cell failed."""
    from nst_keras.files.pictures import write_whole

    notebook, target = read_source(source), notebook_path(source)
    target.parent.mkdir(exist_ok=True)
    start = time.perf_counter()
    try:
        execute(notebook, target.parent)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        # The error's text holds the source of the cell and its traceback.
        print(f"{source.name}: a cell failed; {target.name} stays as it was\n{error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - start
    clean(notebook)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook) + "\n"
    write_whole(target, lambda file: file.write(text.encode()), overwrite=True)
    print(f"{target.name}: {seconds:.0f} s, {target.stat().st_size / 1e6:.2f} MB", flush=True)
    return 0


def execute(notebook, folder=FOLDER):
    """Run all cells from a fresh kernel. Only cells tagged `raises-exception` may fail."""
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    environment = {**os.environ, **ENVIRONMENT}
    environment.pop("MPLBACKEND", None)  # the kernel shows figures in the notebook, unless this says otherwise
    client.execute(env=environment)


def share_cores():
    """In one of the processes that pytest runs side by side: one core for it, and for all that it starts."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")  # gw0, gw1, ...
    if worker:
        os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
        if hasattr(os, "sched_setaffinity"):  # Linux
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})


def clean(notebook):
    """Drop stderr, and what else changes from run to run."""
    notebook.metadata = nbformat.from_dict(METADATA)  # execution adds the version of Python
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merge_streams(output for output in cell.outputs if output.get("name") != "stderr")
            finish_figures(cell)


def finish_figures(cell):
    """Make the figures of a cell compact, and give each its alt text."""
    alts = cell.metadata.get("alt", [])
    figures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    for figure, alt in zip_longest(figures, [alts] if isinstance(alts, str) else alts):
        if figure is None:
            raise ValueError(f"more alt texts than figures, {alt!r}, in the cell\n{cell.source}")
        kind, picture = compact(base64.b64decode(figure.data.pop("image/png")))
        figure.data[kind] = base64.b64encode(picture).decode() + "\n"
        figure.metadata = nbformat.from_dict({kind: {"alt": alt}} if alt else {})


def compact(png):
    """A figure in true color: (kind, bytes), as PNG for drawings or as JPEG with full color for pictures."""
    figure, packed, photo = Image.open(io.BytesIO(png)).convert("RGB"), io.BytesIO(), io.BytesIO()
    figure.save(packed, format="PNG", optimize=True)
    figure.save(photo, format="JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
    smaller = photo.tell() < packed.tell()
    return ("image/jpeg", photo.getvalue()) if smaller else ("image/png", packed.getvalue())


def merge_streams(outputs):
    """Join texts printed one after the other: where the kernel splits them depends on time."""
    merged = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].output_type == "stream":
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


if __name__ == "__main__":
    sys.exit(main())
