"""The stand-in for PNVS, asked by the real SDK: CheckSmsVerifyCode."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.local_cloud.dypns import check, latest, send, verdict
from tests.service import Cloud, at_once, wrong


def test_the_code_that_was_sent_passes_once(pnvs: Cloud) -> None:
    send(pnvs, out_id="out-1")
    body = check(pnvs, latest(pnvs), out_id="out-1")
    assert (body.code, body.success, body.model.verify_result) == ("OK", True, "PASS")
    assert body.model.out_id == "out-1"
    assert verdict(pnvs, latest(pnvs), out_id="out-1") == "UNKNOWN"


def test_a_wrong_code_does_not_pass_and_ends_nothing(pnvs: Cloud) -> None:
    send(pnvs)
    code = latest(pnvs)
    assert {verdict(pnvs, wrong(code)) for _ in range(20)} == {"UNKNOWN"}
    assert verdict(pnvs, code) == "PASS"


def test_a_number_that_nothing_was_sent_to_has_no_code(pnvs: Cloud) -> None:
    assert verdict(pnvs, "1234") == "UNKNOWN"


def test_a_code_of_the_callers_own_cannot_be_checked(pnvs: Cloud) -> None:
    send(pnvs, template_param=json.dumps({"code": "135790", "min": "5"}))
    assert verdict(pnvs, "135790") == "UNKNOWN"


@pytest.mark.parametrize(
    "other",
    [{"out_id": "out-2"}, {"scheme_name": "other"}, {"phone": "13900139000"}],
)
def test_a_code_belongs_to_its_out_id_scheme_and_number(pnvs: Cloud, other: dict[str, Any]) -> None:
    send(pnvs, out_id="out-1", scheme_name="mine")
    mine = {"out_id": "out-1", "scheme_name": "mine"}
    assert verdict(pnvs, latest(pnvs), **{**mine, **other}) == "UNKNOWN"
    assert verdict(pnvs, latest(pnvs), **mine) == "PASS"


def test_without_an_out_id_the_codes_of_every_one_are_found(pnvs: Cloud) -> None:
    send(pnvs, out_id="out-1")
    assert check(pnvs, latest(pnvs)).model.out_id == "out-1"


def test_the_scheme_that_has_no_name_has_the_name_of_the_default(pnvs: Cloud) -> None:
    send(pnvs)
    assert verdict(pnvs, latest(pnvs), scheme_name="默认方案") == "PASS"


def test_a_new_code_ends_the_one_before_it(pnvs: Cloud) -> None:
    send(pnvs, out_id="out-1", code_length=8)
    first = latest(pnvs)
    send(pnvs, out_id="out-2", code_length=8)
    assert verdict(pnvs, first, out_id="out-1") == "UNKNOWN"
    assert verdict(pnvs, latest(pnvs), out_id="out-2") == "PASS"


def test_codes_stand_beside_each_other_where_that_is_asked_for(pnvs: Cloud) -> None:
    codes = []
    for number in range(3):
        send(pnvs, out_id=f"out-{number}", code_length=8, duplicate_policy=2)
        codes.append(latest(pnvs))
    assert [verdict(pnvs, code) for code in codes] == ["PASS"] * 3


def test_capitals_matter_only_where_that_is_asked_for(pnvs: Cloud) -> None:
    send(pnvs, code_type=2, code_length=8)
    lower = latest(pnvs).lower()
    assert verdict(pnvs, lower, case_auth_policy=2) == "UNKNOWN"
    assert verdict(pnvs, lower, case_auth_policy=1) == "PASS"


def test_a_code_that_expired_has_an_error_of_its_own(pnvs: Cloud) -> None:
    send(pnvs, valid_time=1)
    code = latest(pnvs)
    time.sleep(1.05)
    with pytest.raises(ClientException) as error:
        check(pnvs, code)
    assert (error.value.code, error.value.status_code) == ("isv.ValidateFail", 400)
    assert verdict(pnvs, wrong(code)) == "UNKNOWN"


@pytest.mark.parametrize("why", ["wrong", "expired"])
@pytest.mark.parametrize("answer", ["UNKNOWN", "isv.ValidateFail:200", "isv.ValidateFail:400"])
def test_a_code_that_does_not_pass_is_answered_as_was_wished(
    pnvs: Cloud, why: str, answer: str
) -> None:
    pnvs.control("pnvs", {why: answer})
    send(pnvs, valid_time=1)
    code = latest(pnvs) if why == "expired" else wrong(latest(pnvs))
    time.sleep(1.05 if why == "expired" else 0)
    if answer == "isv.ValidateFail:400":
        with pytest.raises(ClientException) as error:
            check(pnvs, code)
        assert error.value.code == "isv.ValidateFail"
        return
    body = check(pnvs, code)
    if answer == "UNKNOWN":
        assert (body.code, body.model.verify_result) == ("OK", "UNKNOWN")
    else:
        assert (body.code, body.success, body.model) == ("isv.ValidateFail", False, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "1380013800"}, "MOBILE_NUMBER_ILLEGAL"),
        ({"country_code": "1"}, "isv.INVALID_PARAMETERS"),
        ({"scheme_name": "名" * 21}, "isv.INVALID_PARAMETERS"),
        ({"out_id": "o" * 257}, "isv.INVALID_PARAMETERS"),
        ({"case_auth_policy": 3}, "isv.INVALID_PARAMETERS"),
    ],
)
def test_a_bad_parameter_is_refused(pnvs: Cloud, changes: dict[str, Any], code: str) -> None:
    body = check(pnvs, "1234", **changes)
    assert (body.code, body.success, body.model) == (code, False, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"phone": None}, "MissingPhoneNumber"), ({"code": None}, "MissingVerifyCode")],
)
def test_a_parameter_that_is_missing_is_named(
    pnvs: Cloud, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientException) as error:
        check(pnvs, **{"code": "1234", **changes})
    assert error.value.code == code


def test_of_many_checks_at_once_one_passes(pnvs: Cloud) -> None:
    send(pnvs)
    code = latest(pnvs)
    found = at_once([lambda: verdict(pnvs, code)] * 8)
    assert sorted(found) == ["PASS", *["UNKNOWN"] * 7]


def test_codes_survive_a_restart_and_no_reset(tmp_path: Path) -> None:
    cloud = Cloud.start("--data", str(tmp_path), "--no-reports")
    send(cloud)
    cloud.stop()
    cloud = Cloud.start("--data", str(tmp_path), "--no-reports", "--sms-flow-limits", "60:1000")
    try:
        code = latest(cloud)
        assert send(cloud, interval=60).code == "biz.FREQUENCY"
        assert verdict(cloud, code) == "PASS"
        send(cloud)
        code = latest(cloud)
        cloud.reset()
        assert verdict(cloud, code) == "UNKNOWN"
        assert send(cloud, interval=60).code == "OK"
    finally:
        cloud.stop()
