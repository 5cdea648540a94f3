"""Ask the doors over HTTP as browsers and servers do, and note what they told."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from scripts.soaking.account import MESSAGE, SEND, VERIFY, Asked
from scripts.soaking.instances import HOST, Fleet, Instance
from scripts.soaking.terms import CALLERS

PATIENCE_SECONDS = 30.0
"""Whoever has not answered by then hangs."""

NOBODY_SECONDS = 0.2


@dataclass
class Book:
    """What users were told; threads write into it at once."""

    asked: list[Asked] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, one: Asked) -> None:
        """Add a request that has ended."""
        with self._lock:
            self.asked.append(one)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks: through a deployment, from an address, with a device, as a caller if it has keys.

    Without a caller the address is a real one, of the loopback network.
    """

    deployment: str
    address: str
    device: str = ""
    caller: str = ""


@dataclass
class Client:
    """The way to the functions; `chance` picks the instance."""

    fleet: Fleet
    book: Book
    chance: random.Random

    def send(
        self,
        origin: Origin,
        phone: str,
        scene: str,
        *,
        way: str,
        spelled: str = "",
        key: str = "",
        replaces: str = "",
        captcha: str = "",
    ) -> Asked:
        """Ask for a code."""
        one = Asked(
            SEND,
            began=0.0,
            phone=phone,
            scene=scene,
            address=origin.address,
            device=origin.device,
            caller=origin.caller,
            key=key,
            replaces=replaces,
            captcha=captcha,
            way=way,
        )
        body = {"phone": spelled or phone, "scene": scene, "device_id": origin.device}
        body |= {"replaces": replaces, "captcha": captcha}
        return self._ask(origin, one, SEND, {name: text for name, text in body.items() if text})

    def verify(
        self, origin: Origin, phone: str, scene: str, verification_id: str, code: str, *, way: str
    ) -> Asked:
        """Guess at a code."""
        one = Asked(
            VERIFY,
            began=0.0,
            phone=phone,
            scene=scene,
            verification_id=verification_id,
            code=code,
            address=origin.address,
            caller=origin.caller,
            way=way,
        )
        body = {"phone": phone, "scene": scene, "verification_id": verification_id, "code": code}
        return self._ask(origin, one, VERIFY, body)

    def message(self, origin: Origin, verification_id: str, *, way: str) -> Asked:
        """Ask what became of a message."""
        one = Asked(MESSAGE, began=0.0, verification_id=verification_id, way=way)
        return self._ask(origin, one, f"{MESSAGE}/{verification_id}", None)

    def _ask(self, origin: Origin, one: Asked, path: str, body: dict[str, Any] | None) -> Asked:
        """Send it to an instance that takes it; one that is away never got it."""
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if origin.caller:
            headers["Authorization"] = f"Bearer {CALLERS[origin.caller]}"
            if body is not None:
                body["client_ip"] = origin.address
        if one.key:
            headers["Idempotency-Key"] = one.key
        raw = None if body is None else json.dumps(body).encode()
        until = time.time() + PATIENCE_SECONDS
        while time.time() < until:
            instance = self.fleet.any(self.chance, origin.deployment)
            if instance is not None and _reached(instance, origin, one, path, raw, headers):
                self.book.note(one)
                break
            time.sleep(NOBODY_SECONDS)
        return one


def _reached(
    instance: Instance,
    origin: Origin,
    one: Asked,
    path: str,
    raw: bytes | None,
    headers: dict[str, str],
) -> bool:
    """Ask an instance; say whether anybody was there to be asked."""
    peer = "" if origin.caller else origin.address
    connection = http.client.HTTPConnection(
        HOST,
        instance.port,
        timeout=PATIENCE_SECONDS,
        source_address=(peer, 0) if peer else None,
    )
    one.began = time.time()
    try:
        try:
            connection.connect()
        except OSError:
            return False
        connection.request("GET" if raw is None else "POST", path, raw, headers)
        answer = connection.getresponse()
        one.text = answer.read().decode("utf-8", "replace")
        one.status = answer.status
        one.answer = _object(one.text)
    except TimeoutError:
        one.hung = True
    except (OSError, http.client.HTTPException):
        one.status = 0  # it died
    finally:
        one.ended = time.time()
        connection.close()
    return True


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
