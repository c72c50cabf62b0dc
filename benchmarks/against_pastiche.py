"""nst_keras beside pastiche 1.6.0, a tool on PyTorch: same VGG19 weights, pictures, objective and machine.

    python benchmarks/against_pastiche.py [--pastiche-python PYTHON]

PYTHON is an interpreter that has pastiche and torch (`pip install pastiche==1.6.0 torch`), if this one has not.
Three tables are printed:

1. Seconds for one iteration of L-BFGS (cost, gradient and update), in alternating rounds; medians.
2. Seconds until nst_keras has a picture as good as the one that pastiche has after 500 iterations from the
   content image. Both are saved as PNG, and both files are scored by pastiche's own loss function in float32.
3. Each tool with its own defaults at 512 pixels and in the same time, pastiche also in four times as much; then
   nst_keras with β turned until it has left as much of the content: pastiche's loss before saving, that of the PNG
   files, and the referee of nst_keras, which neither of them has optimized.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image
from recipes import at_content

from nst_keras import (
    FeatureExtractor,
    Objective,
    data_path,
    lbfgs,
    load_image,
    load_vgg,
    minimize,
    resize_image,
    save_image,
    stylize,
)
from nst_keras.runs import referee

THREADS = 2
ITERATIONS = 500  # of pastiche
PAIRS = (("palace", "great_wave"), ("astronaut", "night_cafe"), ("coffee", "cafe_terrace"))
SIDE = 384
# pastiche's defaults: 0.01·mse of the content, and for each style layer 10/nC² · mse of the Gram matrices over nH·nW
STYLE_WEIGHTS = {f"block{b}_conv1": 10 / n_C**2 for b, n_C in enumerate((64, 128, 256, 512, 512), start=1)}
CONTENT_LAYER = "block4_conv2"
PLAN = ((0.25, 80), (0.5, 60), (1.0, 80))  # (share of the size, steps) of each scale
EVERY = 5  # steps between two pictures to be scored


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pastiche-python", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--tables", default="123", help="which tables: 1, 23, ...")
    args = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    with tempfile.TemporaryDirectory() as folder, Pastiche(args.pastiche_python) as pastiche:
        if "1" in args.tables:
            compare_iterations(pastiche, Path(folder))
        if "2" in args.tables:
            compare_runs(pastiche, Path(folder))
        if "3" in args.tables:
            compare_defaults(pastiche, Path(folder))


class Pastiche:
    """pastiche_worker.py in a process of its own: pastiche("steps", 10) asks it."""

    def __init__(self, python):
        worker = [python, str(Path(__file__).with_name("pastiche_worker.py")), str(THREADS)]
        self.process = subprocess.Popen(worker, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, *request):
        self.process.stdin.write(json.dumps(request, default=str) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("pastiche's process ended; its message stands above")
        return json.loads(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def compare_iterations(pastiche, folder, rounds=5, steps=4):
    """Table 1."""
    network = load_vgg()
    print("| pixels | tool | median seconds per iteration | ratio |\n| --- | --- | --- | --- |")
    for side in (256, 512):
        C, S = (prepare(name, folder, (side, side)) for name in ("content/palace.jpg", "style/great_wave.jpg"))
        objectives = {p: objective(load_image(C), load_image(S), network, p) for p in ("float32", "bfloat16")}
        seconds = {"pastiche": [], **{f"nst_keras, {precision}": [] for precision in objectives}}
        pastiche("load", C, S)
        for count in range(rounds + 1):
            new = {"pastiche": pastiche("steps", steps)["seconds"]}
            for precision, J in objectives.items():
                _, history = minimize(J, load_image(C), lbfgs(), steps + 1)
                new[f"nst_keras, {precision}"] = np.diff(history.seconds[:-1]).tolist()
            for tool in seconds:
                seconds[tool] += new[tool] if count else []  # the first round is for warming up
        medians = {tool: statistics.median(values) for tool, values in seconds.items()}
        for tool, median in medians.items():
            print(f"| {side} x {side} | {tool} | {median:.3f} | {median / medians['pastiche']:.2f} |", flush=True)


def compare_runs(pastiche, folder):
    """Table 2."""
    print("\n| pair | tool | seconds | steps | loss of the PNG | time, pastiche = 1 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for content, style in PAIRS:
        C, S = prepare(f"content/{content}.jpg", folder), prepare(f"style/{style}.jpg", folder)
        seconds = pastiche("load", C, S)["seconds"]
        run = pastiche("steps", ITERATIONS)
        seconds += sum(run["seconds"])
        pastiche("save", folder / "pastiche.png")
        target = pastiche("score", folder / "pastiche.png")["loss"]
        print(f"| {content}, {style} | pastiche | {seconds:.0f} | {ITERATIONS} | {target:.5g} | 1 |", flush=True)
        for precision in ("float32", "bfloat16"):
            reached = time_to_reach(target, load_image(C), load_image(S), precision, pastiche, folder)
            ratio = reached[0] / seconds
            print(f"| | nst_keras, {precision} | {reached[0]:.0f} | {reached[1]} | {reached[2]:.5g} | {ratio:.2f} |")
        print(f"| | (pastiche's loss before saving: {run['loss']:.5g}) | | | | |", flush=True)


def compare_defaults(pastiche, folder):
    """Table 3."""
    print("\n| pair | tool | seconds | its loss | loss of the PNG | content | W, blocks 1-4 | patches | objects |")
    print("|" + 9 * " --- |")
    for content, style in PAIRS:
        C, S = prepare(f"content/{content}.jpg", folder, side=512), prepare(f"style/{style}.jpg", folder, side=512)
        start = time.perf_counter()
        save_image(stylize(C, S).image, folder / "ours.png", overwrite=True)
        ours = time.perf_counter() - start
        seconds = pastiche("load", C, S)["seconds"]
        loss = pastiche("score", folder / "ours.png")["loss"]
        row(f"{content}, {style}", "nst_keras", ours, "", loss, C, S, folder / "ours.png")
        for times in (1, 4):
            while seconds < times * ours:
                run = pastiche("steps", 1)
                seconds += sum(run["seconds"])
            pastiche("save", folder / "pastiche.png")
            loss = pastiche("score", folder / "pastiche.png")["loss"]
            content = row("", "pastiche", seconds, f"{run['loss']:.5g}", loss, C, S, folder / "pastiche.png")
        run, ours, _ = at_content(content, "default", str(C), str(S), side=512)
        save_image(run.image, folder / "ours.png", overwrite=True)
        loss = pastiche("score", folder / "ours.png")["loss"]
        row("", f"nst_keras, β {run.settings.beta:.3g}", ours, "", loss, C, S, folder / "ours.png")


def row(pair, tool, seconds, own, loss, C, S, picture):
    """One line of table 3; returns the content cost of the picture."""
    measures = referee(load_image(C), [load_image(S)])(load_image(picture))
    of_S = measures["styles"][0]
    print(
        f"| {pair} | {tool} | {seconds:.0f} | {own} | {loss:.5g} | {measures['content']:.2f} | "
        f"{of_S['wasserstein']:.4f} | {of_S['patches']:.1f} | {of_S['objects']:.2f} |", flush=True,
    )  # fmt: skip
    return measures["content"]


def time_to_reach(target, C, S, precision, pastiche, folder):
    """(seconds, steps, loss) of the first of our pictures that is as good as pastiche's; loads the network first."""
    kept, taken = [], 0
    start = time.perf_counter()
    network = load_vgg()
    G = C
    for share, steps in PLAN:
        size = scaled(C, share)
        J = objective(resize_image(C, size), resize_image(S, scaled(S, share)), network, precision)

        def keep(step, G, costs, share=share, taken=taken):
            if share == 1 and step and step % EVERY == 0:
                kept.append((time.perf_counter() - start, taken + step, G))

        G, _ = minimize(J, resize_image(G, size), lbfgs(), steps, keep)
        taken += steps
    for seconds, step, image in kept:
        save_image(image, folder / "ours.png", overwrite=True)
        loss = pastiche("score", folder / "ours.png")["loss"]
        if loss <= target:
            return seconds, step, loss
    return float("nan"), step, loss


def objective(C, S, network, precision):
    """pastiche's objective."""
    extractor = FeatureExtractor([CONTENT_LAYER, *STYLE_WEIGHTS], network, precision)
    return Objective(
        C, S, alpha=0.01, beta=1.0, gamma=0.0, content_layer=CONTENT_LAYER,
        layer_weights=STYLE_WEIGHTS, style_cost="gram",
        extractor=extractor, content_normalizer="mean", style_normalizer="per_position",
    )  # fmt: skip


def scaled(image, share):
    return tuple(round(side * share) for side in image.shape[1:3])


def prepare(name, folder, size=None, side=SIDE):
    """A bundled picture at the size of the comparison, as a PNG: both tools read the same pixels."""
    picture = Image.open(data_path(name)).convert("RGB")
    size = size or tuple(round(n * side / max(picture.size)) for n in picture.size)
    path = folder / f"{Path(name).stem}.png"
    picture.resize(size, Image.Resampling.LANCZOS).save(path)
    return path


if __name__ == "__main__":
    main()
