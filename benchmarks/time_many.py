"""Does `sweep` use the machine? 12 runs at 256 pixels, in four ways: python benchmarks/time_many.py [--side 256]

    sweep     nst_keras.runs.sweep, with all that it starts, checks and writes
    one       one process, one run after the other, with all cores; each saved as the command saves it
    two       processes with one thread each, as many as there are cores, started by hand, which share the runs
    shell     a loop over the command, a process for each run

Each way begins in new processes and an empty folder. Prints seconds and how many times those of `sweep` they are:
`sweep` should be within 1.1 of the best of `one` and `two`, and `shell` should take 1.3 times as long or more.
Run it on a machine that does nothing else.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nst_keras import data_path

CONTENTS, STYLES, BETAS = ("palace", "chelsea"), ("great_wave", "night_cafe"), (3.0, 10.0, 40.0)
RUNS = [(C, S, beta) for C in CONTENTS for S in STYLES for beta in BETAS]
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)  # which runs, and where to: for the processes below
    args = parser.parse_args()
    settings = {"max_side": args.side, "steps": args.steps}
    if args.part:
        return by_hand(args.part[0], Path(args.part[1]), settings)
    seconds = {}
    for way in (sweep, one, two, shell):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            way(folder, settings)
            seconds[way.__name__] = time.perf_counter() - start
            made = len(list(Path(folder).rglob("*_*.png")))
        ratio = seconds[way.__name__] / seconds["sweep"]
        print(f"{way.__name__:6} {seconds[way.__name__]:6.0f} s  {ratio:.2f}  {made} pictures", flush=True)
    print(f"sweep / best by hand: {seconds['sweep'] / min(seconds['one'], seconds['two']):.2f}")


def flags(settings):
    return [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def command(*arguments):
    subprocess.run([sys.executable, "-m", "nst_keras", *arguments, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def sweep(folder, settings):
    """By the command, from two folders of pictures."""
    with tempfile.TemporaryDirectory() as pictures:
        for kind, names in (("content", CONTENTS), ("style", STYLES)):
            (Path(pictures) / kind).mkdir()
            for name in names:
                shutil.copy(data_path(f"{kind}/{name}.jpg"), Path(pictures) / kind)
        grid = ["--vary", "beta=" + ",".join(f"{beta:g}" for beta in BETAS), *flags(settings)]
        command("many", f"{pictures}/content", f"{pictures}/style", *grid, "-o", folder)


def processes(folder, settings, count, threads):
    environment = os.environ | {"TF_NUM_INTRAOP_THREADS": str(threads), "TF_NUM_INTEROP_THREADS": "1"}
    environment["TF_CPP_MIN_LOG_LEVEL"] = "2"
    script = [sys.executable, __file__, *flags({name.removeprefix("max_"): v for name, v in settings.items()})]
    started = [subprocess.Popen([*script, "--part", f"{n}::{count}", folder], env=environment) for n in range(count)]
    if any(process.wait() for process in started):
        sys.exit("a process failed")


def one(folder, settings):
    processes(folder, settings, 1, CORES)


def two(folder, settings):
    processes(folder, settings, CORES, 1)


def by_hand(part, folder, settings):
    from nst_keras.runs import start_tensorflow

    start_tensorflow()
    from nst_keras import stylize
    from nst_keras.runs import save_run

    first, count = map(int, part.split("::"))
    for content, style, beta in RUNS[first::count]:
        save_run(stylize(content, style, beta=beta, **settings), folder / f"{content}_{style}_{beta:g}.png")


def shell(folder, settings):
    for content, style, beta in RUNS:
        path = f"{folder}/{content}_{style}_{beta:g}.png"
        command(content, style, "--beta", str(beta), *flags(settings), "-o", path)


if __name__ == "__main__":
    main()
