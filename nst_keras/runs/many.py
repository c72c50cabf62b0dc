"""Many runs: contents times styles times a grid of settings, on every core of this machine or on a Dask cluster.

    grid  ──▶  what is not on disk yet  ──▶  workers: forecast, then each `prepare`, `paint`, `save_run`  ──▶  sheet

A run is done when its picture and its sidecar are on disk, and the sidecar has the hash of the run's pictures and
settings. Nothing else remembers what is done: a call that was cut off, however, is simply made again.

The workers alone load TensorFlow. The process that calls them finds mistakes without it, in no time, and keeps its
memory for them.
"""

import contextlib
import json
import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm.auto import tqdm

from nst_keras.controls.memory import free_memory
from nst_keras.files.pictures import picture_path
from nst_keras.files.places import check_place, refused
from nst_keras.runs import LAYOUT
from nst_keras.runs.cluster import CPU_COUNT, LOST, Client, as_completed, local_client, locket
from nst_keras.runs.grid import Job, failed, finished, first_that_works, grid
from nst_keras.runs.quiet import start_tensorflow
from nst_keras.runs.sheet import RESULTS, write_results
from nst_keras.runs.terminal import Lasting
from nst_keras.settings import Settings, names_where

LOCK = ".sweep.lock"  # held while a call fills the folder; it also tells that the folder is a sweep's
COSTLY = names_where("costs")  # a run's seconds and memory
ONE_AT_A_TIME = threading.Lock()  # in a process: a worker of someone's cluster may have several threads


