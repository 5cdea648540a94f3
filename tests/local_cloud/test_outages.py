"""Stand-ins that go away and come back, each on its own."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared import wiring
from shared.storage.bootstrap import bootstrap
from tests.service import Cloud, Service

STAND_INS = ("tablestore", "openapi", "mns", "dypns")
AWAY, LONGEST = 1.0, 30.0
HELD_UP = 2.5
"""Seconds: less than a send waits for its provider, and long after it was seen to come in."""


@pytest.fixture
def own_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    cloud = Cloud.start("--no-reports", "--data", str(tmp_path))
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    bootstrap(*wiring.store_client(), say=lambda _: None)
    yield cloud
    cloud.stop()


def listens(address: str) -> bool:
    url = urlsplit(address)
    try:
        socket.create_connection((url.hostname, url.port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def until(happened: Callable[[], bool]) -> None:
    last = time.monotonic() + LONGEST
    while not happened():
        assert time.monotonic() < last
        time.sleep(0.01)


def away_for(own_cloud: Cloud, name: str, seconds: float) -> float:
    """Have it go away and come back; return how long that took, from when it was asked to."""
    address, asked = getattr(own_cloud, name), time.monotonic()
    own_cloud.control("restart", {"stand_in": name, "seconds": seconds})
    until(lambda: not listens(address))
    until(lambda: listens(address))
    return time.monotonic() - asked


@pytest.mark.parametrize("name", STAND_INS)
def test_a_stand_in_goes_away_alone_and_comes_back_where_it_was(
    own_cloud: Cloud, name: str
) -> None:
    own_cloud.control("restart", {"stand_in": name, "seconds": AWAY})
    until(lambda: not listens(getattr(own_cloud, name)))
    assert all(listens(getattr(own_cloud, other)) for other in STAND_INS if other != name)
    until(lambda: listens(getattr(own_cloud, name)))


def test_it_is_away_for_as_long_as_was_asked(own_cloud: Cloud) -> None:
    assert away_for(own_cloud, "mns", AWAY) >= AWAY


def test_what_a_stand_in_was_asked_before_it_went_away_is_never_applied(own_cloud: Cloud) -> None:
    service = Service(own_cloud)
    own_cloud.fault("dysms", "SendSms", f"delay:{HELD_UP * 1000:.0f}")
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(service.send)
        until(lambda: bool(own_cloud.control("struck")))
        seen = time.monotonic()
        own_cloud.control("restart", {"stand_in": "openapi", "seconds": 0.1})
        assert sending.result().json["delivery"] == "unconfirmed"
    time.sleep(max(0.0, seen + HELD_UP + 0.5 - time.monotonic()))  # it would be applied by then
    until(lambda: listens(own_cloud.openapi))
    assert own_cloud.outbox() == []


def test_its_state_is_as_it_was(own_cloud: Cloud) -> None:
    service = Service(own_cloud)
    verification_id, code = service.sent()
    for name in ("tablestore", "openapi"):
        away_for(own_cloud, name, AWAY)
    assert service.verify(verification_id, code).status == 200
    assert own_cloud.control("struck") == {}


@pytest.mark.parametrize("wish", [{"stand_in": "oss"}, {"stand_in": "mns", "seconds": "long"}])
def test_a_wish_that_is_none_is_refused(own_cloud: Cloud, wish: dict[str, object]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        own_cloud.control("restart", wish)
    with refused.value as answer:
        assert answer.code == 400
        assert "must be" in json.load(answer)["error"]
