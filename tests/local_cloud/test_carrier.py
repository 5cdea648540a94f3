"""The carriers: their reports over HTTP push, and their bad behaviour on demand."""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.utils_models import Config

from tests.local_cloud.receiver import Receiver
from tests.service import Cloud

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def module_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start("--sms-flow-limits", "60:1000")
    yield cloud
    cloud.stop()


@pytest.fixture
def carrier(module_cloud: Cloud) -> Cloud:
    """A cloud whose carriers report at once, and push to nobody yet."""
    module_cloud.reset()
    module_cloud.control("carrier", {"delay": 0, "pauses": [0.2, 0.4, 0.6]})
    return module_cloud


@pytest.fixture
def receiver(carrier: Cloud) -> Iterator[Receiver]:
    with Receiver() as receiver:
        carrier.control("carrier", {"push_url": receiver.url})
        yield receiver


def client(cloud: Cloud, *, at: str | None = None) -> Any:
    return Client(
        Config(
            access_key_id="local",
            access_key_secret="local-secret",
            endpoint=(at or cloud.openapi).removeprefix("http://"),
            protocol="HTTP",
        )
    )


def send(cloud: Cloud, *phones: str, out_id: str = "out-1") -> str:
    request = SendSmsRequest(
        phone_numbers=",".join(phones or ("13800138000",)),
        sign_name="本地测试",
        template_code="SMS_100001",
        template_param='{"code": "123456", "min": "5"}',
        out_id=out_id,
    )
    body = client(cloud).send_sms(request).body
    assert body.code == "OK"
    return str(body.biz_id)


def many(count: int) -> list[str]:
    return [str(13800130000 + number) for number in range(count)]


