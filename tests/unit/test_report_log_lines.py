"""Our log lines are found in whatever they come wrapped in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.report.gates import (
    ACCESS,
    ADDRESS,
    CAP,
    CAPTCHA,
    LISTS,
    NUMBER,
    OURS,
    PROVIDER,
    REQUEST,
    SEQUENCE,
    gate_of,
)
from scripts.report.log_lines import LogReader

LINES: list[dict[str, Any]] = [
    {"time": "2026-11-21T08:00:00.123+00:00", "event": "send_code", "status": 200, "ip": '1"2'},
    {"time": "2026-11-21T08:00:01.000+00:00", "event": "alert", "who": '网站 a\\b, "c"'},
]
TEXTS = [json.dumps(line, ensure_ascii=False) for line in LINES]
BLOCK = "\n".join(["FC Invoke Start RequestId: 1-6", *TEXTS, "FC Invoke End RequestId: 1-6"])
ENTRY = {"__time__": 1795248000, "functionName": "sms-send", "message": BLOCK}


def in_csv(text: str) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([["__time__", "message"], ["1795248000", text]])
    return file.getvalue()


WRAPPED: dict[str, str] = {
    "as they were written": "\n".join(TEXTS),
    "without a space": "\n".join(json.dumps(line, separators=(",", ":")) for line in LINES),
    "behind a prefix of the runtime": "\n".join(
        f"2026-11-21T08:00:00.123Z 1-65-ab [INFO] {text}" for text in TEXTS
    ),
    "in blocks of Function Compute": BLOCK,
    "in a download, an object a line": "\n".join([json.dumps(ENTRY), json.dumps({"message": "-"})]),
    "in a download, Chinese as it is": json.dumps(ENTRY, ensure_ascii=False),
    "in a download that is one array": json.dumps([ENTRY]),
    "in a download, laid out": json.dumps([ENTRY], indent=2),
    "in JSON inside JSON": json.dumps({"content": json.dumps(ENTRY)}),
    "in a table": in_csv(BLOCK),
    "after a mark of byte order": "\ufeff" + TEXTS[0] + "\n" + TEXTS[1],
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], tuple[LogReader, list[dict[str, Any]]]]:
    def reading(text: str) -> tuple[LogReader, list[dict[str, Any]]]:
        path = tmp_path / "log"
        path.write_text(text, "utf-8")
        reader = LogReader()
        return reader, [{"event": line.event, **line.facts} for line in reader.read(path)]

    return reading


Read = Callable[[str], tuple[LogReader, list[dict[str, Any]]]]


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_lines_are_found(read: Read, text: str) -> None:
    reader, found = read(text)
    assert found == [
        {name: fact for name, fact in line.items() if name != "time"} for line in LINES
    ]
    assert reader.broken == 0


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.json.gz"
    path.write_bytes(gzip.compress(BLOCK.encode()))
    assert len(list(LogReader().read(path))) == 2


def test_lines_that_two_downloads_share_count_once(tmp_path: Path) -> None:
    reader = LogReader()
    for name in ("a", "b"):
        (tmp_path / name).write_text("\n".join(TEXTS), "utf-8")
    found = [line for name in ("a", "b") for line in reader.read(tmp_path / name)]
    assert (len(found), reader.repeated) == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FC Invoke Start RequestId: 1",
        '{"time": "2026-11-21T08:00:00+00:00", "event": "send_co',
        '{"time": "yesterday", "event": "send_code"}',
        '{"time": "2026-11-21T08:00:00+00:00", "event": 7}',
        '{"event": "send_code"}',
        '"{\\"time\\": \\"',
        "\x00\xff{" * 50,
        '{"time": "' + "[" * 5000,
    ],
)
def test_what_is_no_line_of_ours_is_passed_over(read: Read, text: str) -> None:
    _, found = read(f"{text}\n{TEXTS[0]}")
    assert [line["event"] for line in found] == ["send_code"]


@pytest.mark.parametrize(
    ("outcome", "reason", "gate"),
    [
        ("captcha_required", "", CAPTCHA),
        ("captcha_failed", "captcha F001", CAPTCHA),
        ("captcha_failed", "token_used", CAPTCHA),
        ("rate_limited", "sequence", SEQUENCE),
        ("rate_limited", "limit_phone", NUMBER),
        ("rate_limited", "race", NUMBER),
        ("rate_limited", "limit_ip 10/1d", ADDRESS),
        ("rate_limited", "provider:isv.BUSINESS_LIMIT_CONTROL", PROVIDER),
        ("rate_limited", "limit_total 100/1h", CAP),
        ("daily_cap_reached", "limit_region 200/1d", CAP),
        ("unauthorized", "deny_address", LISTS),
        ("unauthorized", "wrong_api_key", ACCESS),
        ("phone_blocked", "deny_number", LISTS),
        ("provider_rejected", "provider:isv.AMOUNT_NOT_ENOUGH", PROVIDER),
        ("storage_unavailable", "StoreUnavailable", OURS),
        ("invalid_phone", "not_mobile", REQUEST),
        ("something_new", "", REQUEST),
    ],
)
def test_each_refusal_has_its_gate(outcome: str, reason: str, gate: str) -> None:
    assert gate_of(outcome, reason) == gate
