"""Is it enough to put the colors of C back when the picture is finished? python benchmarks/colors.py [--side 192]

J of the costs that see brightness alone (colors="luminance"), for three pictures of each of six pairs: the run that was
made for these costs; an ordinary run, repainted; and the same with its brightness matched to that of C before. Notebook
10 shows what this leaves in data/records/10_colors.json.
"""

import argparse
import json
from pathlib import Path

from recipes import PAIRS

from nst_keras import paint, prepare, stylize
from nst_keras.controls.colors import keep_colors, match_colors
from nst_keras.images import luminance

RECORD = Path(__file__).resolve().parent.parent / "data/records/10_colors.json"


def costs(content, style, side):
    run = paint(prepare(content, style, max_side=side, colors="luminance"))
    J, *_ = run.begin(run)
    G = stylize(content, style, max_side=side).image
    matched = match_colors(luminance(G), luminance(run.C))
    pictures = {"run": run.image, "put back": keep_colors(G, run.C), "matched": keep_colors(matched, run.C)}
    return {name: round(J.terms(image)["J"], 4) for name, image in pictures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=192)
    side = parser.parse_args().side
    record = {"side": side, "J": {}}
    for pair in PAIRS:
        record["J"][", ".join(pair)] = costs(*pair, side)
        print(pair, record["J"][", ".join(pair)], flush=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
