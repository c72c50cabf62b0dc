"""Time of the command at its defaults, for notebook 09: python benchmarks/speeds.py

At each side and precision two runs, each in a process of its own: with the default number of steps, and with one step
at the smallest size, whose seconds (loading TensorFlow and the network, building the graph) are taken off. Seconds are
those of the processor, on however many cores. They go into data/records/09_speeds.json, {precision: {side: seconds}}.
Linux and macOS only.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RECORD = Path(__file__).resolve().parent.parent / "data/records/09_speeds.json"
SIDES = {"bfloat16": (128, 256, 512), "float32": (128, 256)}


def used(*options):
    """Seconds of the processor that one call of the command took."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "nst_keras", "palace", "great_wave", "-o", f"{folder}/out.png", "--quiet"]
        process = subprocess.Popen([*command, *map(str, options)], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime


def main():
    record = {}
    for precision, sides in SIDES.items():
        start = used("--precision", precision, "--max-side", 64, "--steps", 1)
        record[precision] = {}
        for side in sides:
            seconds = used("--precision", precision, "--max-side", side)
            record[precision][side] = round(seconds - start, 1)
            print(precision, side, record[precision][side], flush=True)
    RECORD.write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
