"""A receipts function that is killed at any moment loses nothing and doubles nothing (I6).

The function runs in a process of its own, which is killed while the local cloud holds one of its
requests up, before or after it is applied. Then what was not acknowledged, or not deleted, comes
again, as it does from Aliyun.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions import receipts_mns
from scripts.local_cloud.events import EVENTS, Incoming, context, timer_event
from scripts.local_cloud.openapi.sts import ACCOUNT_ID
from shared import wiring
from shared.storage.health import TablestoreHealth
from tests.fakes import PASSES
from tests.ledger import lately
from tests.queues import closing_queues
from tests.service import PHONE, RECEIPT_SECRET, ROOT, Service

Setting = Callable[..., None]
Tables = dict[str, list[dict[str, Any]]]

FOREIGN, OTHER = "A" * 22, "13900139000"
HELD_UP = 60_000
WAIT_SECONDS = 20.0

PUSHED = (
    "import sys\n"
    "from functions import receipts\n"
    "from scripts.local_cloud.events import context\n"
    "answer = receipts.handler(sys.stdin.buffer.read(), context('receipts', {}))\n"
    "print('ANSWERED', answer['statusCode'])\n"
)
PULLED = (
    "from functions import receipts_mns\n"
    "from scripts.local_cloud.events import context, timer_event\n"
    "print('ANSWERED', receipts_mns.handler(timer_event('t'), context('receipts_mns', {})))\n"
)
ENDS = ["delivered", "failed", "delivered", "expired", "failed"]
"""Of some messages; with all that is told of them they fit into one batch of MNS (16)."""


def told(service: Service) -> tuple[list[str], list[Any]]:
    """Send, and return the messages' ids and what Aliyun tells of them, with others in between."""
    ids, entries, moments = [], [], lately()
    for number, end in enumerate(ENDS):
        phone = f"1380013800{number}"
        one, _ = service.sent(phone)
        good = service.report(one, phone, **moments)
        bad = service.report(one, phone, success=False, err_code="USER_REJECT", **moments)
        late = service.report(one, phone, success=False, err_code="EXPIRED", **moments)
        ids.append(one)
        entries += {"delivered": [bad, good, good], "failed": [late, bad], "expired": [late]}[end]
    return ids, [
        *entries,
        service.report(FOREIGN),
        service.report(ids[0], OTHER),
        {"poison": PHONE},
    ]


def stored(service: Service) -> Tables:
    """Return every row of what receipts write, but for when strays and poison were last seen."""
    suffixes = ("messages", "pending", "receipts", "lists", "health")
    found = {suffix: service.rows(suffix) for suffix in suffixes}
    for row in found["receipts"]:
        row.pop("seen_at", None)
    return found


def until(reached: Callable[[], bool]) -> None:
    last = time.monotonic() + WAIT_SECONDS
    while not reached():
        assert time.monotonic() < last
        time.sleep(0.01)


@contextmanager
def killed(
    service: Service, program: str, event: bytes, reached: Callable[[], bool]
) -> Iterator[None]:
    """Run a program, kill it as soon as that is so, and see that it never answered."""
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    child.stdin.write(event)
    child.stdin.close()
    try:
        until(reached)
    finally:
        child.send_signal(signal.SIGKILL)
        assert child.stdout is not None
        with child.stdout:
            said = child.stdout.read()
        code = child.wait(10)
    assert code == -signal.SIGKILL
    assert b"ANSWERED" not in said
    service.cloud.control("faults", {"clear": True})
    yield


def hold_up(service: Service, step: int, effect: str) -> None:
    """Hold up the first or second request that writes, and its repetitions."""
    if step:
        service.cloud.fault("tablestore", "BatchWriteRow", "delay:0", step)
    service.cloud.fault("tablestore", "BatchWriteRow", f"{effect}:{HELD_UP}", -1)


def writes_seen(service: Service) -> int:
    return service.cloud.calls("tablestore").get("BatchWriteRow", 0)


def all_is_as_it_should_be(service: Service, ids: list[str]) -> None:
    """Compare with what is true: each state, each report and each end once, no number."""
    assert [service.state(one).json["state"] for one in ids] == ENDS
    rows = {row["verification_id"]: row for row in service.rows("messages")}
    assert set(rows) == set(ids)
    reports = {"delivered": 2, "failed": 2, "expired": 1}
    assert [sum(name.startswith("report_") for name in rows[one]) for one in ids] == [
        reports[end] for end in ENDS
    ]
    assert service.rows("pending") == []
    apart = sorted(row["receipt"].partition("/")[0] for row in service.rows("receipts"))
    assert apart == ["poison", "stray", "stray"]
    health = TablestoreHealth(*wiring.store_client())
    found = health.recent(("dysms",), now=time.time(), deadline=PASSES)["dysms"]
    assert (found.delivered, found.failed, found.unreachable) == (2, 1, 2)


MOMENTS = [
    pytest.param(0, "delay", id="before_the_reports_are_stored"),
    pytest.param(0, "delay_after", id="after_the_reports_are_stored"),
    pytest.param(1, "delay", id="before_the_numbers_are_deleted"),
    pytest.param(1, "delay_after", id="between_storing_and_answering"),
]


