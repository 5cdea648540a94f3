"""One JSON line per event on standard output, and silence from the SDKs."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime, timezone

NAME = "fc_sms_verify"

QUIET = (
    "alibabacloud-tea",
    "alibabacloud_credentials",
    "aiohttp",
    "asyncio",
    "credentials",  # alibabacloud_credentials' own: it quotes answers of STS
    "darabonba-core",
    "requests",
    "tablestore",
    "tablestore-client",
    "urllib3",
)
"""Loggers of the SDKs. They write URLs and messages, and those hold numbers and live codes."""

_logger = logging.getLogger(NAME)


class _Lines(logging.Handler):
    """Writes to whatever standard output is now: Function Compute collects it."""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().encode("utf-8", "backslashreplace").decode()
        sys.stdout.write(text + "\n")  # an event may hold half a character, which no file takes
        sys.stdout.flush()


def silence_sdks() -> None:
    """Silence the SDKs' loggers, also those that set themselves up when they are imported."""
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.disabled = True
        logger.setLevel(logging.CRITICAL + 1)  # for the loggers below it
        logger.propagate = False
        logger.handlers = [logging.NullHandler()]


def set_level(level: str) -> None:
    """Set from which level on our events are written."""
    if not _logger.handlers:
        _logger.addHandler(_Lines())
        _logger.propagate = False
    _logger.setLevel(level)


def write(event: str, *, level: str = "INFO", **facts: object) -> None:
    """Write one event; facts that are None or empty are left out."""
    number = logging.getLevelName(level)
    if not _logger.isEnabledFor(number):
        return
    line = {
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "level": level,
        "event": event,
        **{name: fact for name, fact in facts.items() if fact not in (None, "")},
    }
    _logger.log(number, "%s", json.dumps(line, ensure_ascii=False, default=str))


def where(error: Exception) -> list[str]:
    """Return where an exception came from, without its text: that may hold what it choked on."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


class Facts:
    """Collects the facts of one request, to be written as one line when it ends."""

    def __init__(self) -> None:
        self.known: dict[str, object] = {}

    def __call__(self, **facts: object) -> None:
        """Add facts; the later one of a name counts."""
        self.known.update(facts)

    def count(self, **numbers: int) -> None:
        """Add numbers to the facts of their names."""
        for name, number in numbers.items():
            known = self.known.get(name)
            self.known[name] = number + (known if isinstance(known, int) else 0)
