"""One knob at a time, for notebook 09: python benchmarks/knobs.py

Each knob is turned alone, all else as `stylize` has it, on each of the six pairs. "β / 3" and "3 β" are no knobs: with
the default they are the line on which a picture moves that is merely painted more or less. What is measured goes into
data/records/09_knobs.json, {"content, style": {knob: measures}}; what is there already stays. Seconds are those of the
processor, in a process that is warm.
"""

import json
import time
from pathlib import Path

from recipes import PAIRS

from nst_keras import FeatureExtractor, content_cost, load_vgg, prepare, stylize
from nst_keras.lessons.knobs import FAMILIES, mesh, rough
from nst_keras.runs import referee
from nst_keras.settings import CONTENT_LAYER

RECORD = Path(__file__).resolve().parent.parent / "data/records/09_knobs.json"
SIDE = 256
KNOBS = {
    "default": {},
    "β / 3": {"beta": 25.0},
    "3 β": {"beta": 225.0},
    "average pooling": {"pooling": "avg"},
    "zero padding": {"padding": "zero"},
    "one size": {"scales": 1, "steps": 40},  # as much work as three sizes at 256 pixels
    "half the steps": {"steps": 9},
    "VGG16": {"network": "vgg16"},
    "γ = 0": {"gamma": 0.0},
    "all of block 4": {"positions_per_channel": 0},
    "all of block 4, β = 28": {"positions_per_channel": 0, "beta": 28.0},  # as much content as the default
    "all of block 5": {"layer_weights": "deep", "positions_per_channel": 0},
}
JUDGES = {  # for those knobs whose judge is like one of them; the referee is VGG16, each of these differs in one thing
    "VGG19": ("vgg19", "max", "zero"),
    "average pooling": ("vgg16", "avg", "zero"),
    "mirrored borders": ("vgg16", "max", "symmetric"),
}


def turned(pair, side, settings):
    """A finished run, and the seconds of processor time that it took."""
    start = time.process_time()
    run = stylize(*pair, max_side=side, **settings)
    return run, round(time.process_time() - start, 2)


def judged_by(C, network, pooling, padding):
    """G -> its content cost in the eyes of this network."""
    extractor = FeatureExtractor([CONTENT_LAYER], load_vgg(network, padding=padding, pooling=pooling))
    of_C = extractor(C)[CONTENT_LAYER]
    return lambda G: round(float(content_cost(of_C, extractor(G)[CONTENT_LAYER], "relative")), 4)


def measures(judge, judges, C, G):
    """What is kept of a picture: what the referee says, the content cost of each judge, and how rough it is."""
    judged = judge(G)
    of_S = judged["styles"][0]
    kept = {what: round(of_S[what], 5) for what in ("wasserstein", "objects", "patches", "fine_chroma")}
    content = {"VGG16": round(judged["content"], 4)} | {name: cost_of(G) for name, cost_of in judges.items()}
    return {"content": content} | kept | {"rough": round(rough(G), 3), "mesh": round(mesh(G, C), 3)}


def main():
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    turned(PAIRS[0], 64, {})  # warm up
    for pair in PAIRS:
        run = prepare(*pair, max_side=SIDE)
        C = run.C
        judge, judges = referee(C, run.S), {name: judged_by(C, *network) for name, network in JUDGES.items()}
        of_pair = record.setdefault(", ".join(pair), {})
        for knob, settings in KNOBS.items():
            if knob in of_pair:
                continue
            run, seconds = turned(pair, SIDE, settings)
            asked = judges if knob == "default" or knob in FAMILIES else {}
            of_pair[knob] = {"seconds": seconds} | measures(judge, asked, C, run.image)
            RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(*pair, knob, of_pair[knob], flush=True)


if __name__ == "__main__":
    main()
