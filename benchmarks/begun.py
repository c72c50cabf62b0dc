"""What the program of notebook 00 makes of C and of noise, with and without content cost: python benchmarks/begun.py

Goes into data/records: 00_from_START.webp and 00_from_START_no_content.webp, without loss; and 00_begun.json, the costs
of these pictures and of both starts, {name: [content cost, β · style cost]}, with the β of the program throughout.
"""

import json
import runpy
from pathlib import Path

import numpy as np
import tensorflow as tf
from make_runs import PROGRAM, code_sha256
from walks import keep

from nst_keras import data_path
from nst_keras.runs import start_tensorflow

RECORD = Path(__file__).resolve().parent.parent / "data/records/00_begun.json"
SIDE, STEPS = 256, 80
NO_CONTENT = 1.0  # a β so high that the content cost has no say


def main():
    start_tensorflow()
    program = runpy.run_path(str(PROGRAM["program_00"]))["paint"].__globals__
    C, S = (program["load"](data_path(f"{path}.jpg"), SIDE) for path in ("content/palace", "style/great_wave"))
    noise = tf.constant(np.random.default_rng(0).uniform(0, 255, C.shape).astype(np.float32))
    written, beta, found = program["objective"], program["BETA"], {"sha256": code_sha256("program_00")}
    for name, start in {"C": C, "noise": noise}.items():
        found[name] = costs(program, C, S, start)
        for made, program["BETA"] in {f"00_from_{name}": beta, f"00_from_{name}_no_content": NO_CONTENT}.items():
            J = written(C, S)
            program["objective"] = lambda C, S, J=J: J  # `paint` begins with its first picture; this J knows C
            G = program["paint"](start, S, STEPS)
            program |= {"objective": written, "BETA": beta}
            found[made] = costs(program, C, S, G)
            keep(G, made)
    rows = (f" {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
    RECORD.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def costs(program, C, S, G):
    """[content cost, β · style cost], rounded to whole numbers."""
    J = float(program["objective"](C, S)(G))
    beta, program["BETA"] = program["BETA"], 0.0
    content = float(program["objective"](C, S)(G))
    program["BETA"] = beta
    return [round(content), round(J - content)]


if __name__ == "__main__":
    main()
