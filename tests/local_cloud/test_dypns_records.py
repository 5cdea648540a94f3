"""What PNVS tells afterwards: its reports, and QuerySendDetails on a port of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from alibabacloud_dypnsapi20170525.models import QuerySendDetailsRequest
from alibabacloud_dysmsapi20170525.models import (
    QuerySendStatisticsRequest as DysmsStatisticsRequest,
)
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.local_cloud import test_carrier as dysms
from tests.local_cloud.dypns import PHONE, check, client, latest, send
from tests.local_cloud.receiver import Receiver
from tests.local_cloud.test_carrier import quiet, until
from tests.service import Cloud


def today() -> str:
    return datetime.now(timezone(timedelta(hours=8))).strftime("%Y%m%d")


@pytest.fixture(scope="module")
def reporting_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start("--sms-flow-limits", "60:1000")
    yield cloud
    cloud.stop()


@pytest.fixture
def reporting(reporting_cloud: Cloud) -> Cloud:
    """A cloud whose carriers report at once."""
    reporting_cloud.reset()
    reporting_cloud.control("carrier", {"delay": 0})
    return reporting_cloud


def details(cloud: Cloud, *, at: str, **changes: Any) -> list[Any]:
    fields = {"phone_number": PHONE, "send_date": today(), "page_size": 50, "current_page": 1}
    request = QuerySendDetailsRequest(**{**fields, **changes})
    body = client(cloud, at=at).query_send_details(request).body
    assert body.code == "OK", body
    return list(body.model)


def test_a_message_is_reported_as_pnvs_reports(reporting: Cloud) -> None:
    with Receiver() as receiver:
        reporting.control("carrier", {"push_url": receiver.url})
        biz_id = send(reporting, out_id="out-1").model.biz_id
        (push,) = receiver.wait(1)
        until(reporting, quiet)
    assert push.path == "/receipts/pnvs-report/secret"
    (entry,) = push.entries
    assert {name: entry[name] for name in entry if not name.endswith("_time")} == {
        "phone_number": PHONE,
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": biz_id,
        "out_id": "out-1",
    }


def test_reports_of_both_products_are_pushed_apart(reporting: Cloud) -> None:
    with Receiver() as receiver:
        reporting.control("carrier", {"push_url": receiver.url, "delay": 0.3})
        of_pnvs = send(reporting).model.biz_id
        of_dysms = dysms.send(reporting)
        receiver.wait(2)
        until(reporting, quiet)
    found = {push.path: [entry["biz_id"] for entry in push.entries] for push in receiver.pushes}
    assert found == {
        "/receipts/pnvs-report/secret": [of_pnvs],
        "/receipts/sms-report/secret": [of_dysms],
    }


def test_reports_wait_in_the_queue_of_pnvs(reporting: Cloud) -> None:
    reporting.control("carrier", {"to": "queue"})
    send(reporting)
    until(reporting, quiet)
    assert reporting.control("queues") == {"DypnsSmsVerifyReport": {"messages": 1, "hidden": 0}}


def test_a_message_that_failed_says_why(reporting: Cloud) -> None:
    reporting.control("carrier", {"fail": 1, "err_code": "MOBILE_IN_BLACK"})
    send(reporting, out_id="out-1")
    until(reporting, quiet)
    (record,) = details(reporting, at=reporting.dypns)
    assert (record.send_status, record.err_code) == (2, "MOBILE_IN_BLACK")
    assert (record.out_id, record.phone_num) == ("out-1", PHONE)


def test_pnvs_knows_its_own_messages_on_its_own_port(pnvs: Cloud) -> None:
    send(pnvs, out_id="of-pnvs")
    dysms.send(pnvs, out_id="of-dysms")
    assert [record.out_id for record in details(pnvs, at=pnvs.dypns)] == ["of-pnvs"]
    found = [record.out_id for record in details(pnvs, at=pnvs.openapi)]
    assert found == ["of-dysms", "of-pnvs"]
    assert pnvs.calls("dypns")["QuerySendDetails"] == 1
    assert pnvs.calls("dysms")["QuerySendDetails"] == 1


def test_pnvs_sends_and_checks_on_its_own_port_too(pnvs: Cloud) -> None:
    assert send(pnvs, at=pnvs.dypns).code == "OK"
    assert check(pnvs, latest(pnvs), at=pnvs.dypns).model.verify_result == "PASS"
    assert pnvs.calls("dypns") == {"SendSmsVerifyCode": 1, "CheckSmsVerifyCode": 1}


def test_other_products_are_not_on_the_port_of_pnvs(pnvs: Cloud) -> None:
    request = DysmsStatisticsRequest(
        is_globe=1, start_date=today(), end_date=today(), page_index=1, page_size=10
    )
    with pytest.raises(ClientException) as error:
        dysms.client(pnvs, at=pnvs.dypns).query_send_statistics(request)
    assert error.value.code == "InvalidAction.NotFound"


def test_statistics_of_sms_leave_pnvs_out(pnvs: Cloud) -> None:
    send(pnvs)
    dysms.send(pnvs)
    request = DysmsStatisticsRequest(
        is_globe=1, start_date=today(), end_date=today(), page_index=1, page_size=10
    )
    (line,) = dysms.client(pnvs).query_send_statistics(request).body.data.target_list
    assert line.total_count == 1


def test_pnvs_listens_where_it_is_told_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    cloud = Cloud.start("--dypns-port", str(port))
    try:
        assert cloud.dypns == f"http://127.0.0.1:{port}"
        assert send(cloud, at=cloud.dypns).code == "OK"
    finally:
        cloud.stop()
