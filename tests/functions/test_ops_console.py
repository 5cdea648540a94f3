"""scripts/ops signs and templates, through the real SDK against the stand-in."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Callable

import click
import pytest

from scripts.local_cloud.openapi.console import CATALOGUE
from scripts.ops_cli import table
from scripts.ops_cli.desk import Deployed
from scripts.ops_cli.sms_console import SmsConsole
from shared.rules import rules_of
from tests.service import Cloud

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
OURS, SECOND = "SMS_100001", "SMS_100002"


Said = Callable[..., str]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


Answers = Callable[[str], None]


def lines_with(text: str, word: str) -> list[str]:
    return [line for line in text.splitlines() if word in line]


def test_signs_are_shown_with_reviews_reasons_carriers_and_which_is_ours(said: Said) -> None:
    text = said("signs")
    (ours,) = lines_with(text, "本地测试")
    assert "*" in ours
    assert "approved" in ours
    assert ours.count("registered") == 3
    assert "2026-01-05" in ours
    (rejected,) = lines_with(text, "被驳回的签名")
    assert "rejected" in rejected
    assert "签名与资质不符" in rejected
    assert "*" not in rejected


def test_columns_stand_below_each_other_in_spite_of_wide_characters(said: Said) -> None:
    head, *rows = said("signs").splitlines()
    place = table.width(head[: head.index("审核 review")])
    for row in rows:
        cell = next(word for word in ("审核中 ", "未通过", "通过") if word in row)
        assert table.width(row[: row.index(cell)]) == place


def test_colours_are_for_terminals_only_and_take_no_room(said: Said) -> None:
    assert click.unstyle(text := said("signs")) == text
    assert table.width(click.style("通过", fg="green")) == 4


def test_signs_for_programs_name_the_setting_that_uses_them(said: Said) -> None:
    listed = json.loads(said("signs", "--json"))
    assert [(one["state"], one["used_by"]) for one in listed] == [
        ("approved", ["DYSMS_SIGN_NAME"]),
        ("reviewing", []),
        ("rejected", []),
    ]
    assert listed[0]["carriers"] == {"mobile": 3, "unicom": 3, "telecom": 3}
    assert listed[0] == json.loads(said("signs", "show", "【本地测试】", "--json"))


def test_a_sign_of_the_settings_that_the_account_lacks_is_told(
    said: Said, setting: Setting
) -> None:
    setting(DYSMS_SIGN_NAME="别家的签名")
    assert "check DYSMS_SIGN_NAME" in said("signs")


def test_signs_are_worth_showing_when_carriers_are_not_told(said: Said, cloud: Cloud) -> None:
    cloud.fault("dysms", "GetSmsSign", "error:Throttling.User")
    (ours,) = lines_with(text := said("signs"), "本地测试 ")
    assert "approved" in ours
    assert "-" in ours
    assert "GetSmsSign was refused: Throttling.User" in text


def test_templates_are_shown_with_the_scenes_that_use_them(said: Said) -> None:
    text = said("templates")
    (ours,) = lines_with(text, OURS)
    assert "* sign_in" in ours
    assert "${code}" in ours
    (rejected,) = lines_with(text, "SMS_100005")
    assert "rejected（变量属性与内容不符）" in rejected


def test_a_template_is_shown_with_rules_and_tags(said: Said) -> None:
    said("templates", "tags", "add", OURS, "--tag", "team=shop")
    assert "team=shop" in said("templates", "show", OURS)
    found = json.loads(said("templates", "show", OURS, "--json"))
    assert (found["tags"], found["state"]) == ({"team": "shop"}, "approved")


def test_templates_of_several_tags_have_all_of_them(said: Said) -> None:
    said("templates", "tags", "add", OURS, SECOND, "--tag", "team=shop", "--yes")
    said("templates", "tags", "add", SECOND, "--tag", "kind=reset")
    both = ("--tag", "team=shop", "--tag", "kind=reset")
    assert [t["code"] for t in json.loads(said("templates", "--json", *both))] == [SECOND]
    one = json.loads(said("templates", "--json", "--tag", "team=shop"))
    assert [t["code"] for t in one] == [OURS, SECOND]
    assert "No templates" in said("templates", "--tag", "team=none")


def test_tags_of_several_templates_are_asked_about_first(said: Said, answers: Answers) -> None:
    answers("n\n")
    both = ("templates", "tags", "add", OURS, SECOND, "--tag", "team=shop")
    assert "Tag 2 templates?" in said(*both, fails=1)
    assert json.loads(said("templates", "tags", "list", OURS, SECOND, "--json")) == {
        OURS: {},
        SECOND: {},
    }
    answers("y\n")
    assert "Done: 2 of 2" in said(*both)
    answers("y\n")
    said("templates", "tags", "remove", OURS, SECOND, "--key", "team")
    assert "team" not in said("templates", "tags", "list", OURS, SECOND)


def test_how_far_it_got_is_told_when_the_service_stops_it(said: Said, cloud: Cloud) -> None:
    cloud.fault("dysms", "TagResources", "error:NoPermission")
    text = said("templates", "tags", "add", OURS, "--tag", "a=b", fails=1)
    assert "Done: 0 of 1" in text
    assert "rant dysms:TagResources" in text


@pytest.mark.parametrize("tag", ["team", "=shop", "team=", f"{'k' * 65}=v"])
def test_a_tag_is_written_as_key_and_value(said: Said, tag: str) -> None:
    assert "KEY=VALUE" in said("templates", "tags", "add", OURS, "--tag", tag, fails=2)


def test_an_unknown_name_is_complained_about_with_the_next_step(said: Said) -> None:
    for asked in (("signs", "show", "没有的签名"), ("templates", "show", "SMS_9")):
        assert "SMS console" in said(*asked, fails=1)


def test_a_service_that_does_not_answer_is_complained_about(said: Said, cloud: Cloud) -> None:
    for _ in range(4):
        cloud.fault("dysms", "QuerySmsSignList", "drop")
    assert "got no answer" in said("signs", fails=1)


def test_an_account_with_more_than_a_page_is_read_whole(cloud: Cloud) -> None:
    deployed = Deployed(os.environ, rules_of(os.environ), 0.0)
    listed = list(SmsConsole(deployed, page=2).templates())
    known = json.loads(CATALOGUE.read_text("utf-8"))["templates"]
    assert sorted(one.template_code for one in listed) == sorted(known)
    assert cloud.calls("dysms")["QuerySmsTemplateList"] == math.ceil(len(known) / 2)
