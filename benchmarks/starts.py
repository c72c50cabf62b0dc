"""What J comes to from C and from S when style weighs much, for notebook 07: python benchmarks/starts.py [--side 96]

Seven pairs are painted twice by the J of notebooks/program/07_total_cost.py: beginning with C, and with S stretched to
the size of C. The lowest J after so many steps goes into data/records/07_starts.json:
{"content, style": {"C": {steps: J}, "S": {steps: J}}}. A run that can get no lower has fewer. The pictures after 300
steps are data/records/07_CONTENT_STYLE_from_START.webp, without loss.
"""

import argparse
import json
from pathlib import Path

from recipes import PAIRS
from walks import keep

from nst_keras import Objective, lbfgs, load_image, minimize, resize_image
from nst_keras.lessons.balance import PAIR, PROGRAM
from nst_keras.runs import start_tensorflow

RECORD = Path(__file__).resolve().parent.parent / "data/records/07_starts.json"
BETA, STEPS = 2000.0, (100, 300, 600)
SHOWN = 300  # steps of the pictures


def fall(J, G):
    """({steps: the lowest J}, the picture after SHOWN steps) of a run that begins with G."""
    best = [float("inf"), G]

    def look(step, G, costs):
        if step < SHOWN and costs["J"] < best[0]:
            best[:] = costs["J"], G

    seen = minimize(J, G, lbfgs(), STEPS[-1], look)[1]["J"]
    return {steps: round(min(seen[:steps]), 3) for steps in STEPS}, best[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=96)
    side, record = parser.parse_args().side, {}
    start_tensorflow()
    for pair in (PAIR, *PAIRS):
        C, S = (load_image(name, side) for name in pair)
        J = Objective(C, S, beta=BETA, **PROGRAM)
        starts = {"C": C, "S": resize_image(S, tuple(C.shape[1:3]))}
        found = record[", ".join(pair)] = {}
        for start, G in starts.items():
            found[start], picture = fall(J, G)
            keep(picture, f"07_{'_'.join(pair)}_from_{start}")
        lines = (f" {json.dumps(name)}: {json.dumps(rows)}" for name, rows in record.items())
        RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
