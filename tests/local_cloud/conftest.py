"""Fixtures: Tablestore's stand-in over loopback, and tables in it; and an empty PNVS."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import tablestore
import tablestore.protobuf.table_store_pb2 as pb
from aiohttp import web
from tablestore import Condition, OTSClient, Row, RowExistenceExpectation, metadata
from tablestore.encoder import OTSProtoBufferEncoder

from scripts.local_cloud.faults import Calls, Faults
from scripts.local_cloud.keys import AccessKeys
from scripts.local_cloud.tablestore.server import TablestoreServer
from scripts.local_cloud.tablestore.signature import Keys
from scripts.local_cloud.tablestore.store import Store
from tests.service import Cloud

KEY_ID, SECRET, INSTANCE = "local", "local-secret", "local"


@dataclass
class Clock:
    """The time, and as much more as a test wants; or one moment that does not pass."""

    ahead: float = 0
    stopped_at: float | None = None

    def __call__(self) -> float:
        return self.ahead + (time.time() if self.stopped_at is None else self.stopped_at)


@dataclass
class RawAnswer:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> tuple[int, str, str]:
        message = pb.Error.FromString(self.body)
        return self.status, message.code, message.message


@dataclass
class StandIn:
    """Tablestore's stand-in in a thread of its own: `with StandIn() as stand_in`."""

    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    keys: AccessKeys = field(default_factory=lambda: AccessKeys({KEY_ID: SECRET}))
    file: Path | None = None
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> StandIn:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)))
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        store = Store(self.file)
        keys = Keys(self.keys, INSTANCE)
        server = TablestoreServer(store, keys, self.faults, Calls(), clock=self.clock)
        runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        ready.set()
        await self._stopped.wait()
        await runner.cleanup()
        store.close()

    def client(self, **changes: Any) -> OTSClient:
        settings = {
            "end_point": self.url,
            "access_key_id": KEY_ID,
            "access_key_secret": SECRET,
            "instance_name": INSTANCE,
            "retry_policy": tablestore.NoRetryPolicy(),
        }
        return OTSClient(**{**settings, **changes})

    def headers(self, path: str, body: bytes, **changes: str | None) -> dict[str, str]:
        """Return the signed headers of a request; `changes` are made before it is signed."""
        headers: dict[str, str | None] = {
            "x-ots-date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "x-ots-apiversion": "2015-12-31",
            "x-ots-accesskeyid": KEY_ID,
            "x-ots-instancename": INSTANCE,
            "x-ots-contentmd5": base64.b64encode(
                hashlib.md5(body, usedforsecurity=False).digest()
            ).decode(),
        }
        headers.update({name.replace("_", "-"): value for name, value in changes.items()})
        given = {name: value for name, value in headers.items() if value is not None}
        lines = "".join(f"{name}:{given[name]}\n" for name in sorted(given))
        mac = hmac.new(SECRET.encode(), f"{path}\nPOST\n\n{lines}".encode(), "sha1")
        return given | {"x-ots-signature": base64.b64encode(mac.digest()).decode()}

    def post(
        self,
        operation: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> RawAnswer:
        path = f"/{operation}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or self.headers(path, body))
            answer = connection.getresponse()
            given = {name.lower(): value for name, value in answer.getheaders()}
            return RawAnswer(answer.status, given, answer.read())
        finally:
            connection.close()


@dataclass
class Table:
    """One table, and short ways to use it; a row is {column: value}."""

    client: OTSClient
    name: str
    keys: list[Any]

    def key(self, *values: Any) -> list[tuple[str, Any]]:
        return [(column[0], value) for column, value in zip(self.keys, values, strict=True)]

    def put(self, *key: Any, condition: Any = None, **columns: Any) -> Any:
        row = Row(self.key(*key), list(columns.items()))
        return self.client.put_row(self.name, row, condition or ignore())[0]

    def update(self, *key: Any, condition: Any = None, returned: Any = None, **changes: Any) -> Any:
        """Update a row with PUT, DELETE, DELETE_ALL and INCREMENT, as the SDK takes them."""
        row = Row(self.key(*key), changes)
        return self.client.update_row(self.name, row, condition or ignore(), returned)

    def delete(self, *key: Any, condition: Any = None) -> Any:
        row = Row(self.key(*key))
        return self.client.delete_row(self.name, row, condition or ignore())[0]

    def get(self, *key: Any, **view: Any) -> dict[str, Any] | None:
        row = self.read(*key, **view)[1]
        return None if row is None else {name: value for name, value, _ in row.attribute_columns}

    def versions(self, *key: Any, **view: Any) -> list[tuple[Any, int]]:
        row = self.read(*key, **{"max_version": 100, **view})[1]
        return [] if row is None else [(value, at) for _, value, at in row.attribute_columns]

    def read(self, *key: Any, **view: Any) -> Any:
        return self.client.get_row(self.name, self.key(*key), **view)[:2]

    def scan(self, start: Any = None, end: Any = None, **view: Any) -> list[tuple[Any, ...]]:
        """Return the keys of a range, which is the whole table if nothing else is said."""
        return [
            tuple(value for _, value, *_ in row.primary_key)
            for row in self.page(start, end, **view)[2]
        ]

    def page(
        self, start: Any = None, end: Any = None, direction: str = "FORWARD", **view: Any
    ) -> Any:
        ends = [tablestore.INF_MIN, tablestore.INF_MAX]
        if direction == "BACKWARD":
            ends.reverse()
        first, last = (
            self.key(*(given or [edge] * len(self.keys)))
            for given, edge in zip((start, end), ends, strict=True)
        )
        return self.client.get_range(self.name, direction, first, last, **view)


def ignore(condition: Any = None) -> Condition:
    return Condition(RowExistenceExpectation.IGNORE, condition)


def exists(condition: Any = None) -> Condition:
    return Condition(RowExistenceExpectation.EXPECT_EXIST, condition)


def missing(condition: Any = None) -> Condition:
    return Condition(RowExistenceExpectation.EXPECT_NOT_EXIST, condition)


def succeeds(write: Callable[[], Any]) -> bool:
    """Make a conditional write; say whether its condition held."""
    try:
        write()
    except tablestore.OTSServiceError as refusal:
        if refusal.get_error_code() != "OTSConditionCheckFail":
            raise
        return False
    return True


@contextmanager
def refused(status: int, code: str, message: str) -> Iterator[None]:
    """Expect an error answer with exactly that status, code and text."""
    with pytest.raises(tablestore.OTSServiceError) as caught:
        yield
    error = caught.value
    found = error.get_http_status(), error.get_error_code(), error.get_error_message()
    assert found == (status, code, message)


def invalid(message: str) -> Any:
    return refused(400, "OTSParameterInvalid", message)


def condition_failed() -> Any:
    return refused(403, "OTSConditionCheckFail", "Condition check failed.")


def message(operation: str, *arguments: Any) -> Any:
    """Return the SDK's request message, to change what its methods cannot."""
    return OTSProtoBufferEncoder("utf8", enable_native=False).encode_request(operation, *arguments)


@pytest.fixture(scope="session")
def running_stand_in() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(running_stand_in: StandIn) -> Iterator[StandIn]:
    """The stand-in, without tables and with the right time."""
    yield running_stand_in
    running_stand_in.clock.ahead, running_stand_in.clock.stopped_at = 0, None
    client = running_stand_in.client()
    for name in client.list_table():
        client.delete_table(name)


@pytest.fixture
def client(stand_in: StandIn) -> OTSClient:
    return stand_in.client()


@pytest.fixture
def make_table(client: OTSClient) -> Any:
    """Create a table: make_table([("pk", "STRING")], max_version=3) -> Table."""
    numbers = itertools.count(1)

    def make(keys: Any = (("pk", "STRING"),), **options: Any) -> Table:
        name = f"table_{next(numbers)}"
        client.create_table(
            metadata.TableMeta(name, list(keys)),
            metadata.TableOptions(**options),
            metadata.ReservedThroughput(metadata.CapacityUnit(0, 0)),
        )
        return Table(client, name, list(keys))

    return make


@pytest.fixture
def table(make_table: Any) -> Table:
    """A table of one STRING key column."""
    return make_table()


@pytest.fixture(scope="module")
def pnvs_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start("--sms-flow-limits", "60:1000", "--no-reports")
    yield cloud
    cloud.stop()


@pytest.fixture
def pnvs(pnvs_cloud: Cloud) -> Cloud:
    """A cloud whose PNVS has not sent anything yet."""
    pnvs_cloud.reset()
    return pnvs_cloud
