"""Our daily cap against what was sent of late: near, it cuts users off; far, it stops no thief."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, ok, warning
from scripts.doctor_checks.messages import uses_dysms
from scripts.doctor_checks.openapi import Refusal, asked, refusal, runtime
from scripts.doctor_checks.rates import most_within
from scripts.doctor_checks.whose import sms_elsewhere
from shared.credentials import current_keys, openapi_config
from shared.domain.places import MAINLAND
from shared.domain.rates import BEIJING

ACTION = "QuerySendStatistics"
DAYS, DAY = 7, 86_400
NEAR_PERCENT, FAR_TIMES = 80, 100
FEWEST_DAYS = 3
"""With sends, before they say how much is usual."""

MAINLAND_ONLY, ABROAD = 1, 2
"""IsGlobe of QuerySendStatistics."""


def usage(case: Case) -> Iterator[Finding]:
    """Ask Aliyun how many messages went out under our sign name on each of the last days."""
    if not uses_dysms(case.settings):
        yield ok("没有使用短信服务（Dysms）", "Dysms is not used")
        return
    if (elsewhere := sms_elsewhere(case)) is not None:
        yield elsewhere
        return
    try:
        sent = _sent(case)
    except Refusal as refused:
        yield refused.finding
        return
    cap = most_within(case.settings.limit_total, DAY)
    if not sent or cap is None:
        yield ok(f"最近 {DAYS} 天没有发送", f"nothing was sent in the last {DAYS} days")
        return
    yield _judged(sent, cap, yesterday=_day(case, before=1))


def _judged(sent: dict[str, int], cap: int, *, yesterday: str) -> Finding:
    latest, busiest = sent.get(yesterday, 0), max(sent.values())
    said = (
        f"昨天 {latest} 条，{DAYS} 天内最多 {busiest} 条；LIMIT_TOTAL 每天 {cap} 条",
        f"{latest} yesterday, {busiest} on the busiest of {DAYS} days; LIMIT_TOTAL: {cap} a day",
    )
    if latest * 100 > cap * NEAR_PERCENT:
        return warning(
            (f"{said[0]}：接近上限", f"{said[1]}: nearly reached"),
            (
                "若是正常增长，调高 LIMIT_TOTAL（及控制台的发送总量）；否则查 scripts/ops stats",
                "if these are your users, raise LIMIT_TOTAL (and the console's total); if not, "
                "look at scripts/ops stats",
            ),
        )
    if len(sent) >= FEWEST_DAYS and cap >= busiest * FAR_TIMES:
        return warning(
            (f"{said[0]}：上限过高，挡不住盗刷", f"{said[1]}: too far off to stop a thief"),
            (
                f"调低 LIMIT_TOTAL，例如平日的十倍：{busiest * 10}/1d",
                f"lower LIMIT_TOTAL, say to ten times the usual: {busiest * 10}/1d",
            ),
        )
    return ok(*said)


def _sent(case: Case) -> dict[str, int]:
    """Return the count of each day on which something was sent, by its date; raise Refusal."""
    from alibabacloud_dysmsapi20170525.client import Client

    settings = case.settings
    client = Client(openapi_config(current_keys(case.environment, None), settings.dysms_endpoint))
    found: dict[str, int] = {}
    abroad = any(region.upper() != MAINLAND for region in settings.regions)
    for place in (MAINLAND_ONLY, ABROAD) if abroad else (MAINLAND_ONLY,):
        for line in _lines(case, client, place):
            day = str(line.send_date or "").replace("-", "")
            found[day] = found.get(day, 0) + int(line.total_count or 0)
    return {day: count for day, count in found.items() if count}


def _lines(case: Case, client: Any, place: int) -> list[Any]:
    from alibabacloud_dysmsapi20170525.models import QuerySendStatisticsRequest

    request = QuerySendStatisticsRequest(
        is_globe=place,
        start_date=_day(case, before=DAYS),
        end_date=_day(case, before=1),
        page_index=1,
        page_size=50,
        sign_name=case.settings.dysms_sign_name,
    )
    permission = f"dysms:{ACTION}"
    body = asked(
        ACTION,
        lambda: client.query_send_statistics_with_options(request, runtime()).body,
        permission=permission,
    )
    if body.code != "OK":
        raise Refusal(refusal(ACTION, str(body.code), permission=permission))
    return list((body.data.target_list if body.data is not None else None) or ())


def _day(case: Case, *, before: int) -> str:
    now = datetime.fromtimestamp(case.clock(), BEIJING)
    return (now - timedelta(days=before)).strftime("%Y%m%d")
