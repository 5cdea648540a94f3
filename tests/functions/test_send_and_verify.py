"""A code's life, through the real doors and the real SDKs over the wire."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.service import PHONE, Service, wrong

Setting = Callable[..., None]


def test_a_sent_code_verifies_once_and_only_once(service: Service) -> None:
    verification_id, code = service.sent()
    first, second = (service.verify(verification_id, code) for _ in range(2))
    assert first.json == {
        "verified": True,
        "verification_id": verification_id,
        "phone": "+8613800138000",
    }
    assert (second.status, second.code) == (400, "code_rejected")


def test_a_send_answers_what_the_contract_lists(service: Service) -> None:
    answer = service.send().json
    assert answer.pop("verification_id")
    assert answer == {
        "expires_in": 300,
        "resend_after": 60,
        "code_length": 6,
        "delivery": "accepted",
    }


def test_the_message_names_the_minutes_of_the_policy_in_force(
    service: Service, setting: Setting
) -> None:
    setting(CODE_TTL="150")
    service.send()
    assert service.cloud.outbox()[0]["params"]["min"] == "2"


def test_the_carrier_gets_the_verification_id_as_out_id(service: Service) -> None:
    answer = service.send()
    assert service.cloud.outbox()[0]["out_id"] == answer.json["verification_id"]


@pytest.mark.parametrize("gateway", ["http", "apigw"])
def test_both_event_forms_are_answered(service: Service, gateway: str) -> None:
    service.gateway = gateway
    verification_id, code = service.sent()
    assert service.verify(verification_id, code).status == 200


@pytest.mark.parametrize("part", ["phone", "scene", "verification_id", "code"])
def test_a_code_is_bound_to_phone_scene_and_verification(service: Service, part: str) -> None:
    mine, code = service.sent()
    other, _ = service.sent("13900139000")
    changed = {
        "phone": {"phone": "13900139000"},
        "scene": {"scene": "reset_password"},
        "verification_id": {"verification_id": other},
        "code": {"code": wrong(code)},
    }[part]
    guess = {"phone": PHONE, "scene": "sign_in", "verification_id": mine, "code": code, **changed}
    assert service.post("/verify-code", guess).code == "code_rejected"
    assert service.verify(mine, code).status == 200


def test_every_refused_code_looks_the_same(service: Service) -> None:
    verification_id, code = service.sent()
    refused = [
        service.verify(verification_id, wrong(code)),
        service.verify("A" * 22, code),
        service.verify(verification_id, code, "13900139000"),
    ]
    service.verify(verification_id, code)
    refused.append(service.verify(verification_id, code))
    assert {answer.status for answer in refused} == {400}
    bodies = [{**answer.json, "request_id": ""} for answer in refused]
    assert all(body == bodies[0] for body in bodies)
    assert all(answer.headers == refused[0].headers for answer in refused)


def test_wrong_guesses_use_the_attempts_up(service: Service) -> None:
    verification_id, code = service.sent()
    for _ in range(3):
        assert service.verify(verification_id, wrong(code)).code == "code_rejected"
    assert service.verify(verification_id, code).code == "code_rejected"


def test_a_guess_with_another_id_changes_nothing(service: Service) -> None:
    verification_id, code = service.sent()
    for _ in range(10):
        service.verify("B" * 22, wrong(code))
        service.verify(verification_id, wrong(code), "13900139000")
        service.verify(verification_id, wrong(code), scene="reset_password")
    assert service.verify(verification_id, code).status == 200


def test_the_policy_is_frozen_at_send(service: Service, setting: Setting) -> None:
    setting(MAX_ATTEMPTS="1")
    verification_id, code = service.sent()
    setting(MAX_ATTEMPTS="5")
    service.verify(verification_id, wrong(code))
    assert service.verify(verification_id, code).code == "code_rejected"


def test_a_code_verifies_under_an_older_secret_and_is_issued_under_the_newest(
    service: Service, setting: Setting
) -> None:
    old, new = "old-" + "o" * 28, "new-" + "n" * 28
    setting(CODE_SECRETS=old)
    before = service.sent()
    setting(CODE_SECRETS=f"{new},{old}")
    after = service.sent("13900139000")
    assert service.verify(*before).status == 200
    setting(CODE_SECRETS=new)
    assert service.verify(*after, "13900139000").status == 200


def test_a_code_dies_with_the_last_secret_that_knew_it(service: Service, setting: Setting) -> None:
    before = service.sent()
    setting(CODE_SECRETS="x" * 32)
    assert service.verify(*before).code == "code_rejected"


def test_wrong_guesses_count_under_several_secrets_too(service: Service, setting: Setting) -> None:
    setting(CODE_SECRETS=",".join(letter * 32 for letter in "abc"))
    verification_id, code = service.sent()
    for _ in range(3):
        service.verify(verification_id, wrong(code))
    assert service.verify(verification_id, code).code == "code_rejected"


def test_a_new_send_kills_no_code_that_it_does_not_name(service: Service, setting: Setting) -> None:
    setting(LIMIT_PHONE="10/60s")
    first, second = service.sent(), service.sent()
    assert service.verify(*first).status == 200
    assert service.verify(*second).status == 200


def test_a_replaced_code_dies_when_the_new_message_was_taken(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="10/60s")
    first = service.sent()
    second = service.sent(replaces=first[0])
    assert service.verify(*first).code == "code_rejected"
    assert service.verify(*second).status == 200


@pytest.mark.parametrize("effect", ["error:isv.AMOUNT_NOT_ENOUGH", "error:Throttling.User"])
def test_a_send_that_the_provider_refuses_leaves_the_replaced_code_usable(
    service: Service, setting: Setting, effect: str
) -> None:
    setting(LIMIT_PHONE="10/60s")
    first = service.sent()
    service.cloud.fault("dysms", "SendSms", effect)
    assert service.send(replaces=first[0]).status >= 500
    assert service.verify(*first).status == 200


def test_a_refused_send_leaves_the_earlier_code_usable(service: Service) -> None:
    first = service.sent()
    assert service.send(replaces=first[0]).code == "rate_limited"
    assert service.verify(*first).status == 200


def test_nobody_replaces_the_code_of_another_phone_or_scene(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="10/60s")
    first = service.sent()
    service.sent("13900139000", replaces=first[0])
    service.sent(scene="reset_password", replaces=first[0])
    assert service.verify(*first).status == 200


def test_a_spent_code_stays_spent_when_it_is_named_as_replaced(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_PHONE="10/60s")
    first = service.sent()
    service.verify(*first)
    service.sent(replaces=first[0])
    assert service.verify(*first).code == "code_rejected"


def test_a_read_time_out_is_answered_unconfirmed_and_the_code_works(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "delay_after:20000")
    answer = service.send()
    assert (answer.status, answer.json["delivery"]) == (200, "unconfirmed")
    assert service.cloud.calls("dysms") == {"SendSms": 1}
    verification_id = answer.json["verification_id"]
    assert service.verify(verification_id, service.code_of(verification_id)).status == 200


def test_a_connection_that_closes_without_an_answer_is_unconfirmed(service: Service) -> None:
    service.cloud.fault("dysms", "SendSms", "drop_after")
    assert service.send().json["delivery"] == "unconfirmed"
    assert len(service.cloud.outbox()) == 1
