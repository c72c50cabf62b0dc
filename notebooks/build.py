"""Make the notebooks from their text files: python notebooks/build.py [NN ...]

Each `src/NN_name.py` (jupytext, py:percent) is executed from a fresh kernel in this folder and written
to `NN_name.ipynb`. Nothing that changes from run to run is kept, so that two builds differ in the bytes
of pictures at most. When a cell fails, the old notebook stays as it was.
"""

import argparse
import base64
import io
import os
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

FOLDER = Path(__file__).resolve().parent
TIMEOUT = 600  # seconds for one cell
# The number of threads within an operation changes the last digits of float sums. Operations side by side (inter)
# would change the order in which gradients are added up, from run to run.
ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "1"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(arguments=None):
    """Build the chosen notebooks; returns the exit status."""
    parser = argparse.ArgumentParser(description="Execute notebooks/src/NN_*.py and write notebooks/NN_*.ipynb.")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="such as 00 04; all when none is given")
    chosen = parser.parse_args(arguments).numbers
    sources = find_sources(chosen)
    missing = [number for number in chosen if not any(path.name.startswith(f"{number}_") for path in sources)]
    if missing or not sources:
        parser.error(f"no notebooks/src/{(missing or ['NN'])[0]}_*.py")
    return max(build(source) for source in sources)


def find_sources(numbers=()):
    """The text files of the notebooks, in order; of all notebooks when no numbers are given."""
    paths = sorted((FOLDER / "src").glob("[0-9][0-9]_*.py"))
    return [path for path in paths if not numbers or path.name[:2] in numbers]


def notebook_path(source):
    """Where the notebook of a text file stands."""
    return FOLDER / f"{source.stem}.ipynb"


def read_source(source):
    """The notebook that a text file describes, without outputs; its cells have fixed ids."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:02d}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def build(source):
    """Execute one notebook and write it; returns 0, or 1 when a cell failed."""
    from nst_keras.files.pictures import write_whole

    notebook, target = read_source(source), notebook_path(source)
    start = time.perf_counter()
    try:
        execute(notebook)
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


def execute(notebook):
    """Run all cells from a fresh kernel. Only cells tagged `raises-exception` may fail."""
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    environment = {**os.environ, **ENVIRONMENT}
    environment.pop("MPLBACKEND", None)  # the kernel shows figures in the notebook, unless this says otherwise
    client.execute(env=environment)


def clean(notebook):
    """Drop stderr, widget state, and what else changes from run to run."""
    notebook.metadata = nbformat.from_dict(METADATA)  # execution adds the version of Python
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = merge_streams(output for output in cell.outputs if output.get("name") != "stderr")
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.data["image/png"] = with_palette(output.data["image/png"])


def with_palette(picture):
    """A figure (base64 PNG) with the 256 colors that suit it best: a third of the bytes, and looks the same."""
    figure = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB").quantize(256)
    packed = io.BytesIO()
    figure.save(packed, format="PNG", optimize=True)
    return base64.b64encode(packed.getvalue()).decode() + "\n"


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
