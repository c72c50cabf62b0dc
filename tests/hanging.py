"""The command in a process of its own that stops at chosen places: python hanging.py PLACE[,PLACE ...] [arguments]

PLACE is a step's number (after the checkpoint and the frames of that step were written), "end" (the run is over,
nothing is saved yet) or "saving" (the picture is written, the JSON file is not). There it prints "at PLACE" and waits
for a line on its standard input. So a test knows exactly where a signal finds it.
"""

import contextlib
import os
import signal
import subprocess
import sys


def start(places, *arguments, cwd):
    """The process, which runs already."""
    pipe = subprocess.PIPE
    command = [sys.executable, __file__, places, *arguments]
    return subprocess.Popen(command, cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def wait_for(process, place):
    """Return when it has stopped at a place."""
    for line in process.stdout:
        if line == f"at {place}\n":
            return
    raise AssertionError(f"it ended before {place}: {process.stderr.read()}")


@contextlib.contextmanager
def ended(process):
    """Leave no process behind, whatever fails."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def finish(process):
    """Let it go on to its end; returns what it still wrote to stdout, and to stderr."""
    return process.communicate("\n" * 9, timeout=300)


def _main(places, arguments):
    from nst_keras import __main__, runs
    from nst_keras.runs import callbacks, sidecar

    def stop(place):
        if place in places:
            print(f"at {place}", flush=True)
            sys.stdin.readline()

    class ProgressBar(callbacks.ProgressBar):  # the last callback
        def on_step_end(self, step, G, costs):
            super().on_step_end(step, G, costs)
            stop(str(step))

        def on_run_end(self):
            super().on_run_end()
            stop("end")

    def measure(run):
        stop("saving")
        return measured(run)

    measured, sidecar.measure = sidecar.measure, measure
    runs.ProgressBar = ProgressBar
    return __main__.main(arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.exit(_main(sys.argv[1].split(","), sys.argv[2:]))