def until(cloud: Cloud, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait for a state of the carriers, and return it."""
    last = time.monotonic() + 10
    while not reached(state := cloud.control("carrier")) and time.monotonic() < last:
        time.sleep(0.05)
    assert reached(state), state
    return dict(state)


def quiet(state: dict[str, Any]) -> bool:
    return state["waiting"] == 0 and state["untold"] == 0


def test_a_message_is_reported_delivered_with_the_nine_fields(
    carrier: Cloud, receiver: Receiver
) -> None:
    before = datetime.now(BEIJING).replace(microsecond=0)
    biz_id = send(carrier)
    (push,) = receiver.wait(1)
    assert push.path == "/receipts/sms-report/secret"
    assert push.content_type.startswith("application/json")
    (entry,) = push.entries
    for name in ("send_time", "report_time"):
        moment = datetime.strptime(entry.pop(name), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        assert before <= moment <= datetime.now(BEIJING)
    assert entry == {
        "phone_number": "13800138000",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": biz_id,
        "out_id": "out-1",
    }
    state = until(carrier, quiet)
    assert (state["acknowledged"], state["refused_pushes"]) == (1, 0)


def test_a_message_is_reported_after_a_second_unless_told_otherwise(
    carrier: Cloud, receiver: Receiver
) -> None:
    carrier.control("carrier", {"delay": 1.0})
    started = time.monotonic()
    send(carrier)
    (push,) = receiver.wait(1)
    assert 0.9 <= push.at - started < 5


def test_several_reports_are_pushed_in_one_request(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("carrier", {"delay": 0.3, "batch": 4})
    biz_id = send(carrier, *many(10))
    pushes = receiver.wait(3)
    assert sorted(len(push.entries) for push in pushes) == [2, 4, 4]
    assert {entry["phone_number"] for entry in receiver.entries} == set(many(10))
    assert {entry["biz_id"] for entry in receiver.entries} == {biz_id}


@pytest.mark.parametrize(
    "answer",
    [
        (500, b'{"code": 0}'),
        (302, b'{"code": 0}'),
        (200, b""),
        (200, b"ok"),
        (200, b"[0]"),
        (200, b'{"code": "0"}'),
        (200, b'{"code": true}'),
        (200, b'{"msg": "0"}'),
    ],
)
def test_what_is_no_acknowledgement_brings_the_report_again(
    carrier: Cloud, receiver: Receiver, answer: tuple[int, bytes]
) -> None:
    receiver.answers = [answer]
    send(carrier)
    first, second = receiver.wait(2)
    assert first.entries == second.entries
    assert until(carrier, quiet)["acknowledged"] == 1


@pytest.mark.parametrize("code", [b"0", b"17", b"-1", b"0.5"])
def test_any_number_acknowledges(carrier: Cloud, receiver: Receiver, code: bytes) -> None:
    receiver.answers = [(200, b'{"code": ' + code + b"}")]
    send(carrier)
    state = until(carrier, lambda state: quiet(state) and state["acknowledged"] == 1)
    assert len(receiver.pushes) == 1
    assert state["refused_pushes"] == 0


def test_a_slow_answer_is_none(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("carrier", {"timeout_ms": 100})
    receiver.seconds = 0.3
    send(carrier)
    receiver.wait(2)
    assert carrier.control("carrier")["refused_pushes"] >= 1


def test_after_three_repeats_a_report_is_given_up(carrier: Cloud, receiver: Receiver) -> None:
    receiver.answers = [(503, b"")] * 9
    send(carrier)
    pushes = receiver.wait(4)
    state = until(carrier, quiet)
    assert (len(pushes), state["refused_pushes"], state["given_up"]) == (4, 4, 1)
    pauses = [after.at - before.at for before, after in itertools.pairwise(pushes)]
    assert all(
        pause >= wanted - 0.02 for pause, wanted in zip(pauses, (0.2, 0.4, 0.6), strict=True)
    )


def test_nobody_listening_is_as_no_acknowledgement(carrier: Cloud) -> None:
    carrier.control("carrier", {"push_url": "http://127.0.0.1:9/{kind}", "pauses": [0.1]})
    send(carrier)
    assert until(carrier, lambda state: state["given_up"] == 1)["refused_pushes"] == 2


def test_lost_reports_are_never_told(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("carrier", {"lose": 0.5, "seed": 7})
    send(carrier, *many(200))
    state = until(carrier, quiet)
    assert 60 < state["lost"] < 140
    assert len(receiver.entries) == 200 - state["lost"]
    assert {message["state"] for message in carrier.outbox()} == {"delivered"}


def test_messages_fail_with_the_code_that_was_asked_for(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("carrier", {"fail": 0.3, "err_code": "MOBILE_IN_BLACK"})
    send(carrier, *many(200))
    until(carrier, quiet)
    told = Counter((entry["success"], entry["err_code"]) for entry in receiver.entries)
    assert set(told) == {(True, "DELIVERED"), (False, "MOBILE_IN_BLACK")}
    assert 30 < told[False, "MOBILE_IN_BLACK"] < 90
    failed = [message for message in carrier.outbox() if message["state"] == "failed"]
    assert len(failed) == told[False, "MOBILE_IN_BLACK"]


def test_reports_are_repeated_and_come_in_any_order(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("carrier", {"repeat": 2, "reorder": True, "batch": 20, "seed": 1})
    send(carrier, *many(50))
    assert until(carrier, quiet)["acknowledged"] == 150
    told = [entry["phone_number"] for entry in receiver.entries]
    assert set(Counter(told).values()) == {3}
    assert told != sorted(told)


def test_the_same_seed_has_the_same_chance(carrier: Cloud, receiver: Receiver) -> None:
    found = []
    for _ in range(2):
        carrier.control("carrier", {"lose": 0.5, "seed": 3})
        send(carrier, *many(40))
        until(carrier, quiet)
        found.append({entry["phone_number"] for entry in receiver.entries})
        receiver.pushes.clear()
    assert found[0] == found[1]


def test_a_report_asked_for_goes_through_the_door_too(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("carrier", {"reports": False})
    biz_id = send(carrier, *many(2))
    time.sleep(0.3)
    assert not receiver.pushes
    carrier.control("report", {"biz_id": biz_id, "success": False, "err_code": "EXPIRED"})
    receiver.wait(1)
    assert [entry["err_code"] for entry in receiver.entries] == ["EXPIRED"] * 2


def test_a_reply_is_pushed(carrier: Cloud, receiver: Receiver) -> None:
    carrier.control("reply", {"phone": "13800138000", "content": "TD"})
    (push,) = receiver.wait(1)
    assert push.path == "/receipts/sms-up/secret"
    (entry,) = push.entries
    assert (entry["phone_number"], entry["content"]) == ("13800138000", "TD")
    assert set(entry) == {"phone_number", "content", "send_time", "dest_code", "sequence_id"}


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ({"sign_name": "本地测试"}, "sign-report"),
        ({"template_code": "SMS_100001"}, "template-report"),
    ],
)
def test_a_review_is_pushed_alone(
    carrier: Cloud, receiver: Receiver, about: dict[str, str], kind: str
) -> None:
    for _ in range(2):
        carrier.control("review", {**about, "status": "rejected", "reason": "不合规"})
    pushes = receiver.wait(2)
    assert {push.path for push in pushes} == {f"/receipts/{kind}/secret"}
    for push in pushes:
        (entry,) = push.entries
        assert (entry["reason"], entry["orderId"] > 0) == ("不合规", True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("carrier", {"lose": 2}),
        ("carrier", {"lose": "often"}),
        ("carrier", {"delay": -1}),
        ("carrier", {"batch": 0}),
        ("carrier", {"reorder": 1}),
        ("carrier", {"pauses": 1}),
        ("carrier", {"to": "the moon"}),
        ("carrier", {"colour": "blue"}),
        ("reply", {"phone": "nobody", "content": "TD"}),
        ("review", {"status": "rejected"}),
        ("review", {"sign_name": "本地测试", "status": "lost"}),
        ("queues", {"type": "Nothing", "message": {}}),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_with_words(
    carrier: Cloud, path: str, body: dict[str, Any]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        carrier.control(path, body)
    assert error.value.code == 400
    assert json.load(error.value)["error"]


def test_bad_behaviour_ends_when_it_is_cleared(carrier: Cloud) -> None:
    carrier.control("carrier", {"lose": 1, "repeat": 3})
    behaviour = carrier.control("carrier", {"clear": True})["behaviour"]
    assert (behaviour["lose"], behaviour["repeat"], behaviour["delay"]) == (0, 0, 1)
    assert (behaviour["pauses"], behaviour["timeout_ms"]) == ([1, 5, 10], 700)


def test_without_a_listener_reports_stay_in_the_outbox(carrier: Cloud) -> None:
    send(carrier)
    assert until(carrier, quiet)["untold"] == 0
    assert carrier.outbox()[0]["state"] == "delivered"


def test_reports_on_their_way_survive_a_restart(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/{kind}"
    cloud = Cloud.start("--data", str(tmp_path), "--push-url", nowhere)
    cloud.control("carrier", {"delay": 0})
    send(cloud)
    until(cloud, lambda state: state["refused_pushes"] > 0)
    cloud.stop()
    with Receiver() as receiver:
        cloud = Cloud.start("--data", str(tmp_path), "--push-url", receiver.url)
        try:
            assert len(receiver.wait(1)) == 1
        finally:
            cloud.stop()
