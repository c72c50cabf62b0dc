"""What four style costs leave, at equal content, for notebook 08: python benchmarks/clouds.py [--side 256] [PAIR ...]

Each of the six pairs (0 to 5) is painted with the Wasserstein cost, and with three others, β turned until the content
in VGG16 is the same. data/records/08_clouds.json has for each pair and cost: β, the content, the referee's verdict, and
for each layer, in the network of the run, "means" and "covariances", the two parts of W / tr M that are left, and
"deviations": for S's main directions 1, 2-3, 4-7, 8-15, ..., the sum of the deviations that G has along them, over that
of S.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import tensorflow as tf
from recipes import PAIRS, at_content, file_name, painted

from nst_keras import save_image
from nst_keras.costs import wasserstein_cost
from nst_keras.runs import measure
from nst_keras.settings import STYLE_LAYERS
from nst_keras.style import main_directions, mean_and_covariance, moments

RECORD = Path(__file__).resolve().parent.parent / "data/records/08_clouds.json"
RECIPES = {
    "wasserstein": "default", "gram": "Gram", "squares": "mean and covariance by squares", "roots": "Gram by roots"
}  # fmt: skip
LAYERS = STYLE_LAYERS[:4]


def left_in(of_S, of_G):
    """What is left of W in one layer, and the deviations along S's main directions."""
    (mean_S, cov_S), (mean_G, cov_G) = mean_and_covariance(of_S), mean_and_covariance(of_G)
    means = float(tf.reduce_sum((mean_S - mean_G) ** 2) * of_S.n / tf.linalg.trace(of_S.gram))
    W = float(wasserstein_cost(of_S, of_G, main_directions(of_S, 512)))
    variances, axes = np.linalg.eigh(np.float64(cov_S))
    of_axes = np.einsum("ij,ik,kj->j", axes, np.float64(cov_G), axes)
    s, g = (np.sqrt(each[::-1].clip(0)) for each in (variances, of_axes))
    octaves = [slice(2**k - 1, 2 ** (k + 1) - 1) for k in range(9) if 2**k <= len(s)]
    return {
        "means": round(means, 5), "covariances": round(W - means, 5),
        "deviations": [round(g[some].sum() / s[some].sum(), 3) for some in octaves],
    }  # fmt: skip


def verdict(run, quality):
    of_S, of_G = ({l: moments(a) for l, a in run.extractor(image).items()} for image in (run.S[0], run.image))
    of_style = {name: round(quality["styles"][0][name], 4) for name in ("wasserstein", "gram", "patches", "objects")}
    layers = {l: left_in(of_S[l], of_G[l]) for l in LAYERS}
    return {"beta": float(f"{run.settings.beta:.3g}"), "content": round(quality["content"], 4), **of_style, **layers}


def text(record):
    """As JSON, with a line for each layer."""
    return json.dumps(record, indent=1).replace("[\n", "[").replace("\n    ", " ") + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--out", type=Path, help="keep the pictures in this folder")
    parser.add_argument("pairs", nargs="*", type=int, default=range(len(PAIRS)), metavar="PAIR")
    args = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    for pair in [PAIRS[number] for number in args.pairs]:
        rows = record.setdefault(", ".join(pair), {})
        for way, recipe in RECIPES.items():
            if way in rows:
                continue
            if way == "wasserstein":
                run, seconds = painted(recipe, *pair, args.side)
                quality = measure(run)
            else:
                run, seconds, quality = at_content(rows["wasserstein"]["content"], recipe, *pair, args.side)
            rows[way] = verdict(run, quality)
            RECORD.write_text(text(record), encoding="utf-8")
            print(pair, way, {k: v for k, v in rows[way].items() if k not in LAYERS}, f"{seconds:.0f} s", flush=True)
            if args.out:
                save_image(run.image, args.out / file_name(*pair, recipe), overwrite=True)


if __name__ == "__main__":
    main()
