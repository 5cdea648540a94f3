"""What scripts/smoke puts together before it calls: addresses, headers, signatures."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from alibabacloud_openapi_util.client import Client as DocumentedSigner
from Tea.request import TeaRequest

from scripts.ops_cli.complaints import Complaint
from scripts.smoke_test.address import read_addresses
from scripts.smoke_test.numbers import Number
from scripts.smoke_test.pass_key import PassKey, read_headers, signature
from scripts.smoke_test.service import Reply, Service
from scripts.smoke_test.steps import Plan, run, wrong
from shared.credentials import Keys

NOW = 1_795_250_000.0
SEND = "https://f-abc.cn-hangzhou.fcapp.run/send-code"


def test_one_address_serves_both_doors() -> None:
    found = read_addresses("https://sms.example.com/", None, None)
    assert found.send == "https://sms.example.com/send-code"
    assert found.verify == "https://sms.example.com/verify-code"


def test_a_functions_own_address_gets_the_doors_path_if_it_has_none() -> None:
    found = read_addresses(None, "https://a.fcapp.run/", "https://b.fcapp.run/v2/verify")
    assert found.send == "https://a.fcapp.run/send-code"
    assert found.verify == "https://b.fcapp.run/v2/verify"


@pytest.mark.parametrize(
    "url",
    [
        "sms.example.com",
        "ftp://sms.example.com",
        "https://",
        "https://me:secret@sms.example.com",
        "https://sms.example.com/?key=secret",
        "https://sms.example.com/#x",
        "https://sms.example.com/send-code",
        "http://[::1",
        "http://[secret]",
        "https://a..b.example",
        "https://" + "a" * 64 + ".example",
        "https://sms.example.com:port",
        "https://sms.example.com:99999",
        "https://sms.example.com:0",
    ],
)
def test_what_is_no_address_is_explained_without_repeating_it(url: str) -> None:
    with pytest.raises(Complaint) as raised:
        read_addresses(url, None, None)
    assert raised.value.exit_code == 2
    assert "secret" not in raised.value.chinese + raised.value.english


def test_one_function_alone_is_not_enough() -> None:
    with pytest.raises(Complaint, match="--verify-url"):
        read_addresses(None, SEND, None)


@pytest.mark.parametrize(
    ("url", "local", "encrypted"),
    [
        ("http://127.0.0.1:9000", True, True),
        ("http://localhost:9000", True, True),
        ("http://[::1]:9000", True, True),
        ("https://sms.example.com", False, True),
        ("http://sms.example.com", False, False),
        ("http://127.0.0.1.example.com", False, False),
    ],
)
def test_only_this_machine_may_be_reached_in_the_clear(
    url: str, local: bool, encrypted: bool
) -> None:
    found = read_addresses(url, None, None)
    assert (found.local, found.encrypted) == (local, encrypted)


def test_a_header_takes_its_value_from_the_environment() -> None:
    given = ["Authorization: Bearer ${TOKEN}", "X-Plain: a:b", "X-Dollar: $$5"]
    assert read_headers(given, {"TOKEN": "t"}) == {
        "Authorization": "Bearer t",
        "X-Plain": "a:b",
        "X-Dollar": "$5",
    }


@pytest.mark.parametrize(
    "text", ["no colon", ": value", "Na me: value", "X: ${MISSING}", "X: 5$", "X: 密钥", "X: a\nb"]
)
def test_a_header_that_cannot_be_read_is_explained(text: str) -> None:
    with pytest.raises(Complaint, match="--header"):
        read_headers([text], {})


def test_what_lets_in_is_not_shown() -> None:
    key = PassKey("api-key", "captcha", {"X": "header"}, Keys("id", "access-secret", "token"))
    shown = repr(key)
    assert not any(part in shown for part in ("api-key", "captcha=", "header", "secret", "token"))


@pytest.mark.parametrize("token", [None, "an-sts-token"])
def test_the_signature_is_what_the_documentation_describes(token: str | None) -> None:
    headers = signature(SEND, Keys("id", "secret", token), now=NOW)
    date = "2026-11-21T08:33:20Z"
    assert headers["x-acs-date"] == date
    tokens = f"x-acs-security-token:{token}\n" if token else ""
    names = "x-acs-date;x-acs-security-token" if token else "x-acs-date"
    canonical = f"POST\n/send-code\n\nx-acs-date:{date}\n{tokens}\n{names}\n"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    expected = hmac.new(b"secret", to_sign.encode(), hashlib.sha256).hexdigest()
    assert headers["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=id,SignedHeaders={names},Signature={expected}"
    )


def test_the_signature_is_that_of_the_sdk_which_the_documentation_uses() -> None:
    headers = signature(SEND, Keys("id", "secret", None), now=NOW)
    request = TeaRequest()
    request.method, request.pathname, request.query = "POST", "/send-code", {}
    request.headers = {"x-acs-date": headers["x-acs-date"]}
    documented = DocumentedSigner.get_authorization(request, "ACS3-HMAC-SHA256", "", "id", "secret")
    assert headers["Authorization"] == documented


@pytest.mark.parametrize("code", ["123456", "999999", "0000"])
def test_a_wrong_code_has_the_same_length_and_is_another(code: str) -> None:
    assert len(wrong(code)) == len(code)
    assert wrong(code) != code
    assert wrong(code).isdecimal()


class Obliging(Service):
    """A service elsewhere that lets everybody in."""

    def send(self, body: object, *, authenticated: bool = True) -> Reply:
        found = {"verification_id": "v", "delivery": "accepted"}
        return Reply(200, found, {"Cache-Control": "no-store"})

    def verify(self, body: object) -> Reply:
        return Reply(400, {"code": "code_rejected"}, {"Cache-Control": "no-store"})


@pytest.mark.parametrize(("expect_open", "found"), [(False, [False]), (True, [])])
def test_a_service_elsewhere_that_asks_for_nothing_is_open_to_everybody(
    expect_open: bool, found: list[bool]
) -> None:
    service = Obliging(read_addresses("https://sms.example.com", None, None), PassKey())
    number = Number("13900000000", "masked", "246810")
    steps = run(Plan(service, number, "sign_in", expect_open=expect_open), ask=lambda: "")
    assert [step.ok for step in steps if step.name == "open"] == found


def test_a_real_number_is_not_sent_to_without_authentication() -> None:
    asked: list[bool] = []

    class Counting(Obliging):
        def send(self, body: object, *, authenticated: bool = True) -> Reply:
            asked.append(authenticated)
            return super().send(body)

    service = Counting(
        read_addresses("https://sms.example.com", None, None), PassKey(api_key="key")
    )
    list(run(Plan(service, Number("13912345678", "masked"), "sign_in"), ask=lambda: "123456"))
    assert asked == [True]
