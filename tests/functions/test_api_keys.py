"""Named callers with API keys: who gets in, against whom it counts, what each may do (I10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shared.domain.access import key_digest
from tests.service import PHONE, Service, at_once

Setting = Callable[..., None]
SHOP, OLD_SHOP, ADMIN = "shop-key-" * 4, "old-shop-key-" * 3, "admin-key-" * 4
KEYS: dict[str, Any] = {
    "shop": [key_digest(SHOP), key_digest(OLD_SHOP)],
    "admin": {"sha256": key_digest(ADMIN), "limit": "2/1d", "scenes": ["reset_password"]},
}
OTHERS = [f"1390013{index:04d}" for index in range(20)]


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(autouse=True)
def _api_keys(setting: Setting, service: Service) -> None:
    setting(ACCESS="api_key", API_KEYS=json.dumps(KEYS))


@pytest.mark.parametrize(
    "headers",
    [bearer(SHOP), bearer(OLD_SHOP), {"authorization": f"bearer  {SHOP} "}, {"X-Api-Key": SHOP}],
)
def test_a_caller_with_its_key_gets_in(service: Service, headers: dict[str, str]) -> None:
    assert service.send(headers=headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(SHOP[:-1]),
        bearer(key_digest(SHOP)),
        bearer(""),
        {"X-Api-Key": ""},
        {"X-Api-Key": "ключ-é"},
        {"Authorization": f"Basic {SHOP}"},
        {"Cookie": SHOP},
    ],
)
def test_nobody_else_gets_in_and_nothing_is_sent_or_read(
    service: Service, headers: dict[str, str]
) -> None:
    answer = service.send(headers=headers)
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert service.cloud.calls("dysms") == service.cloud.calls("tablestore") == {}


def test_a_key_works_for_its_own_scenes_only(service: Service) -> None:
    assert service.send(headers=bearer(ADMIN)).code == "unknown_scene"
    assert service.send(headers=bearer(ADMIN), scene="reset_password").status == 200


def test_sends_count_against_the_caller_and_not_against_its_server(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_IP="1/1d", LIMIT_CALLER="3/1d")
    answers = [service.send(phone, headers=bearer(SHOP)) for phone in OTHERS[:4]]
    assert [answer.code for answer in answers] == [None] * 3 + ["daily_cap_reached"]
    assert (service.counted("caller"), service.counted("ip")) == (3, 0)


def test_a_caller_can_have_a_limit_of_its_own(service: Service) -> None:
    send = partial(service.send, headers=bearer(ADMIN), scene="reset_password")
    answers = [send(phone) for phone in OTHERS[:3]]
    assert [answer.code for answer in answers] == [None, None, "daily_cap_reached"]
    assert service.send(headers=bearer(SHOP)).status == 200


def test_a_caller_may_name_its_users_address_which_then_counts_too(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_IP="1/1d")
    send = partial(service.send, headers=bearer(SHOP))
    first = send(OTHERS[0], client_ip="198.51.100.1")
    again = send(OTHERS[1], client_ip="::ffff:198.51.100.1")
    other = send(OTHERS[2], client_ip="198.51.100.2")
    assert (first.status, again.code, other.status) == (200, "rate_limited", 200)
    assert service.counted("caller") == 2


def test_an_address_that_is_none_is_refused(service: Service) -> None:
    answer = service.send(headers=bearer(SHOP), client_ip="example.com")
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert "client_ip" in answer.json["detail"]


@pytest.mark.parametrize("access", ["gateway", "captcha"])
def test_who_has_no_key_cannot_name_an_address(
    service: Service, setting: Setting, access: str
) -> None:
    setting(ACCESS=access, CAPTCHA="turnstile", TURNSTILE_SECRET="s" * 16)
    answer = service.send(headers=bearer(SHOP), client_ip="198.51.100.1")
    assert (answer.status, answer.code) == (400, "invalid_request")


def test_at_a_callers_limit_exactly_that_many_get_through_at_once(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_CALLER="7/1d")
    service.cloud.fault("tablestore", "BatchGetRow", "delay_after:300", -1)
    phones = [f"1390013{index:04d}" for index in range(0, 300, 10)]
    answers = at_once([partial(service.send, phone, headers=bearer(SHOP)) for phone in phones])
    assert sum(answer.status == 200 for answer in answers) == 7
    assert len(service.cloud.outbox()) == 7
    assert service.counted("caller") == 7


def test_idempotency_keys_of_two_callers_do_not_meet(service: Service, setting: Setting) -> None:
    setting(LIMIT_PHONE="5/1h")
    key = {"Idempotency-Key": "k" * 16}
    scene = "reset_password"
    first = service.send(headers={**bearer(SHOP), **key}, scene=scene)
    other = service.send(headers={**bearer(ADMIN), **key}, scene=scene)
    again = service.send(headers={**bearer(SHOP), **key}, scene=scene)
    assert first.json["verification_id"] == again.json["verification_id"]
    assert first.json["verification_id"] != other.json["verification_id"]


def test_verifying_needs_no_key(service: Service) -> None:
    sent = service.sent(headers=bearer(SHOP))
    assert service.verify(*sent).status == 200


def test_guesses_of_a_callers_users_count_against_their_addresses(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_GUESS="1/1d")

    def guess(**rest: str) -> str | None:
        return service.verify("A" * 22, "000000", headers=bearer(SHOP), **rest).code

    assert [guess(client_ip="198.51.100.1") for _ in range(2)] == ["code_rejected", "rate_limited"]
    assert guess(client_ip="198.51.100.2") == "code_rejected"
    assert {guess() for _ in range(3)} == {"code_rejected"}


def test_without_a_key_a_guess_counts_against_its_own_address(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_GUESS="1/1d")
    named = service.verify("A" * 22, "000000", client_ip="198.51.100.1")
    assert named.code == "invalid_request"
    answers = [service.verify("A" * 22, "000000").code for _ in range(2)]
    assert answers == ["code_rejected", "rate_limited"]


def test_no_key_and_no_digest_is_logged_or_stored(
    service: Service, setting: Setting, capfd: pytest.CaptureFixture[str]
) -> None:
    setting(LOG_LEVEL="DEBUG")
    answers = [service.send(headers=bearer(key)) for key in (SHOP, SHOP + "x", ADMIN)]
    stored = str([service.rows(name) for name in ("phones", "messages", "counters", "pending")])
    captured = capfd.readouterr()
    everything = captured.out + captured.err + stored + "".join(a.text for a in answers)
    for secret in (SHOP, ADMIN, key_digest(SHOP), key_digest(ADMIN)):
        assert secret not in everything
    assert '"caller": "shop"' in captured.out


@pytest.mark.parametrize(
    "keys",
    [
        "shop",
        '["shop"]',
        '{"shop": "abc"}',
        '{"shop": {"sha256": []}}',
        '{"shop": {"sha256": "' + "0" * 64 + '", "scope": "x"}}',
        '{"shop": {"sha256": "' + "0" * 64 + '", "limit": "many"}}',
        '{"shop": {"sha256": "' + "0" * 64 + '", "limit": 5}}',
        '{"shop": {"sha256": "' + "0" * 64 + '", "scenes": 5}}',
    ],
)
def test_keys_that_make_no_sense_are_named(service: Service, setting: Setting, keys: str) -> None:
    setting(API_KEYS=keys)
    answer = service.send(headers=bearer(SHOP))
    assert answer.status == 500
    assert "API_KEYS" in answer.json["detail"]


def test_a_caller_is_told_by_name_in_the_log(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    service.send(PHONE, headers=bearer(SHOP), client_ip="198.51.100.1")
    line = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert (line["caller"], line["ip"]) == ("shop", "198.51.100.1")
