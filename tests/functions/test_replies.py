"""Replies to messages: kept without numbers and codes, and heeded where they opt out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from scripts.ops_cli.__main__ import main as ops
from tests.service import PHONE, Service

Setting = Callable[..., None]


def reply(content: Any = "TD", phone: str = PHONE, **fields: Any) -> dict[str, Any]:
    return {
        "phone_number": phone,
        "content": content,
        "send_time": "2026-11-21 17:00:00",
        "dest_code": "10690001",
        "sequence_id": "1234567890",
        **fields,
    }


def beijing(ahead: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 8 * 3600 + ahead))


def replies(service: Service) -> list[dict[str, Any]]:
    return [row for row in service.rows("receipts") if row["receipt"].startswith("reply/")]


def push(service: Service, *entries: Any) -> None:
    answer = service.receipt(list(entries), kind="sms-up")
    assert (answer.status, answer.json["code"]) == (200, 0)


def test_a_reply_is_kept_once_without_the_number(service: Service) -> None:
    for _ in range(2):
        push(service, reply("谢谢"), reply("谢谢"))
    (row,) = replies(service)
    assert (row["content"], row["masked"], row["at"]) == ("谢谢", "+86138****8000", 1_795_251_600)
    assert row["dest_code"] == "10690001"
    assert PHONE not in json.dumps(row)


@pytest.mark.parametrize("sequence", ["1234567890", 1234567890])
def test_a_sequence_id_may_be_text_or_number(service: Service, sequence: str | int) -> None:
    push(service, reply("hi", sequence_id=sequence, sign_name="阿里云"))
    push(service, reply("hi"))
    assert len(replies(service)) == 1


def test_codes_and_numbers_in_a_reply_are_hidden(service: Service) -> None:
    push(service, reply(f"验证码 123456，我的号码 {PHONE}"))
    text = json.dumps(service.rows("receipts"), ensure_ascii=False)
    assert "123456" not in text
    assert PHONE not in text


@pytest.mark.parametrize("said", ["TD", "td", " T ", "ＴＤ", "退订。", "【TD】"])
def test_who_opts_out_gets_no_more_messages(service: Service, said: str) -> None:
    push(service, reply(said))
    answer = service.send()
    assert (answer.status, answer.code) == (403, "phone_blocked")


@pytest.mark.parametrize("said", ["没收到", "the code", "TDT", "我要退订吗", "", "。"])
def test_who_says_something_else_is_sent_to(service: Service, said: str) -> None:
    push(service, reply(said))
    assert service.send().status == 200
    assert service.rows("lists") == []


def test_the_words_are_a_setting(service: Service, setting: Setting) -> None:
    setting(OPT_OUT_WORDS="N")
    push(service, reply("TD"))
    assert service.rows("lists") == []
    push(service, reply("n"))
    assert service.send().code == "phone_blocked"


def test_an_opt_out_can_be_seen_and_lifted_by_the_operator(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    push(service, reply("TD"))
    assert ops(["lists", "check", PHONE]) == 0
    shown = capsys.readouterr().out
    assert "replied TD" in shown
    assert "sms-up" in shown
    assert ops(["lists", "remove", PHONE]) == 0
    assert service.send().status == 200


def test_an_opt_out_outweighs_an_allowance_and_a_denial_that_ends(service: Service) -> None:
    for allowed in (
        ["lists", "add", "allow", PHONE, "--reason", "tester"],
        ["lists", "add", "deny", PHONE, "--reason", "for now", "--for", "1h"],
    ):
        assert ops(allowed) == 0
        push(service, reply("TD", send_time=beijing(5)))
        (row,) = service.rows("lists")
        assert (row["verdict"], row["author"]) == ("deny", "sms-up")
        assert "until" not in row
        assert ops(["lists", "remove", PHONE]) == 0


def test_a_repeated_opt_out_does_not_undo_what_an_operator_decided_since(service: Service) -> None:
    push(service, reply("TD"))
    assert ops(["lists", "add", "allow", PHONE, "--reason", "asked for codes again"]) == 0
    push(service, reply("TD"))
    (row,) = service.rows("lists")
    assert row["verdict"] == "allow"
    push(service, reply("TD", send_time=beijing(5)))
    (row,) = service.rows("lists")
    assert row["verdict"] == "deny"


@pytest.mark.parametrize(
    ("sign_name", "status"),
    [("本地测试", 403), ("【本地测试】", 403), ("另一个签名", 200), ("", 403)],
)
def test_who_opts_out_of_another_sign_still_signs_in_here(
    service: Service, sign_name: str, status: int
) -> None:
    push(service, reply("TD", sign_name=sign_name))
    assert service.send().status == status


@pytest.mark.parametrize("said", ["123456", "123 456", "123-456", "123.456", "1 2 3 4 5 6"])
def test_a_code_is_hidden_however_it_is_spaced(service: Service, said: str) -> None:
    push(service, reply(f"我的验证码是 {said}。"))
    (row,) = replies(service)
    assert "23456" not in "".join(char for char in row["content"] if char.isdigit())


def test_what_an_operator_denied_for_good_keeps_its_reason(service: Service) -> None:
    assert ops(["lists", "add", "deny", PHONE, "--reason", "a court said so"]) == 0
    push(service, reply("TD"))
    (row,) = service.rows("lists")
    assert row["reason"] == "a court said so"
    assert len(replies(service)) == 1


@pytest.mark.parametrize("bad", [None, {}, reply(None, "1381111****"), reply(["TD"])], ids=repr)
def test_a_malformed_reply_is_set_aside(service: Service, bad: Any) -> None:
    push(service, bad, reply("谢谢"))
    keys = {row["receipt"].partition("/")[0] for row in service.rows("receipts")}
    assert keys == {"poison", "reply"}


def test_a_reply_that_cannot_be_stored_is_not_acknowledged(service: Service) -> None:
    service.cloud.fault("tablestore", "BatchWriteRow", "drop", -1)
    assert service.receipt([reply("TD")], kind="sms-up").status == 503
