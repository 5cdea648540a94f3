"""Drive the real doors in this process against a local cloud in another."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tablestore import INF_MAX, INF_MIN, CapacityUnit

from functions import messages, receipts, send_code, verify_code
from scripts.local_cloud.apart import CloudApart
from scripts.local_cloud.events import EVENTS, Incoming, context
from shared import wiring
from shared.storage import tables

ROOT = Path(__file__).resolve().parents[1]
PHONE = "13800138000"
ADDRESS = "203.0.113.7"
SECRET, NUMBER_SECRET = "c" * 32, "n" * 32
RECEIPT_SECRET = "vK3-mQ8_xT1zNc6YpL4wHs9RbJ7dGf2E"


DOORS = {
    "send-code": send_code.handler,
    "verify-code": verify_code.handler,
    "receipts": receipts.handler,
    "messages": messages.handler,
}


@dataclass(frozen=True)
class Answer:
    """What a door answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str | None:
        """Return the refusal's code, or None for an acceptance."""
        return self.json.get("code") if self.text else None


class Cloud(CloudApart):
    """A local cloud in a process of its own."""

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("outbox")
        return found

    def calls(self, service: str) -> dict[str, int]:
        found: dict[str, int] = self.control("calls").get(service, {})
        return found

    def fault(self, service: str, operation: str, effect: str, count: int = 1) -> None:
        wish = {"service": service, "operation": operation, "effect": effect, "count": count}
        self.control("faults", wish)

    def reset(self) -> None:
        self.control("reset", {})

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "SCENES": "sign_in,reset_password",
            "ALIYUN_CAPTCHA_ENDPOINT": self.openapi,
            "ALIYUN_CAPTCHA_SCENE_IDS": "local",
            "TURNSTILE_ENDPOINT": self.openapi,
            "TURNSTILE_SECRET": "local-turnstile-secret",
            "RECEIPT_SECRETS": RECEIPT_SECRET,
        }


@dataclass
class Service:
    """The doors. `address` is the peer, `credentials` the keys that Function Compute reports."""

    cloud: Cloud
    address: str = ADDRESS
    gateway: str = "http"
    language: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    credentials: Callable[[], object] | None = None

    def post(
        self,
        path: str,
        body: Any,
        *,
        headers: dict[str, str] | None = None,
        address: str | None = None,
        method: str = "POST",
    ) -> Answer:
        """Call a door as Function Compute does; a body that is no bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        incoming = Incoming(
            method, path, {}, list(sent.items()), raw, address or self.address, "local"
        )
        first = path.strip("/").partition("/")[0]
        about = context(first, {})
        if self.credentials is not None:
            about.credentials = self.credentials()
        door = DOORS[first]
        answer = door(EVENTS[self.gateway](incoming, about.request_id), about)
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def send(self, phone: str = PHONE, *, scene: str = "sign_in", **rest: Any) -> Answer:
        options = {name: rest.pop(name) for name in ("headers", "address") if name in rest}
        return self.post("/send-code", {"phone": phone, "scene": scene, **rest}, **options)

    def verify(
        self,
        verification_id: str,
        code: str,
        phone: str = PHONE,
        *,
        scene: str = "sign_in",
        headers: dict[str, str] | None = None,
        **rest: str,
    ) -> Answer:
        body = {
            "phone": phone,
            "scene": scene,
            "verification_id": verification_id,
            "code": code,
            **rest,
        }
        return self.post("/verify-code", body, headers=headers)

    def receipt(
        self,
        entries: Any,
        *,
        kind: str = "sms-report",
        secret: str = RECEIPT_SECRET,
        method: str = "POST",
    ) -> Answer:
        """Push entries as Aliyun does."""
        return self.post(f"/receipts/{kind}/{secret}", entries, method=method)

    def report(self, verification_id: str, phone: str = PHONE, **fields: Any) -> dict[str, Any]:
        """Return a delivery report on a message, as Aliyun writes it."""
        return {
            "phone_number": phone,
            "send_time": "2026-11-21 16:59:58",
            "report_time": "2026-11-21 17:00:00",
            "success": True,
            "err_code": "DELIVERED",
            "err_msg": "用户接收成功",
            "sms_size": "1",
            "biz_id": "932702304080415357^0",
            "out_id": verification_id,
            **fields,
        }

    def state(self, verification_id: str, **options: Any) -> Answer:
        """Ask what became of a message."""
        return self.post(f"/messages/{verification_id}", b"", method="GET", **options)

    def sent(self, phone: str = PHONE, **rest: Any) -> tuple[str, str]:
        """Send, expect success, and return the verification id and the code from the inbox."""
        answer = self.send(phone, **rest)
        assert answer.status == 200, answer.text
        verification_id = answer.json["verification_id"]
        return verification_id, self.code_of(verification_id)

    def code_of(self, verification_id: str) -> str:
        """Return the code that the inbox holds for a verification."""
        found = [m for m in self.cloud.outbox() if m["out_id"] == verification_id]
        assert len(found) == 1
        return str(found[0]["params"]["code"])

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return every row of a table, keys and columns together."""
        client, prefix = wiring.store_client()
        (key,) = (key for known in tables.ALL if known.suffix == table for key, _ in known.keys)
        found = client.xget_range(
            prefix + table,
            "FORWARD",
            [(key, INF_MIN)],
            [(key, INF_MAX)],
            consumed_counter=CapacityUnit(0, 0),
            max_version=1,
        )
        return [
            {**dict(row.primary_key), **{cell[0]: cell[1] for cell in row.attribute_columns}}
            for row in found
        ]

    def counted(self, scope: str) -> int:
        """Return what all counters of a scope stand at, together."""
        found = [row for row in self.rows("counters") if row["counter"].startswith(f"{scope}/")]
        return sum(row.get("n", 0) for row in found)


def wrong(code: str) -> str:
    """Return another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all actions in threads that start together, and return their results in order."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))
