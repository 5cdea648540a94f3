"""Dybase and MNS, asked by the real SDKs."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_dybaseapi20170525.client import Client
from alibabacloud_dybaseapi20170525.models import QueryTokenForMnsQueueRequest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from mns.account import Account
from mns.mns_exception import MNSServerException

from scripts.local_cloud.openapi.sts import ACCOUNT_ID
from tests.local_cloud.test_carrier import send
from tests.service import Cloud

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def module_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start("--sms-flow-limits", "60:1000", "--no-reports", "--reports-to", "queue")
    yield cloud
    cloud.stop()


OPEN: list[Account] = []


@pytest.fixture
def mns(module_cloud: Cloud) -> Iterator[Cloud]:
    module_cloud.reset()
    yield module_cloud
    while OPEN:
        OPEN.pop().mns_client.close_connection()


def token(cloud: Cloud, message_type: str | None = "SmsReport", name: str | None = None) -> Any:
    config = Config(
        access_key_id="local",
        access_key_secret="local-secret",
        endpoint=cloud.openapi.removeprefix("http://"),
        protocol="HTTP",
    )
    request = QueryTokenForMnsQueueRequest(message_type=message_type, queue_name=name)
    return Client(config).query_token_for_mns_queue(request).body


def queue(cloud: Cloud, message_type: str = "SmsReport", **changes: str) -> Any:
    found = token(cloud, changes.pop("token_for", message_type)).message_token_dto
    keys = {
        "access_id": found.access_key_id,
        "access_key": found.access_key_secret,
        "security_token": found.security_token,
        **changes,
    }
    account = Account(cloud.mns, **keys)
    OPEN.append(account)
    return account.get_queue(f"Alicom-Queue-{ACCOUNT_ID}-{message_type}")


def put(cloud: Cloud, *messages: Any, message_type: str = "SmsReport") -> None:
    for message in messages:
        cloud.control("queues", {"type": message_type, "message": message})


def bodies(messages: list[Any]) -> list[Any]:
    return [json.loads(message.message_body) for message in messages]


def assert_empty(mns_queue: Any) -> None:
    with pytest.raises(MNSServerException) as error:
        mns_queue.batch_receive_message(16, 0)
    assert error.value.type == "MessageNotExist"


def test_a_token_ends_after_ten_minutes_of_beijing_time(mns: Cloud) -> None:
    answer = token(mns)
    assert (answer.code, answer.message) == ("OK", "OK")
    given = answer.message_token_dto
    created, expires = (
        datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()
        for text in (given.create_time, given.expire_time)
    )
    assert abs(created - time.time()) < 30
    assert expires - created == 600
    assert mns.calls("dybase") == {"QueryTokenForMnsQueue": 1}


def test_a_token_is_for_a_type_that_there_is(mns: Cloud) -> None:
    assert token(mns, "Nothing").code == "isv.INVALID_PARAMETERS"
    assert token(mns, name=f"Alicom-Queue-{ACCOUNT_ID}-SmsUp").code == "isv.INVALID_PARAMETERS"
    with pytest.raises(ClientException) as error:
        token(mns, None)
    assert error.value.code == "MissingMessageType"


def test_a_token_can_be_refused_on_demand(mns: Cloud) -> None:
    mns.fault("dybase", "QueryTokenForMnsQueue", "error:isp.RAM_PERMISSION_DENY")
    assert token(mns).code == "isp.RAM_PERMISSION_DENY"


def test_an_empty_queue_says_so(mns: Cloud) -> None:
    assert_empty(queue(mns))
    with pytest.raises(MNSServerException) as error:
        queue(mns).receive_message(0)
    assert error.value.type == "MessageNotExist"


def test_a_message_is_received_and_deleted(mns: Cloud) -> None:
    put(mns, {"biz_id": "1", "err_msg": "用户接收成功 <&>"})
    reports = queue(mns)
    message = reports.receive_message(0)
    assert json.loads(message.message_body) == {"biz_id": "1", "err_msg": "用户接收成功 <&>"}
    assert message.dequeue_count == 1
    assert abs(message.enqueue_time / 1000 - time.time()) < 30
    reports.delete_message(message.receipt_handle)
    assert mns.control("queues") == {}


def test_sixteen_messages_are_received_and_deleted_at_once(mns: Cloud) -> None:
    put(mns, *({"biz_id": str(number)} for number in range(20)))
    reports = queue(mns)
    first = reports.batch_receive_message(16, 0)
    assert bodies(first) == [{"biz_id": str(number)} for number in range(16)]
    reports.batch_delete_message([message.receipt_handle for message in first])
    assert len(reports.batch_receive_message(16, 0)) == 4
    assert mns.calls("mns") == {"BatchReceiveMessage": 2, "BatchDeleteMessage": 1}


def test_more_than_sixteen_are_refused(mns: Cloud) -> None:
    with pytest.raises(MNSServerException) as error:
        queue(mns).batch_receive_message(17, 0)
    assert error.value.type == "InvalidArgument"


def test_a_received_message_hides_and_comes_again(mns: Cloud) -> None:
    mns.control("queues", {"visibility": 0.3})
    put(mns, {"biz_id": "1"})
    reports = queue(mns)
    first = reports.receive_message(0)
    assert mns.control("queues") == {"SmsReport": {"messages": 1, "hidden": 1}}
    assert_empty(reports)
    time.sleep(0.35)
    again = reports.receive_message(0)
    assert (again.message_id, again.dequeue_count) == (first.message_id, 2)
    assert again.first_dequeue_time == first.first_dequeue_time
    assert again.receipt_handle != first.receipt_handle


def test_a_handle_of_an_earlier_receipt_deletes_nothing(mns: Cloud) -> None:
    mns.control("queues", {"visibility": 0.2})
    put(mns, {"biz_id": "1"})
    reports = queue(mns)
    first = reports.receive_message(0)
    time.sleep(0.25)
    reports.receive_message(0)
    with pytest.raises(MNSServerException) as error:
        reports.delete_message(first.receipt_handle)
    assert error.value.type == "ReceiptHandleError"
    assert mns.control("queues")["SmsReport"]["messages"] == 1


def test_of_several_handles_the_wrong_ones_are_named(mns: Cloud) -> None:
    put(mns, {"biz_id": "1"})
    reports = queue(mns)
    good = reports.receive_message(0).receipt_handle
    with pytest.raises(MNSServerException) as error:
        reports.batch_delete_message([good, "1-999-1", "nonsense"])
    assert error.value.type == "ReceiptHandleError"
    assert {found["ReceiptHandle"] for found in error.value.sub_errors} == {"1-999-1", "nonsense"}
    assert mns.control("queues") == {}


def test_who_waits_gets_a_message_as_soon_as_there_is_one(mns: Cloud) -> None:
    started = time.monotonic()
    with pytest.raises(MNSServerException):
        queue(mns).batch_receive_message(16, 1)
    assert time.monotonic() - started >= 0.9
    put(mns, {"biz_id": "1"})
    assert len(queue(mns).batch_receive_message(16, 10)) == 1
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access_id": "STS.nobody"}, "InvalidAccessKeyId"),
        ({"access_key": "wrong"}, "SignatureDoesNotMatch"),
        ({"security_token": "wrong"}, "InvalidAccessKeyId"),
        ({"token_for": "SmsUp"}, "AccessDenied"),
    ],
)
def test_wrong_keys_are_refused(mns: Cloud, changes: dict[str, str], code: str) -> None:
    put(mns, {"biz_id": "1"})
    with pytest.raises(MNSServerException) as error:
        queue(mns, **changes).receive_message(0)
    assert error.value.type == code


def test_keys_end(mns: Cloud) -> None:
    mns.control("queues", {"token_life": 0.2})
    reports = queue(mns)
    assert_empty(reports)
    time.sleep(0.25)
    with pytest.raises(MNSServerException) as error:
        reports.receive_message(0)
    assert error.value.type == "InvalidAccessKeyId"


def test_a_queue_that_is_not_there_is_refused(mns: Cloud) -> None:
    reports = queue(mns)
    reports.queue_name = "Alicom-Queue-2-SmsReport"
    with pytest.raises(MNSServerException) as error:
        reports.receive_message(0)
    assert error.value.type == "QueueNotExist"


def test_sending_and_peeking_are_the_owners_alone(mns: Cloud) -> None:
    with pytest.raises(MNSServerException) as error:
        queue(mns).peek_message()
    assert error.value.type == "AccessDenied"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Authorization": "MNS"}, 400),
        ({"Authorization": "OTS a:b"}, 400),
        ({"Authorization": "MNS a:b"}, 403),
    ],
)
def test_a_request_without_a_signature_is_refused(
    mns: Cloud, headers: dict[str, str], status: int
) -> None:
    host = mns.mns.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=5)
    connection.request(
        "GET", f"/queues/Alicom-Queue-{ACCOUNT_ID}-SmsReport/messages", None, headers
    )
    answer = connection.getresponse()
    assert (answer.status, b"<Error " in answer.read()) == (status, True)
    connection.close()


def test_faults_reach_each_operation(mns: Cloud) -> None:
    put(mns, {"biz_id": "1"})
    reports = queue(mns)
    mns.fault("mns", "BatchReceiveMessage", "error:InternalError")
    with pytest.raises(MNSServerException) as error:
        reports.batch_receive_message(16, 0)
    assert error.value.type == "InternalError"
    mns.fault("mns", "DeleteMessage", "error:ServiceUnavailable")
    handle = reports.receive_message(0).receipt_handle
    with pytest.raises(MNSServerException) as error:
        reports.delete_message(handle)
    assert error.value.type == "ServiceUnavailable"
    assert mns.control("queues")["SmsReport"]["messages"] == 1


def test_an_answer_can_get_lost_after_the_deletion(mns: Cloud) -> None:
    put(mns, {"biz_id": "1"})
    reports = queue(mns)
    handle = reports.receive_message(0).receipt_handle
    mns.fault("mns", "DeleteMessage", "drop_after")
    with pytest.raises(MNSServerException) as error:  # the SDK asks again by itself
        reports.delete_message(handle)
    assert error.value.type == "ReceiptHandleError"
    assert mns.control("queues") == {}


def test_the_carriers_put_their_reports_into_the_queue(mns: Cloud) -> None:
    mns.control("carrier", {"reports": True, "delay": 0})
    biz_id = send(mns, out_id="out-3")
    (message,) = bodies(queue(mns).batch_receive_message(16, 5))
    assert (message["biz_id"], message["out_id"], message["success"]) == (biz_id, "out-3", True)
    assert len(message) == 9


def test_replies_and_reviews_have_queues_of_their_own(mns: Cloud) -> None:
    mns.control("reply", {"phone": "13800138000", "content": "TD"})
    mns.control("review", {"template_code": "SMS_100001", "status": "rejected", "reason": "x"})
    (reply,) = bodies(queue(mns, "SmsUp").batch_receive_message(16, 0))
    (review,) = bodies(queue(mns, "TemplateSmsReport").batch_receive_message(16, 0))
    assert reply["content"] == "TD"
    assert (review["template_status"], "order_id" in review) == ("rejected", True)


def test_queues_survive_a_restart(tmp_path: Path) -> None:
    for expected in ({}, {"SmsReport": {"messages": 1, "hidden": 0}}):
        cloud = Cloud.start("--data", str(tmp_path))
        try:
            assert cloud.control("queues") == expected
            put(cloud, {"biz_id": "1"})
        finally:
            cloud.stop()
