"""Dask's workers: processes on this machine, or someone's cluster."""

import asyncio
import atexit
import contextlib
import logging
import os
import signal
from collections.abc import Iterator
from typing import Any

from nst_keras.runs.quiet import start_tensorflow
from nst_keras.runs.terminal import HANGUP

try:
    import dask
    import locket
    from dask.system import CPU_COUNT
    from distributed import Client, KilledWorker, LocalCluster, as_completed
    from distributed.scheduler import NoValidWorkerError, NoWorkerError
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"many runs need Dask ({error}); install it: pip install distributed") from None

__all__ = ["CPU_COUNT", "LOST", "Client", "as_completed", "connected", "local_client", "locket"]

SLOWEST_START = 600  # seconds that the workers may need to import TensorFlow, at first and after they died
DIED = "the workers died, one after the other; too little memory?"
GONE = "no worker is left, and none came back in time; free memory or ask for fewer workers, then make the call again"
LOST: dict[type[Exception], str] = {KilledWorker: DIED, NoWorkerError: GONE, NoValidWorkerError: GONE}


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[Client | None]:
    """A client of the Dask cluster with this scheduler; None for no address."""
    if address is None:
        yield None
        return
    with Client(address, timeout="10s") as client:
        yield client


@contextlib.contextmanager
def local_client(workers: int) -> Iterator[Client]:
    """A client of a cluster of processes on this machine, which share its cores."""
    threads = str(max(1, CPU_COUNT // workers))
    environment = {"TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    config = {
        "distributed.nanny.pre-spawn-environ": environment,  # TensorFlow reads it once, when it is imported
        "distributed.worker.multiprocessing-method": "spawn",  # TensorFlow hangs in a forked process
        "distributed.scheduler.allowed-failures": 1,  # a run whose worker died is tried once more
        "distributed.scheduler.worker-saturation": 1.0,  # and no other run waits on that worker
        "distributed.scheduler.no-workers-timeout": SLOWEST_START,  # without any worker, runs fail after that time
        # A worker that died is started again at once; if it is not there after this time, Dask ends it for good. By
        # itself that is 15 s, less than TensorFlow needs on a busy machine, and at the end no worker would be left.
        "distributed.deploy.lost-worker-timeout": "1000 days",
        # Dask watches itself a hundred times a second, which would take a few percent of the time
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "5s",
    }
    before = dict(os.environ)  # Dask sets the environment of this process too
    try:
        with dask.config.set(config), LocalCluster(
            n_workers=0, threads_per_worker=1, processes=True, memory_limit=0, dashboard_address=":0",
            preload=__name__, silence_logs=logging.CRITICAL,
        ) as cluster, Client(cluster) as client:  # fmt: skip
            cluster.scale(workers)  # not above: an interrupt would find a cluster that cannot be closed yet
            try:
                cluster.sync(_started, cluster, workers, callback_timeout=SLOWEST_START)
            except Exception as error:  # of whatever kind their start has raised
                raise ChildProcessError(f"the workers did not start: {error}; what they said is above") from None
            yield client
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _started(cluster, workers):
    """Wait until all workers are there, or raise what a start has raised (`wait_for_workers` waits for dead ones)."""
    while len(cluster.workers) < workers:
        await asyncio.sleep(0.1)
    await asyncio.gather(*cluster.workers.values())


def dask_setup(worker: Any) -> None:
    """What a worker's process does before anything else; Dask calls it.

    sorFlow is imported once, without its notices.
    """
    for which in filter(None, (signal.SIGINT, HANGUP)):
        signal.signal(which, signal.SIG_IGN)
    start_tensorflow()
    atexit.register(os._exit, 0)  # after all is closed: TensorFlow would take a second to tidy up behind itself
