"""Each runbook walked through on the local cloud: the incident is made, its commands are run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.env_file import read_lines, written
from scripts.local_cloud import webhook
from scripts.local_cloud.openapi.sts import ROLE
from shared.domain.access import key_digest
from shared.domain.rates import BEIJING
from tests.incidents import ahead, march, people, reported, run, served
from tests.ledger import lately
from tests.runbooks import Walk
from tests.service import PHONE, RECEIPT_SECRET, Service

pytestmark = pytest.mark.once

Begin = Callable[..., Walk]
MINUTE = 60
TEST_NUMBER, TEST_CODE = "13900000000", "246813"
OLD_KEY = "the-key-that-somebody-else-has-now-too-4711"
STRONG = {
    "CODE_SECRETS": "pZ3vYqT1mKc7RxW9dLs0HbNf4JgAe6Uo",
    "NUMBER_SECRET": "Xk2QwB8tVn5MzD1yGr7CjP4hSa9FeL6u",
}


@pytest.fixture
def begin(
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Begin]:
    """Begin a runbook's walk on a deployment with some settings; it has to be gone through."""
    env_file, log, walks = tmp_path / "prod.env", [], []

    def deploy(values: Mapping[str, str]) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    def told() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = service.cloud.control("webhook")
        return found

    def logged() -> list[dict[str, Any]]:
        out = capfd.readouterr().out
        log.extend(json.loads(line) for line in out.splitlines() if line[:1] == "{")
        return log

    with served(service) as address:

        def start(name: str, **settings: str) -> Walk:
            until = datetime.now(BEIJING) + timedelta(days=9)
            values = {
                **service.cloud.environment,
                **STRONG,
                "STS_ENDPOINT": service.cloud.openapi,
                "FUNCTION_ROLE": ROLE,
                "TABLE_PREFIX": "sms_verify_",
                "TRIGGER_AUTH": "function",
                "TEST_NUMBERS": f"{TEST_NUMBER}={TEST_CODE}@{until:%Y-%m-%d}",
                "ALERT_WEBHOOK": f"{service.cloud.openapi}{webhook.PATH}",
                "ALERT_FORMAT": "json",
                "ALERT_WEBHOOK_SECRET": webhook.SECRET,
                **settings,
            }
            lines = (written(each, value) for each, value in values.items())
            env_file.write_text("\n".join(lines) + "\n", "utf-8")
            deploy(values)
            walk = Walk(name, env_file, deploy, told, logged)
            # On this machine scripts/smoke takes no address without being told whose it is.
            walk.holes["<address>"] = f"{address} --env-file {env_file}"
            walk.holes["<url>"] = address
            walks.append(walk)
            return walk

        yield start
    for walk in walks:
        walk.ended()


def test_sms_spike(service: Service, begin: Begin) -> None:
    walk = begin("sms-spike", LIMIT_TOTAL="20/1d")
    walk.holes |= {"<network>": "198.51.100.0/24", "<ip>": "198.51.100.7"}
    verification_id, code = service.sent()
    assert service.verify(verification_id, code).status == 200
    assert {answer.status for answer in march(service, 15, network="198.51.100")} == {200}
    run()
    march(service, 4, network="198.51.100", start=15)
    run()
    assert service.send("13912345678").code == "daily_cap_reached"
    walk.through("The alert", "At stake now", "First minute")
    assert {answer.code for answer in march(service, 3, network="198.51.100")} == {"unauthorized"}
    walk.through("See what is going on", "Decide", "Mend")
    assert service.send("13912345678").status == 200
    again = march(service, 9, network="192.0.2", start=40)
    assert again[-1].status == 429
    walk.through("Is it over?", "Afterwards")


def test_poor_delivery(service: Service, begin: Begin) -> None:
    walk = begin("poor-delivery", SMS_PROVIDERS="dysms,dypns", LIMIT_IP="100/1d")
    sent = people(service, 24)
    walk.holes |= {"<phone>": sent[-1][1], "<verification_id>": sent[-1][0]}
    reported(service, sent[:4], "DELIVERED")
    reported(service, sent[4:], "SP_UNKNOWN_ERROR")
    for _, phone in sent[4:]:
        (message,) = (m for m in service.cloud.outbox() if m["phone"].endswith(phone))
        wish = {"biz_id": message["biz_id"], "success": False, "err_code": "SP_UNKNOWN_ERROR"}
        service.cloud.control("report", wish)
    run()
    walk.through("The alert", "At stake now", "First minute", "See what is going on", "Decide")
    walk.through("Mend")
    later = people(service, 5, start=40)
    assert {m["provider"] for m in service.cloud.outbox()[:5]} == {"dypns"}
    reported(service, later, "DELIVERED", kind="pnvs-report")
    walk.through("Is it over?", "Afterwards")


