"""QuerySendDetails and QuerySendStatistics, asked by the real SDKs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from alibabacloud_dypnsapi20170525.client import Client as PnvsClient
from alibabacloud_dypnsapi20170525.models import (
    QuerySendDetailsRequest as PnvsQuerySendDetailsRequest,
)
from alibabacloud_dysmsapi20170525.models import (
    QuerySendDetailsRequest,
    QuerySendStatisticsRequest,
)
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from tests.local_cloud.test_carrier import client, many, send
from tests.service import Cloud

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def module_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start("--sms-flow-limits", "60:1000", "--no-reports")
    yield cloud
    cloud.stop()


@pytest.fixture
def sms(module_cloud: Cloud) -> Cloud:
    module_cloud.reset()
    return module_cloud


def day(days: int = 0) -> str:
    return (datetime.now(BEIJING) + timedelta(days=days)).strftime("%Y%m%d")


def details(cloud: Cloud, phone: str | None = "13800138000", **changes: Any) -> Any:
    fields = {"send_date": day(), "page_size": 50, "current_page": 1, **changes}
    return (
        client(cloud).query_send_details(QuerySendDetailsRequest(phone_number=phone, **fields)).body
    )


def records(answer: Any) -> list[Any]:
    assert answer.code == "OK", answer
    return list(answer.sms_send_detail_dtos.sms_send_detail_dto)


def test_a_message_awaits_its_report(sms: Cloud) -> None:
    send(sms, out_id="out-7")
    answer = details(sms)
    (record,) = records(answer)
    assert answer.total_count == "1"
    assert (record.send_status, record.out_id, record.phone_num) == (1, "out-7", "13800138000")
    assert record.template_code == "SMS_100001"
    assert record.receive_date is None
    sent = datetime.strptime(record.send_date, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    assert abs(sent.timestamp() - time.time()) < 30


@pytest.mark.parametrize(
    ("success", "err_code", "status"), [(True, "DELIVERED", 3), (False, "MOBILE_IN_BLACK", 2)]
)
def test_a_message_that_was_reported_has_its_end(
    sms: Cloud, success: bool, err_code: str, status: int
) -> None:
    biz_id = send(sms)
    sms.control("report", {"biz_id": biz_id, "success": success, "err_code": err_code})
    (record,) = records(details(sms))
    assert (record.send_status, record.err_code) == (status, err_code)
    assert record.receive_date.startswith(datetime.now(BEIJING).strftime("%Y-%m-"))


def test_pages_follow_each_other_newest_first(sms: Cloud) -> None:
    for number in range(5):
        send(sms, out_id=f"out-{number}")
    pages = [details(sms, page_size=2, current_page=page) for page in (1, 2, 3, 4)]
    found = [[record.out_id for record in records(page)] for page in pages]
    assert found == [["out-4", "out-3"], ["out-2", "out-1"], ["out-0"], []]
    assert {page.total_count for page in pages} == {"5"}


def test_one_message_is_found_by_its_biz_id(sms: Cloud) -> None:
    biz_ids = [send(sms, out_id=f"out-{number}") for number in range(3)]
    (record,) = records(details(sms, biz_id=biz_ids[1]))
    assert record.out_id == "out-1"


def test_other_numbers_and_other_days_are_not_shown(sms: Cloud) -> None:
    send(sms)
    assert records(details(sms, "13800138001")) == []
    assert records(details(sms, send_date=day(-1))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "nobody"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"send_date": "yesterday"}, "isv.INVALID_PARAMETERS"),
        ({"send_date": "2026-1-1"}, "isv.INVALID_PARAMETERS"),
        ({"send_date": day(1)}, "isv.INVALID_PARAMETERS"),
        ({"send_date": day(-31)}, "isv.INVALID_PARAMETERS"),
        ({"page_size": 0}, "isv.INVALID_PARAMETERS"),
        ({"page_size": 51}, "isv.INVALID_PARAMETERS"),
        ({"current_page": 0}, "isv.INVALID_PARAMETERS"),
    ],
)
def test_a_bad_parameter_is_refused(sms: Cloud, changes: dict[str, Any], code: str) -> None:
    assert details(sms, **changes).code == code


@pytest.mark.parametrize("name", ["phone", "send_date", "page_size", "current_page"])
def test_a_parameter_that_is_missing_is_named(sms: Cloud, name: str) -> None:
    with pytest.raises(ClientException) as error:
        details(sms, **{name: None})
    assert error.value.code.startswith("Missing")


def test_thirty_days_back_can_still_be_asked_for(sms: Cloud) -> None:
    assert records(details(sms, send_date=day(-30))) == []


def test_it_can_be_throttled_and_counts_its_calls(sms: Cloud) -> None:
    sms.fault("dysms", "QuerySendDetails", "error:Throttling.User")
    with pytest.raises(ClientException) as error:
        details(sms)
    assert error.value.code == "Throttling.User"
    details(sms)
    assert sms.calls("dysms") == {"QuerySendDetails": 2}


def test_the_sdk_of_pnvs_reads_the_same_answer(sms: Cloud) -> None:
    send(sms, out_id="out-9")
    config = Config(
        access_key_id="local",
        access_key_secret="local-secret",
        endpoint=sms.openapi.removeprefix("http://"),
        protocol="HTTP",
    )
    request = PnvsQuerySendDetailsRequest(
        phone_number="13800138000", send_date=day(), page_size=10, current_page=1
    )
    (record,) = PnvsClient(config).query_send_details(request).body.model
    assert (record.out_id, record.send_status) == ("out-9", 1)


def test_statistics_count_a_day_by_what_was_reported(sms: Cloud) -> None:
    for success in (True, True, False):
        sms.control("report", {"biz_id": send(sms), "success": success})
    send(sms, *many(4))
    request = QuerySendStatisticsRequest(
        is_globe=1, start_date=day(-3), end_date=day(), page_index=1, page_size=10
    )
    data = client(sms).query_send_statistics(request).body.data
    (line,) = data.target_list
    counted = (line.total_count, line.responded_success_count, line.responded_fail_count)
    assert (data.total_size, line.send_date, counted) == (1, day(), (7, 2, 1))
    assert line.no_responded_count == 4
