"""No code, number, secret, key or token in any output, answer or row (I7), at debug level."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from shared import wiring
from shared.storage import tables
from tests.service import NUMBER_SECRET, PHONE, RECEIPT_SECRET, SECRET, Service, wrong

Setting = Callable[..., None]
OTHER = "13912345678"
CAPTCHA, KEY, TOKEN = "captcha-canary-0123456789", "idempotency-canary-01", "sts-canary-token-0123"


def run_every_flow(service: Service, setting: Setting) -> tuple[list[str], set[str]]:
    """Send, verify and fail in every way; return all answers, and the codes that were sent."""
    answers = []

    def note(answer: object) -> None:
        answers.append(repr(answer))

    setting(LIMIT_PHONE="100/60s", LIMIT_IP="100/1d")
    verification_id, code = service.sent(
        captcha=CAPTCHA, device_id="device-1", headers={"Idempotency-Key": KEY}
    )
    note(service.send(captcha=CAPTCHA, device_id="device-1", headers={"Idempotency-Key": KEY}))
    note(service.send(headers={"Idempotency-Key": KEY}))
    note(service.verify(verification_id, wrong(code)))
    second = service.sent(replaces=verification_id)
    note(service.verify(*second))
    note(service.verify(*second))
    note(service.send(OTHER, client_ip="198.51.100.1"))
    note(service.send(f"+1{OTHER}"))
    note(service.post("/send-code", f'{{"phone": "{PHONE}", "nope": "{OTHER}"}}'.encode()))
    note(service.post("/send-code", f'{{"phone": {PHONE}}}'.encode()))
    for effect in ("drop_after", "error:isv.MOBILE_NUMBER_ILLEGAL", "error:Forbidden.RAM"):
        service.cloud.fault("dysms", "SendSms", effect)
        note(service.send())
    for operation, effect in (("BatchGetRow", "error:OTSAuthFailed"), ("BatchWriteRow", "drop")):
        service.cloud.fault("tablestore", operation, effect)
        note(service.send())
    answers += push_every_receipt(service, second[0])
    sent = service.sent()
    service.cloud.fault("tablestore", "UpdateRow", "drop_after", -1)
    note(service.verify(*sent))
    service.cloud.control("faults", {"clear": True})
    for name in ("DYSMS_ENDPOINT", "TABLESTORE_ENDPOINT"):
        setting(**{name: "http://127.0.0.1:9"})
        note(service.send())
        setting(**{name: service.cloud.environment[name]})
    setting(CODE_SECRETS=f"{SECRET},short", LIMIT_IP="nonsense")
    note(service.send())
    setting(CODE_SECRETS=SECRET, LIMIT_IP=None)
    return answers, {message["params"]["code"] for message in service.cloud.outbox()}


def push_every_receipt(service: Service, verification_id: str) -> list[str]:
    """Push receipts of every kind, good, strange and forged, with a number wherever one fits."""
    reports = [
        service.report(verification_id),
        service.report(verification_id, OTHER),
        service.report(f"order-{OTHER}", err_msg=f"to {PHONE}", biz_id=PHONE),
        service.report("", int(PHONE), err_code=PHONE),  # type: ignore[arg-type]  # as it may come
        {"phone_number": PHONE, OTHER: [int(PHONE)], "text": f"+86 138-0013-8000 0086{OTHER}"},
        [PHONE, f"x{OTHER}x"],
    ]
    replies = [
        {"phone_number": PHONE, "content": f"TD {OTHER}", "dest_code": OTHER},
        {"phone_number": OTHER, "content": "hello", "sequence_id": PHONE},
        {"content": PHONE},
    ]
    names = [
        {"sign_name": OTHER, "sign_status": "rejected", "reason": PHONE, "orderId": OTHER},
        {"sign_name": "本地测试", "sign_status": "rejected", "reason": f"call {PHONE}"},
        {"template_code": PHONE, "template_status": "rejected", "remark": OTHER},
    ]
    answers = [
        service.receipt(entries, kind=kind)
        for kind, entries in (
            ("sms-report", reports),
            ("pnvs-report", reports),
            ("sms-up", replies),
            ("sign-report", names),
            ("template-report", names),
        )
    ]
    answers += [
        service.receipt(reports, secret=RECEIPT_SECRET[::-1]),
        service.receipt(f'[{{"phone": {PHONE}'.encode()),
        service.receipt(reports, method="PUT"),
    ]
    service.cloud.fault("tablestore", "BatchWriteRow", "error:OTSParameterInvalid", -1)
    answers.append(service.receipt(reports))
    service.cloud.control("faults", {"clear": True})
    answers += [service.state(verification_id), service.state(PHONE), service.state("é" + OTHER)]
    return [repr(answer) for answer in answers]


@pytest.mark.parametrize("sdk_debug", [False, True], ids=["", "with_the_sdk_told_to_debug"])
def test_no_output_and_no_answer_holds_a_secret(
    service: Service,
    setting: Setting,
    everything_logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    sdk_debug: bool,
) -> None:
    setting(
        LOG_LEVEL="DEBUG",
        ALIBABA_CLOUD_SECURITY_TOKEN=TOKEN,
        DEBUG="sdk" if sdk_debug else None,
    )
    answers, codes = run_every_flow(service, setting)
    captured = capfd.readouterr()
    written = captured.out + captured.err + everything_logged.getvalue() + "".join(answers)
    assert written.count('"event": "send_code"') > 10
    written = written.replace(f'\\"phone\\":\\"+86{PHONE}\\"', "")  # the owner's own answer
    written = written.replace(f'"phone":"+86{PHONE}"', "")
    secrets = (SECRET, NUMBER_SECRET, RECEIPT_SECRET, RECEIPT_SECRET[::-1], "local-secret")
    for secret in (PHONE, OTHER, *secrets, TOKEN, CAPTCHA, KEY):
        assert secret not in written
    for code in codes:
        assert f'"{code}"' not in written
        assert f"%22{code}" not in written
        assert f" {code} " not in written


def test_a_plain_number_rests_in_the_pending_table_alone_and_no_code_anywhere(
    service: Service, setting: Setting
) -> None:
    _, codes = run_every_flow(service, setting)
    for table in (known.suffix for known in tables.ALL if known is not tables.PENDING):
        rows = json.dumps(service.rows(table))
        assert PHONE not in rows
        assert OTHER not in rows
    everything = json.dumps([service.rows(known.suffix) for known in tables.ALL])
    for code in codes:
        assert f'"{code}"' not in everything
    for secret in (SECRET, NUMBER_SECRET, RECEIPT_SECRET, KEY, CAPTCHA, "device-1"):
        assert secret not in everything


def test_the_same_code_rests_as_different_digests(service: Service, setting: Setting) -> None:
    setting(TEST_NUMBERS=f"{PHONE}=123456@2999-01-01,{OTHER}=123456@2999-01-01")
    service.send(PHONE)
    service.send(OTHER)
    digests = [row["digest"] for row in service.rows("messages")]
    assert len(set(digests)) == 2


def test_a_failure_of_our_own_is_logged_by_place_and_not_by_text(
    service: Service, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = wiring.store_client()

    def choke(*_: object) -> None:
        raise LookupError(f"choked on {PHONE}")

    monkeypatch.setattr(client, "batch_get_row", choke)
    answer = service.send()
    written = capfd.readouterr().out
    assert (answer.status, answer.code) == (500, "internal")
    assert "LookupError" in written
    assert "sends.py" in written
    assert PHONE not in written + answer.text
