"""Forecasts of the command beside what happened: python benchmarks/forecasts.py [PRECISION ...]

Seconds and memory of short runs at several sizes, up to 1400 x 934 pixels; each in a process of its own.
Linux and macOS only (peak memory is asked of the system).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = ((256, 60), (384, 60), (768, 20), (1024, 10), (1400, 6))  # (max_side, steps)
UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, bytes


def main(precisions):
    print(
        "| pixels | precision | steps | seconds: forecast, real | GB: forecast, real |\n| --- | --- | --- | --- | --- |"
    )
    for precision in precisions:
        for side, steps in RUNS:
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-m", "nst_keras", "-o", f"{folder}/out.png", "--quiet"]
                command += f"--scales 1 --steps {steps} --max-side {side} --precision {precision}".split()
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                assert status == 0
                sidecar = json.loads(Path(folder, "out.json").read_text())
            forecast = sidecar["forecast"]
            print(
                f"| {sidecar['size'][0]} x {sidecar['size'][1]} | {precision} | {steps} "
                f"| {forecast['seconds']}, {sidecar['seconds']} "
                f"| {forecast['memory_gb']}, {usage.ru_maxrss * UNIT / 1e9:.2f} |", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:] or ["float32", "bfloat16"])
