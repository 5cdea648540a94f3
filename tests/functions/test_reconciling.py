"""The timer door maintain: messages whose report never came are asked about."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from tablestore import Row

from functions import maintain
from scripts.local_cloud.events import context, timer_event
from shared import wiring
from shared.domain.deadline import Deadline
from shared.domain.delivery import UNKNOWN_AFTER
from shared.domain.reconciling import Awaited
from shared.errors import StoreError
from shared.storage.pending import PAGE, TablestorePending
from shared.use_cases.reconcile import RESERVE_SECONDS, reconcile
from tests.service import PHONE, Service

Setting = Callable[..., None]
After = Callable[[float], dict[str, Any]]
MINUTE = 60


@pytest.fixture
def after(service: Service, monkeypatch: pytest.MonkeyPatch) -> After:
    """Run maintain that many seconds later."""

    def run(seconds: float) -> dict[str, Any]:
        monkeypatch.setattr(wiring, "clock", lambda: time.time() + seconds)
        answer: dict[str, Any] = maintain.handler(
            timer_event("every-minute"), context("maintain", {})
        )
        monkeypatch.setattr(wiring, "clock", time.time)
        return answer

    return run


def report(service: Service, verification_id: str, **fields: Any) -> None:
    """Let the carrier know a message's end, and tell nobody."""
    (message,) = [m for m in service.cloud.outbox() if m["out_id"] == verification_id]
    service.cloud.control("report", {"biz_id": message["biz_id"], "success": True, **fields})


def sent_many(service: Service, count: int) -> list[str]:
    sent = []
    for number in range(count):
        address = f"203.0.113.{number // 5}"
        sent.append(service.sent(str(13800130000 + number * 7919), address=address)[0])
    return sent


def state(service: Service, verification_id: str) -> str:
    return str(service.state(verification_id).json["state"])


def asked(service: Service) -> int:
    return service.cloud.calls("dysms").get("QuerySendDetails", 0)


def figures(answer: dict[str, Any]) -> dict[str, int]:
    return {name: answer[name] for name in ("awaited", "asked", "settled", "given_up")}


def test_a_lost_report_is_asked_for(service: Service, after: After) -> None:
    verification_id, _ = service.sent()
    report(service, verification_id)
    answer = after(10 * MINUTE + 5)
    assert answer["outcome"] == "ok"
    assert figures(answer) == {"awaited": 1, "asked": 1, "settled": 1, "given_up": 0}
    assert state(service, verification_id) == "delivered"
    assert service.rows("pending") == []
    assert asked(service) == 1


def test_a_failure_keeps_the_carriers_code(service: Service, after: After) -> None:
    verification_id, _ = service.sent()
    report(service, verification_id, success=False, err_code="MOBILE_IN_BLACK")
    after(10 * MINUTE + 5)
    found = service.state(verification_id).json
    assert (found["state"], found["code"]) == ("failed", "MOBILE_IN_BLACK")


def test_a_message_whose_number_has_another_hash_by_now_is_settled(
    service: Service, after: After, setting: Setting
) -> None:
    verification_id, _ = service.sent()
    report(service, verification_id)
    setting(NUMBER_SECRET="m" * 32)
    assert figures(after(10 * MINUTE + 5))["settled"] == 1
    assert state(service, verification_id) == "delivered"
    assert figures(after(40 * MINUTE))["asked"] == 0


def test_nobody_is_asked_before_its_time(service: Service, after: After, setting: Setting) -> None:
    service.sent()
    assert figures(after(9 * MINUTE))["asked"] == 0
    setting(RECONCILE_AFTER="1h")
    assert figures(after(59 * MINUTE))["asked"] == 0
    assert asked(service) == 0
    assert figures(after(61 * MINUTE))["asked"] == 1


def test_the_pause_doubles_while_the_carrier_says_nothing(service: Service, after: After) -> None:
    verification_id, _ = service.sent()
    times = [minutes for minutes in range(11, 180, 3) if after(minutes * MINUTE)["asked"]]
    assert times == [11, 20, 41, 80, 161]
    assert state(service, verification_id) == "accepted"
    assert len(service.rows("pending")) == 1


