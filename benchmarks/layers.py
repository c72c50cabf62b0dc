"""What layers and λ do to a picture, for notebook 05: python benchmarks/layers.py [lambdas] [objects]

Pictures of one pair are compared at equal content: β is turned until the content cost in VGG16 is that of the first
(see recipes.py). What VGG16 says of them goes into data/records/05_*.json; what is there is not made again.
lambdas: one pair with five choices of λ. objects: the six pairs with four blocks and with five.
"""

import argparse
import json
from pathlib import Path

import recipes

from nst_keras.lessons.grams import PAIRS
from nst_keras.runs import measure
from nst_keras.settings import STYLE_LAYERS

RECORDS = Path(__file__).resolve().parent.parent / "data/records"
LAST = {STYLE_LAYERS[3]: 1.0}
LAMBDAS = {
    name: {"style_cost": "gram", "layer_weights": weights}
    for name, weights in {
        "fine": "fine", "finest": "finest", "equal": "equal", "coarse": "coarse", "block 4": LAST,
    }.items()
}  # fmt: skip
CHOICES = {
    "4 blocks": {"style_cost": "gram", "positions_per_channel": 0},
    "5 blocks": {"style_cost": "gram", "positions_per_channel": 0, "layer_weights": "deep", "beta": 27.0},
}


def compared(pair, choices, side=192):
    """{choice: what its picture has}, all with the content of the first."""
    recipes.RECIPES |= choices
    found = {}
    for name in choices:
        if not found:
            run, _ = recipes.painted(name, *pair, side)
            quality = measure(run)
            wanted = quality["content"]
        else:
            run, _, quality = recipes.at_content(wanted, name, *pair, side, within=0.02, most=4)
        of_S = quality["styles"][0]
        found[name] = {"beta": round(run.settings.beta, 1), "content": round(quality["content"], 3)}
        found[name] |= {"objects": round(of_S["objects"], 3), "wasserstein": round(of_S["wasserstein"], 4)}
        print(pair, name, found[name], flush=True)
    return found


def fill(name, keys, make):
    """Put make(key) into a record for each key that it does not have yet."""
    path = RECORDS / f"05_{name}.json"
    record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for key in keys:
        title = ", ".join(key)
        if title not in record:
            record[title] = make(key)
            lines = [f" {json.dumps(title)}: {json.dumps(value)}" for title, value in record.items()]
            path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {
        "lambdas": (PAIRS[-1:], lambda pair: compared(pair, LAMBDAS)),
        "objects": (PAIRS, lambda pair: compared(pair, CHOICES)),
    }
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts)}; all when none")
    for name in parser.parse_args().parts or parts:
        fill(name, *parts[name])


if __name__ == "__main__":
    main()
