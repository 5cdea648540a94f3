"""The timer door receipts_mns: reports from Aliyun's queues, through the real SDKs."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions import receipts_mns
from scripts.local_cloud.events import context, timer_event
from scripts.local_cloud.openapi.sts import ACCOUNT_ID
from tests.queues import closing_queues, kept_queues
from tests.service import PHONE, ROOT, Cloud, Service

Setting = Callable[..., None]


@pytest.fixture(autouse=True)
def queues(cloud: Cloud, setting: Setting) -> Iterator[None]:
    setting(
        RECEIPT_QUEUES="sms-report,sms-up",
        DYBASE_ENDPOINT=cloud.openapi,
        MNS_ENDPOINT=cloud.mns,
        FC_ACCOUNT_ID=ACCOUNT_ID,
    )
    with closing_queues():
        yield


def put(cloud: Cloud, *messages: Any, message_type: str = "SmsReport") -> None:
    for message in messages:
        cloud.control("queues", {"type": message_type, "message": message})


def pull() -> dict[str, Any]:
    found: dict[str, Any] = receipts_mns.handler(
        timer_event("every-minute"), context("receipts_mns", {})
    )
    return found


def state(service: Service, verification_id: str) -> str:
    return str(service.state(verification_id).json["state"])


def log_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["event"] == "receipts_mns"]


def test_a_report_is_stored_and_then_deleted(service: Service) -> None:
    verification_id, _ = service.sent()
    put(service.cloud, service.report(verification_id))
    assert pull() == {"outcome": "ok", "queues": 2, "batches": 1, "pulled": 1, "deleted": 1}
    assert state(service, verification_id) == "delivered"
    assert service.rows("pending") == []
    assert service.cloud.control("queues") == {}


def test_the_carriers_own_reports_arrive(service: Service) -> None:
    verification_id, _ = service.sent()
    service.cloud.control("carrier", {"to": "queue", "reports": True, "delay": 0})
    until = time.monotonic() + 10
    while not service.cloud.control("queues") and time.monotonic() < until:
        time.sleep(0.05)
    assert pull()["deleted"] == 1
    assert state(service, verification_id) == "delivered"


def test_many_reports_are_pulled_sixteen_at_a_time(service: Service) -> None:
    put(service.cloud, *(service.report(f"{number:022d}") for number in range(40)))
    assert pull() == {"outcome": "ok", "queues": 2, "batches": 3, "pulled": 40, "deleted": 40}
    assert len(service.rows("receipts")) == 40
    calls = service.cloud.calls("mns")
    assert (calls["BatchReceiveMessage"], calls["BatchDeleteMessage"]) == (5, 3)


def test_keys_are_lent_once_for_each_queue(service: Service) -> None:
    for _ in range(3):
        pull()
    assert service.cloud.calls("dybase") == {"QueryTokenForMnsQueue": 2}


def test_keys_are_given_up_two_minutes_before_their_end(service: Service) -> None:
    service.cloud.control("queues", {"token_life": 121})
    pull()
    pull()
    assert service.cloud.calls("dybase") == {"QueryTokenForMnsQueue": 2}
    queues = kept_queues()
    ahead = time.time() + 31
    queues._clock = lambda: ahead  # noqa: SLF001 - no other way to the provider's clock
    pull()
    assert service.cloud.calls("dybase") == {"QueryTokenForMnsQueue": 4}


def test_keys_that_mns_no_longer_knows_are_replaced_at_once(service: Service) -> None:
    service.cloud.control("queues", {"token_life": 0.2})
    pull()
    time.sleep(0.25)
    put(service.cloud, service.report("a" * 22))
    service.cloud.control("queues", {"token_life": 600})
    assert pull()["deleted"] == 1


def test_without_a_setting_nothing_is_asked(service: Service, setting: Setting) -> None:
    setting(RECEIPT_QUEUES=None)
    assert pull() == {"outcome": "ok", "queues": 0}
    assert service.cloud.calls("dybase") == {}


def test_a_setting_that_is_wrong_is_named(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    setting(RECEIPT_QUEUES="sms-report,parcels", MNS_ENDPOINT="mns")
    assert pull()["outcome"] == "internal"
    (line,) = log_of(capsys)
    assert "RECEIPT_QUEUES takes some of" in line["reason"]
    assert "MNS_ENDPOINT is wrong" in line["reason"]


def test_a_store_that_fails_leaves_the_messages(service: Service) -> None:
    verification_id, _ = service.sent()
    service.cloud.control("queues", {"visibility": 0.3})
    put(service.cloud, service.report(verification_id))
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSServerBusy", -1)
    assert pull()["outcome"] == "storage_unavailable"
    assert service.cloud.control("queues")["SmsReport"]["messages"] == 1
    service.cloud.control("faults", {"clear": True})
    time.sleep(0.35)
    assert pull()["deleted"] == 1
    assert state(service, verification_id) == "delivered"


@pytest.mark.parametrize("effect", ["drop", "drop_after", "error:InternalError"])
def test_a_deletion_that_fails_brings_nothing_twice(service: Service, effect: str) -> None:
    verification_id, _ = service.sent()
    service.cloud.control("queues", {"visibility": 0.3})
    put(service.cloud, service.report(verification_id))
    service.cloud.fault("mns", "BatchDeleteMessage", effect, 2)
    assert pull()["outcome"] in ("ok", "service_failed")
    before = service.rows("messages")
    service.cloud.control("faults", {"clear": True})
    time.sleep(0.35)
    assert pull()["outcome"] == "ok"
    assert service.rows("messages") == before
    assert service.cloud.control("queues") == {}


def test_a_queue_that_fails_does_not_keep_the_others(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.cloud.fault("dybase", "QueryTokenForMnsQueue", "error:isp.RAM_PERMISSION_DENY")
    put(service.cloud, {"phone_number": PHONE, "content": "TD"}, message_type="SmsUp")
    assert pull()["outcome"] == "service_failed"
    (line,) = log_of(capsys)
    assert line["reason"] == "QueryTokenForMnsQueue sms-report: isp.RAM_PERMISSION_DENY"
    assert (line["level"], line["deleted"]) == ("ERROR", 1)
    assert service.send().code == "phone_blocked"


@pytest.mark.parametrize(
    ("service_name", "operation", "effect", "reason"),
    [
        ("dybase", "QueryTokenForMnsQueue", "drop", "QueryTokenForMnsQueue sms-report"),
        ("dybase", "QueryTokenForMnsQueue", "error:Throttling.User", "Throttling.User"),
        ("mns", "BatchReceiveMessage", "error:AccessDenied", "AccessDenied"),
        ("mns", "BatchReceiveMessage", "drop", "NetWorkException"),
        ("mns", "BatchReceiveMessage", "delay:4000", "NetWorkException"),
    ],
)
def test_a_service_that_fails_is_named_by_its_code(
    service: Service,
    setting: Setting,
    capsys: pytest.CaptureFixture[str],
    service_name: str,
    operation: str,
    effect: str,
    reason: str,
) -> None:
    setting(RECEIPT_QUEUES="sms-report")
    service.cloud.fault(service_name, operation, effect, 2)
    started = time.monotonic()
    assert pull()["outcome"] == "service_failed"
    assert time.monotonic() - started < 8
    (line,) = log_of(capsys)
    assert reason in line["reason"]


@pytest.mark.parametrize("poison", ["no JSON", " ", "[1, 2]", "null", '{"success": "perhaps"}'])
def test_poison_is_set_aside_and_blocks_nobody(service: Service, poison: str) -> None:
    verification_id, _ = service.sent()
    put(service.cloud, poison, service.report(verification_id))
    assert pull()["deleted"] == 2
    assert state(service, verification_id) == "delivered"
    assert [row["receipt"].split("/")[0] for row in service.rows("receipts")] == ["poison"]
    assert service.cloud.control("queues") == {}


def test_a_body_that_is_no_base64_is_read_as_it_is(service: Service) -> None:
    verification_id, _ = service.sent()
    for text in (json.dumps(service.report(verification_id)), "abc", "电报"):
        wish = {"type": "SmsReport", "message": text, "plain": True}
        service.cloud.control("queues", wish)
    assert pull()["deleted"] == 3
    assert state(service, verification_id) == "delivered"
    assert len(service.rows("receipts")) == 2


def test_it_stops_well_before_its_deadline(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(receipts_mns, "DEADLINE_SECONDS", 10.4)
    put(service.cloud, *(service.report(f"{number:022d}") for number in range(40)))
    service.cloud.fault("mns", "BatchReceiveMessage", "delay:500", -1)
    figures = pull()
    assert (figures["outcome"], figures["pulled"], figures["deleted"]) == ("ok", 16, 16)
    (line,) = log_of(capsys)
    assert line["unfinished"] == "sms-up,sms-report"


def test_a_process_killed_between_storing_and_deleting_loses_and_doubles_nothing(
    service: Service,
) -> None:
    sent = [service.sent(f"1380013800{number}")[0] for number in range(3)]
    service.cloud.control("queues", {"visibility": 3})
    put(
        service.cloud,
        *(service.report(one, f"1380013800{number}") for number, one in enumerate(sent)),
    )
    service.cloud.fault("mns", "BatchDeleteMessage", "delay:60000")
    program = (
        "from functions import receipts_mns\n"
        "from scripts.local_cloud.events import context, timer_event\n"
        "receipts_mns.handler(timer_event('t'), context('receipts_mns', {}))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=dict(os.environ))
    until = time.monotonic() + 20
    while service.rows("pending") and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    assert child.wait(10) == -signal.SIGKILL
    before = service.rows("messages")
    assert service.cloud.control("queues")["SmsReport"]["messages"] == 3
    service.cloud.control("faults", {"clear": True})
    figures = {"deleted": 0}
    while figures["deleted"] == 0 and time.monotonic() < until:
        figures = pull()
        time.sleep(0.2)
    assert figures["deleted"] == 3
    assert service.rows("messages") == before
    assert {state(service, one) for one in sent} == {"delivered"}


def test_nothing_that_is_logged_holds_a_number_or_a_key(
    service: Service, everything_logged: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    verification_id, code = service.sent()
    capsys.readouterr()
    put(service.cloud, service.report(verification_id), f"poison {PHONE} {code}")
    for effect in ("drop", "error:InternalError", "error:InvalidAccessKeyId"):
        service.cloud.fault("mns", "BatchReceiveMessage", effect, 2)
        pull()
    pull()
    tokens = [access.client for access in kept_queues()._access.values()]  # noqa: SLF001
    keys = [client.credentials_provider.get_credentials() for client in tokens]
    secrets = [key.get_access_key_secret() for key in keys]
    secrets += [key.get_security_token() for key in keys]
    captured = capsys.readouterr()
    text = captured.out + captured.err + everything_logged.getvalue()
    assert len(secrets) == 4
    for secret in [PHONE, code, *secrets]:
        assert secret not in text
