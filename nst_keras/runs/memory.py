"""How much memory is free."""

from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")  # where Linux says what a container may use


def free_memory() -> float:
    """Bytes that this process may still take: of the machine, and of its container if that has a limit."""
    free = psutil.virtual_memory().available
    limit, used, parts = (CGROUP / f"memory.{name}" for name in ("max", "current", "stat"))
    if limit.exists() and limit.read_text().strip() != "max":
        files = int(dict(line.split() for line in parts.read_text().splitlines())["inactive_file"])  # may be dropped
        free = min(free, int(limit.read_text()) - int(used.read_text()) + files)
    return free
