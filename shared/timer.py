"""Function Compute's edge for timers: whatever the event is, the work is done and logged once.

Event form: FC documentation, "timer trigger": {"triggerTime", "triggerName", "payload"}.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared import logs
from shared.domain.deadline import Deadline
from shared.errors import Refused, ServiceFailed, StoreError

NAME_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation by a timer."""

    context: object
    deadline: Deadline
    facts: logs.Facts


class NotDone(Exception):
    """What an event brought is not stored; its repetition is wanted."""


def run(
    event: object,
    context: object,
    *,
    name: str,
    action: Callable[[Run], Mapping[str, int]],
    seconds: float,
    repeated: bool = False,
) -> dict[str, Any]:
    """Do the work within `seconds` and return its outcome and figures.

    Function Compute repeats an invocation that raises. A timer's next one comes anyway, so nothing
    is ever raised; an event that brings something is to be `repeated`: NotDone, without any text.
    """
    started = time.monotonic()
    facts = logs.Facts()
    answer: dict[str, Any]
    try:
        deadline = Deadline(started + seconds, time.monotonic)
        answer = {"outcome": "ok", **action(Run(context, deadline, facts))}
    except Refused as refusal:
        answer = {"outcome": refusal.code}
        facts(reason=refusal.reason)
    except ServiceFailed as error:
        answer = {"outcome": "service_failed"}
        facts(reason=str(error))
    except StoreError as error:
        answer = {"outcome": "storage_unavailable"}
        facts(reason=type(error).__name__, store=str(error))
    except Exception as error:  # noqa: BLE001 - the edge: the text may hold what it choked on
        answer = {"outcome": "internal"}
        facts(failure=type(error).__name__, where=logs.where(error))
    logs.write(
        name,
        level="INFO" if answer["outcome"] == "ok" else "ERROR",
        request_id=str(getattr(context, "request_id", None) or uuid.uuid4()),
        trigger=_trigger(event),
        **{**facts.known, **answer},
        milliseconds=round((time.monotonic() - started) * 1000),
    )
    if repeated and answer["outcome"] != "ok":
        raise NotDone(answer["outcome"])
    return answer


def _trigger(event: object) -> str | None:
    """Return the trigger's name, where the event tells one."""
    try:
        given = json.loads(event) if isinstance(event, bytes | str) else event
    except (ValueError, RecursionError):
        return None
    found = given.get("triggerName") if isinstance(given, dict) else None
    return found[:NAME_LENGTH] if isinstance(found, str) else None
