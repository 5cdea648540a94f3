"""What the functions and scripts really call, against what scripts/policy allows them.

The SDK's own gate for requests is watched, in front of the real doors and the local cloud, so
every call counts with the table that it names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture
from tablestore import OTSClient, Row, TableOptions

from functions import maintain, receipts_mns
from scripts.doctor_checks.__main__ import main as doctor
from scripts.local_cloud.events import context, timer_event
from scripts.local_cloud.openapi.sts import ACCOUNT_ID, ROLE
from scripts.ops_cli.__main__ import main as ops
from scripts.policies.needs import EVERYTHING, OUR_TABLES, Need
from scripts.policies.people_needs import (
    DEPLOYER_NEEDS,
    EDITOR_NEEDS,
    ERASER_NEEDS,
    OPERATOR_NEEDS,
    TAGGER_NEEDS,
)
from scripts.policies.runtime_needs import RUNTIME_NEEDS
from shared import wiring
from shared.storage import tables
from shared.storage.bootstrap import bootstrap
from tests.doctor import CODE_SECRET, NUMBER_SECRET
from tests.ends import delivered_by
from tests.ledger import lately
from tests.queues import closing_queues
from tests.service import PHONE, Cloud, Service, wrong

Setting = Callable[..., None]
Call = tuple[str, str]
"""An operation, and the table's suffix ('' where it names none)."""

OTHER = "13900139000"
FUNCTIONS = ("send_code", "verify_code", "messages", "receipts", "receipts_mns", "maintain")
PREFIX = "sms_verify_"


class Watch:
    """The Tablestore requests that were made while somebody was watched, by who made them."""

    def __init__(self) -> None:
        self.seen: dict[str, set[Call]] = {}
        self._who = ""

    @contextmanager
    def watching(self, who: str) -> Iterator[None]:
        self._who = who
        self.seen.setdefault(who, set())
        yield
        self._who = ""

    def saw(self, operation: str, arguments: tuple[Any, ...]) -> None:
        if self._who:
            self.seen[self._who] |= {(operation, table) for table in _tables(arguments)}


def _tables(arguments: tuple[Any, ...]) -> list[str]:
    """Return the tables that a request names: by name, in its meta data, or in a batch."""
    first = arguments[0] if arguments else ""
    names = list(getattr(first, "items", {})) or [getattr(first, "table_name", first)]
    return [str(name).removeprefix(PREFIX) for name in names]


@pytest.fixture
def watch(cloud: Cloud, mocker: MockerFixture) -> Watch:
    watch = Watch()
    real = OTSClient._request_helper  # noqa: SLF001 - every request of the SDK passes here

    def request(self: Any, operation: str, *arguments: Any, **named: Any) -> Any:
        watch.saw(operation, arguments)
        return real(self, operation, *arguments, **named)

    mocker.patch.object(OTSClient, "_request_helper", request)
    return watch


def allowed(needs: tuple[Need, ...], by: str) -> set[Call]:
    """Return the Tablestore calls that needs allow somebody, table by table."""
    return {
        (need.call, on)
        for need in needs
        if need.by == by and (need.action or "").startswith("ots:")
        for on in need.on
    }


