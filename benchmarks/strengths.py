"""What does a strength of 0 to 100 take from the content? The measurement behind `STRENGTH` in settings.py.

    python benchmarks/strengths.py [--side 256] [--cost wasserstein] [--check]

Each of six pairs is painted with a row of β, and once with α = 0. The referee (VGG16, which no run has optimized)
says how much of the content is lost, as a share of what is lost at α = 0. The fit is share = 1 / (1 + (β₅₀ / β)^(1/p)).
With --check the same is measured for strengths 25, 50 and 75 as they are now, also on six pairs that the fit has not
seen; notebook 10 shows what that leaves in data/records/10_strengths.json.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from recipes import PAIRS

from nst_keras import stylize
from nst_keras.runs import measure

RECORD = Path(__file__).resolve().parent.parent / "data/records/10_strengths.json"
BETAS, STRENGTHS = (2, 10, 50, 250, 1000), (25, 50, 75)
OTHERS = (
    ("palace", "church_auvers"), ("rocket", "composition_viii"), ("chelsea", "great_wave"),
    ("coffee", "night_cafe"), ("astronaut", "cafe_terrace"), ("palace", "night_cafe"),
)  # fmt: skip


def content_lost(content, style, **settings):
    return measure(stylize(content, style, **settings))["content"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--cost", default="wasserstein")
    parser.add_argument("--pairs", type=int, default=len(PAIRS))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    knobs = [{"strength": s} for s in STRENGTHS] if args.check else [{"beta": beta} for beta in BETAS]
    names = [f"{name} {value}" for knob in knobs for name, value in knob.items()]
    print(f"| pair | {' | '.join(names)} | lost at α = 0 |\n| --- |{' --- |' * (len(names) + 1)}")
    measured = {}
    for pair in [*PAIRS[: args.pairs], *(OTHERS[: args.pairs] if args.check else ())]:
        same = {"max_side": args.side, "style_cost": args.cost}
        most = content_lost(*pair, strength=100, **same)
        row = measured[pair] = [content_lost(*pair, **knob, **same) / most for knob in knobs]
        print(f"| {', '.join(pair)} | {' | '.join(f'{share:.2f}' for share in row)} | {most:.2f} |", flush=True)
    table = np.array(list(measured.values()))
    print(f"| mean | {' | '.join(f'{share:.2f}' for share in table.mean(axis=0))} | |")
    print(f"| deviation | {' | '.join(f'{share:.2f}' for share in table.std(axis=0))} | |")
    if args.check:
        shares = {", ".join(pair): np.round(row, 4).tolist() for pair, row in measured.items()}
        record = {"side": args.side, "strengths": STRENGTHS, "shares": shares}
        RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    else:
        odds = np.log(table / (1 - table)).mean(axis=0)  # a straight line in log β
        slope, start = np.polyfit(np.log(BETAS), odds, 1)
        print(f"β₅₀ = {np.exp(-start / slope):.3g}, p = {1 / slope:.3g}")


if __name__ == "__main__":
    main()
