"""Where the lowest J lies when style weighs much, for notebook 07: python benchmarks/starts.py [--side 96]

Each of the six pairs is painted twice by the J of notebooks/program/07_total_cost.py: beginning with C, and with S
stretched to the size of C. What J and its content cost are at the end goes into data/records/07_starts.json:
{"content, style": {"C": [J, J_content], "S": [J, J_content]}}.
"""

import argparse
import json
from pathlib import Path

from recipes import PAIRS

from nst_keras import Objective, lbfgs, load_image, minimize, resize_image
from nst_keras.lessons.balance import PROGRAM
from nst_keras.runs import start_tensorflow

RECORD = Path(__file__).resolve().parent.parent / "data/records/07_starts.json"
BETA, STEPS = 2000.0, 300


def end(J, G):
    """J and its content cost at the end of a run that begins with G."""
    final = minimize(J, G, lbfgs(), STEPS)[1].final
    return [round(final["J"], 4), round(final["J_content"], 4)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=96)
    side, record = parser.parse_args().side, {}
    start_tensorflow()
    for pair in PAIRS:
        C, S = (load_image(name, side) for name in pair)
        J = Objective(C, S, beta=BETA, **PROGRAM)
        starts = {"C": C, "S": resize_image(S, tuple(C.shape[1:3]))}
        record[", ".join(pair)] = {name: end(J, G) for name, G in starts.items()}
        lines = (f" {json.dumps(name)}: {json.dumps(rows)}" for name, rows in record.items())
        RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
