"""The largest odd events take little processor time: nothing grows faster than what comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.fuzz.doors import HTTP_DOORS, called, check_http
from tests.fuzz.events import FIELDS, METHODS, PATHS
from tests.service import Cloud

SIZE = 16_384
"""Bytes of a body at its limit; gateways take about as much in all headers together."""
GENEROUS = 16 * SIZE
"""More than any gateway lets through."""


def filled(part: str, size: int) -> str:
    return (part * (size // len(part) + 1))[:size]


PATTERNS = [
    *("[", "{", '{"a":', "9", "1e", "%", ",", ";q=", "\\", " ", "\0", "-", "1 ", "1-3-8 ", "+86"),
    *("zh;q=0.5,", "1.2.3.4, ", "::1,", "a=b; ", "/", "ﷺ", "\u0301", "\ud800", "=", "Bearer "),
]
HEADERS = ["X-Forwarded-For", "Accept-Language", "Cookie", "Authorization", "Origin", "X-Api-Key"]


def event(door: str, **changes: Any) -> bytes:
    body = changes.pop("body", json.dumps(FIELDS[door]))
    return json.dumps(
        {
            "httpMethod": METHODS.get(door, "POST"),
            "path": PATHS[door],
            "headers": {},
            "body": body,
            "isBase64Encoded": False,
            **changes,
        }
    ).encode()


@pytest.mark.parametrize("door", HTTP_DOORS)
@pytest.mark.parametrize("rule", ["peer", "hops:3", "header:cookie"])
def test_large_headers(door: str, rule: str, cloud: Cloud, setting: Callable[..., None]) -> None:
    setting(CLIENT_IP=rule)
    for pattern in PATTERNS:
        headers = dict.fromkeys(HEADERS, filled(pattern, GENEROUS))
        check_http(called(HTTP_DOORS[door], event(door, headers=headers, body=""), None))


@pytest.mark.parametrize("door", HTTP_DOORS)
def test_many_headers(door: str, cloud: Cloud) -> None:
    spelt = {f"{number:b}".replace("0", "a").replace("1", "A"): "x" * 8 for number in range(4_096)}
    lists = {"X-Forwarded-For": ["1.2.3.4"] * SIZE, "x-forwarded-for": ["::1"] * SIZE}
    for headers in (spelt, lists):
        check_http(called(HTTP_DOORS[door], event(door, headers=headers, body=""), None))


@pytest.mark.parametrize("door", HTTP_DOORS)
def test_large_bodies(door: str, cloud: Cloud) -> None:
    for pattern in PATTERNS:
        for encoded in (False, True):
            body = filled(pattern, SIZE)
            check_http(
                called(HTTP_DOORS[door], event(door, body=body, isBase64Encoded=encoded), None)
            )


@pytest.mark.parametrize("door", ["send_code", "verify_code", "receipts"])
def test_large_fields(door: str, cloud: Cloud) -> None:
    for pattern in PATTERNS:
        for name in FIELDS[door]:
            body = json.dumps(
                {**FIELDS[door], name: filled(pattern, SIZE // 8)}, ensure_ascii=False
            )
            check_http(called(HTTP_DOORS[door], event(door, body=body), None))
    many = json.dumps({f"field {number}": 1 for number in range(1_000)})
    check_http(called(HTTP_DOORS[door], event(door, body=many), None))


def test_long_paths(cloud: Cloud) -> None:
    for door, handler in HTTP_DOORS.items():
        for pattern in PATTERNS:
            check_http(called(handler, event(door, path=filled(pattern, GENEROUS)), None))


@pytest.mark.parametrize("kind", ["sms-report", "sms-up", "sign-report"])
def test_large_texts_in_reports(kind: str, cloud: Cloud) -> None:
    """A carrier's texts may be as long as a batch: they are cut before they are worked on."""
    path = PATHS["receipts"].replace("sms-report", kind)
    for pattern in PATTERNS:
        names = ("phone_number", "err_msg", "err_code", "content", "out_id", "biz_id", "reason")
        entry = {"success": True, "sign_name": "x", "sign_status": "rejected"}
        entry |= dict.fromkeys(names, filled(pattern, SIZE * 8))
        body = json.dumps([entry], ensure_ascii=False)
        check_http(called(HTTP_DOORS["receipts"], event("receipts", path=path, body=body), None))
