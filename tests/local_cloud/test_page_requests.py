"""What the front remembers of requests to the doors, for the page: real answers, and no secrets."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.local_cloud.test_page import outbox_message, post, served
from tests.service import wrong

_numbers = count(13600136000)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("service")) as address:
        yield address


@pytest.fixture
def service(running: str) -> str:
    """The address of a running service that has seen nothing."""
    post(f"{running}/_local/reset", {})
    return running


@pytest.fixture
def phone() -> str:
    return str(next(_numbers))


def test_a_send_is_remembered_with_its_answer_and_its_log_line(service: str, phone: str) -> None:
    answer = ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    (kept,) = remembered(service, "/send-code")
    assert (kept["status"], kept["asked"]) == (200, {"scene": "sign_in"})
    assert kept["answer"]["verification_id"] == answer["verification_id"]
    assert (kept["log"]["provider"], kept["log"]["provider_code"]) == ("dysms", "OK")
    assert abs(kept["at"] - time.time()) < 60


def test_a_report_is_remembered_with_the_message_that_it_is_about(service: str, phone: str) -> None:
    answer = ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    message = outbox_message(service, answer["verification_id"])
    post(f"{service}/_local/report", {"biz_id": message["biz_id"], "success": True})
    pushed = soon(lambda: remembered(service, "/receipts/{kind}/{secret}"))[0]
    report = {
        "out_id": answer["verification_id"],
        "biz_id": message["biz_id"],
        "success": True,
        "err_code": "DELIVERED",
    }
    assert (pushed["status"], pushed["reports"]) == (200, [report])


def test_refusals_are_counted_by_code_and_reason(service: str, phone: str) -> None:
    answer = ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    code = outbox_message(service, answer["verification_id"])["params"]["code"]
    guess(service, phone, answer, wrong(code))
    guess(service, phone, answer, code)
    found = look(service)
    assert found["counts"]["/send-code"] == {"ok": 1, "rate_limited": 1}
    assert found["counts"]["/verify-code"] == {"code_rejected": 1, "ok": 1}
    assert found["reasons"]["/verify-code"] == {"wrong": 1}


def test_neither_codes_nor_numbers_nor_the_secret_are_remembered(service: str, phone: str) -> None:
    answer = ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    code = outbox_message(service, answer["verification_id"])["params"]["code"]
    guess(service, phone, answer, wrong(code))
    guess(service, phone, answer, code)
    message = outbox_message(service, answer["verification_id"])
    post(f"{service}/_local/report", {"biz_id": message["biz_id"], "success": True})
    soon(lambda: remembered(service, "/receipts/{kind}/{secret}"))
    kept = json.dumps([without_ids(one) for one in look(service)["requests"]])
    found = [text for text in (code, wrong(code), phone, "local-receipt-secret") if text in kept]
    assert found == []


def test_what_somebody_else_put_into_a_request_is_not_remembered(service: str, phone: str) -> None:
    ask(f"{service}/send-code", {"phone": phone, "scene": "<b>13800138000</b>", "code": "123456"})
    (kept,) = remembered(service, "/send-code")
    assert kept["asked"] == {}


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 10_000, b"[1, null]", b'{"scene": {}}'])
def test_a_body_that_makes_no_sense_is_counted_all_the_same(service: str, body: bytes) -> None:
    ask(f"{service}/send-code", body)
    ask(f"{service}/receipts/sms-report/guessed", body)
    counts = look(service)["counts"]
    assert counts["/send-code"] == {"invalid_request": 1}
    assert counts["/receipts/{kind}/{secret}"] == {"not_found": 1}


def test_only_what_is_new_is_told_to_who_knows_the_rest(service: str, phone: str) -> None:
    ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    first = look(service)
    ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    known = f"run={first['run']}&after={first['last']}"
    (new,) = look(service, known)["requests"]
    assert (new["number"], new["status"]) == (first["last"] + 1, 429)
    stranger = look(service, f"run=another&after={first['last']}")
    assert [one["status"] for one in stranger["requests"]] == [200, 429]


def test_a_reset_forgets_them_and_begins_another_run(service: str, phone: str) -> None:
    ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    before = look(service)
    post(f"{service}/_local/reset", {})
    after = look(service, f"run={before['run']}&after={before['last']}")
    assert (after["counts"], after["requests"], after["last"]) == ({}, [], 0)
    assert after["run"] != before["run"]


def test_asking_what_became_of_a_message_is_counted_only(service: str, phone: str) -> None:
    answer = ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    ask(f"{service}/messages/{answer['verification_id']}")
    assert look(service)["counts"]["/messages/{verification_id}"] == {"ok": 1}
    assert remembered(service, "/messages/{verification_id}") == []


@pytest.mark.parametrize(
    "effect",
    ["drop", "drop_after", "delay:20", "delay_after:0", "error:OTSTimeout", "partial:1:OTSTimeout"],
)
def test_failures_that_are_to_come_are_told_as_they_were_asked_for(
    service: str, effect: str
) -> None:
    wish = {"service": "tablestore", "operation": "GetRow", "effect": effect, "count": 2}
    post(f"{service}/_local/faults", wish)
    assert ask(f"{service}/_local/faults") == [wish]
    post(f"{service}/_local/faults", {"clear": True})
    assert ask(f"{service}/_local/faults") == []


def test_a_failure_that_has_happened_is_not_to_come(service: str, phone: str) -> None:
    wish = {"service": "dysms", "effect": "error:isv.AMOUNT_NOT_ENOUGH"}
    post(f"{service}/_local/faults", wish)
    assert ask(f"{service}/_local/faults") == [{**wish, "operation": "*", "count": 1}]
    refused = ask(f"{service}/send-code", {"phone": phone, "scene": "sign_in"})
    assert refused["code"] == "provider_rejected"
    assert ask(f"{service}/_local/faults") == []


def guess(service: str, phone: str, sent: dict[str, Any], code: str) -> None:
    about = {"phone": phone, "scene": "sign_in", "verification_id": sent["verification_id"]}
    ask(f"{service}/verify-code", {**about, "code": code})


def look(service: str, known: str = "") -> dict[str, Any]:
    found: dict[str, Any] = ask(f"{service}/_local/requests?{known}")
    return found


def remembered(service: str, door: str) -> list[dict[str, Any]]:
    return [one for one in look(service)["requests"] if one["door"] == door]


def without_ids(kept: dict[str, Any]) -> dict[str, Any]:
    """Take out what is made by chance, and may hold any digits."""
    text = json.dumps({**kept, "request_id": "", "at": 0})
    for known in (kept["answer"], kept["asked"], kept["log"], *kept["reports"]):
        for name in ("verification_id", "out_id", "biz_id"):
            if name in known:
                text = text.replace(json.dumps(known[name]), '""')
    found: dict[str, Any] = json.loads(text)
    return found


def soon(find: Callable[[], list[Any]]) -> list[Any]:
    last = time.monotonic() + 10
    while not (found := find()) and time.monotonic() < last:
        time.sleep(0.05)
    assert found
    return found


def ask(address: str, body: Any = None) -> Any:
    """GET, or POST a body; return the answer's JSON, whatever its status."""
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(address, raw, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)
