"""The doors with keys that are borrowed, refused, renewed and rotated, over the real SDKs."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alibabacloud_credentials.provider import RamRoleArnCredentialsProvider

from functions import maintain, receipts_mns
from scripts.local_cloud.events import context, timer_event
from scripts.local_cloud.openapi.sts import (
    ACCOUNT_ID,
    EXTERNAL_ID,
    OIDC_PROVIDER,
    OIDC_TOKEN,
    ROLE,
    SMS_ROLE,
    UNTRUSTING_ROLE,
)
from shared import wiring
from shared.credentials import ID, SECRET, TOKEN, forget_keys, own_keys, sms_keys
from tests.queues import closing_queues
from tests.service import PHONE, Service

Setting = Callable[..., None]
ASSUMED = {
    "ALIBABA_CLOUD_ROLE_ARN": SMS_ROLE,
    "ALIBABA_CLOUD_EXTERNAL_ID": EXTERNAL_ID,
    "FC_FUNCTION_NAME": "sms-verify-test",
}
THREADS = 4
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    forget_keys()
    yield
    forget_keys()


@pytest.fixture
def service(service: Service, setting: Setting) -> Service:
    setting(STS_ENDPOINT=service.cloud.openapi, LIMIT_IP="10000/1d", LIMIT_TOTAL="10000/1d")
    return service


@pytest.fixture
def role(service: Service, setting: Setting) -> Service:
    """The service with its SMS in another account."""
    setting(**ASSUMED)
    return service


def used(service: Service) -> dict[str, int]:
    """Return how many requests came with a role's keys, by service."""
    found: dict[str, int] = service.cloud.control("keys")["used"]
    return found


def expire(service: Service) -> None:
    service.cloud.control("keys", {"expire": True})


def borrowed(service: Service) -> Any:
    """Return keys as Function Compute gives them to functions in their context."""
    keys = RamRoleArnCredentialsProvider(
        access_key_id="local",
        access_key_secret="local-secret",
        role_arn=ROLE,
        role_session_name="function",
        sts_endpoint=service.cloud.openapi,
    ).get_credentials()
    return SimpleNamespace(
        access_key_id=keys.get_access_key_id(),
        access_key_secret=keys.get_access_key_secret(),
        security_token=keys.get_security_token(),
    )


@pytest.fixture
def keyless(service: Service, setting: Setting) -> Service:
    """The service as on python3.10 without keys in the environment: the context brings them."""
    setting(**{ID: None, SECRET: None, TOKEN: None}, FC_FUNCTION_NAME="sms-verify-test")
    service.credentials = lambda: borrowed(service)
    return service


# Whose keys


def test_keys_of_the_context_alone_suffice(keyless: Service) -> None:
    assert keyless.send().status == 200
    assert used(keyless) == {"tablestore": 3, "dysms": 1}


def test_keys_of_the_environment_win(service: Service) -> None:
    service.credentials = lambda: borrowed(service)
    assert service.send().status == 200
    assert used(service) == {}


def test_without_keys_a_function_says_what_it_needs(keyless: Service) -> None:
    keyless.credentials, keyless.headers = None, {"Accept-Language": "en"}
    answer = keyless.send()
    assert (answer.status, answer.code) == (500, "internal")
    assert "give it a role" in answer.json["detail"]


def test_an_sms_role_serves_sms_and_nothing_else(role: Service) -> None:
    role.verify(*role.sent())
    assert used(role) == {"dysms": 1}
    assert role.cloud.calls("sts") == {"AssumeRole": 1}


def test_keys_that_were_assumed_serve_request_after_request(role: Service) -> None:
    for last in range(5):
        role.sent(f"1380013800{last}")
    assert role.cloud.calls("sts") == {"AssumeRole": 1}
    assert used(role) == {"dysms": 5}


