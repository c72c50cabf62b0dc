"""What block 5 does to a picture, for notebook 05: python benchmarks/layers.py

The six pairs are painted with four blocks and with five, at equal content: β is turned until the content cost in VGG16
is that of the first (see recipes.py). What VGG16 says of them goes into data/records/05_objects.json; what is there is
not made again.
"""

import json
from pathlib import Path

import recipes

from nst_keras.lessons.grams import PAIRS
from nst_keras.runs import measure

RECORD = Path(__file__).resolve().parent.parent / "data/records/05_objects.json"
CHOICES = {
    "4 blocks": {"style_cost": "gram", "positions_per_channel": 0},
    "5 blocks": {"style_cost": "gram", "positions_per_channel": 0, "layer_weights": "deep", "beta": 27.0},
}


def compared(pair, side=192):
    """{choice: what its picture has}, all with the content of the first."""
    found = {}
    for name in CHOICES:
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


def main():
    recipes.RECIPES |= CHOICES
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    for pair in PAIRS:
        title = ", ".join(pair)
        if title not in record:
            record[title] = compared(pair)
            lines = [f" {json.dumps(title)}: {json.dumps(value)}" for title, value in record.items()]
            RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
