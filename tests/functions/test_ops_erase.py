"""scripts/ops erase: nothing about a number is left, its neighbours' rows are, and limits hold."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tablestore import Row

from scripts.ops_cli.__main__ import main
from scripts.ops_cli.desk import Deployed
from scripts.ops_cli.erasing import Eraser
from shared import wiring
from shared.domain.codes import digest
from shared.domain.deadline import Deadline
from shared.domain.history import History
from shared.rules import rules_of
from shared.storage import tables
from shared.storage.erasure import TablestoreErasure
from shared.storage.messages import TablestoreMessages
from tests.service import NUMBER_SECRET, PHONE, Service

Setting = Callable[..., None]
At = Callable[[float], None]
Captured = pytest.CaptureFixture[str]
NEIGHBOUR, OTHER = "13800138001", "18912345678"
HASH = digest(NUMBER_SECRET, f"+86{PHONE}")
DAY = 86_400


@pytest.fixture
def said(service: Service, capsys: Captured) -> Callable[..., str]:
    def run(*arguments: str, fails: int = 0, phone: str = PHONE) -> str:
        capsys.readouterr()
        code = main(["erase", "--phone", phone, *arguments])
        written = capsys.readouterr()
        assert code == fails, written.out + written.err
        assert PHONE not in written.out + written.err
        return written.out + (written.err if fails or "--json" not in arguments else "")

    return run


Said = Callable[..., str]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    return lambda now: monkeypatch.setattr(wiring, "clock", lambda: now)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


Answers = Callable[[str], None]


def everything(service: Service) -> str:
    """Return all that the tables hold, as text."""
    return json.dumps([service.rows(table.suffix) for table in tables.ALL], ensure_ascii=False)


def live(service: Service, setting: Setting) -> list[str]:
    """Leave every kind of trace of a number; return its verification ids."""
    setting(LIMIT_PHONE="10/1d", LIMIT_IP="100/1d", PHONE_SHARE="1", SEQUENCE_GUARD="observe")
    ids = []
    for _ in range(3):
        headers = {"Idempotency-Key": "k" * 20 + str(len(ids))}
        answer = service.send(headers=headers)
        ids.append(answer.json["verification_id"])
    service.receipt([service.report(ids[0])])
    service.receipt([service.report("A" * 22)])  # met no message
    reply = {"phone_number": PHONE, "content": "TD", "send_time": "", "dest_code": ""}
    assert service.receipt([reply], kind="sms-up").status == 200
    return ids


def found(said: Said, *options: str) -> dict[str, Any]:
    text = said("--json", *options)  # a door's log may stand before it
    told: dict[str, Any] = json.loads(text[text.index("{\n") :])
    return told


def test_nothing_of_a_number_is_left_and_everything_of_others_is(
    service: Service, said: Said, setting: Setting
) -> None:
    ids = live(service, setting)
    neighbour = service.sent(NEIGHBOUR)[0]
    other = service.sent(OTHER)[0]
    service.receipt([service.report("B" * 22, NEIGHBOUR)])
    told = found(said, "--yes", "--lists", "--forget-limits")
    assert told["erased"] == told["found"]
    assert told["found"]["messages"] == 3
    assert told["found"]["pending"] == 2
    assert min(told["found"].values()) >= 1
    left = everything(service)
    for trace in (PHONE, HASH, "+86138****8000", *ids):
        assert trace not in left, trace
    (window,) = (row for row in service.rows("segments") if "s8001" in row)
    assert "s8000" not in window
    assert {row["verification_id"] for row in service.rows("messages")} == {neighbour, other}
    assert {row["verification_id"] for row in service.rows("pending")} == {neighbour, other}
    assert len(service.rows("phones")) == 2
    assert sum("B" * 22 in str(row) for row in service.rows("receipts")) == 1


def test_a_dry_run_counts_and_changes_nothing(
    service: Service, said: Said, setting: Setting
) -> None:
    live(service, setting)
    before = everything(service)
    told = found(said, "--dry-run")
    assert sum(told["found"].values()) > 5
    assert sum(told["erased"].values()) == 0
    assert "replied TD" in said("--dry-run")
    assert everything(service) == before


def test_it_asks_and_does_nothing_without_a_yes(
    service: Service, said: Said, setting: Setting, answers: Answers
) -> None:
    live(service, setting)
    before = everything(service)
    answers("n\n")
    assert "cannot be undone" in said(fails=1)
    answers("")
    said(fails=1)
    assert everything(service) == before
    answers("y\n")
    assert "Erased: " in said()
    assert service.rows("messages") == []


def test_the_entry_of_the_lists_is_asked_about_apart_and_stays_otherwise(
    service: Service, said: Said, setting: Setting, answers: Answers
) -> None:
    live(service, setting)
    assert "lists stays" in said("--yes")
    assert service.send().code == "phone_blocked"
    answers("y\n")
    assert "even if it opted out" in said("--lists", fails=0)
    assert len(service.rows("lists")) == 0
    assert service.send().status == 200


def test_erasing_twice_is_erasing_once(service: Service, said: Said, setting: Setting) -> None:
    live(service, setting)
    said("--yes")
    before = everything(service)
    assert "nothing to erase" in said("--yes")
    assert sum(found(said, "--yes")["found"].values()) == 0
    assert everything(service) == before


def test_whoever_is_erased_regains_no_send(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="2/1h", PHONE_SHARE="1", LIMIT_ALLOWED="100/1h")
    now = time.time()
    at(now)
    ids = [service.sent()[0] for _ in range(2)]
    text = said("--yes")
    assert "limits count that" in text
    (row,) = service.rows("phones")
    assert [sorted(send) for send in json.loads(row["sends"])] == [["at", "verification_id"]] * 2
    assert not any(one in str(row) for one in ids)
    assert service.send().code == "rate_limited"
    assert main(["trace", "--phone", PHONE]) == 0
    at(now + 3601)
    assert service.send().status == 200


def test_times_that_no_limit_counts_any_more_go_too(
    service: Service, said: Said, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="2/1h", LIMIT_ALLOWED="100/1h")
    now = time.time()
    at(now)
    service.sent()
    said("--yes")
    assert len(service.rows("phones")) == 1
    at(now + 3700)
    assert found(said, "--yes")["erased"]["phones"] == 1
    assert service.rows("phones") == []


def test_limits_are_forgotten_only_where_that_is_said(
    service: Service, said: Said, setting: Setting
) -> None:
    setting(LIMIT_PHONE="1/1h", PHONE_SHARE="1")
    service.sent()
    assert "can be sent to again at once" in said("--yes", "--forget-limits")
    assert service.rows("phones") == []
    assert service.send().status == 200


def test_a_code_that_lives_dies_with_its_message(service: Service, said: Said) -> None:
    verification_id, code = service.sent()
    said("--yes")
    assert service.verify(verification_id, code).code == "code_rejected"
    assert service.rows("messages") == []


def test_messages_that_the_numbers_row_has_forgotten_are_found(
    service: Service, said: Said
) -> None:
    verification_id, _ = service.sent()
    client, prefix = wiring.store_client()
    client.delete_row(tables.PHONES.name(prefix), Row([("phone", HASH)]))
    assert found(said, "--yes")["erased"]["messages"] == 1
    assert verification_id not in everything(service)


def test_a_late_report_is_found_by_the_next_run(service: Service, said: Said) -> None:
    verification_id, _ = service.sent()
    assert "Run this again in 3 days" in said("--yes")
    service.receipt([service.report(verification_id)])
    assert found(said, "--yes")["erased"]["strays"] == 1
    assert "+86138****8000" not in everything(service)


def test_a_report_without_a_number_is_found_by_the_message_that_it_names(
    service: Service, said: Said
) -> None:
    verification_id, _ = service.sent()
    client, prefix = wiring.store_client()
    client.delete_row(tables.MESSAGES.name(prefix), Row([("verification_id", verification_id)]))
    for one in (verification_id, "C" * 22):
        service.receipt([service.report(one, "unreadable")])
    assert found(said, "--yes")["erased"]["strays"] == 1
    assert ["C" * 22 in str(row) for row in service.rows("receipts")] == [True]


def test_a_send_that_is_being_handed_over_is_waited_for(
    service: Service, said: Said, setting: Setting
) -> None:
    service.cloud.fault("dysms", "SendSms", "delay:1500")
    answers: list[Any] = []
    sending = threading.Thread(target=lambda: answers.append(service.send()))
    sending.start()
    while not service.rows("phones"):
        time.sleep(0.05)
    told = found(said, "--yes")
    sending.join()
    assert answers[0].status == 200
    assert told["erased"]["messages"] == 1
    left = everything(service)
    assert answers[0].json["verification_id"] not in left
    assert service.rows("messages") == []
    assert service.rows("pending") == []


def test_sends_at_the_same_time_neither_break_nor_leave_half_a_row(
    service: Service, said: Said, setting: Setting
) -> None:
    setting(LIMIT_PHONE="1000/1d", LIMIT_IP="1000/1d", PHONE_SHARE="1")
    service.sent()
    answers: list[Any] = []
    ended = threading.Event()

    def keep_sending() -> None:
        while not ended.is_set():
            answers.append(service.send())
            time.sleep(0.02)

    sending = threading.Thread(target=keep_sending)
    sending.start()
    try:
        while len(answers) < 2:
            time.sleep(0.01)
        said("--yes")
    finally:
        ended.set()
        sending.join()
    assert {answer.status for answer in answers} <= {200, 429}
    last = service.send().json["verification_id"]
    messages = service.rows("messages")
    assert all("phone" in row and "digest" in row for row in messages)
    assert {row["verification_id"] for row in service.rows("pending")} == {
        row["verification_id"] for row in messages
    }
    assert last in {row["verification_id"] for row in messages}
    (row,) = service.rows("phones")
    known = {send["verification_id"] for send in json.loads(row["sends"])} - {""}
    assert known == {row["verification_id"] for row in messages}


def test_what_was_sent_after_closing_stays_even_if_a_clock_is_behind(service: Service) -> None:
    rules = rules_of(os.environ)
    deployed = Deployed(os.environ, rules, time.time())
    eraser = Eraser(deployed, rules.numbers.read(PHONE), keep_limits=False, clock=time.time)
    service.sent()
    closed_at = eraser.close()
    before = {row["verification_id"] for row in service.rows("messages")}
    service.sent()
    closed = eraser.find_closed(closed_at + 60, told=lambda _count: None)
    assert set(closed.messages) == set(closed.pending) == before


def test_a_history_that_somebody_wrote_meanwhile_is_not_replaced(service: Service) -> None:
    store = TablestoreErasure(*wiring.store_client(), secret=NUMBER_SECRET)
    service.sent()
    seen = store.history(HASH)
    stale = replace(seen, version="of-another-writer")
    for after in (History("mine", ()), None):
        assert not store.replace_history(HASH, stale, after)
        assert store.history(HASH) == seen
    assert store.replace_history(HASH, seen, None)
    assert store.history(HASH) == History()


def test_erased_sends_have_no_ids_to_ask_after(service: Service, said: Said) -> None:
    messages = TablestoreMessages(*wiring.store_client(), secret=NUMBER_SECRET)
    deadline = Deadline.after(10, clock=time.monotonic)
    verification_id, _ = service.sent()
    assert messages.ids_of(HASH, deadline=deadline) == [verification_id]
    said("--yes")
    assert len(service.rows("phones")) == 1
    assert messages.ids_of(HASH, deadline=deadline) == []


def test_a_store_that_fails_half_way_is_told_and_the_next_run_ends_it(
    service: Service, said: Said, setting: Setting
) -> None:
    ids = live(service, setting)
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSServerBusy", count=3)
    assert "again" in said("--yes", fails=1)
    said("--yes", "--lists")
    left = everything(service)
    assert not any(one in left for one in ids)


def test_what_stays_elsewhere_is_told(said: Said, setting: Setting) -> None:
    setting(ALLOW_NUMBERS=PHONE)
    text = said("--dry-run")
    for word in ("ALLOW_NUMBERS", "30 days", "SLS", "MNS", "captcha"):
        assert word in text


def test_a_number_on_standard_input_needs_its_yes_on_the_line(
    service: Service, said: Said, answers: Answers
) -> None:
    service.sent()
    answers(f"{PHONE}\n")
    assert "add --yes" in said(phone="-", fails=2)
    answers(f"{PHONE}\n")
    assert "Erased" in said("--yes", phone="-")
    assert "needs --yes" in said("--json", fails=2)