def test_a_role_can_be_for_everything(role: Service, setting: Setting) -> None:
    setting(ALIBABA_CLOUD_ROLE_FOR="all")
    role.verify(*role.sent())
    assert used(role)["dysms"] == 1
    assert used(role)["tablestore"] == sum(role.cloud.calls("tablestore").values())
    assert role.cloud.calls("sts") == {"AssumeRole": 1}


def test_the_receipts_door_needs_no_role_that_is_for_sms(role: Service) -> None:
    sent, _ = role.sent()
    forget_keys()
    assert role.receipt([role.report(sent)]).status == 200
    assert role.cloud.calls("sts") == {"AssumeRole": 1}


def test_a_token_of_a_cluster_stands_for_keys(
    service: Service, setting: Setting, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text(OIDC_TOKEN, "utf-8")
    setting(
        ALIBABA_CLOUD_ROLE_ARN=ROLE,
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN=OIDC_PROVIDER,
        ALIBABA_CLOUD_OIDC_TOKEN_FILE=str(token),
    )
    service.verify(*service.sent())
    assert used(service)["dysms"] == 1
    assert used(service)["tablestore"] == sum(service.cloud.calls("tablestore").values())
    assert service.cloud.calls("sts") == {"AssumeRoleWithOIDC": 1}
    forget_keys()
    token.unlink()
    answer = service.send("13800138001")
    assert (answer.status, answer.code) == (500, "internal")
    assert "ALIBABA_CLOUD_OIDC_TOKEN_FILE" in answer.text


def test_queues_and_records_are_asked_with_the_role_too(
    role: Service, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(
        RECEIPT_QUEUES="sms-report",
        FC_ACCOUNT_ID=ACCOUNT_ID,
        DYBASE_ENDPOINT=role.cloud.openapi,
        MNS_ENDPOINT=role.cloud.mns,
    )
    role.sent()
    with closing_queues():
        pulled = receipts_mns.handler(timer_event("t"), context("receipts_mns", {}))
    monkeypatch.setattr(wiring, "clock", lambda: time.time() + 7200)
    maintained = maintain.handler(timer_event("t"), context("maintain", {}))
    assert (pulled["outcome"], maintained["outcome"]) == ("ok", "ok")
    assert used(role) == {"dybase": 1, "dysms": 2}
    assert role.cloud.calls("dysms") == {"SendSms": 1, "QuerySendDetails": 1}
    assert role.cloud.calls("sts") == {"AssumeRole": 1}


# STS says no, or nothing


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"ALIBABA_CLOUD_EXTERNAL_ID": "another"}, "NoPermission", "sts:AssumeRole"),
        ({"ALIBABA_CLOUD_ROLE_ARN": UNTRUSTING_ROLE}, "NoPermission", "external id"),
        ({"ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/x"}, "EntityNotExist.Role", "ROLE_ARN"),
        ({"ALIBABA_CLOUD_ROLE_SESSION_NAME": "?"}, "InvalidParameter.RoleSessionName", "NAME"),
        ({SECRET: "wrong"}, "SignatureDoesNotMatch", "own keys"),
    ],
)
def test_a_refused_role_says_what_to_do_and_takes_nothing(
    role: Service, setting: Setting, changes: dict[str, str], code: str, says: str
) -> None:
    setting(**changes)
    answer = role.post(
        "/send-code", {"phone": PHONE, "scene": "sign_in"}, headers={"Accept-Language": "en"}
    )
    assert (answer.status, answer.code) == (500, "internal")
    assert code in answer.json["detail"]
    assert says in answer.json["detail"]
    assert "role/" not in answer.text
    setting(**{SECRET: "local-secret"})
    assert role.rows("phones") == []
    assert role.cloud.outbox() == []


def test_a_refused_role_stops_no_code_from_being_verified(role: Service, setting: Setting) -> None:
    sent = role.sent()
    forget_keys()
    setting(ALIBABA_CLOUD_ROLE_ARN=UNTRUSTING_ROLE)
    assert role.verify(*sent).status == 200


