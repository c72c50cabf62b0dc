"""Which recipe makes the best picture?

    python benchmarks/recipes.py [--side 512] [--pairs 6] [--own-beta] [--out FOLDER] [RECIPE ...]

Pictures are compared at equal content: whoever takes more from C comes nearer to S. So the first recipe paints a pair
with its own β, and for each of the others β is turned until the content cost in VGG16 is the same within 0.01 (with
--own-beta: each its own). Then the referee judges, who was not optimized for: style in VGG16 (W, blocks 1 to 4),
color patches (no network), objects of S that were copied, and what is finer than four pixels, over that of S. Seconds
are those of one call in a process that is warm: loading the network, tracing and all steps. The pictures are kept in
FOLDER, if one is given, and put together in sheet.jpg: a row for each pair, a column for each recipe.
(data/gallery/before_after.jpg is such a sheet, of version 0.6 and of the default.)
"""

import argparse
import itertools
import math
import time
from pathlib import Path

import tensorflow as tf
from PIL import Image

from nst_keras import Settings, prepare, save_image
from nst_keras.controls import PRESETS
from nst_keras.lessons.clouds import compared_by
from nst_keras.lessons.grams import PAIRS
from nst_keras.runs import measure
from nst_keras.transfer import paint

GRAM = {"style_cost": "gram", "layer_weights": "equal", "beta": 10.0, "pooling": "avg", "padding": "zero"}
RECIPES = {
    "default": {},
    "dreamlike": PRESETS["dreamlike"],  # the default of version 0.6
    "Gram, half and full size, 60 steps each": GRAM,  # the default until version 0.2
    "Gram on the ladder": {"style_cost": "gram", "layer_weights": "equal", "beta": 10.0},
    "Gram": {"style_cost": "gram"},
    "mean and covariance by squares": {"style_cost": "gram", "beta": 30.0},
    "Gram by roots": {"style_cost": "wasserstein", "beta": 88.0},
    "covariance by roots": {"style_cost": "wasserstein"},
    "average pooling": {"pooling": "avg"},
    "zero padding": {"padding": "zero"},
    "one size": {"scales": 1, "steps": 60},
    "half of the steps": {"steps": 10},
    "twice the steps": {"steps": 40},
    "all layers at all sizes": {"positions_per_channel": 0},
    "block 5 too": {"layer_weights": "deep"},
    "equal λ": {"layer_weights": "equal"},
    "finest λ": {"layer_weights": "finest"},
    "64 directions": {"rank": 64},
    "32 directions": {"rank": 32},
    "all directions": {"rank": 512},
    "from noise": {"init": "noise"},
}
COMPARED = {  # see nst_keras.lessons.clouds
    "mean and covariance by squares": "squares", "Gram by roots": "roots", "covariance by roots": "covariance"
}  # fmt: skip


def painted(name, content, style, side, beta=None):
    """The finished run of one recipe, and its seconds; with another β, if one is given."""
    start = time.perf_counter()
    settings = Settings(**RECIPES[name], max_side=side)
    run = prepare(content, style, settings if beta is None else settings.replace(beta=beta))
    if "half and full" in name:
        run.sizes, run.steps = [tuple(round(n / 2) for n in run.sizes[-1]), run.sizes[-1]], [60, 60]
    if name in COMPARED:
        compared_by(COMPARED[name], run)
    paint(run)
    return run, time.perf_counter() - start


def at_content(wanted, name, content, style, side, within=0.01, most=8):
    """(run, seconds, quality) of a recipe, with β turned until its content cost in VGG16 is the one that is wanted.

    The logarithm of β is nearly a straight line in that of the content cost; each try is put on the line through the
    nearest tries above and below. What is nearest after the last try is returned.
    """
    tries = {}
    log_beta = math.log(Settings(**RECIPES[name]).beta)
    for _ in range(most):
        run, seconds = painted(name, content, style, side, math.exp(log_beta))
        quality = measure(run)
        tries[quality["content"]] = log_beta, (run, seconds, quality)
        if abs(quality["content"] - wanted) <= within:
            break
        below, above = (sorted(c for c in tries if (c - wanted) * sign > 0) for sign in (-1, 1))
        if below and above:
            (low, start), (high, end) = ((math.log(c), tries[c][0]) for c in (below[-1], above[0]))
            log_beta = start + (math.log(wanted) - low) / (high - low) * (end - start)
        else:
            log_beta += 2 * (math.log(wanted) - math.log(quality["content"]))
    return tries[min(tries, key=lambda c: abs(c - wanted))][1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help=f"of: {'; '.join(RECIPES)}; all when none")
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--pairs", type=int, default=len(PAIRS))
    parser.add_argument("--own-beta", action="store_true", help="do not turn β until contents are equal")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    painted("default", *PAIRS[0], 64)  # warm up
    print("| pair | recipe | β | content | W, blocks 1-4 | block 5 | patches | objects | fine luminance, chroma | s |")
    print("|" + " --- |" * 10)
    for content, style in PAIRS[: args.pairs]:
        wanted = None
        for name in args.recipes or RECIPES:
            if wanted is None or args.own_beta:
                run, seconds = painted(name, content, style, args.side)
                quality = measure(run)
                wanted = quality["content"]
            else:
                run, seconds, quality = at_content(wanted, name, content, style, args.side)
            of_S = quality["styles"][0]
            fine = ", ".join("-" if of_S[f] is None else f"{of_S[f]:.2f}" for f in ("fine_luminance", "fine_chroma"))
            print(
                f"| {content}, {style} | {name} | {run.settings.beta:.3g} | {quality['content']:.3f} | "
                f"{of_S['wasserstein']:.4f} | {of_S['block5']:.2f} | {of_S['patches']:.2f} | {of_S['objects']:.2f} | "
                f"{fine} | {seconds:.1f} |",
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
