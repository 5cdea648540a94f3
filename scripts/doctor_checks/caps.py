"""Our caps against Aliyun's: who is refused first, and by whom.

Aliyun's: verification codes per sign name and number 1 a minute, 5 an hour, 10 in 24 h, which the
console raises to at most 40 a day (help.aliyun.com 2881383, 3044319).
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, ok, warning
from scripts.doctor_checks.messages import uses_dysms
from scripts.doctor_checks.rates import most_within
from shared.domain.rates import Rate, parse_rates

ALIYUNS: tuple[Rate, ...] = parse_rates("1/60s,5/1h,10/24h")
MOST_A_DAY = 40
"""Of one number, from everybody who sends with Aliyun."""

DAY = 86_400


def caps(case: Case) -> Iterator[Finding]:
    """Hold what one number may get to what Aliyun lets through."""
    if not uses_dysms(case.settings):
        yield ok("没有使用短信服务（Dysms）", "Dysms is not used")
        return
    found = [*_above(case), *_allowed(case)]
    yield from found or [
        ok("LIMIT_PHONE 不超过阿里云的限制", "LIMIT_PHONE keeps within Aliyun's limits")
    ]


def _above(case: Case) -> Iterator[Finding]:
    ours = case.settings.limit_phone
    above = [
        (rate, most)
        for rate in ALIYUNS
        if (most := most_within(ours, rate.window)) is not None and most > rate.count
    ]
    if above:
        shown = ", ".join(f"{Rate(most, rate.window)} > {rate}" for rate, most in above)
        yield warning(
            (
                f"LIMIT_PHONE 高于阿里云的默认频率（{shown}）：多出的会被阿里云拒绝",
                f"LIMIT_PHONE is above Aliyun's own ({shown}): Aliyun refuses what is more",
            ),
            (
                "在短信控制台的发送频率设置中同样调高，或调低 LIMIT_PHONE",
                "raise the console's frequency settings as well, or lower LIMIT_PHONE",
            ),
        )
    day = most_within(ours, DAY)
    if day is not None and day > MOST_A_DAY:
        yield warning(
            (
                f"LIMIT_PHONE 每天 {day} 条，而阿里云对一个号码每天最多 {MOST_A_DAY} 条",
                f"LIMIT_PHONE allows {day} a day; Aliyun allows a number {MOST_A_DAY} at most",
            ),
            (f"调到 {MOST_A_DAY} 以下", f"set it to {MOST_A_DAY} or less"),
        )


def _allowed(case: Case) -> Iterator[Finding]:
    """Allow-listed numbers have a wider limit with us, but not with Aliyun."""
    settings = case.settings
    numbers, day = len(settings.allow_numbers), most_within(settings.limit_allowed, DAY)
    if numbers and day is not None and day > ALIYUNS[-1].count:
        yield warning(
            (
                f"ALLOW_NUMBERS 的 {numbers} 个号码每天可发 {day} 条，阿里云默认只放行 10 条",
                f"the {numbers} of ALLOW_NUMBERS may get {day} a day, and Aliyun lets 10 through",
            ),
            (
                "把这些号码也加入短信控制台的白名单",
                "put these numbers on the SMS console's own allow-list, too",
            ),
        )
