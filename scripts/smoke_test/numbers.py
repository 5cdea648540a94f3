"""Which number is sent to: a test number, or, only where that is asked for, a real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from scripts.ops_cli.complaints import Complaint, usage
from shared.errors import Refused
from shared.phone_numbers import PhoneNumbers
from shared.setting_forms import TestNumber, TestNumbers
from shared.setting_rules import split_list


@dataclass(frozen=True, slots=True)
class Number:
    """A number to send to; `code` is None where it has to be read off the phone."""

    phone: str = field(repr=False)
    masked: str
    code: str | None = field(default=None, repr=False)


def find_test_number(environment: Mapping[str, str], wanted: str | None, *, now: float) -> Number:
    """Return a number of TEST_NUMBERS, the wanted one or the first in force; raise Complaint.

    Anything else would be a real number of somebody's.
    """
    numbers = _plan(environment)
    tests = _read(environment.get("TEST_NUMBERS", ""))
    if not tests:
        raise usage(
            "没有找到测试号码。请在部署的设置中加入 TEST_NUMBERS（号码=随机六位数@截止日期，号码用"
            "自己的手机号最稳妥），重新部署，并让本命令读到同样的设置（.env、环境变量或 "
            "--env-file）；或用 --real 发送一条真实短信。",
            "There is no test number. Give the deployment TEST_NUMBERS (<number>=<six random "
            "digits>@<last day>; your own number is the safest), deploy again, and let this "
            "command read the same settings (.env, the environment or --env-file); or send one "
            "real SMS with --real.",
        )
    for test in tests:
        read = _masked(numbers, test.phone)
        if wanted is None or _masked(numbers, wanted) == read:
            if test.until.timestamp() > now:
                return Number(test.phone, read[1], test.code.get_secret_value())
            if wanted is not None:
                break
    raise _none_in_force(wanted)


def find_real_number(environment: Mapping[str, str], wanted: str | None, *, now: float) -> Number:
    """Return the number that was asked for, which is no test number; raise Complaint."""
    if wanted is None:
        raise usage(
            "--real 需要 --phone：收到短信的号码。",
            "--real needs --phone: the number that the SMS goes to.",
        )
    numbers = _plan(environment)
    read = _masked(numbers, wanted)
    for test in _read(environment.get("TEST_NUMBERS", "")):
        if _masked(numbers, test.phone) == read and test.until.timestamp() > now:
            raise usage(
                "这是测试号码，不会真的发送短信；请去掉 --real，或换一个号码。",
                "That is a test number, which gets no SMS; leave out --real, or name another.",
            )
    return Number(wanted, read[1])


def _plan(environment: Mapping[str, str]) -> PhoneNumbers:
    try:
        return PhoneNumbers(split_list(environment.get("REGIONS") or "CN"))
    except ValueError:
        raise usage(
            "REGIONS 的值有误，应为 CN 或 CN,HK。", "REGIONS is wrong; write CN or CN,HK."
        ) from None


def _read(text: str) -> Sequence[TestNumber]:
    try:
        found: Sequence[TestNumber] = TypeAdapter(TestNumbers).validate_python(text)
    except ValidationError:
        raise usage(
            "TEST_NUMBERS 的值有误，应为 号码=验证码@YYYY-MM-DD，多个用逗号分隔。",
            "TEST_NUMBERS is wrong; write number=code@YYYY-MM-DD, several separated by commas.",
        ) from None
    return found


def _masked(numbers: PhoneNumbers, text: str) -> tuple[str, str]:
    """Return a number's one spelling and its mask; raise Complaint without repeating it."""
    try:
        number = numbers.read(text)
    except Refused:
        raise usage(
            "--phone 或 TEST_NUMBERS 中有无法识别的号码，或其地区未开通（REGIONS）。",
            "--phone or TEST_NUMBERS holds what is no mobile number, or one of a region that is "
            "not switched on (REGIONS).",
        ) from None
    return number.e164, number.masked


def _none_in_force(wanted: str | None) -> Complaint:
    if wanted is None:
        return usage(
            "TEST_NUMBERS 都已过期，过期后会真的发送短信。请改截止日期并重新部署。",
            "Every test number has ended, and after its end a real SMS is sent. Set a later day "
            "and deploy again.",
        )
    return usage(
        "--phone 不在 TEST_NUMBERS 中，或已过期：那样会向真实号码发送短信。确要发送请加 --real。",
        "--phone is not in TEST_NUMBERS, or has ended: a real SMS would be sent to it. If that is "
        "what you want, add --real.",
    )
