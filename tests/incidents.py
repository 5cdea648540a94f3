"""Make incidents: people sign in, somebody pumps, carriers report, time passes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp import web

from functions import maintain
from scripts.local_cloud.events import context, timer_event
from scripts.local_cloud.front import Front
from shared import wiring
from tests.ledger import lately
from tests.service import DOORS, Service


@contextmanager
def served(service: Service) -> Iterator[str]:
    """Let the doors of this process answer by HTTP, as behind a domain; yield the address."""
    paths = {
        "/send-code": "send-code",
        "/verify-code": "verify-code",
        "/messages/{verification_id}": "messages",
        "/receipts/{kind}/{secret}": "receipts",
    }
    doors = {path: DOORS[name] for path, name in paths.items()}
    loop = asyncio.new_event_loop()
    front = Front(doors, gateway="http", control=service.cloud.openapi)
    runner = web.AppRunner(front.app(), access_log=None, shutdown_timeout=0.5)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def ahead(seconds: float) -> Iterator[None]:
    """Let the doors live some seconds ahead of now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "clock", lambda: time.time() + seconds)
        yield


def run() -> None:
    """Let the timer's function run."""
    maintain.handler(timer_event("every-minute"), context("maintain", {}))


def reported(service: Service, sent: list[tuple[str, str]], code: str, **kind: str) -> None:
    """Let carriers report some messages, to Aliyun and to us."""
    good = {"success": code == "DELIVERED", "err_code": code}
    entries = [service.report(*one, **good, **lately()) for one in sent]
    assert service.receipt(entries, **kind).status == 200


def people(service: Service, count: int, *, start: int = 0) -> list[tuple[str, str]]:
    """Let people sign in from places and with numbers far apart; return ids and numbers."""
    sent = []
    for number in range(start, start + count):
        phone = str(13512345678 + number * 104_729)
        sent.append((service.sent(phone, address=f"203.0.113.{number + 1}")[0], phone))
    return sent


def march(service: Service, count: int, *, network: str, start: int = 0) -> list[Any]:
    """Pump messages to numbers in a row, from addresses of one network."""
    return [
        service.send(f"1701234{5000 + number}", address=f"{network}.{number % 200 + 1}")
        for number in range(start, start + count)
    ]
