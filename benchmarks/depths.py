"""What a content layer keeps the style cost from, for notebook 03: python benchmarks/depths.py [--side 128]

Each of the six pairs is painted with the content held in block 1, 2, ..., 5. What remains of the style cost of each
block, relative, goes into data/records/03_depths.json: {"content, style": {content layer: [block 1, ..., block 5]}}.
"""

import argparse
import json
from pathlib import Path

from recipes import PAIRS

from nst_keras import stylize
from nst_keras.settings import STYLE_LAYERS

RECORD = Path(__file__).resolve().parent.parent / "data/records/03_depths.json"
CONTENT_LAYERS = [f"block{block}_conv2" for block in (1, 2, 3, 4, 5)]
SAME = {"style_cost": "gram", "layer_weights": "equal", "alpha": 1.0, "beta": 3.0}


def left_of_style(content, style, content_layer, side):
    """The style cost of each block at the end of a run."""
    final = stylize(content, style, content_layer=content_layer, max_side=side, **SAME).history.final
    return [round(final[f"J_style[{layer}]"], 5) for layer in STYLE_LAYERS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=128)
    side = parser.parse_args().side
    record = {}
    for pair in PAIRS:
        record[", ".join(pair)] = {l: left_of_style(*pair, l, side) for l in CONTENT_LAYERS}
        rows = [f"  {json.dumps(l)}: {json.dumps(costs)}" for l, costs in record[", ".join(pair)].items()]
        print(f"{', '.join(pair)}\n" + "\n".join(rows), flush=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