@pytest.mark.parametrize("effect", ["drop_after", "delay_after:4000"])
def test_an_unconfirmed_send_is_settled_the_same_way(
    service: Service, after: After, effect: str
) -> None:
    service.cloud.fault("dysms", "SendSms", effect)
    answer = service.send()
    assert answer.json["delivery"] == "unconfirmed"
    verification_id = answer.json["verification_id"]
    report(service, verification_id)
    assert figures(after(11 * MINUTE))["settled"] == 1
    assert state(service, verification_id) == "delivered"


def test_a_message_is_found_among_others_to_its_number(
    service: Service, after: After, setting: Setting
) -> None:
    setting(LIMIT_PHONE="100/60s", LIMIT_IP="100/1d")
    sent = [service.sent()[0] for _ in range(4)]
    report(service, sent[2], success=False, err_code="EXPIRED")
    assert figures(after(11 * MINUTE)) == {"awaited": 4, "asked": 4, "settled": 1, "given_up": 0}
    assert [state(service, one) for one in sent] == ["accepted", "accepted", "expired", "accepted"]


def test_after_the_last_day_it_is_unknown_and_the_number_is_gone(
    service: Service, after: After
) -> None:
    service.cloud.fault("dysms", "SendSms", "drop")
    verification_id = service.send().json["verification_id"]
    assert figures(after(11 * MINUTE))["asked"] == 1
    assert len(service.rows("pending")) == 1
    assert figures(after(UNKNOWN_AFTER + MINUTE))["given_up"] == 1
    assert service.rows("pending") == []
    assert asked(service) == 1
    assert state(service, verification_id) == "unconfirmed"


def test_its_state_is_unknown_then(
    service: Service, after: After, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification_id, _ = service.sent()
    after(UNKNOWN_AFTER + MINUTE)
    monkeypatch.setattr(wiring, "clock", lambda: time.time() + UNKNOWN_AFTER + MINUTE)
    assert state(service, verification_id) == "unknown"


def test_questions_are_paced(service: Service, after: After, setting: Setting) -> None:
    sent_many(service, 6)
    setting(RECONCILE_QPS="5")
    started = time.monotonic()
    assert figures(after(11 * MINUTE))["asked"] == 6
    assert time.monotonic() - started >= 1.0


def test_a_run_that_is_cut_off_goes_on_where_it_stopped(
    service: Service, after: After, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sent_many(service, 10)
    for one in sent[::2]:
        report(service, one)
    setting(RECONCILE_QPS="5")
    monkeypatch.setattr(maintain, "DEADLINE_SECONDS", RESERVE_SECONDS + 0.9)
    runs = [figures(after(11 * MINUTE))]
    assert 0 < runs[0]["asked"] < 10
    place = [row["reached"] for row in service.rows("counters") if "reached" in row]
    assert place[0] in sent
    while sum(run["asked"] for run in runs) < 10 and len(runs) < 12:
        runs.append(figures(after(11 * MINUTE)))
    assert sum(run["settled"] for run in runs) == 5
    assert asked(service) == 10
    assert {state(service, one) for one in sent[::2]} == {"delivered"}


def fill(first: str, count: int, *, issued_at: int) -> None:
    """Put that many messages where they await their reports."""
    client, prefix = wiring.store_client()
    for number in range(count):
        kept = [("number", PHONE), ("issued_at", issued_at)]
        key = [("verification_id", f"{first}{number:021d}")]
        client.put_row(f"{prefix}pending", Row(key, kept))


def test_more_than_a_page_is_walked_through(service: Service, after: After) -> None:
    fill("a", 2 * PAGE + 7, issued_at=int(time.time()) - UNKNOWN_AFTER - 1)
    answer = figures(after(0))
    assert answer == {
        "awaited": 2 * PAGE + 7,
        "asked": 0,
        "settled": 0,
        "given_up": 2 * PAGE + 7,
    }
    assert service.rows("pending") == []


def test_where_nobody_has_to_be_asked_a_page_takes_one_request(
    service: Service, after: After
) -> None:
    def spent() -> dict[str, int]:
        before = service.cloud.calls("tablestore")
        after(0)
        made = service.cloud.calls("tablestore")
        return {name: made[name] - before.get(name, 0) for name in made}

    spent()  # what a first run alone does
    idle = spent()
    fill("a", 2 * PAGE + 7, issued_at=int(time.time()))
    waiting = spent()
    waiting.pop("PutRow")
    assert waiting == idle | {"GetRange": idle["GetRange"] + 2}


def test_a_store_that_fails_on_the_way_is_met_further_on_by_the_next_run(service: Service) -> None:
    fill("a", 3 * PAGE, issued_at=int(time.time()))
    client, prefix = wiring.store_client()
    awaited = TablestorePending(client, prefix)
    deadline = Deadline(time.monotonic() + 30, time.monotonic)

    def fail_after_two_pages(**facts: Any) -> None:
        if facts["awaited"] == 2 * PAGE:
            service.cloud.fault("tablestore", "GetRange", "error:OTSServerBusy", 3)

    with pytest.raises(StoreError):
        reconcile(
            after=10 * MINUTE,
            awaited=awaited,
            records=lambda provider: pytest.fail(f"{provider} was asked"),
            store=lambda kind, _: pytest.fail(f"{kind} was stored"),
            log=fail_after_two_pages,
            now=time.time(),
            deadline=deadline,
        )
    assert awaited.reached(deadline=deadline) == f"a{2 * PAGE:021d}"


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        ("error:Throttling.User", "Throttling.User"),
        ("error:isp.RAM_PERMISSION_DENY", "isp.RAM_PERMISSION_DENY"),
        ("drop", "ConnectionError"),
    ],
)
def test_a_service_that_fails_is_asked_again_later(
    service: Service,
    after: After,
    capsys: pytest.CaptureFixture[str],
    effect: str,
    code: str,
) -> None:
    for one in sent_many(service, 3):
        report(service, one)
    service.cloud.fault("dysms", "QuerySendDetails", effect)
    capsys.readouterr()
    assert after(11 * MINUTE)["outcome"] == "service_failed"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [line for line in lines if line["event"] == "maintain"]
    assert line["reason"] == f"QuerySendDetails: {code}"
    assert (line["level"], line["asked"]) == ("ERROR", 1)
    assert asked(service) == 1
    assert figures(after(12 * MINUTE))["settled"] == 2
    assert figures(after(21 * MINUTE))["settled"] == 1


