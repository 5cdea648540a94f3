"""Tablestore requests and capacity units of each operation, beside their budgets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from scripts.benchmarks.figures import Line
from scripts.benchmarks.workload import SETTINGS, Tick, environment_kept
from scripts.costing.bench import Bench, Spent, bench
from scripts.costing.measured import measure as measured
from scripts.costing.units import Units
from shared.errors import Bilingual

LARGEST = 200
WRITTEN = ("其写入", "what that writes")
REQUESTS = ("次请求", "requests")
OUT_OF_SERVICE = {"service": "dysms", "operation": "SendSms", "effect": "error:isv.OUT_OF_SERVICE"}
LOST_RACE = {
    "service": "tablestore",
    "operation": "BatchWriteRow",
    "effect": "partial:0:OTSConditionCheckFail",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, and how many requests it may make."""

    key: str
    name: Bilingual
    limit: int | None
    writes: bool = True


OPERATIONS = (
    Operation("send_accepted", ("发送，成功", "send, accepted"), 3),
    Operation("send_before_provider", ("其中在调用服务商之前", "of them before the provider"), 2),
    Operation("send_limited", ("发送，读取时被拒", "send, refused on reading"), 1, writes=False),
    Operation("send_lost_race", ("发送，竞争失败", "send, refused in a race"), 3),
    Operation("send_refused", ("发送，被服务商拒绝", "send, refused by the provider"), 3),
    Operation("verify_accepted", ("校验，成功", "verify, accepted"), 3),
    Operation("verify_wrong", ("校验，猜错", "verify, wrong guess"), 2),
    Operation("verify_spent", ("校验，已用过", "verify, already used"), 2),
    Operation("report_batch", (f"回执，{LARGEST} 条一批", f"receipts, a batch of {LARGEST}"), 2),
    Operation("message_state", ("查询状态", "state of a message"), None),
    Operation("maintain_idle", ("定时任务，空闲", "the timer, idle"), None),
)


def measure(*, quick: bool, tick: Tick) -> dict[str, Any]:
    """Return what each operation spends."""
    del quick  # it is the same however often an operation runs
    tick(0.1, "each operation through the relay")
    with bench(SETTINGS) as at:
        spent = dict(measured(at).spent)
        tick(0.6, "races and refusals")
        spent["send_lost_race"] = _failing(at, LOST_RACE, 429)
        spent["send_refused"] = _failing(at, OUT_OF_SERVICE, 502)
        spent["send_before_provider"] = _before_provider(at)
        tick(0.8, f"{LARGEST} receipts")
        sent = [at.send() for _ in range(LARGEST)]
        spent["report_batch"] = at.spent(lambda: at.report(sent))
    return {
        "operations": {
            each.key: {
                "requests": spent[each.key].requests,
                "read_units": spent[each.key].units.read,
                "write_units": spent[each.key].units.write,
                "answered_bytes": spent[each.key].answered_bytes,
            }
            for each in OPERATIONS
        }
    }


def _failing(at: Bench, fault: dict[str, str], status: int) -> Spent:
    at.cloud.control("faults", {**fault, "count": 1})
    return at.spent(lambda: at.send(status=status))


def _before_provider(at: Bench) -> Spent:
    """Return what a send has spent when its message reaches the provider."""
    body = {"phone": at.phone(), "scene": "sign_in"}
    with environment_kept(), _listening(at) as (endpoint, before):
        os.environ["DYSMS_ENDPOINT"] = endpoint
        start = _so_far(at)
        at.ask("/send-code", body)
    (at_hand_over,) = before
    return Spent(
        at_hand_over.requests - start.requests,
        Units(
            at_hand_over.units.read - start.units.read,
            at_hand_over.units.write - start.units.write,
        ),
        at_hand_over.answered_bytes - start.answered_bytes,
        0,
        0.0,
    )


def _so_far(at: Bench) -> Spent:
    noted = at.noted
    return Spent(noted.requests, noted.units, noted.answered_bytes, 0, 0.0)


@contextmanager
def _listening(at: Bench) -> Iterator[tuple[str, list[Spent]]]:
    """Stand where the provider is: note what was spent so far, and hang up."""
    before: list[Spent] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            before.append(_so_far(at))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", before
        server.shutdown()


def lines(found: dict[str, Any]) -> list[Line]:
    """Return requests beside their budgets, with units; a read that refuses must write nothing."""
    shown = []
    for each in OPERATIONS:
        spent = found["operations"][each.key]
        read, write = spent["read_units"], spent["write_units"]
        units = (f"读 {read} CU，写 {write} CU", f"{read} read CU, {write} write CU")
        shown.append(
            Line(
                each.name,
                spent["requests"],
                REQUESTS,
                limit=each.limit,
                note=units,
                minor=each.limit is None,
            )
        )
        if not each.writes:
            shown.append(Line(WRITTEN, write, ("写 CU", "write CU"), limit=0))
    return shown
