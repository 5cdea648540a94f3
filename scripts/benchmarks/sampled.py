"""Where processor time goes, by looking at the stack every millisecond of it (SIGPROF).

Sampling costs nothing between two looks, unlike a profiler that is called at every call and so
makes many small functions look expensive.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EVERY_SECONDS = 0.001

PLACES = (
    ("Tablestore SDK", ("/tablestore/", "/google/protobuf/")),
    ("SMS SDK", ("/alibabacloud_", "/darabonba/", "/Tea/")),
    ("JSON", ("/json/",)),
    ("pydantic", ("/pydantic/",)),
    ("phone numbers", ("/phonenumbers/",)),
    ("logging", ("/logging/", "/shared/logs.py")),
    ("ours: storage", ("/shared/storage/",)),
    ("ours: providers", ("/shared/providers/",)),
    ("ours: rules", ("/shared/use_cases/", "/shared/domain/", "/shared/rules.py")),
    ("ours: edge", ("/shared/", "/functions/")),
)
"""The first that stands anywhere in the stack has the time: what an SDK calls is the SDK's."""

ELSEWHERE = "elsewhere"


class Sampled:
    """Samples of some kinds, each added up; make it in the main thread, and close it."""

    def __init__(self) -> None:
        self.seen: dict[str, Counter[str]] = {}
        self._kind: str | None = None
        self._before = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def close(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    @contextmanager
    def of(self, kind: str) -> Iterator[None]:
        """Add up what is seen in this block; the timer runs on between blocks, or never rings."""
        self._kind = kind
        yield
        self._kind = None

    def _look(self, _: int, frame: FrameType | None) -> None:
        if self._kind is None:
            return
        seen, files = self.seen.setdefault(self._kind, Counter()), []
        while frame is not None:
            files.append(frame.f_code.co_filename)
            frame = frame.f_back
        for name, marks in PLACES:
            if any(mark in file for file in files for mark in marks):
                seen[name] += 1
                return
        seen[ELSEWHERE] += 1

    def shares(self, kind: str) -> dict[str, float]:
        """Return the share of each place in a kind, largest first."""
        seen = self.seen.get(kind, Counter())
        return {name: count / sum(seen.values()) for name, count in seen.most_common()}