def test_alerts_come_first(service: Service, after: After, setting: Setting) -> None:
    setting(
        LIMIT_TOTAL="1/1d",
        ALERT_WEBHOOK=f"{service.cloud.openapi}/_local/webhook",
        ALERT_FORMAT="json",
    )
    service.sent()
    service.cloud.fault("dysms", "QuerySendDetails", "drop")
    assert after(11 * MINUTE)["outcome"] == "service_failed"
    assert len(service.cloud.control("webhook")) == 1


def test_a_service_that_hangs_ends_the_run_in_time(service: Service, after: After) -> None:
    sent_many(service, 4)
    service.cloud.fault("dysms", "QuerySendDetails", "delay:20000", -1)
    started = time.monotonic()
    assert after(11 * MINUTE)["outcome"] == "service_failed"
    assert time.monotonic() - started < 6


def test_a_store_that_fails_after_storing_doubles_nothing(service: Service, after: After) -> None:
    verification_id, _ = service.sent()
    waiting, _ = service.sent("13900139000", address="203.0.113.9")
    report(service, verification_id)
    after(0)
    service.cloud.fault("tablestore", "BatchWriteRow", "delay:0", 2)  # the reports' own writes
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSServerBusy", 3)
    assert after(11 * MINUTE)["outcome"] == "storage_unavailable"
    before = service.rows("messages")
    assert state(service, verification_id) == "delivered"
    assert figures(after(11 * MINUTE)) == {"awaited": 1, "asked": 1, "settled": 0, "given_up": 0}
    assert service.rows("messages") == before
    assert state(service, waiting) == "accepted"


def test_a_push_that_comes_after_all_changes_nothing(service: Service, after: After) -> None:
    verification_id, _ = service.sent()
    report(service, verification_id)
    after(11 * MINUTE)
    service.receipt([service.report(verification_id)])
    assert state(service, verification_id) == "delivered"
    assert service.rows("pending") == []


def test_a_report_that_tells_no_end_leaves_the_question_open(
    service: Service, after: After
) -> None:
    verification_id, _ = service.sent()
    service.receipt([service.report(verification_id, success=False, err_code="REQUEST_SUCCESS")])
    assert state(service, verification_id) == "accepted"
    report(service, verification_id)
    assert figures(after(11 * MINUTE))["settled"] == 1
    assert state(service, verification_id) == "delivered"


