"""What a content layer keeps the style cost from, for notebook 03: python benchmarks/depths.py [--side 160]

Each of the six pairs that data/records/03_depths.json does not yet have is painted with the content held in block 1, 2,
..., 5. What remains of the style cost of each block, relative, goes into that file:
{"content, style": {"side": pixels, content layer: [block 1, ..., block 5]}}.
"""

import argparse
import json
from pathlib import Path

from recipes import PAIRS

from nst_keras import stylize
from nst_keras.settings import STYLE_LAYERS

RECORD = Path(__file__).resolve().parent.parent / "data/records/03_depths.json"
CONTENT_LAYERS = [f"block{block}_conv2" for block in (1, 2, 3, 4, 5)]
SAME = {
    "style_cost": "gram",
    "layer_weights": dict.fromkeys(STYLE_LAYERS, 0.2),
    "positions_per_channel": 0,
    "beta": 10.0,
}


def left_of_style(content, style, content_layer, side):
    """The style cost of each block at the end of a run."""
    final = stylize(content, style, content_layer=content_layer, max_side=side, **SAME).history.final
    return [round(final[f"J_style[{layer}]"], 5) for layer in STYLE_LAYERS]


def text(record):
    """As JSON, with a line for each layer."""
    pairs = []
    for pair, rows in record.items():
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in rows.items()]
        pairs.append(f" {json.dumps(pair)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(pairs) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=160)
    side = parser.parse_args().side
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    for pair in PAIRS:
        if ", ".join(pair) not in record:
            costs = {layer: left_of_style(*pair, layer, side) for layer in CONTENT_LAYERS}
            record[", ".join(pair)] = {"side": side} | costs
            RECORD.write_text(text(record), encoding="utf-8")


if __name__ == "__main__":
    main()
