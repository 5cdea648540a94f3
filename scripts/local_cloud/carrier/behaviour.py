"""How the carriers behave: well by default, badly on demand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WAYS = ("push", "queue", "both")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the carriers do until they are told otherwise; each field is one of POST's.

    Aliyun's own: 700 ms for an answer, repeats after 1, 5 and 10 minutes (here: seconds).
    """

    reports: bool = True
    """Whether messages are reported on without being asked."""
    delay: float = 1.0
    """Seconds from a message's acceptance to its report."""
    lose: float = 0.0
    """The share of reports that nobody is ever told."""
    fail: float = 0.0
    """The share of messages that are not delivered, with `err_code`."""
    err_code: str = "SP_UNKNOWN_ERROR"
    repeat: int = 0
    """How often each report is told beside the first time."""
    reorder: bool = False
    """Whether reports that are due together are told in any order."""
    batch: int = 100
    """How many reports a push carries at most; Aliyun does not tell its number."""
    timeout_ms: int = 700
    pauses: tuple[float, ...] = (1.0, 5.0, 10.0)
    """Seconds before each repetition of a push that was not acknowledged."""
    to: str = "push"
    """Where reports go: push, queue (MNS) or both."""
    push_url: str = ""
    """Where pushes go, `{kind}` in it stands for the kind of report; empty: nowhere."""
    seed: int = 0
    """Of the chance by which messages are lost or fail."""

    def changed(self, wish: Mapping[str, object]) -> Behaviour:
        """Return the behaviour with some fields changed; raise ValueError if that is no wish."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        unknown = sorted(set(wish) - set(fields))
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}; there are {', '.join(fields)}")
        taken = {name: _like(name, fields[name], value) for name, value in wish.items()}
        for name in ("lose", "fail"):
            if taken.get(name, 0) > 1:
                raise ValueError(f"{name} is a share, from 0 to 1")
        if taken.get("to", "push") not in WAYS:
            raise ValueError(f"to must be one of {', '.join(WAYS)}")
        if taken.get("batch", 1) < 1:
            raise ValueError("batch must be 1 or more")
        return dataclasses.replace(self, **taken)


def _like(name: str, default: object, value: object) -> Any:
    """Return a value in the form of the field's default."""
    if isinstance(default, tuple):
        if isinstance(value, list):
            return tuple(_like(name, 0.0, item) for item in value)
    elif isinstance(default, bool) or isinstance(value, bool):
        if isinstance(default, bool) and isinstance(value, bool):
            return value
    elif isinstance(default, str):
        if isinstance(value, str):
            return value
    elif isinstance(default, int):
        if isinstance(value, int) and value >= 0:
            return value
    elif isinstance(value, int | float) and value >= 0:
        return float(value)
    kind = {"tuple": "list of numbers", "bool": "true or false", "str": "text"}
    raise ValueError(f"{name} must be a {kind.get(type(default).__name__, 'number from 0 on')}")