def moment(service: Service, step: int, effect: str, seen: int) -> Callable[[], bool]:
    """Return what tells that the request is held up, and, where that is asked, applied."""

    def reached() -> bool:
        if writes_seen(service) < seen + step + 1:
            return False
        if effect == "delay":
            return True
        if step == 0:
            return any(name.startswith("report_") for r in service.rows("messages") for name in r)
        return service.rows("pending") == []

    return reached


@pytest.mark.parametrize(("step", "effect"), MOMENTS)
def test_a_push_whose_function_is_killed_comes_again_and_changes_nothing_twice(
    service: Service, step: int, effect: str
) -> None:
    ids, entries = told(service)
    hold_up(service, step, effect)
    reached = moment(service, step, effect, writes_seen(service))
    left = 0 if (step, effect) == (1, "delay_after") else len(ENDS)
    with killed(service, PUSHED, event(entries), reached):
        assert len(service.rows("pending")) == left
    assert service.receipt(entries).status == 200
    all_is_as_it_should_be(service, ids)
    once = stored(service)
    assert service.receipt(entries).status == 200
    assert stored(service) == once


def test_a_push_whose_function_is_killed_at_every_moment_is_stored_in_the_end(
    service: Service,
) -> None:
    ids, entries = told(service)
    for step, effect in [(step, effect) for step in (0, 1) for effect in ("delay", "delay_after")]:
        hold_up(service, step, effect)
        seen = writes_seen(service)
        with killed(service, PUSHED, event(entries), moment(service, step, effect, seen)):
            pass
    assert service.receipt(entries).status == 200
    all_is_as_it_should_be(service, ids)


def event(entries: list[Any]) -> bytes:
    """Return the event of a push, as Function Compute hands it to the function."""
    path = f"/receipts/sms-report/{RECEIPT_SECRET}"
    headers = [("Content-Type", "application/json")]
    body = json.dumps(entries).encode()
    incoming = Incoming("POST", path, {}, headers, body, "203.0.113.7", "local")
    given: bytes = EVENTS["http"](incoming, "1-killed")
    return given


@pytest.fixture
def queue(service: Service, setting: Setting) -> Iterator[Service]:
    """A service that pulls; what is received and not deleted comes back after a second."""
    cloud = service.cloud
    setting(
        RECEIPT_QUEUES="sms-report",
        DYBASE_ENDPOINT=cloud.openapi,
        MNS_ENDPOINT=cloud.mns,
        FC_ACCOUNT_ID=ACCOUNT_ID,
    )
    cloud.control("queues", {"visibility": 1.0})
    with closing_queues():
        yield service


def put(service: Service, entries: list[Any]) -> None:
    for entry in entries:
        service.cloud.control("queues", {"type": "SmsReport", "message": entry})


def pull() -> dict[str, Any]:
    answer: dict[str, Any] = receipts_mns.handler(timer_event("t"), context("receipts_mns", {}))
    assert answer["outcome"] == "ok", answer
    return answer


def waiting(service: Service) -> int:
    return int(service.cloud.control("queues").get("SmsReport", {}).get("messages", 0))


def pull_all(service: Service) -> int:
    """Pull until the queue is empty, and return how many messages were deleted."""
    deleted = 0
    last = time.monotonic() + WAIT_SECONDS
    while waiting(service):
        assert time.monotonic() < last
        deleted += pull()["deleted"]
        time.sleep(0.05)
    return deleted


@pytest.mark.parametrize(("step", "effect"), MOMENTS)
def test_a_pull_that_is_killed_while_it_stores_deletes_nothing_and_is_repeated(
    queue: Service, step: int, effect: str
) -> None:
    ids, entries = told(queue)
    put(queue, entries)
    hold_up(queue, step, effect)
    with killed(queue, PULLED, b"", moment(queue, step, effect, writes_seen(queue))):
        assert waiting(queue) == len(entries)
    assert pull_all(queue) == len(entries)
    all_is_as_it_should_be(queue, ids)


@pytest.mark.parametrize(
    ("effect", "left"),
    [
        pytest.param("delay", 14, id="between_storing_and_deleting"),
        pytest.param("delay_after", 0, id="after_deleting"),
    ],
)
def test_a_pull_that_is_killed_while_it_deletes_loses_and_doubles_nothing(
    queue: Service, effect: str, left: int
) -> None:
    ids, entries = told(queue)
    put(queue, entries)
    queue.cloud.fault("mns", "BatchDeleteMessage", f"{effect}:{HELD_UP}", -1)

    def reached() -> bool:
        asked = queue.cloud.calls("mns").get("BatchDeleteMessage", 0) > 0
        return asked and (left or waiting(queue) == 0)

    with killed(queue, PULLED, b"", reached):
        once = stored(queue)
        assert waiting(queue) == left
    all_is_as_it_should_be(queue, ids)
    assert pull_all(queue) == left
    all_is_as_it_should_be(queue, ids)
    assert stored(queue) == once
