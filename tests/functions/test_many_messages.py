"""Many messages, and carriers that delay, lose, repeat and reorder; forgers in between.

A thousand by default; MESSAGES=10000 takes some minutes.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp import web

from functions import maintain, receipts
from scripts.local_cloud.events import context, timer_event
from scripts.local_cloud.front import Front
from shared import wiring
from shared.domain.delivery import delivery_of, reports_in
from shared.storage import tables
from tests.service import RECEIPT_SECRET, Service

MESSAGES = int(os.environ.get("MESSAGES", "1000"))
FAILED_WITH = "MOBILE_IN_BLACK"
FIRST_NUMBER = 13_000_000_000


@contextmanager
def receipts_door(control: str) -> Iterator[str]:
    """Serve the real receipts door over HTTP, as Function Compute does; yield its push URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)

    doors = {"/receipts/{kind}/{secret}": receipts.handler}
    runner = web.AppRunner(Front(doors, gateway="http", control=control).app(), access_log=None)
    run(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    run(site.start())
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/receipts/{{kind}}/{RECEIPT_SECRET}"
    finally:
        run(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def send_all(service: Service) -> None:
    def send(number: int) -> None:
        answer = service.send(str(FIRST_NUMBER + number * 7919))
        assert answer.status == 200, answer.text

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(MESSAGES)))


def forge(service: Service) -> None:
    """Report what is not true, as somebody who knows the secret, and as somebody who does not."""
    outbox = service.cloud.outbox()
    other = [
        service.report(message["out_id"], "13999999999", success=False, err_code="FORGED")
        for message in outbox
    ]
    unknown = [service.report(f"{number:022d}", "13999999998") for number in range(50)]
    backwards = [
        service.report(
            message["out_id"], message["phone"], success=False, err_code="REQUEST_SUCCESS"
        )
        for message in outbox[::7]
        if message["state"] == "delivered"
    ]
    assert service.receipt(other, secret="w" * 32).status == 404
    for entries in (other, unknown, backwards):
        for start in range(0, len(entries), 200):
            assert service.receipt(entries[start : start + 200]).status == 200


def until(reached: Callable[[], bool], seconds: float) -> None:
    last = time.monotonic() + seconds
    while not reached() and time.monotonic() < last:
        time.sleep(0.2)
    assert reached()


def test_every_message_ends_in_its_state_and_none_is_lost(
    service: Service, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(LIMIT_TOTAL="99999/1d", LIMIT_IP="99999/1d", RECONCILE_QPS="100")
    carrier = {
        "delay": 0.5,
        "lose": 0.1,
        "fail": 0.2,
        "err_code": FAILED_WITH,
        "repeat": 1,
        "reorder": True,
        "batch": 60,
        "timeout_ms": 10_000,
        "pauses": [0.3, 0.6, 1.2],
        "seed": 5,
    }
    with receipts_door(service.cloud.openapi) as push_url:
        service.cloud.control("carrier", {**carrier, "push_url": push_url, "reports": True})
        service.cloud.fault("tablestore", "BatchWriteRow", "partial:3:OTSServerBusy", 5)
        send_all(service)
        forge(service)
        service.cloud.fault("tablestore", "BatchWriteRow", "drop_after", 4)
        until(lambda: _quiet(service), 60 + MESSAGES / 50)
    told = service.cloud.control("carrier")
    assert (told["given_up"], told["lost"] > 0) == (0, True)
    lost = len(service.rows("pending"))
    assert lost == told["lost"]

    monkeypatch.setattr(wiring, "clock", lambda: time.time() + 660)
    service.cloud.fault("tablestore", "BatchWriteRow", "drop_after", 4)
    runs = 0
    while service.rows("pending"):
        maintain.handler(timer_event("every-minute"), context("maintain", {}))
        runs += 1
        assert runs <= 4 + MESSAGES / 1000

    outbox = {message["out_id"]: message for message in service.cloud.outbox()}
    assert len(outbox) == MESSAGES
    assert told["acknowledged"] == 2 * (MESSAGES - lost)
    ends = Counter[tuple[str, str]]()
    for row in service.rows("messages"):
        message = outbox.pop(row["verification_id"])
        found = delivery_of(
            reports_in(row),
            outcome=row["outcome"],
            issued_at=row["issued_at"],
            now=time.time(),
        )
        wanted = (message["state"], message["err_code"])
        assert (found.state, found.code) == wanted, row
        ends[wanted] += 1
    assert not outbox
    assert set(ends) == {("delivered", "DELIVERED"), ("failed", FAILED_WITH)}
    assert sum(ends.values()) == MESSAGES
    _assert_no_number_is_left(service)


def _quiet(service: Service) -> bool:
    state = service.cloud.control("carrier")
    return bool(state["waiting"] == 0 and state["untold"] == 0)


def _assert_no_number_is_left(service: Service) -> None:
    numbers = {str(FIRST_NUMBER + number * 7919) for number in range(MESSAGES)}
    numbers |= {"13999999999", "13999999998"}
    for table in tables.ALL:
        text = str(service.rows(table.suffix))
        left = [number for number in numbers if number in text]
        assert not left, table.suffix
