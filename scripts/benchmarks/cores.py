"""Keep the service on one core and stand-ins on another, so that neither takes the other's time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def apart(*processes: int) -> Iterator[bool]:
    """Keep this process on one core and others on the next; yield whether that is possible.

    Threads that are started meanwhile stay where this one is.
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if len(cores) < 2:
        yield False
        return
    for process in processes:
        for task in Path(f"/proc/{process}/task").iterdir():
            os.sched_setaffinity(int(task.name), {cores[1]})
    os.sched_setaffinity(0, {cores[0]})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, cores)
