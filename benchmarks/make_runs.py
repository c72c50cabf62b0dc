"""Make the pictures of data/runs, which take longer than a notebook may: python benchmarks/make_runs.py [NAME ...]

Each run is one `stylize`; β = 0 makes it a reconstruction of C, α = 0 a texture of S. Its picture is kept
without loss, and beside it a sidecar with settings, seconds, final costs and the cost after each step ("J"). A run with
frames also keeps a film. The notebooks show them by nst_keras/lessons/stored.py; tests/test_runs.py computes each final
cost again.

The steps of notebooks/program are runs, too: program_00, program_03, ..., all of one pair.
"""

import argparse
import ast
import hashlib
import json
import runpy
import time
from pathlib import Path

import numpy as np
from PIL import Image

from nst_keras import data_path, paint, prepare, resize_image
from nst_keras.images import to_pixels
from nst_keras.lessons.rulers import prepare_in
from nst_keras.runs import save_run, start_tensorflow

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "data/runs"
PROGRAM = {f"program_{path.name[:2]}": path for path in sorted((ROOT / "notebooks/program").glob("*.py"))}
STRIP = {"content": "palace", "style": "great_wave", "side": 384}  # what all steps paint
TABLES = Path(__file__).with_name("runs")  # one file for each notebook: {name: {"content", "style", settings...}}


def main():
    table = {}
    for path in sorted(TABLES.glob("*.json")):
        table |= json.loads(path.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description="Make pictures of data/runs.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="from benchmarks/runs/*.json; or program_NN; all when none"
    )
    names = parser.parse_args().names or [*table, *PROGRAM]
    unknown = [name for name in names if name not in table and name not in PROGRAM]
    if unknown:
        parser.error(f"no run {unknown[0]!r} in {TABLES}")
    start_tensorflow()
    RUNS.mkdir(exist_ok=True)
    for name in names:
        if name in PROGRAM:
            make_step(name)
        else:
            make(name, **table[name])


def make(name, content, style, frames=0, way="", start="", **settings):
    """One run, its picture and its sidecar; with `frames`, a film of so many of its images.

    The network gets the pictures as it should, or in another `way`, by a mistake: see nst_keras.lessons.rulers. With
    start "S" it begins with S."""
    images = []
    callbacks = [lambda step, G, costs: images.append(to_pixels(G))] if frames else []
    run = prepare_in(way, content, style, **settings) if way else prepare(content, style, **settings)
    if start:
        run.controls.append(from_S)
    paint(run, callbacks)
    command = f"python benchmarks/make_runs.py {name}"
    J = [round(J, 6) for J in run.history["J"]]
    picture, _ = save_run(run, RUNS / f"{name}.png", overwrite=True, command=command, J=J)
    repack(picture)
    if frames:
        save_film(images, frames, RUNS / f"{name}_film.webp", run.image.shape[1:3])
    first, last = run.history["J"][0], run.history.final["J"]
    print(f"{name}: J {first:.4g} -> {last:.4g}, {run.history.seconds[-1]:.0f} s", flush=True)


def from_S(scene):
    """Begin with S, stretched to the size of C."""
    return scene._replace(first=resize_image(scene.styles[0], tuple(scene.C.shape[1:3])))


def make_step(name):
    """The picture of one step of the program, and beside it what it was made of."""
    step = runpy.run_path(str(PROGRAM[name]))
    C, S = (step["load"](data_path(f"{kind}/{STRIP[kind]}.jpg"), STRIP["side"]) for kind in ("content", "style"))
    start = time.perf_counter()
    painted = step["paint"](C, S)
    G = painted[0] if isinstance(painted, tuple) else painted
    seconds = round(time.perf_counter() - start, 1)
    Image.fromarray(to_pixels(G)).save(RUNS / f"{name}.png")
    repack(RUNS / f"{name}.png")
    record = STRIP | {
        "seconds": seconds,
        "sha256": code_sha256(name),
        "command": f"python benchmarks/make_runs.py {name}",
    }
    (RUNS / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"{name}: {seconds:.0f} s", flush=True)


def code_sha256(name):
    """Of the code of a step; its comments and layout do not count, nor docstrings."""
    tree = ast.parse(PROGRAM[name].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()


def repack(png):
    """Put a lossless WebP in the place of a PNG: the same pixels in four fifths of the bytes."""
    with Image.open(png) as picture:
        picture.save(png.with_suffix(".webp"), lossless=True, exact=True, quality=100, method=6)
    png.unlink()


def save_film(images, frames, path, size, quality=75):
    """Some of the images as an animated WebP, more of them from the beginning, where more happens."""
    chosen = np.unique(np.geomspace(1, len(images), frames).round().astype(int)) - 1
    film = [Image.fromarray(to_pixels(resize_image(images[i][None].astype("float32"), size))) for i in chosen]
    duration = [max(150, 2400 // frames)] * (len(film) - 1) + [3000]  # milliseconds
    film[0].save(path, save_all=True, append_images=film[1:], duration=duration, loop=0, quality=quality)


if __name__ == "__main__":
    main()