def live_through_everything(service: Service, setting: Setting, watch: Watch) -> None:
    """Send, verify and run the timer with every feature that touches a table of its own."""
    setting(
        CAPTCHA="turnstile",
        CAPTCHA_SCENES="reset_password",
        LIMIT_TOTAL="10/1d",
        LIMIT_PHONE="2/60s",
        SEQUENCE_GUARD="enforce",
        LOG_LEVEL="DEBUG",
        WARN_PERCENT="10",
        ALERT_WEBHOOK=f"{service.cloud.openapi}/_local/webhook",
        ALERT_FORMAT="json",
        SMS_PROVIDERS="dysms,dypns",
    )
    with watch.watching("send_code"):
        verification_id, code = service.sent()
        token = service.send(OTHER, scene="reset_password", captcha="a token")
        assert token.status == 200, token.text
        service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
        assert service.send("13900139001").status == 200  # by the other one, and noted so
        assert [service.send().status for _ in range(2)] == [200, 429]
    with watch.watching("verify_code"):
        assert service.verify(verification_id, wrong(code)).code == "code_rejected"
        service.cloud.fault("tablestore", "UpdateRow", "drop_after")
        assert service.verify(verification_id, code).status == 200
        assert service.verify(verification_id, code).code == "code_rejected"
    setting(SMS_PROVIDERS="dypns", PNVS_MODE="managed")
    managed, theirs = service.sent("13900139003")
    with watch.watching("verify_code"):
        assert service.verify(managed, theirs, "13900139003").status == 200
    setting(SMS_PROVIDERS="dysms,dypns", PNVS_MODE="own")
    with watch.watching("messages"):
        assert service.state(verification_id).json["state"] == "accepted"
    with watch.watching("receipts"):
        report = service.report(verification_id, **lately())
        reports = [report, service.report("A" * 22), None]
        assert service.receipt(reports).status == 200
        reply = {"phone_number": OTHER, "content": "TD"}
        assert service.receipt([reply], kind="sms-up").status == 200
        sign = {"sign_name": "本地测试", "sign_status": "rejected"}
        assert service.receipt([sign], kind="sign-report").status == 200
    setting(
        RECEIPT_QUEUES="sms-report,sms-up,sign-report",
        DYBASE_ENDPOINT=service.cloud.openapi,
        MNS_ENDPOINT=service.cloud.mns,
        FC_ACCOUNT_ID=ACCOUNT_ID,
    )
    for kind, entry in (("SmsReport", reports[0]), ("SmsUp", reply), ("SignSmsReport", sign)):
        service.cloud.control("queues", {"type": kind, "message": entry})
    with watch.watching("receipts_mns"), closing_queues():
        pulled = receipts_mns.handler(timer_event("every-minute"), context("receipts_mns", {}))
        assert pulled["deleted"] == 3
    lost = service.sent("13700137000")[0]
    _long_ago(lost, "+8613700137000")
    stray = service.sent("13600136000")[0]
    _long_ago(stray, "+8613600136000", forgotten=True)
    for message in service.cloud.outbox():
        if message["out_id"] in (lost, stray):
            service.cloud.control("report", {"biz_id": message["biz_id"], "success": True})
    _long_ago(managed, "+8613900139003", route="dypns")
    delivered_by("dypns", delivered=0, failed=30)
    with watch.watching("maintain"):
        done = maintain.handler(timer_event("every-minute"), context("maintain", {}))
        assert done["settled"] == 2


def test_each_function_is_allowed_exactly_the_store_calls_that_it_makes(
    service: Service, setting: Setting, watch: Watch
) -> None:
    live_through_everything(service, setting, watch)
    for function in FUNCTIONS:
        assert watch.seen[function] == allowed(RUNTIME_NEEDS, function), function


def test_the_runtime_is_allowed_exactly_the_products_that_the_functions_call(
    service: Service, setting: Setting, watch: Watch
) -> None:
    live_through_everything(service, setting, watch)
    setting(CAPTCHA="aliyun")
    assert service.send("13900139002", scene="reset_password", captcha="another").status == 200
    outside = ("tablestore", "turnstile", "webhook", "sts", "mns")
    seen = {
        operation
        for name, calls in service.cloud.control("calls").items()
        if name not in outside
        for operation in calls
        if operation != "siteverify"  # Cloudflare's, under the name of the captcha services
    }
    called = {
        need.call
        for need in RUNTIME_NEEDS
        if need.on == (EVERYTHING,) and need.by in FUNCTIONS and need.action
    }
    assert seen == called


