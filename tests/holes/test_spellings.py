"""One number, address or token in other spellings (holes: limits moved, captcha replay)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from functions import send_code
from tests.service import ADDRESS, Service

Setting = Callable[..., None]
At = Callable[[float], None]
OTHER = "13900139000"
ALWAYS_PASSES = f"1x{'0' * 31}AA"
"""Turnstile's secret for tests: that service lets a token pass any number of times."""

NUMBERS = [
    "+86 (0)138 0013 8000",
    "013800138000",
    "17951 138 0013 8000",  # a prefix of cheap long-distance calls, which numbering plans know
    "+8617951 13800138000",
    "\u200b1\u200d3\u20608\u00ad00138000\ufeff",
    "\u202e13800138000\u202c",
    "①③⑧⓪⓪①③⑧⓪⓪⓪",
    "¹³⁸⁰⁰¹³⁸⁰⁰⁰",
    "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
    "＋８６－１３８００１３８０００",
    "138\u20080013\u20098000\u3000",
    "00 86 138/0013·8000",
    "tel:+8613800138000",
    "+86+13800138000",
    "+8613800138000;ext=1",
    "+8613800138000,,1",
    "8686013800138000",
    "+86 ١٣٨٠٠١٣٨٠٠٠",
    "१३८००१३८०००",
    "13800138000\x00",
    "13800138000,13900139000",
    "sip:13800138000@example.com",
]


@pytest.mark.parametrize("spelling", NUMBERS)
def test_no_spelling_of_a_number_is_another_number(service: Service, spelling: str) -> None:
    assert service.send().status == 200
    assert service.send(spelling).code in ("rate_limited", "invalid_phone")
    assert len(service.cloud.outbox()) == len(service.rows("phones")) == 1


def send_with(headers: Mapping[str, Any], phone: str) -> int:
    """Call the door with headers as they stand in the event, names that differ in case too."""
    event = {
        "headers": headers,
        "requestContext": {"http": {"method": "POST", "sourceIp": ADDRESS}},
        "body": json.dumps({"phone": phone, "scene": "sign_in"}),
    }
    return int(send_code.handler(json.dumps(event).encode(), None)["statusCode"])


def forged(name: str, number: int) -> list[dict[str, Any]]:
    """Spell a header that a client makes up, beside the true one of what is in front."""
    mine, true = f"198.51.100.{number}", "203.0.113.200"
    return [
        {name: mine, name.lower(): true},
        {name.lower(): mine, name: true},
        {name.upper(): mine, name: true, name.lower(): mine},
        {name: [mine, true]},
        {name: f"{mine}, {true}"},
        {name.replace("-", "_"): mine, name: true},
        {f" {name}": mine, f"{name} ": mine, name: true},
        {name: f"{mine}\u200b", name.lower(): true},
    ]


@pytest.mark.parametrize("spelling", range(8))
@pytest.mark.parametrize("rule", ["peer", "hops:1", "header:X-Forwarded-For"])
def test_no_spelling_of_a_header_is_another_address(
    service: Service, setting: Setting, at: At, rule: str, spelling: int
) -> None:
    at(0)
    setting(CLIENT_IP=rule, LIMIT_IP="1/1d")
    headers = [forged("X-Forwarded-For", number)[spelling] for number in range(4)]
    sent = [send_with(h, f"1390013{index:04d}") for index, h in enumerate(headers)]
    assert sent == [200, 429, 429, 429]


@pytest.mark.parametrize(
    "address", ["203.0.113.7 ", "::ffff:203.0.113.7", "[::ffff:cb00:7107]", "::FFFF:203.0.113.7"]
)
def test_no_spelling_of_an_address_is_another_address(
    service: Service, setting: Setting, at: At, address: str
) -> None:
    at(0)
    setting(LIMIT_IP="1/1d")
    assert service.send(address="203.0.113.7").status == 200
    assert service.send(OTHER, address=address).code == "rate_limited"


TOKENS = [
    " token",
    "token\n",
    "tok en",
    "\ttoken\r\n",
    "token\u200b",
    "ｔｏｋｅｎ",
    "\u00a0token",
    "tok\u00aden",
    "token\x00",
]


@pytest.mark.parametrize("spelling", TOKENS)
def test_no_spelling_of_a_captcha_token_is_another_token(
    service: Service, setting: Setting, spelling: str
) -> None:
    setting(ACCESS="captcha", CAPTCHA="turnstile", TURNSTILE_SECRET=ALWAYS_PASSES)
    assert service.send(captcha="token").status == 200
    assert service.send(OTHER, captcha=spelling).code == "captcha_failed"
    assert service.send(OTHER, captcha="another").status == 200


def test_no_captcha_token_passes_in_a_second_scene_or_after_a_while(
    service: Service, setting: Setting, at: At
) -> None:
    setting(ACCESS="captcha", CAPTCHA="turnstile", TURNSTILE_SECRET=ALWAYS_PASSES)
    at(0)
    assert service.send(captcha="token").status == 200
    for seconds in (1, 301, 7200):
        at(seconds)
        again = service.send(OTHER, captcha="token", scene="reset_password", device_id="another")
        assert again.code == "captcha_failed"
