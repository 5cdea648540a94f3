"""What pulling reads without pydantic is what all others read with it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from shared.errors import Misconfigured
from shared.providers.receipt_queues import TYPES
from shared.queue_settings import NAMES, read_queue_settings
from shared.setting_rules import QUEUE_KINDS
from shared.settings import NAMES as ALL_NAMES
from shared.settings import read_settings
from tests.unit.test_settings import GOOD

VALUES = {
    "RECEIPT_QUEUES": ("sms-report", "sms-up, sms-report,sms-up", ",", "parcels", "SmsReport"),
    "DYBASE_ENDPOINT": ("http://127.0.0.1:9", "https://d/", "d", "https://a\nb"),
    "MNS_ENDPOINT": ("https://1.mns.cn-hangzhou.aliyuncs.com", "mns:80", "ftp://m"),
}
ACCOUNT = {"FC_ACCOUNT_ID": "1"}


def test_each_kind_has_a_queue() -> None:
    assert set(TYPES) == set(QUEUE_KINDS)
    assert set(VALUES) == set(NAMES) <= set(ALL_NAMES)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in VALUES for value in ("", " ", *VALUES[name])]
)
def test_each_value_is_taken_or_refused_by_both(name: str, value: str) -> None:
    environment = {**GOOD, **ACCOUNT, name: value}
    try:
        theirs = read_settings(environment)
    except Misconfigured as error:
        with pytest.raises(Misconfigured) as mine:
            read_queue_settings(environment, None)
        named = [[problem[1].split()[0] for problem in e.problems] for e in (error, mine.value)]
        assert named == [[name], [name]]
        return
    found = read_queue_settings(environment, None)
    assert found.kinds == theirs.receipt_queues
    assert found.dybase_endpoint == theirs.dybase_endpoint
    assert found.mns_endpoint == theirs.mns_endpoint


def test_the_account_is_the_functions_own() -> None:
    environment = {"RECEIPT_QUEUES": "sms-report"}
    context = SimpleNamespace(account_id="2")
    assert read_queue_settings(environment, context).account == "2"
    assert read_queue_settings({**environment, **ACCOUNT}, context).account == "1"


def test_without_an_account_no_queue_has_a_name() -> None:
    assert read_queue_settings({}, None).kinds == ()
    with pytest.raises(Misconfigured, match="internal") as error:
        read_queue_settings({"RECEIPT_QUEUES": "sms-report"}, None)
    assert "FC_ACCOUNT_ID" in error.value.reason


def test_the_queues_are_those_of_the_account_that_has_the_sms() -> None:
    role = {"ALIBABA_CLOUD_ROLE_ARN": "acs:ram::42:role/sender"}
    assert read_queue_settings(ACCOUNT, None).account == "1"
    assert read_queue_settings({**ACCOUNT, **role}, None).account == "42"
    assert read_queue_settings(role, SimpleNamespace(account_id="7")).account == "42"