FAILURES = ["drop", "delay:4000", "error:InternalError", "error:ServiceUnavailable"]
FAILURES += ["error:Throttling.User"]


@pytest.mark.parametrize("effect", FAILURES)
def test_without_an_answer_of_sts_nothing_is_sent_and_nothing_taken(
    role: Service, effect: str
) -> None:
    role.cloud.fault("sts", "AssumeRole", effect)
    started = time.monotonic()
    answer = role.send()
    assert time.monotonic() - started < 4
    assert (answer.status, answer.code) == (503, "provider_unavailable")
    assert role.rows("phones") == []
    assert role.send().status == 200


@pytest.mark.parametrize("endpoint", [NOWHERE, "https://127.0.0.1:9"])
def test_an_sts_that_cannot_be_reached_is_no_bug(
    role: Service, setting: Setting, endpoint: str
) -> None:
    setting(STS_ENDPOINT=endpoint)
    assert role.send().code == "provider_unavailable"
    setting(ALIBABA_CLOUD_ROLE_FOR="all")
    for answer in (role.send(), role.verify("a" * 22, "123456"), role.receipt([role.report("x")])):
        assert answer.code == "storage_unavailable"


GARBAGE = [b"", b"null", b"[]", b'{"Credentials": []}', b'{"Credentials": {"AccessKeyId": "i"}}']
GARBAGE += [
    b'{"Credentials": {"AccessKeyId": "i", "AccessKeySecret": "s", "SecurityToken": "t"}}',
    b'{"Credentials": {"AccessKeyId": "", "AccessKeySecret": null, "SecurityToken": "t",'
    b' "Expiration": "2099-01-01T00:00:00Z"}}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("body", GARBAGE)
def test_an_answer_that_is_none_counts_as_no_answer(
    role: Service, setting: Setting, body: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        setting(STS_ENDPOINT=f"http://127.0.0.1:{listening.getsockname()[1]}")

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
                connection.sendall(head.encode() + body)

        thread = threading.Thread(target=answer)
        thread.start()
        assert role.send().code == "provider_unavailable"
        thread.join()


# Keys that end


def test_keys_that_end_between_two_requests_are_replaced(role: Service) -> None:
    role.cloud.control("keys", {"life": 5})  # less than a request may take
    role.sent()
    role.sent("13800138001")
    assert role.cloud.calls("sts") == {"AssumeRole": 2}
    assert role.cloud.calls("dysms") == {"SendSms": 2}


def test_keys_that_ended_unforeseen_are_replaced_at_once(role: Service) -> None:
    role.sent()
    expire(role)
    role.sent("13800138001")
    assert role.cloud.calls("sts") == {"AssumeRole": 2}
    assert len(role.cloud.outbox()) == 2


def test_keys_that_end_in_the_middle_of_a_request_cost_one_renewal_and_one_message(
    role: Service,
) -> None:
    role.sent()
    role.cloud.fault("tablestore", "BatchWriteRow", "delay:400")
    sending = ThreadPoolExecutor(1).submit(role.send, "13800138001")
    time.sleep(0.2)
    expire(role)
    answer = sending.result()
    assert answer.status == 200
    assert answer.json["delivery"] == "accepted"
    assert role.cloud.calls("sts") == {"AssumeRole": 2}
    sent = [message for message in role.cloud.outbox() if message["phone"] == "+8613800138001"]
    assert len(sent) == 1


@pytest.mark.parametrize("code", ["InvalidSecurityToken.Expired", "InvalidAccessKeyId.NotFound"])
def test_a_token_that_stays_refused_is_renewed_once_and_what_was_taken_given_back(
    role: Service, code: str
) -> None:
    role.cloud.fault("dysms", "SendSms", f"error:{code}", -1)
    answer = role.send()
    assert answer.status in (502, 503)
    assert role.cloud.calls("dysms") == {"SendSms": 2}
    assert role.cloud.calls("sts") == {"AssumeRole": 2}
    assert role.cloud.outbox() == []
    assert role.counted("total") == 0


@pytest.mark.parametrize(
    "effect", ["error:InternalError", "error:Forbidden.RAM", "error:Throttling.User", "drop_after"]
)
def test_no_failure_but_refused_keys_makes_a_second_request(role: Service, effect: str) -> None:
    role.cloud.fault("dysms", "SendSms", effect, -1)
    role.send()
    assert role.cloud.calls("dysms") == {"SendSms": 1}
    assert len(role.cloud.outbox()) <= 1


def test_own_keys_that_are_refused_and_have_no_successor_are_not_asked_with_again(
    service: Service,
) -> None:
    service.cloud.fault("dysms", "SendSms", "error:InvalidSecurityToken.Expired", -1)
    assert service.send().status in (502, 503)
    assert service.cloud.calls("dysms") == {"SendSms": 1}


@pytest.mark.parametrize("way", ["SendSms", "BatchGetRow", "BatchWriteRow"])
def test_a_renewal_that_fails_ends_in_a_clear_refusal(
    role: Service, setting: Setting, way: str
) -> None:
    setting(ALIBABA_CLOUD_ROLE_FOR="all")
    role.sent()
    role.cloud.fault("sts", "AssumeRole", "delay:5000", -1)
    failure = "InvalidSecurityToken.Expired" if way == "SendSms" else "OTSAuthFailed"
    service = "dysms" if way == "SendSms" else "tablestore"
    role.cloud.fault(service, way, f"error:{failure}", -1)
    started = time.monotonic()
    answer = role.send("13800138001")
    assert time.monotonic() - started < 10
    assert answer.status in (502, 503)
    assert len(role.cloud.outbox()) == 1


@pytest.mark.parametrize("operation", ["BatchGetRow", "BatchWriteRow"])
def test_the_store_is_asked_again_with_new_keys(
    role: Service, setting: Setting, operation: str
) -> None:
    setting(ALIBABA_CLOUD_ROLE_FOR="all")
    role.sent()
    before = role.cloud.calls("tablestore").get(operation, 0)
    expire(role)
    role.sent("13800138001")
    assert role.cloud.calls("sts") == {"AssumeRole": 2}
    assert len(role.cloud.outbox()) == 2
    assert role.counted("total") == 2
    assert role.cloud.calls("tablestore")[operation] - before <= 2


def test_a_code_is_verified_once_however_keys_end(role: Service, setting: Setting) -> None:
    setting(ALIBABA_CLOUD_ROLE_FOR="all")
    sent = role.sent()
    expire(role)
    assert role.verify(*sent).status == 200
    expire(role)
    assert role.verify(*sent).code == "code_rejected"
    assert role.cloud.calls("sts") == {"AssumeRole": 3}


def test_the_base_keys_that_assume_a_role_are_taken_anew_each_time(
    keyless: Service, setting: Setting
) -> None:
    """The function's own keys end, too, and its role is assumed with those of the invocation."""
    setting(**ASSUMED)
    for last in range(3):
        keyless.sent(f"1380013800{last}")
        expire(keyless)
    assert keyless.cloud.calls("sts")["AssumeRole"] == 3 + 3


def test_sts_that_is_down_does_not_matter_while_keys_are_good(role: Service) -> None:
    role.sent()
    role.cloud.fault("sts", "AssumeRole", "drop", -1)
    for last in range(1, 4):
        role.sent(f"1380013800{last}")


# Keys that change all the time


class Rotation:
    """Changes the keys again and again, a few hundred milliseconds apart.

    On a slow machine more: keys are renewed once for a request, so within one they may end once.
    """

    def __init__(self, rotate: Callable[[], None], every: float = 0.3) -> None:
        self._rotate, self._every = rotate, every
        self._over = threading.Event()
        self.turns = self.finished = 0

    def __enter__(self) -> Rotation:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        before = 0
        while not self._over.wait(self._every):
            if self.finished - before >= 2 * THREADS:
                before = self.finished
                self._rotate()
                self.turns += 1


def load(service: Service, rotation: Rotation) -> int:
    """Send and verify at least a hundred times by several threads; return how often."""

    def one(number: int) -> str:
        phone = f"139001{number:05d}"
        sent = service.send(phone)
        if sent.status != 200 or sent.json["delivery"] != "accepted":
            return sent.text
        verification_id = sent.json["verification_id"]
        verified = service.verify(verification_id, service.code_of(verification_id), phone)
        rotation.finished += 1
        return "" if verified.status == 200 else verified.text

    done = 0
    with ThreadPoolExecutor(THREADS) as threads:
        while done < 100 or rotation.turns < 6:
            assert not [text for text in threads.map(one, range(done, done + 50)) if text]
            done += 50
    return done


@pytest.mark.parametrize("purpose", ["sms", "all"])
def test_two_hundred_requests_succeed_while_the_roles_keys_end_all_the_time(
    role: Service, setting: Setting, purpose: str
) -> None:
    setting(ALIBABA_CLOUD_ROLE_FOR=purpose)
    with Rotation(lambda: expire(role)) as rotation:
        done = load(role, rotation)
    assert role.cloud.calls("sts")["AssumeRole"] > 3  # the first, and then for refusals only
    assert len(role.cloud.outbox()) == done
    assert len({message["out_id"] for message in role.cloud.outbox()}) == done


def test_two_hundred_requests_succeed_while_the_contexts_keys_rotate(keyless: Service) -> None:
    """Function Compute hands out keys ahead of the end of those before them."""
    keyless.cloud.control("keys", {"life": 4})
    latest = [borrowed(keyless)]
    keyless.credentials = lambda: latest[-1]
    with Rotation(lambda: latest.append(borrowed(keyless))) as rotation:
        done = load(keyless, rotation)
    assert len(keyless.cloud.outbox()) == done


# What is told of it


def test_no_key_is_in_any_log_or_answer(
    role: Service,
    setting: Setting,
    everything_logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    setting(ALIBABA_CLOUD_ROLE_FOR="all", LOG_LEVEL="DEBUG")
    secrets, answers = set(), []

    def note() -> None:
        for find in (own_keys, sms_keys):
            keys = find({**role.cloud.environment, **environment}, None).current()
            secrets.update({keys.access_key_id, keys.access_key_secret, keys.security_token})

    environment = {**ASSUMED, "ALIBABA_CLOUD_ROLE_FOR": "all", "STS_ENDPOINT": role.cloud.openapi}
    answers.append(role.send().text)
    note()
    expire(role)
    answers.append(role.send("13800138001").text)
    note()
    for effect in ("drop", "error:InternalError", "error:NoPermission", "drop_after"):
        expire(role)
        role.cloud.fault("sts", "AssumeRole", effect, 3)
        answers.append(role.send("13800138002").text)
        role.cloud.control("faults", {"clear": True})
    for effect in ("error:NoPermission", "drop"):
        forget_keys()
        role.cloud.fault("sts", "AssumeRole", effect)
        answers.append(role.send("13800138003").text)
    forget_keys()
    setting(STS_ENDPOINT=NOWHERE)  # of a connection that fails, the package tells the whole URL
    answers.append(role.send("13800138004").text)
    captured = capfd.readouterr()
    text = captured.out + captured.err + everything_logged.getvalue() + "".join(answers)
    secrets -= {"local", None}
    assert len(secrets) >= 6
    assert '"outcome"' in captured.out
    for secret in [*secrets, "local-secret", "local-token", EXTERNAL_ID, SMS_ROLE]:
        assert str(secret) not in text