def test_the_operator_is_allowed_exactly_what_reading_the_lists_calls(watch: Watch) -> None:
    with watch.watching("reading"):
        assert ops(["lists", "show"]) == 0
        for subject in (PHONE, "203.0.113.7"):
            assert ops(["lists", "check", subject]) == 0
    assert watch.seen["reading"] == allowed(OPERATOR_NEEDS, "scripts/ops lists")


def test_the_operator_is_allowed_exactly_what_asking_after_messages_calls(
    service: Service, watch: Watch
) -> None:
    verification_id, _ = service.sent()
    with watch.watching("trace"):
        assert ops(["trace", "--phone", PHONE]) == 0
        assert ops(["trace", "--id", verification_id]) == 0
    with watch.watching("stats"):
        assert ops(["stats"]) == 0
    with watch.watching("health"):
        assert ops(["health"]) == 0
    for command in ("trace", "stats", "health"):
        allowed_ = allowed(OPERATOR_NEEDS, f"scripts/ops {command}")
        assert watch.seen[command] == allowed_, command


def asked_of_sms(cloud: Cloud, *commands: tuple[str, ...]) -> set[str]:
    """Run commands of scripts/ops; return what they asked the SMS service."""
    before = cloud.calls("dysms")
    for command in commands:
        assert ops(command) == 0
    after = cloud.calls("dysms")
    return {call for call, count in after.items() if count > before.get(call, 0)}


def of_sms(needs: tuple[Need, ...], by: str) -> set[str]:
    return {n.call for n in needs if n.by == by and (n.action or "").startswith("dysms:")}


@pytest.mark.parametrize(
    ("by", "commands"),
    [
        ("signs", [("signs",), ("signs", "show", "本地测试")]),
        (
            "templates",
            [
                ("templates", "--tag", "team=shop"),
                ("templates", "show", "SMS_100001"),
                ("templates", "tags", "list", "SMS_100001"),
            ],
        ),
        ("records", [("records", "--phone", PHONE)]),
        ("statistics", [("statistics",)]),
        ("limits", [("limits", "--phone", PHONE, "--ip", "203.0.113.7", "--total")]),
    ],
)
def test_the_operator_is_allowed_exactly_what_each_look_at_the_service_calls(
    service: Service, watch: Watch, by: str, commands: list[tuple[str, ...]]
) -> None:
    service.sent()
    with watch.watching(by):
        assert asked_of_sms(service.cloud, *commands) == of_sms(OPERATOR_NEEDS, f"scripts/ops {by}")
    assert watch.seen[by] == allowed(OPERATOR_NEEDS, f"scripts/ops {by}")


def test_editing_tags_calls_exactly_what_its_option_adds(cloud: Cloud) -> None:
    asked = asked_of_sms(
        cloud,
        ("templates", "tags", "add", "SMS_100001", "--tag", "team=shop"),
        ("templates", "tags", "remove", "SMS_100001", "--key", "team"),
    )
    assert asked == of_sms(TAGGER_NEEDS, "scripts/ops templates")


def test_erasing_calls_exactly_what_its_option_adds(service: Service, watch: Watch) -> None:
    service.receipt([service.report("A" * 22)])
    with watch.watching("erase"):
        for limits in ("--keep-limits", "--forget-limits"):
            assert service.send().status in (200, 429)
            assert ops(["lists", "add", "deny", PHONE, "--reason", "testing"]) == 0
            assert ops(["erase", "--phone", PHONE, "--lists", "--yes", limits]) == 0
    others = {("BatchGetRow", table) for table in ("phones", "counters", "lists", "segments")}
    others |= {("BatchWriteRow", "phones"), ("BatchWriteRow", "counters"), ("PutRow", "lists")}
    assert watch.seen["erase"] - others == allowed(ERASER_NEEDS, "scripts/ops erase")


