"""Which recipe makes the best picture?

    python benchmarks/recipes.py [--side 512] [--pairs 6] [--out FOLDER] [RECIPE ...]

Each recipe paints each pair; then the referee judges, who was not optimized for: VGG16 (style and content), color
patches (no network), and noise beside that of S. Seconds are those of one call in a process that is warm: loading the
network, tracing and all steps. The pictures are kept in FOLDER, if one is given, and put together in sheet.jpg: a row
for each pair, a column for each recipe. (data/gallery/before_after.jpg: the first two recipes, the second one left.)
"""

import argparse
import itertools
import time
from pathlib import Path

import tensorflow as tf
from PIL import Image

from nst_keras import Objective, initial_image, lbfgs, minimize, prepare, resize_image, save_image
from nst_keras.runs import measure
from nst_keras.style import mean_and_covariance
from nst_keras.transfer import at_size

PAIRS = (
    ("palace", "great_wave"), ("astronaut", "composition_viii"), ("chelsea", "church_auvers"),
    ("coffee", "cafe_terrace"), ("rocket", "great_wave"), ("astronaut", "night_cafe"),
)  # fmt: skip
GRAM = {"style_cost": "gram", "layer_weights": "equal", "beta": 10.0, "pooling": "avg", "padding": "zero"}
RECIPES = {
    "default": {},
    "Gram, half and full size, 60 steps each": GRAM,  # the default until version 0.2
    "Gram on the ladder": {"style_cost": "gram", "layer_weights": "equal", "beta": 10.0},
    "average pooling": {"pooling": "avg"},
    "zero padding": {"padding": "zero"},
    "one size": {"scales": 1, "steps": 60},
    "half of the steps": {"steps": 10},
    "twice the steps": {"steps": 40},
    "equal λ": {"layer_weights": "equal"},
    "finest λ": {"layer_weights": "finest"},
    "64 directions": {"rank": 64},
    "32 directions": {"rank": 32},
    "all directions": {"rank": 512},
    "all directions, Newton-Schulz": {},
    "from noise": {"init": "noise"},
}


class NewtonSchulz(Objective):
    """The Wasserstein cost as other tools compute it: the root of a whole matrix at every step, by iteration."""

    def _style_distance(self, of_S, of_G, B):
        with tf.init_scope():  # what belongs to S, once
            mean_S, cov_S = mean_and_covariance(of_S)
            variances, axes = tf.linalg.eigh(cov_S)
            root_S = tf.matmul(axes * tf.sqrt(tf.nn.relu(variances)), axes, transpose_b=True)
        mean_G, cov_G = mean_and_covariance(of_G)
        between = root_by_iteration(root_S @ cov_G @ root_S)
        W = tf.reduce_sum((mean_S - mean_G) ** 2) + tf.linalg.trace(cov_S + cov_G - 2 * between)
        return W * of_S.n / tf.linalg.trace(of_S.gram)


def root_by_iteration(M, iterations=12):
    """Newton-Schulz: Y → M^½ of M / ‖M‖, with Z → M^-½ (Higham 2008, eq. 6.35)."""
    norm, identity = tf.norm(M), tf.eye(M.shape[0])
    Y, Z = M / norm, identity
    for _ in range(iterations):
        T = 0.5 * (3 * identity - Z @ Y)
        Y, Z = Y @ T, T @ Z
    return Y * tf.sqrt(norm)


def paint(name, content, style, side):
    """The finished run of one recipe, and its seconds."""
    start = time.perf_counter()
    run = prepare(content, style, max_side=side, **RECIPES[name])
    if "half and full" in name:
        run.sizes, run.steps = [tuple(round(n / 2) for n in run.sizes[-1]), run.sizes[-1]], [60, 60]
    kind = NewtonSchulz if "Newton" in name else Objective
    for size, steps in zip(run.sizes, run.steps, strict=True):
        C, S = at_size(size, run.C, run.S)
        first = initial_image(run.settings.init, C) if run.image is None else resize_image(run.image, size)
        run.image, _ = minimize(kind(C, S, run.settings, run.extractor), first, lbfgs(), steps, history=run.history)
    return run, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help=f"of: {'; '.join(RECIPES)}; all when none")
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--pairs", type=int, default=len(PAIRS))
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    paint("default", *PAIRS[0], 64)  # warm up
    print("| pair | recipe | s | W in VGG16 | Gram in VGG16 | content in VGG16 | patches | noise (S) |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for content, style in PAIRS[: args.pairs]:
        for name in args.recipes or RECIPES:
            run, seconds = paint(name, content, style, args.side)
            quality = measure(run)
            of_S = quality["styles"][0]
            print(
                f"| {content}, {style} | {name} | {seconds:.1f} | {of_S['wasserstein']:.3f} | {of_S['gram']:.3f} | "
                f"{quality['content']:.3f} | {of_S['patches']:.2f} | {quality['noise']:.1f} ({of_S['noise']:.1f}) |",
                flush=True,
            )
            if args.out:
                args.out.mkdir(exist_ok=True)
                save_image(run.image, args.out / file_name(content, style, name), overwrite=True)
    if args.out:
        sheet(args.out, PAIRS[: args.pairs], args.recipes or list(RECIPES))


def file_name(content, style, recipe):
    return f"{content}_{style}_{recipe.replace(' ', '_').replace(',', '')}.png"


def sheet(folder, pairs, recipes, width=384):
    """All pictures in one, to be judged by eye."""
    rows = []
    for content, style in pairs:
        row = [Image.open(folder / file_name(content, style, recipe)).convert("RGB") for recipe in recipes]
        rows.append([picture.resize((width, round(width * picture.height / picture.width))) for picture in row])
    heights = [row[0].height for row in rows]
    page = Image.new("RGB", (width * len(recipes), sum(heights)))
    for top, row in zip(itertools.accumulate(heights, initial=0), rows, strict=False):
        for column, picture in enumerate(row):
            page.paste(picture, (column * width, top))
    page.save(folder / "sheet.jpg", quality=90)


if __name__ == "__main__":
    main()
