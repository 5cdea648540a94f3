"""The dashboard and the saved searches, as CreateDashboard and CreateSavedSearch take them [V].

Chart types and axes follow the samples of help.aliyun.com (CreateDashboard) and of Terraform's
alicloud_log_dashboard; the console may add fields of its own when it saves one [U].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts.report.sls import queries
from scripts.report.sls.queries import Query
from shared.errors import Bilingual

WIDTH, HEIGHT = 5, 5
"""Of a chart; two stand side by side on SLS' grid of 10 columns."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: what is counted, against what."""

    name: str
    title: Bilingual
    kind: str
    query: Query
    across: tuple[str, ...]
    up: tuple[str, ...]
    since: str = "-86400s"


PICTURES = (
    Picture(
        "sends",
        ("每分钟发送与拒绝", "Sent and refused a minute"),
        "line",
        queries.SENDS,
        ("minute",),
        ("sent", "refused"),
        "-14400s",
    ),
    Picture(
        "refused",
        ("按关卡的拒绝", "Refused, by gate"),
        "bar",
        queries.REFUSED,
        ("gate",),
        ("requests",),
    ),
    Picture(
        "delivery",
        ("回执：送达与失败", "Reports: delivered and failed"),
        "line",
        queries.DELIVERY,
        ("minute",),
        ("delivered", "failed", "unreachable"),
    ),
    Picture(
        "conversion",
        ("各场景的转化", "Conversion, by scene"),
        "bar",
        queries.CONVERSION,
        ("scene",),
        ("sent", "verified", "wrong"),
    ),
    Picture(
        "codes",
        ("服务商的答复码", "What providers answered"),
        "table",
        queries.PROVIDER_CODES,
        (),
        (),
    ),
    Picture(
        "durations",
        ("各函数耗时（毫秒）", "Milliseconds, by function"),
        "table",
        queries.DURATIONS,
        (),
        (),
    ),
    Picture("callers", ("调用方", "Callers"), "table", queries.CALLERS, (), ()),
    Picture("errors", ("错误", "Errors"), "table", queries.ERRORS, (), ()),
    Picture("alerts", ("告警记录", "Alerts"), "table", queries.ALERTS, (), (), "-604800s"),
)
SEARCHES: tuple[tuple[str, Bilingual, Query], ...] = (
    ("sms-refused", ("被拒绝的发送", "Refused sends"), queries.REFUSED),
    ("sms-errors", ("服务端错误", "Errors"), queries.ERRORS),
    ("sms-trace", ("按 verification_id 追踪", "Trace by verification_id"), queries.TRACE),
)


def dashboard(*, store: str) -> dict[str, Any]:
    """Return the dashboard."""
    return {
        "dashboardName": "sms-verify",
        "displayName": "短信验证码 / SMS verification",
        "description": "fc-sms-verify",
        "attribute": {"type": "grid"},
        "charts": [_chart(place, one, store) for place, one in enumerate(PICTURES)],
    }


def _chart(place: int, one: Picture, store: str) -> dict[str, Any]:
    return {
        "title": f"sms-{one.name}",
        "type": one.kind,
        "action": {},
        "search": {
            "logstore": store,
            "topic": "",
            "query": str(one.query),
            "start": one.since,
            "end": "now",
        },
        "display": {
            "displayName": " / ".join(one.title),
            "xAxis": list(one.across),
            "yAxis": list(one.up),
            "xPos": WIDTH * (place % 2),
            "yPos": HEIGHT * (place // 2),
            "width": WIDTH,
            "height": HEIGHT,
        },
    }


def saved_searches(*, store: str) -> list[dict[str, str]]:
    """Return the saved searches."""
    return [
        {
            "savedsearchName": name,
            "displayName": " / ".join(title),
            "logstore": store,
            "topic": "",
            "searchQuery": str(query),
        }
        for name, title, query in SEARCHES
    ]