def test_editing_the_lists_calls_exactly_what_its_option_adds(watch: Watch) -> None:
    for command, options in (("add", ["--reason", "testing"]), ("remove", [])):
        with watch.watching(command):
            for subject in (PHONE, "138*"):
                typed = ["deny", subject] if command == "add" else [subject]
                assert ops(["lists", command, *typed, *options]) == 0
    reading = allowed(OPERATOR_NEEDS, "scripts/ops lists")
    for command in ("add", "remove"):
        added = watch.seen[command] - reading
        assert added == allowed(EDITOR_NEEDS, f"scripts/ops lists {command}"), command


def test_the_deployer_is_allowed_exactly_what_creating_and_mending_tables_calls(
    watch: Watch,
) -> None:
    client, prefix = wiring.store_client()
    client.delete_table(tables.PHONES.name(prefix))
    # The local store keeps one stage's tables; each need is seen on the table that provokes it.
    with watch.watching("bootstrap"):
        bootstrap(client, prefix, say=lambda _: None)
        _shorten_a_life(client, prefix)
        bootstrap(client, prefix, say=lambda _: None)
    operations = {operation for operation, _ in watch.seen["bootstrap"]}
    needed = {call for call, _ in allowed(DEPLOYER_NEEDS, "scripts/bootstrap")}
    assert operations == needed
    named = {table for _, table in watch.seen["bootstrap"] if table}
    assert named == set(OUR_TABLES)


def test_the_operator_is_allowed_exactly_what_the_doctor_calls(
    watch: Watch, cloud: Cloud, tmp_path: Path
) -> None:
    """Beside its own needs it tries those of scripts/ops, and one call of the functions."""
    before = cloud.control("calls")
    with watch.watching("doctor"):
        doctor(["--env-file", str(_written(cloud, tmp_path))])
    needs = [need for need in OPERATOR_NEEDS if need.part in (None, "dysms")]
    assert watch.seen["doctor"] == {
        (need.call, "" if need.call == "ListTable" else on)
        for need in needs
        if (need.action or "").startswith("ots:")
        for on in need.on
    }
    others = {need.call for need in needs if not (need.action or "").startswith("ots:")}
    after = cloud.control("calls")
    assert others | {"SendSms"} == {
        call
        for service in ("dysms", "sts")
        for call in set(after.get(service, {})) - set(before.get(service, {}))
    }


def test_the_doctor_tries_every_store_call_of_the_functions_as_their_role(
    watch: Watch, cloud: Cloud, tmp_path: Path
) -> None:
    with watch.watching("doctor"):
        assert doctor(["--env-file", str(_written(cloud, tmp_path)), "--as-role"]) == 0
    its_own = allowed(OPERATOR_NEEDS, "scripts/doctor")
    theirs = set().union(*(allowed(RUNTIME_NEEDS, function) for function in FUNCTIONS))
    seen = {call for call in watch.seen["doctor"] if call[0] != "ListTable"}
    assert seen == {call for call in its_own if call[0] != "ListTable"} | theirs


def _written(cloud: Cloud, folder: Path) -> Path:
    """Write what the doctor is to look at."""
    here = {"REGION": "cn-hangzhou", "FUNCTION_ROLE": ROLE, "STS_ENDPOINT": cloud.openapi}
    values = {**cloud.environment, "TABLE_PREFIX": PREFIX, **here}
    values |= {"CODE_SECRETS": CODE_SECRET, "NUMBER_SECRET": NUMBER_SECRET}
    file = folder / "doctor.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()), "utf-8")
    return file


def _long_ago(
    verification_id: str, number: str, *, forgotten: bool = False, route: str = "dysms"
) -> None:
    """Let a message have been sent some time ago, and its own row be lost."""
    client, prefix = wiring.store_client()
    key = [("verification_id", verification_id)]
    kept = [("number", number), ("issued_at", int(time.time()) - 900), ("route", route)]
    client.put_row(tables.PENDING.name(prefix), Row(key, kept))
    if forgotten:
        client.delete_row(tables.MESSAGES.name(prefix), Row(key))


def _shorten_a_life(client: Any, prefix: str) -> None:
    client.update_table(tables.COUNTERS.name(prefix), TableOptions(86_400, 1, None))
