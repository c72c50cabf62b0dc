"""Memory over many runs in one process: python benchmarks/repeated_runs.py [RUNS]

Prints the resident memory after each tenth run; it must level off.
"""

import gc
import resource
import sys
from pathlib import Path

from nst_keras import stylize


def resident_megabytes():
    """Resident memory of this process (Linux: from /proc; elsewhere the largest so far)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main(runs):
    for run in range(1, runs + 1):
        stylize("astronaut", "night_cafe", max_side=128, steps=2, scales=2, optimizer=("lbfgs", "adam")[run % 2])
        gc.collect()
        if run == 1 or run % 10 == 0:
            print(f"after run {run:3d}: {resident_megabytes():6.0f} MB", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
