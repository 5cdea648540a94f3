"""Limits, whose they are, and who has wider ones (I4, I9), through the doors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from shared import wiring
from tests.service import PHONE, ROOT, Service

Setting = Callable[..., None]
FORGED = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "X-Client-IP", "CaClientIp"]


def phones(count: int) -> list[str]:
    return [f"1390013{index:04d}" for index in range(count)]


def test_a_number_gets_one_message_a_minute(service: Service) -> None:
    service.send()
    assert service.send().code == "rate_limited"


def test_all_spellings_of_a_number_share_its_limit(service: Service) -> None:
    service.send()
    others = [
        f"+86{PHONE}",
        f"0086{PHONE}",
        f"86 {PHONE}",
        "138-0013-8000",
        "１３８００１３８０００",
    ]
    for spelling in others:
        assert service.send(spelling).code == "rate_limited"


def test_an_address_gets_ten_messages_a_day(service: Service) -> None:
    answers = [service.send(phone) for phone in phones(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert answers[-1].code == "rate_limited"


@pytest.mark.parametrize("header", FORGED)
def test_no_header_lifts_the_limit_of_an_address(
    service: Service, setting: Setting, header: str
) -> None:
    setting(LIMIT_IP="1/1d")
    first, second = phones(2)
    service.send(first, headers={header: "198.51.100.1"})
    assert service.send(second, headers={header: "198.51.100.2"}).code == "rate_limited"


def test_with_hops_only_the_chosen_hop_counts(service: Service, setting: Setting) -> None:
    setting(LIMIT_IP="1/1d", CLIENT_IP="hops:2")
    first, second, third = phones(3)
    service.send(first, headers={"X-Forwarded-For": "1.1.1.1, 198.51.100.9, 10.0.0.1"})
    same = service.send(second, headers={"X-Forwarded-For": "2.2.2.2, 198.51.100.9, 10.0.0.2"})
    other = service.send(third, headers={"X-Forwarded-For": "1.1.1.1, 198.51.100.8, 10.0.0.1"})
    assert (same.code, other.status) == ("rate_limited", 200)


def test_a_header_left_out_counts_against_the_peer(service: Service, setting: Setting) -> None:
    setting(LIMIT_IP="1/1d", CLIENT_IP="header:X-Real-Client")
    first, second = phones(2)
    service.send(first)
    assert service.send(second).code == "rate_limited"


def test_an_ipv6_customer_counts_as_one_network(service: Service, setting: Setting) -> None:
    setting(LIMIT_IP="1/1d")
    first, second, third = phones(3)
    service.send(first, address="2001:db8:1:2::1")
    assert service.send(second, address="2001:db8:1:2:ffff::2").code == "rate_limited"
    assert service.send(third, address="2001:db8:1:3::1").status == 200


def test_an_api_gateway_event_has_no_address_and_so_no_limit_of_one(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_IP="1/1d")
    service.gateway = "apigw"
    answers = [
        service.send(phone, headers={"X-Forwarded-For": "198.51.100.1"}) for phone in phones(3)
    ]
    assert [answer.status for answer in answers] == [200] * 3


def test_an_instance_says_once_that_it_knows_no_addresses(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    wiring._warn_of_unknown_addresses.cache_clear()  # noqa: SLF001 - a fresh instance
    service.gateway = "apigw"
    for phone in phones(2):
        service.send(phone)
    assert capfd.readouterr().out.count("client_ip_unknown") == 1


def test_an_api_gateway_event_counts_the_address_that_a_setting_names(
    service: Service, setting: Setting
) -> None:
    setting(LIMIT_IP="1/1d", CLIENT_IP="hops:1")
    service.gateway = "apigw"
    first, second = phones(2)
    service.send(first, headers={"x-forwarded-for": "198.51.100.1"})
    again = service.send(second, headers={"x-forwarded-for": "198.51.100.1"})
    assert again.code == "rate_limited"


def test_leaving_the_chosen_header_out_lifts_no_limit(service: Service, setting: Setting) -> None:
    setting(LIMIT_IP="1/1d", CLIENT_IP="header:X-Real-Client")
    service.gateway = "apigw"
    first, second = phones(2)
    assert service.send(first).status == 200
    assert service.send(second).code == "rate_limited"


def test_a_device_has_a_limit_of_its_own(service: Service, setting: Setting) -> None:
    setting(LIMIT_DEVICE="1/1d")
    first, second, third = phones(3)
    service.send(first, device_id="d1")
    assert service.send(second, device_id="d1", address="198.51.100.1").code == "rate_limited"
    assert service.send(third, device_id="d2").status == 200


def test_the_total_is_a_daily_cap(service: Service, setting: Setting) -> None:
    setting(LIMIT_TOTAL="2/1d")
    answers = [service.send(phone, address=f"198.51.100.{i}") for i, phone in enumerate(phones(3))]
    assert [answer.code for answer in answers] == [None, None, "daily_cap_reached"]
    assert 0 < answers[-1].json["retry_after"] <= 86_400


def test_an_allowed_number_has_the_wider_limit_and_counts_in_the_total_only(
    service: Service, setting: Setting
) -> None:
    setting(ALLOW_NUMBERS=f"+86 {PHONE}", LIMIT_ALLOWED="4/24h", LIMIT_IP="1/1d")
    answers = [service.send() for _ in range(5)]
    assert [answer.code for answer in answers] == [None] * 4 + ["rate_limited"]
    assert (service.counted("total"), service.counted("ip")) == (4, 0)


def test_a_test_number_has_its_fixed_code_and_reaches_no_carrier(
    service: Service, setting: Setting
) -> None:
    setting(TEST_NUMBERS=f"{PHONE}=246810@2999-12-31", LIMIT_ALLOWED="2/24h")
    answer = service.send()
    verification_id = answer.json["verification_id"]
    assert answer.json["delivery"] == "accepted"
    assert service.cloud.calls("dysms") == {}
    assert service.rows("pending") == []
    assert service.verify(verification_id, "135790").code == "code_rejected"
    assert service.verify(verification_id, "246810").status == 200
    assert service.verify(verification_id, "246810").code == "code_rejected"
    service.send()
    assert service.send().code == "rate_limited"


def test_a_test_number_ends_on_its_date(service: Service, setting: Setting) -> None:
    setting(TEST_NUMBERS=f"{PHONE}=246810@2020-01-01")
    verification_id, code = service.sent()
    assert service.cloud.calls("dysms") == {"SendSms": 1}
    assert service.verify(verification_id, code).status == 200


def test_a_replaced_test_code_dies_too(service: Service, setting: Setting) -> None:
    setting(TEST_NUMBERS=f"{PHONE}=246810@2999-12-31")
    first = service.send().json["verification_id"]
    service.send(replaces=first)
    assert service.verify(first, "246810").code == "code_rejected"


def test_a_region_can_be_switched_on(service: Service, setting: Setting) -> None:
    setting(REGIONS="CN,HK")
    assert service.send("+852 6123 4567").status == 200
    assert service.cloud.outbox()[0]["phone"] == "+85261234567"


def test_limits_hold_across_instances(service: Service, setting: Setting) -> None:
    setting(LIMIT_IP="1/1d")
    first, second = phones(2)
    event = {
        "headers": {},
        "requestContext": {"http": {"method": "POST", "sourceIp": service.address}},
        "body": json.dumps({"phone": second, "scene": "sign_in"}),
    }
    elsewhere = "import sys; from functions import send_code as d; print(d.handler(sys.argv[1], 0))"
    assert service.send(first).status == 200
    done = subprocess.run(
        [sys.executable, "-c", elsewhere, json.dumps(event)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'statusCode': 429" in done.stdout
    assert "limit_ip" in done.stdout
