"""The real functions before a local cloud, and what one operation through them spends."""

from __future__ import annotations

import io
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions import maintain, messages, receipts, send_code, verify_code
from scripts.costing.relay import Noted, relay
from scripts.costing.units import Units
from scripts.local_cloud.apart import CloudApart
from scripts.local_cloud.events import EVENTS, Incoming, context, timer_event
from shared import wiring
from shared.settings import NAMES
from shared.storage import tables
from shared.storage.bootstrap import bootstrap
from shared.storage.sdk import tablestore

PATH_SECRET = "a-receipt-secret-for-the-costs"  # noqa: S105 - opens a local service only
SUFFIXES, LEAP = 89_000_000, 61_803_397

_DOORS = {
    "send-code": send_code.handler,
    "verify-code": verify_code.handler,
    "messages": messages.handler,
    "receipts": receipts.handler,
}


_KEPT = (tables.PHONES, tables.MESSAGES, tables.COUNTERS)


class WrongAnswer(Exception):
    """A function did not do what is measured."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one operation spends: requests to Tablestore and their units, bytes, processor time."""

    requests: int
    units: Units
    answered_bytes: int
    logged_bytes: int
    cpu_milliseconds: float


def far_apart() -> Iterator[int]:
    """Yield the last eight digits of numbers; neighbours would look like a march."""
    return (place * LEAP % SUFFIXES + 10_000_019 for place in itertools.count())


@dataclass
class Bench:
    """The functions in this process, before a local cloud in another."""

    cloud: CloudApart
    noted: Noted
    numbers: Iterator[int] = field(default_factory=far_apart)

    def spent(self, action: Callable[[], object]) -> Spent:
        """Run an operation and return what it spent; the function runs in this thread alone."""
        before = (self.noted.requests, self.noted.units, self.noted.answered_bytes)
        line, started = io.StringIO(), time.thread_time()
        with redirect_stdout(line):
            action()
        seconds = time.thread_time() - started
        units, old = self.noted.units, before[1]
        return Spent(
            self.noted.requests - before[0],
            Units(units.read - old.read, units.write - old.write),
            self.noted.answered_bytes - before[2],
            len(line.getvalue().encode()),
            seconds * 1000,
        )

    def ask(self, path: str, body: Any, *, status: int = 200, method: str = "POST") -> Any:
        """Call a function as its HTTP trigger does; return its answer's body."""
        return self.asking(path, body, status=status, method=method)()

    def asking(
        self, path: str, body: Any, *, status: int = 200, method: str = "POST"
    ) -> Callable[[], Any]:
        """Prepare a call of a function as its HTTP trigger makes it."""
        raw = json.dumps(body).encode() if method == "POST" else b""
        number = next(self.numbers)
        peer = f"198.18.{number // 250 % 250}.{number % 250 + 1}"
        headers = [("Content-Type", "application/json")]
        incoming = Incoming(method, path, {}, headers, raw, peer, "local")
        about = context("cost", os.environ)
        name = path.strip("/").partition("/")[0]
        event = EVENTS["http"](incoming, about.request_id)

        def call() -> Any:
            answer = _DOORS[name](event, about)
            if answer["statusCode"] != status:
                raise WrongAnswer(f"{path}: {answer['statusCode']} {answer['body'][:200]}")
            return json.loads(answer["body"])

        return call

    def send(self, phone: str = "", *, status: int = 200) -> dict[str, str]:
        """Send a code; return what verifies it, with the code."""
        body = {"phone": phone or self.phone(), "scene": "sign_in"}
        answer = self.ask("/send-code", body, status=status)
        if status != 200:
            return body
        return self.with_code(body, answer)

    def with_code(self, body: Mapping[str, str], answer: Mapping[str, Any]) -> dict[str, str]:
        """Return what verifies a code that was sent: its request, its answer, and the code."""
        name = "verification_id"
        return {**body, name: answer[name], "code": self._code(body["phone"], answer[name])}

    def phone(self) -> str:
        """Return a number that was not used before."""
        return f"138{next(self.numbers)}"

    def _code(self, phone: str, verification_id: str) -> str:
        for message in self.cloud.control(f"outbox?phone=%2B86{phone}"):
            if message["out_id"] == verification_id:
                return str(message["params"]["code"])
        raise WrongAnswer("no message in the inbox")

    def report(self, sent: list[dict[str, str]]) -> None:
        """Push delivery reports as Aliyun does."""
        self.reporting(sent)()

    def reporting(self, sent: list[dict[str, str]]) -> Callable[[], Any]:
        """Prepare such a push."""
        return self.asking(f"/receipts/sms-report/{PATH_SECRET}", [_report(one) for one in sent])

    def kept_bytes(self) -> float:
        """Return what a message leaves behind for good, or for as long as anything is kept."""
        client, prefix = wiring.store_client()
        sizes = {table.suffix: _sizes(client, table, prefix) for table in _KEPT}
        return sum(map(sum, sizes.values())) / len(sizes[tables.MESSAGES.suffix])

    def maintain(self) -> None:
        """Run the timer's function."""
        answer = maintain.handler(timer_event("every-minute"), context("maintain", os.environ))
        if answer["outcome"] != "ok":
            raise WrongAnswer(f"maintain: {answer}")


@contextmanager
def bench(settings: Mapping[str, str], *, data: Path | None = None) -> Iterator[Bench]:
    """Start a local cloud and put a relay before its Tablestore; the environment is put back.

    `data` is where the cloud keeps its state, nowhere if it is None.
    """
    kept = dict(os.environ)
    kept_in = [] if data is None else ["--data", str(data)]
    cloud = CloudApart.start("--no-reports", "--sms-flow-limits", "60:1000", *kept_in)
    try:
        with relay(cloud.tablestore) as (address, noted):
            for name in NAMES:
                os.environ.pop(name, None)
            os.environ.update(
                {**cloud.environment, "RECEIPT_SECRETS": PATH_SECRET, **settings}
                | {"TABLESTORE_ENDPOINT": address}
            )
            client, prefix = wiring.store_client()
            bootstrap(client, prefix, say=lambda _: None)
            yield Bench(cloud, noted)
    finally:
        os.environ.clear()
        os.environ.update(kept)
        cloud.stop()


def _sizes(client: Any, table: tables.Table, prefix: str) -> list[int]:
    """Return the size of each row of a table, names and values, as it is billed."""
    ((key, _),) = table.keys
    rows = client.xget_range(
        table.name(prefix),
        "FORWARD",
        [(key, tablestore.INF_MIN)],
        [(key, tablestore.INF_MAX)],
        consumed_counter=tablestore.CapacityUnit(0, 0),
        max_version=1,
    )
    return [
        sum(len(cell[0]) + _size(cell[1]) for cell in (*row.primary_key, *row.attribute_columns))
        for row in rows
    ]


def _size(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else 8


def _report(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return a delivery report as Aliyun writes it."""
    return {
        "phone_number": sent["phone"],
        "send_time": "2026-11-21 16:59:58",
        "report_time": "2026-11-21 17:00:00",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "932702304080415357^0",
        "out_id": sent["verification_id"],
    }
