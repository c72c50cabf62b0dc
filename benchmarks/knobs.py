"""One knob at a time, for notebook 09: python benchmarks/knobs.py [--side 256] [--out FOLDER]

Each knob is turned alone, all else as `stylize` has it, on each of the six pairs. "β / 3" and "3 β" are no knobs: with
the default they are the line on which a picture moves that is merely painted more or less. What is measured goes into
data/records/09_knobs.json, {"content, style": {knob: measures}}; what is there already stays. Seconds are those of the
processor, in a process that is warm.
"""

import argparse
import json
import time
from pathlib import Path

from recipes import PAIRS

from nst_keras import prepare, save_image, stylize
from nst_keras.lessons.knobs import frame, mesh
from nst_keras.runs import referee

RECORD = Path(__file__).resolve().parent.parent / "data/records/09_knobs.json"
KNOBS = {
    "default": {},
    "β / 3": {"beta": 25.0},
    "3 β": {"beta": 225.0},
    "average pooling": {"pooling": "avg"},
    "zero padding": {"padding": "zero"},
    "one size": {"scales": 1, "steps": 40},  # as much work as three sizes at 256 pixels
    "half the steps": {"steps": 9},
    "VGG16": {"network": "vgg16"},
    "block 5 too": {"layer_weights": "deep", "positions_per_channel": 0},
    "γ = 0": {"gamma": 0},
    "10 γ": {"gamma": 5e-4},
}


def turned(pair, side, settings):
    """A finished run, and the seconds of processor time that it took."""
    start = time.process_time()
    run = stylize(*pair, max_side=side, **settings)
    return run, round(time.process_time() - start, 2)


def measures(judges, C, G):
    """What referees of two networks say: content and style by each; the rest, but for objects, asks no network."""
    found = {network: judge(G) for network, judge in judges.items()}
    of_S = found["vgg16"]["styles"][0]
    kept = {what: round(of_S[what], 4) for what in ("objects", "patches", "fine_luminance", "fine_chroma")}
    for network, said in found.items():
        kept[network] = [round(said["content"], 4), round(said["styles"][0]["wasserstein"], 5)]
    return kept | {"frame": round(frame(G), 3), "mesh": round(mesh(G, C), 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--out", type=Path, help="keep the pictures here")
    args = parser.parse_args()
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    turned(PAIRS[0], 64, {})  # warm up
    for pair in PAIRS:
        C, S = prepare(*pair, max_side=args.side).C, prepare(*pair, max_side=args.side).S
        judges = {network: referee(C, S, network) for network in ("vgg16", "vgg19")}
        of_pair = record.setdefault(", ".join(pair), {})
        for knob, settings in KNOBS.items():
            if knob in of_pair:
                continue
            run, seconds = turned(pair, args.side, settings)
            of_pair[knob] = {"seconds": seconds} | measures(judges, run.C, run.image)
            RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(*pair, knob, of_pair[knob], flush=True)
            if args.out:
                save_image(run.image, args.out / f"{'_'.join(pair)}_{knob.replace(' / ', '_').replace(' ', '_')}.png")


if __name__ == "__main__":
    main()
