"""What five style costs leave, at equal content, for notebook 08: python benchmarks/clouds.py [--side 192] [PAIR ...]

Each of the six pairs (0 to 5) is painted with the Wasserstein cost, and with four others, β turned until the content
in VGG16 is the same. data/records/08_clouds.json has for each pair and cost: β, the content, what the patches say of G
and of G with the mean and the deviation of S in each color channel, and the brightness of G, in gray levels; "S" has
that of S.

With --pictures: data/records/08_squares.webp and 08_roots.webp, beside the runs 08_astronaut_gram and _wasserstein.
"""

import argparse
import json
from pathlib import Path

import recipes
import tensorflow as tf
from wrong_reshape import save

from nst_keras import paint, prepare, save_image
from nst_keras.costs import COLOR
from nst_keras.images import to_pixels
from nst_keras.lessons.clouds import compared_by, recolored
from nst_keras.runs import measure
from nst_keras.runs.quality import patch_distance

RECORD = Path(__file__).resolve().parent.parent / "data/records/08_clouds.json"
WAYS = {
    "wasserstein": "default", "gram": "Gram", "squares": "mean and covariance by squares", "roots": "Gram by roots",
    "covariance": "covariance by roots",
}  # fmt: skip
PICTURES = {"squares": 28.4, "roots": 88.1}  # β that gives the content of 08_astronaut_wasserstein


def brightness(image):
    """Its mean, in gray levels."""
    return round(float(tf.reduce_mean(tf.tensordot(image, COLOR[:, 0], 1))), 1)


def verdict(run, quality):
    S = run.S[0]
    return {
        "beta": float(f"{run.settings.beta:.3g}"),
        "content": round(quality["content"], 4),
        "patches": round(quality["styles"][0]["patches"], 4),
        "recolored": round(patch_distance(S, recolored(run.image, S)), 4),
        "brightness": brightness(run.image),
    }


def make_pictures():
    for way, beta in PICTURES.items():
        settings = recipes.RECIPES[WAYS[way]] | {"beta": beta, "max_side": 384}
        run = paint(compared_by(way, prepare("astronaut", "composition_viii", **settings)))
        save(to_pixels(run.image), RECORD.with_name(f"08_{way}.webp"))
        print(way, f"content {measure(run)['content']:.4f}", flush=True)


def text(record):
    """As JSON, with a line for each cost."""
    pairs = []
    for pair, rows in record.items():
        lines = ",\n".join(f"  {json.dumps(way)}: {json.dumps(row)}" for way, row in rows.items())
        pairs.append(f" {json.dumps(pair)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(pairs) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=192)
    parser.add_argument("--out", type=Path, help="keep the pictures in this folder")
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("pairs", nargs="*", type=int, default=range(6), metavar="PAIR")
    args = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if args.pictures:
        return make_pictures()
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    for pair in [recipes.PAIRS[number] for number in args.pairs]:
        rows = record.setdefault(", ".join(pair), {})
        for way, recipe in WAYS.items():
            if way in rows:
                continue
            if way == "wasserstein":
                run, seconds = recipes.painted(recipe, *pair, args.side)
                quality = measure(run)
            else:
                wanted = rows["wasserstein"]["content"]
                run, seconds, quality = recipes.at_content(wanted, recipe, *pair, args.side)
            rows["S"], rows[way] = brightness(run.S[0]), verdict(run, quality)
            RECORD.write_text(text(record), encoding="utf-8")
            print(pair, recipe, rows[way], f"{seconds:.0f} s", flush=True)
            if args.out:
                save_image(run.image, args.out / recipes.file_name(*pair, recipe), overwrite=True)


if __name__ == "__main__":
    main()