def test_a_message_that_its_report_ended_meanwhile_stays_ended(service: Service) -> None:
    store = TablestorePending(*wiring.store_client())
    gone = Awaited("a" * 22, PHONE, time.time())
    store.note([gone], [], reached=None, deadline=Deadline.after(5, clock=time.monotonic))
    assert service.rows("pending") == []


def test_with_nobody_waiting_nothing_is_written_or_asked(service: Service, after: After) -> None:
    before = service.cloud.calls("tablestore")
    assert figures(after(0)) == {"awaited": 0, "asked": 0, "settled": 0, "given_up": 0}
    made = service.cloud.calls("tablestore")
    assert made.get("BatchWriteRow", 0) == before.get("BatchWriteRow", 0)
    assert made["GetRange"] - before.get("GetRange", 0) <= 2


def test_nothing_that_is_logged_holds_a_number(
    service: Service,
    after: After,
    everything_logged: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service.sent()
    capsys.readouterr()
    for effect in ("drop", "error:Throttling.User", "error:isv.MOBILE_NUMBER_ILLEGAL"):
        service.cloud.fault("dysms", "QuerySendDetails", effect)
        for minutes in (11, 21, 41):
            after(minutes * MINUTE)
    captured = capsys.readouterr()
    assert PHONE not in captured.out + captured.err + everything_logged.getvalue()


def test_a_message_of_pnvs_is_asked_for_there(
    service: Service, after: After, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dypns")
    verification_id, _ = service.sent()
    report(service, verification_id, success=False, err_code="MOBILE_IN_BLACK")
    assert figures(after(10 * MINUTE + 5))["settled"] == 1
    found = service.state(verification_id).json
    assert (found["state"], found["provider"], found["code"]) == (
        "failed",
        "dypns",
        "MOBILE_IN_BLACK",
    )
    assert service.rows("pending") == []
    assert (asked(service), service.cloud.calls("dypns")["QuerySendDetails"]) == (0, 1)


def test_a_message_that_the_second_provider_took_is_found_there(
    service: Service, after: After, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dypns,dysms")
    service.cloud.fault("dypns", "SendSmsVerifyCode", "error:FUNCTION_NOT_OPENED")
    verification_id, _ = service.sent()
    report(service, verification_id)
    setting(SMS_PROVIDERS="dysms")  # what is set by then does not matter
    assert figures(after(10 * MINUTE + 5))["settled"] == 1
    assert state(service, verification_id) == "delivered"
    assert (asked(service), service.cloud.calls("dypns")["QuerySendDetails"]) == (1, 1)


def test_a_message_that_the_first_provider_knows_is_not_asked_for_elsewhere(
    service: Service, after: After, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dysms,dypns")
    service.sent()
    assert figures(after(10 * MINUTE + 5))["asked"] == 1
    assert (asked(service), service.cloud.calls("dypns")) == (1, {})


def test_an_unconfirmed_send_is_settled_by_the_provider_that_took_it(
    service: Service, after: After, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dypns,dysms")
    service.cloud.fault("dypns", "SendSmsVerifyCode", "drop_after")
    answer = service.send()
    assert answer.json["delivery"] == "unconfirmed"
    verification_id = answer.json["verification_id"]
    assert len(service.cloud.outbox()) == 1
    assert state(service, verification_id) == "unconfirmed"
    report(service, verification_id)
    after(10 * MINUTE + 5)
    assert state(service, verification_id) == "delivered"


def test_a_provider_that_refuses_to_answer_keeps_nobody_from_asking_the_other(
    service: Service, after: After, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dypns,dysms")
    service.cloud.fault("dypns", "SendSmsVerifyCode", "error:FUNCTION_NOT_OPENED")
    sent = sent_many(service, 3)
    for verification_id in sent:
        report(service, verification_id)
    service.cloud.fault("dypns", "QuerySendDetails", "error:Forbidden.RAM", -1)
    assert figures(after(10 * MINUTE + 5))["settled"] == 3
    assert {state(service, verification_id) for verification_id in sent} == {"delivered"}
