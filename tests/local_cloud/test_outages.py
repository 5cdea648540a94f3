"""Stand-ins that go away and come back, each on its own."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared import wiring
from shared.storage.bootstrap import bootstrap
from tests.service import Cloud, Service

STAND_INS = ("tablestore", "openapi", "mns", "dypns")
AWAY = 0.6


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


def until(address: str, *, listening: bool) -> float:
    began = time.monotonic()
    while listens(address) is not listening:
        assert time.monotonic() < began + 5
        time.sleep(0.01)
    return time.monotonic() - began


@pytest.mark.parametrize("name", STAND_INS)
def test_a_stand_in_goes_away_alone_and_comes_back_where_it_was(
    own_cloud: Cloud, name: str
) -> None:
    own_cloud.control("restart", {"stand_in": name, "seconds": AWAY})
    until(getattr(own_cloud, name), listening=False)
    assert all(listens(getattr(own_cloud, other)) for other in STAND_INS if other != name)
    assert until(getattr(own_cloud, name), listening=True) > AWAY / 2


def test_what_a_stand_in_was_asked_before_it_went_away_is_never_applied(own_cloud: Cloud) -> None:
    service = Service(own_cloud)
    own_cloud.fault("dysms", "SendSms", "delay:1500")
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(service.send)
        time.sleep(0.7)
        own_cloud.control("restart", {"stand_in": "openapi", "seconds": 0.1})
        assert sending.result().json["delivery"] == "unconfirmed"
    until(own_cloud.openapi, listening=True)
    time.sleep(1.0)
    assert own_cloud.outbox() == []


def test_its_state_is_as_it_was(own_cloud: Cloud) -> None:
    service = Service(own_cloud)
    verification_id, code = service.sent()
    for name in ("tablestore", "openapi"):
        own_cloud.control("restart", {"stand_in": name, "seconds": 0.1})
        until(getattr(own_cloud, name), listening=False)
        until(getattr(own_cloud, name), listening=True)
    assert service.verify(verification_id, code).status == 200
    assert own_cloud.control("struck") == {}


@pytest.mark.parametrize("wish", [{"stand_in": "oss"}, {"stand_in": "mns", "seconds": "long"}])
def test_a_wish_that_is_none_is_refused(own_cloud: Cloud, wish: dict[str, object]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        own_cloud.control("restart", wish)
    with refused.value as answer:
        assert answer.code == 400
        assert "must be" in json.load(answer)["error"]
