"""Codes, numbers and keys in traces and addresses (hole: code or number in logs, traces, URLs)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from scripts.local_cloud.events import EVENTS, Incoming, context
from shared import wiring
from shared.storage import tables
from tests.service import ADDRESS, DOORS, PHONE, Service

CAPTCHA, KEY, DEVICE = "captcha-canary-0123456789", "idempotency-canary-01", "device-canary-0123456"
Setting = Callable[..., None]


def ours(frame: FrameType | None) -> Iterator[object]:
    """Yield the objects of our own classes that a trace with values would show at that point."""
    while frame is not None:
        for value in frame.f_locals.values():
            if type(value).__module__.startswith("shared."):
                yield value
        frame = frame.f_back


def test_no_object_of_ours_shows_a_code_a_number_or_a_token(
    service: Service, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tools that collect traces write down what each name stood for."""
    setting(CAPTCHA="turnstile", CAPTCHA_SCENES="sign_in")
    client, _ = wiring.store_client()
    write, shown, codes = client.batch_write_row, [], set()

    def overheard(*arguments: Any) -> Any:
        for value in ours(sys._getframe()):  # noqa: SLF001 - the one way to see the callers
            shown.append(repr(value) + str(value))
            codes.add(getattr(value, "plain_code", None))
        return write(*arguments)

    monkeypatch.setattr(client, "batch_write_row", overheard)
    headers = {"Idempotency-Key": KEY, "X-Api-Key": KEY}
    sent = service.sent(captcha=CAPTCHA, device_id=DEVICE, headers=headers)
    assert service.verify(*sent, headers=headers).status == 200
    seen = "".join(shown)
    for name in ("Call(", "SendCodeRequest(", "VerifyCodeRequest(", "Draft(", "Claim(", "Guess("):
        assert name in seen
    assert sent[1] in codes
    for secret in (PHONE, CAPTCHA, DEVICE, KEY):
        assert secret not in seen
    assert f"'{sent[1]}'" not in seen
    assert f'"{sent[1]}"' not in seen


@pytest.mark.parametrize("gateway", ["http", "apigw"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_read_from_an_address_and_nothing_of_it_is_kept(
    service: Service, capfd: pytest.CaptureFixture[str], gateway: str, method: str
) -> None:
    """Addresses rest in the access logs of everything that a request goes through."""
    verification_id, code = service.sent()
    capfd.readouterr()
    query = {
        "phone": PHONE,
        "scene": "sign_in",
        "verification_id": verification_id,
        "code": code,
    }
    for door in ("send-code", "verify-code"):
        path = f"/{door}/{PHONE}/{code}"
        incoming = Incoming(method, path, query, [], b"", ADDRESS, "local")
        about = context(door, {})
        answer = DOORS[door](EVENTS[gateway](incoming, about.request_id), about)
        assert answer["statusCode"] == (405 if method == "GET" else 400)
        written = capfd.readouterr()
        assert '"status"' in written.out
        rows = json.dumps([service.rows(t.suffix) for t in tables.ALL if t is not tables.PENDING])
        for kept in (written.out, written.err, answer["body"], json.dumps(answer["headers"]), rows):
            assert PHONE not in kept
            assert f'"{code}"' not in kept
            assert f"/{code}" not in kept
    assert service.verify(verification_id, code).status == 200