def sweep(
    contents: str | os.PathLike | Sequence[str | os.PathLike], styles: str | os.PathLike | Sequence[str | os.PathLike],
    vary: Mapping[str, Iterable] | None = None, out: str | os.PathLike = "out", client: "Client | None" = None,
    settings: Settings | None = None, workers: int | None = None, quiet: bool = False, **changes: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    """Paint each content in each style with each combination of settings, several at a time.

    Pictures and sidecars go into the folder `out`, and at the end sheet.png, index.html and records.csv. What is
    there already is not made again: call once more after a crash, or with more values. A run that fails does not
    stop the others; one whose worker died is tried once more. In a script, call this under
    `if __name__ == "__main__":`, because the workers import the script.

    Args:
        contents, styles: a file, a folder, a pattern such as ``photos/*.jpg``, the short name of a bundled picture,
            or a list of these.
        vary: {setting: values to try}, such as {"beta": [3, 10, 40]}.
        out: folder of its own for the results.
        client: of a Dask cluster whose workers have this package and see the same files, and whose setting
            no-workers-timeout says how long runs wait when no worker is there; None: processes on this machine, as
            many as its cores and free memory carry.
        settings: Settings to start from.
        workers: number of processes on this machine; the cores are shared among them.
        quiet: no forecast and no progress bar.
        **changes: settings given one by one, for all runs.

    Returns:
        For each run a record: its labels, picture, measures, seconds, threads, notes, and "error", "" if all is well.

    Raises:
        ValueError, FileNotFoundError: a mistake in the grid, or a run that does not fit into memory; none was begun.
        FileExistsError: another call is filling the folder, or it holds someone else's index.html.
        ChildProcessError: a worker of this machine did not start, or they died before the first run.
        KeyboardInterrupt: interrupted; says how many pictures are there.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # the sign that multiprocessing itself goes by
        sys.exit("error: a worker has imported the script that started it, and came to this call of sweep; "
                 'make the call under `if __name__ == "__main__":`')  # fmt: skip
    folder = Path(out).absolute()
    jobs = grid(contents, styles, vary or {}, folder, settings or Settings(), changes)
    with _alone(folder):
        _tidy(folder)
        records = {job: finished(job) for job in jobs}
        missing = sorted((job for job in jobs if records[job] is None), key=_network)  # a worker changes it seldom
        interrupted = False
        try:
            if missing:
                _make_all(missing, records, client, workers, quiet)
        except KeyboardInterrupt:
            interrupted = True
        rows = [records[job] or finished(job) or failed(job, "interrupted before it was made") for job in jobs]
        try:
            write_results(folder, list(jobs[0].labels), rows)
        except OSError as error:  # the pictures are there, and the records are returned
            warnings.warn(f"the pictures could not be shown side by side: {error}", stacklevel=2)
    if interrupted:
        done = sum(not row["error"] for row in rows)
        raise KeyboardInterrupt(f"interrupted: {done} of {len(jobs)} pictures are in {out}; the same call goes on")
    return rows


@contextlib.contextmanager
def _alone(folder):
    """Hold the folder for this call. The operating system lets it go when the process ends, however it ends."""
    lock = folder / LOCK
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise refused(folder, error) from None
    check_place(lock)
    theirs = [] if lock.exists() else [name for name in RESULTS if (folder / name).exists()]
    if theirs:
        raise FileExistsError(
            f"{str(folder / theirs[0])!r} is not from a sweep; give the results a folder of their own"
        )
    held = locket.lock_file(str(lock), timeout=0)
    try:
        held.acquire()
    except locket.LockError:
        raise FileExistsError(f"another call is filling {str(folder)!r}; wait for it, or give another folder") from None
    try:
        yield
    finally:
        held.release()


def _tidy(folder):
    """Remove what a process that was killed while it wrote has left of a picture or a sidecar."""
    for leftover in folder.glob(".nst-*.tmp"):
        leftover.unlink()


def make(job: Job) -> dict[str, Any]:
    """One run, in a worker; returns its record.

    It may be on disk by now: Dask repeats a run whose worker died after it was saved, before its record was fetched.
    """
    if record := finished(job):
        return record
    from nst_keras.pipeline import prepare
    from nst_keras.runs import check_memory, save_run
    from nst_keras.transfer import paint

    asked = os.environ.get("TF_NUM_INTRAOP_THREADS", "")  # TensorFlow does not mind what is no number
    threads = (int(asked) if asked.isdigit() else 0) or CPU_COUNT
    with ONE_AT_A_TIME, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        try:
            run = prepare(job.content, job.style, Settings(**job.settings))
            plan = check_memory(run).as_dict()
            paint(run)
            notes = "; ".join(str(each.message) for each in said)
            save_run(run, job.path, True, forecast=plan, hash=job.hash, threads=threads, notes=notes)
        except Exception as error:  # said here, because not every exception can be sent
            return failed(job, error)
    return finished(job) or failed(job, "it was made, but cannot be read back from the folder")


def _make_all(jobs, records, client, workers, quiet):
    """Make what is missing, and put each record where it belongs."""
    with contextlib.ExitStack() as stack:
        if client:
            plans = _forecasts(client, jobs)
        else:
            client, plans = stack.enter_context(_local(jobs, workers))
        seconds, memory = zip(*plans, strict=True)
        at_once, shown = max(1, len(client.nthreads())), Lasting(sys.stderr)
        if not quiet:
            runs, took = f"{len(jobs)} run{'s' * (len(jobs) > 1)}", tqdm.format_interval(sum(seconds) / at_once)
            say = f"{runs}, about {took}, {at_once} at a time of up to {max(memory) / 1e9:.1f} GB"
            tqdm.write(say, file=shown)
        work = [round(1000 * each) for each in seconds]  # whole numbers add up to the same in any order
        bar = stack.enter_context(tqdm(total=sum(work), bar_format=LAYOUT, desc="runs", disable=quiet, file=shown))
        futures = dict(zip(client.map(make, jobs, pure=False), zip(jobs, work, strict=True), strict=True))
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                job, its_work = futures[future]
                records[job] = _record(job, future)
                bar.set_postfix_str(f"{done} of {len(jobs)}", refresh=False)
                bar.update(its_work)
        except KeyboardInterrupt:
            client.cancel(list(futures))
            raise


@contextlib.contextmanager
def _local(jobs, workers):
    """(client, forecasts) of as many processes on this machine as cores and free memory carry, or as are asked for."""
    free = free_memory()  # before these processes take their part of it
    at_once = workers or min(CPU_COUNT, len(jobs))
    while True:
        with local_client(at_once) as client:
            final = workers is not None or at_once == 1  # otherwise too many may be in each other's way
            plans = _forecasts(client, jobs, check=final)
            fit = max(1, int(free // max(memory for _, memory in plans)))
            if final or fit >= at_once:
                yield client, plans
                return
        at_once = fit  # other processes, because each has its threads from the start


def _forecasts(client, jobs, check=False):
    try:
        return client.submit(forecasts, jobs, check, pure=False).result()
    except tuple(LOST) as error:
        raise ChildProcessError(LOST[type(error)]) from None


def _record(job, future):
    try:
        return future.result()  # waits once more if it was lost with its worker meanwhile
    except Exception as error:  # of Dask; the run may be on disk all the same
        return finished(job) or failed(job, LOST.get(type(error), error))


def forecasts(jobs: Sequence[Job], check: bool = False) -> list[tuple[float, float]]:
    """(seconds, memory) of each run, in a worker; `check`: refuse what does not fit into its memory.

    Of each kind of run one is prepared, with the largest content that can be read.
    """
    start_tensorflow()  # before all that imports it: its words for another backend of Keras are ours
    from nst_keras.pipeline import prepare
    from nst_keras.runs import check_memory, forecast

    def plan_of(job):
        run = prepare(job.content, job.style, Settings(**job.settings))
        return check_memory(run) if check else forecast(run)

    kinds: dict[str, list[Job]] = {}
    plans: dict[Job, tuple[float, float]] = {}
    for job in jobs:
        kinds.setdefault(json.dumps([job.settings[name] for name in COSTLY]), []).append(job)
    for kind in kinds.values():
        plan = first_that_works(plan_of, sorted(kind, key=_pixels, reverse=True))
        plans |= dict.fromkeys(kind, (plan.seconds, plan.memory))
    return [plans[job] for job in jobs]


def _network(job):
    """What runs have in common that use the same network and the same layers of it."""
    names = "network", "weights", "pooling", "padding", "precision", "content_layer", "layer_weights"
    return json.dumps([job.settings[name] for name in names])


def _pixels(job):
    """The size of the content beside others of the same max_side; 0 if it cannot be read."""
    try:
        with Image.open(picture_path(job.content)) as picture:
            width, height = picture.size
    except OSError:
        return 0
    return width * height if job.settings["max_side"] is None else min(width, height) / max(width, height)
