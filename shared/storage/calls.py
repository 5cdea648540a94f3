"""One call to Tablestore: repeat what may be repeated, and say for certain what happened."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import DecodeError
from tablestore import OTSClientError, OTSServiceError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from shared.credentials import renew_lent
from shared.domain.deadline import Deadline
from shared.errors import StoreError, StoreUnavailable, StoreUnclear
from shared.storage.transport import limited_to

Result = TypeVar("Result")

TRIES = 3
PAUSE_SECONDS = 0.05

NOT_APPLIED = frozenset(
    {
        "OTSRowOperationConflict",
        "OTSNotEnoughCapacityUnit",
        "OTSTableNotReady",
        "OTSPartitionUnavailable",
        "OTSServerBusy",
        "OTSOperationThrottled",
    }
)
"""Errors that the official SDK repeats for every operation: the request was turned away."""

UNCLEAR = frozenset({"OTSTimeout", "OTSInternalServerError", "OTSServerUnavailable"})
"""Errors after which a write may have been applied."""

AUTH_FAILED = "OTSAuthFailed"
"""What keys that ended are answered [U]; the request was turned away in any case."""

CONDITION_FAILED = "OTSConditionCheckFail"


class ConditionFailed(Exception):
    """A write's condition did not hold."""


def call(
    operation: str,
    request: Callable[[], Result],
    *,
    repeatable: bool,
    deadline: Deadline,
    conditional: bool = False,
    tries: int = TRIES,
) -> Result:
    """Run one SDK call; raise StoreUnavailable or StoreUnclear, or ConditionFailed if asked to.

    `repeatable` means that doing it twice is the same as doing it once, `conditional` that the
    request carries a condition of its own.
    """
    failure: StoreError = StoreUnavailable(operation, "deadline")
    for attempt in range(tries):
        pause(attempt, deadline=deadline)
        if deadline.left <= 0:
            break
        try:
            return _asked(request, deadline=deadline)
        except OTSServiceError as error:
            if conditional and error.code == CONDITION_FAILED:
                raise ConditionFailed from None
            failure = classify(operation, error.code, error.http_status)
        except StoreError as error:
            failure = error
        except (NewConnectionError, ConnectTimeoutError) as error:
            failure = StoreUnavailable(operation, type(error).__name__)
        except (HTTPError, OTSClientError, DecodeError) as error:
            failure = StoreUnclear(operation, type(error).__name__)
        again = repeatable if isinstance(failure, StoreUnclear) else _turned_away(failure)
        if not again:
            break
    raise failure from None


def _asked(request: Callable[[], Result], *, deadline: Deadline) -> Result:
    """Ask; where the keys were refused, once more with others, if there are any."""
    with limited_to(deadline):
        try:
            return request()
        except OTSServiceError as error:
            if error.code != AUTH_FAILED or not renew_lent(seconds=deadline.left / 2):
                raise
        return request()


def _turned_away(failure: StoreError) -> bool:
    return failure.code in NOT_APPLIED or not failure.code.startswith("OTS")


def classify(operation: str, code: str, http_status: int = 0) -> StoreError:
    """Return what an error code of the service means for the request."""
    if code in NOT_APPLIED:
        return StoreUnavailable(operation, code)
    if code in UNCLEAR or http_status >= 500:
        return StoreUnclear(operation, code)
    return StoreUnavailable(operation, code)


def pause(attempt: int, *, deadline: Deadline) -> None:
    """Wait before a repetition: longer each time, with jitter, never beyond the deadline."""
    if attempt > 0:
        seconds = PAUSE_SECONDS * 2**attempt * (0.5 + random.random() / 2)  # noqa: S311 - jitter
        time.sleep(min(seconds, deadline.left))


def columns(row: Any) -> dict[str, Any]:
    """Return an SDK row's columns as a dictionary; empty where there is no row."""
    return {column[0]: column[1] for column in row.attribute_columns} if row is not None else {}


def all_read(response: Any) -> Any:
    """Return a BatchGetRow's response; raise as for a whole request if a row was not read."""
    failed = response.get_failed_rows()
    if failed:
        error = classify("BatchGetRow", failed[0].error_code)
        raise (
            error
            if isinstance(error, StoreUnclear)
            else StoreUnavailable("BatchGetRow", failed[0].error_code)
        )
    return response