def test_template_review(service: Service, begin: Begin) -> None:
    walk = begin("template-review", DYSMS_TEMPLATES="SMS_100005,reset_password=SMS_100004")
    entry = {
        "template_code": "SMS_100005",
        "template_name": "登录",
        "template_status": "rejected",
        "reason": "变量属性与内容不符",
        "order_id": "30001",
        "create_date": "2026-11-21 17:00:00",
    }
    assert service.receipt([entry], kind="template-report").status == 200
    run()
    assert service.send().code == "provider_rejected"
    walk.through("The alert", "At stake now", "First minute")
    assert service.send("13912345678").status == 200
    walk.through("See what is going on", "Decide", "Mend", "Is it over?", "Afterwards")
    assert service.send("13612345678").status == 200
    assert [m["provider"] for m in service.cloud.outbox()] == ["dysms", "dypns"]


def test_key_leak(service: Service, begin: Begin) -> None:
    keys = {"shop": {"sha256": key_digest(OLD_KEY), "limit": "10/1d"}}
    walk = begin("key-leak", ACCESS="api_key", TRIGGER_AUTH="anonymous", API_KEYS=json.dumps(keys))
    stolen = {"X-Api-Key": OLD_KEY}
    for number in range(8):
        phone = str(13512345678 + number * 104_729)
        answer = service.send(phone, headers=stolen, client_ip=f"198.51.100.{number}")
        assert answer.status == 200, answer.text
    run()
    walk.through("The alert", "At stake now")
    verification_id, code = service.sent(headers=stolen, client_ip="203.0.113.9")

    def setting(name: str) -> str:
        return read_lines(walk.env_file)[name][1]

    def learn(said: str) -> None:
        """Note what a person would copy: the new key, and secrets where they stand first."""
        shown = re.search(r"shown once:\n\n  (\S+)\n", said)
        if shown is not None:
            walk.holes["<new key>"] = shown[1]
        digests = json.loads(setting("API_KEYS"))["shop"]["sha256"]
        walk.holes["<new digest>"] = digests if isinstance(digests, str) else digests[0]
        walk.holes["<new code secret>"] = setting("CODE_SECRETS").split(",")[0]
        walk.holes["<new receipt secret>"] = setting("RECEIPT_SECRETS").split(",")[0]

    walk.learn = learn
    walk.through("First minute")
    assert service.send("13912345678", headers=stolen).code == "unauthorized"
    walk.through("See what is going on", "Decide", "Mend")
    assert service.verify(verification_id, code).status == 200
    newest = setting("RECEIPT_SECRETS").split(",")[0]
    for secret in (newest, RECEIPT_SECRET):
        assert service.receipt([], secret=secret).status == 200
    walk.through("Is it over?", "Afterwards")
    assert service.receipt([], secret=newest).status == 200
    assert service.receipt([], secret=RECEIPT_SECRET).status == 404


def test_store_throttling(service: Service, begin: Begin) -> None:
    walk = begin("store-throttling")
    service.cloud.fault("tablestore", "*", "error:OTSNotEnoughCapacityUnit", -1)
    assert service.send().code == "storage_unavailable"
    service.cloud.control("faults", {"clear": True})
    service.cloud.fault("tablestore", "*", "error:OTSServerBusy", -1)
    run()
    service.cloud.control("faults", {"clear": True})
    service.cloud.fault("tablestore", "*", "error:OTSNotEnoughCapacityUnit", -1)
    assert service.cloud.outbox() == []
    walk.through("The alert", "At stake now", "First minute", "See what is going on", "Decide")
    service.cloud.control("faults", {"clear": True})
    walk.through("Mend")
    run()
    walk.through("Is it over?", "Afterwards")


def test_balance_exhausted(service: Service, begin: Begin) -> None:
    walk = begin("balance-exhausted")
    service.cloud.fault("dysms", "SendSms", "error:isv.AMOUNT_NOT_ENOUGH", -1)
    assert service.send().code == "provider_rejected"
    walk.holes["<phone>"] = PHONE
    walk.through("The alert", "At stake now", "First minute")
    assert service.send("13912345678").status == 200
    walk.through("See what is going on", "Decide", "Mend")
    service.cloud.control("faults", {"clear": True})
    with ahead(11 * MINUTE):
        assert service.sent("13612345678")
    walk.holes["<phone>"] = "13612345678"
    walk.through("Is it over?", "Afterwards")


def test_receipts_stopped(service: Service, begin: Begin) -> None:
    walk = begin("receipts-stopped")
    sent = people(service, 3)
    walk.holes |= {"<phone>": sent[0][1], "<verification_id>": sent[0][0]}
    walk.holes |= {"<secret>": RECEIPT_SECRET}
    for message in service.cloud.outbox():
        service.cloud.control("report", {"biz_id": message["biz_id"], "success": True})
    entry = service.report(*sent[0], **lately())
    assert service.receipt([entry], secret="w" * 32).status == 404
    walk.through("The alert", "At stake now", "First minute", "See what is going on", "Decide")
    with ahead(11 * MINUTE):
        run()
    walk.through("Mend")
    more = people(service, 1, start=9)
    reported(service, more, "DELIVERED")
    walk.through("Is it over?", "Afterwards")
