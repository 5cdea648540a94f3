"""Whether this machine's clock agrees with the services': they refuse what is 15 minutes off."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import certifi
import urllib3

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from shared.errors import Bilingual

REFUSED_SECONDS = 15 * 60
NOTED_SECONDS = 30
SECONDS_TO_WAIT = 3.0
ENDPOINTS = ("DYSMS_ENDPOINT", "TABLESTORE_ENDPOINT")

_SET_IT: Bilingual = (
    "打开系统的自动对时（NTP）",
    "let the system set its clock from the network (NTP)",
)


def clock(case: Case) -> Iterator[Finding]:
    """Compare with the Date header of the first service that answers, whatever it answers."""
    for name in ENDPOINTS:
        if name in case.unreadable:
            continue
        ahead = _ahead(getattr(case.settings, name.lower()), case)
        if ahead is not None:
            yield _judge(ahead)
            return
    yield warning(
        ("没有服务应答，无法比较", "no service answered, so it could not be compared"),
        ("检查网络与服务地址", "check the network and the endpoints"),
    )


def _judge(ahead: float) -> Finding:
    found = (
        f"比服务器{'快' if ahead > 0 else '慢'} {abs(ahead):.0f} 秒",
        f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the servers",
    )
    if abs(ahead) >= REFUSED_SECONDS:
        return failure(found, _SET_IT)
    if abs(ahead) >= NOTED_SECONDS:
        return warning(found, _SET_IT)
    return ok(*found)


def _ahead(endpoint: str, case: Case) -> float | None:
    """Return by how many seconds this machine is ahead, to about a second, or None."""
    pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=certifi.where())
    asked = case.clock()
    try:
        answer = pool.request(
            "GET", endpoint, retries=False, redirect=False, timeout=SECONDS_TO_WAIT
        )
        told = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (urllib3.exceptions.HTTPError, ValueError, TypeError):
        return None
    between = (asked + case.clock()) / 2
    return between - told - 0.5  # Date leaves out the fraction of a second: half on average
