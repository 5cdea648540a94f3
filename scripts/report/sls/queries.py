r"""The queries over our log lines: a search, then SQL (Presto's) over what it found.

Function Compute joins what a function writes into blocks, as `logBeginRule: DefaultRegex` starts a
new one only at a line that begins with a date, and ours begin with a brace (help.aliyun.com,
LogConfig [V]; `logConfig: auto` sets the same rule, devsapp/fc3 [V]). So no field index on JSON can
be relied on: every query takes the lines out of the text `message`, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass

FROM = """FROM log, UNNEST(regexp_extract_all(message, '\\{"time".*\\}')) AS t(line)"""
"""A dot stops at the end of a line, so each match is one of our lines."""

SENT = "('accepted', 'unconfirmed')"


def fact(name: str) -> str:
    """Return the SQL for a fact of a line, as text."""
    return f"json_extract_scalar(line, '$.{name}')"


def number(name: str) -> str:
    """Return the SQL for a fact that is a number."""
    return f"cast({fact(name)} AS double)"


def total(name: str) -> str:
    """Return the SQL for the sum of a fact, 0 where there is none."""
    return f"coalesce(sum({number(name)}), 0)"


def minute(count: int) -> str:
    """Return the SQL for the span of so many minutes that a line falls in."""
    seconds = count * 60
    return f"date_format(from_unixtime(__time__ - __time__ % {seconds}), '%m-%d %H:%i')"


EVENT, OUTCOME, REASON, STATUS = map(fact, ("event", "outcome", "reason", "status"))
IS_SENT = f"{EVENT} = 'send_code' AND {OUTCOME} IN {SENT}"
IS_REPORT = f"{fact('reported_delivered')} IS NOT NULL"
FAILED_RUN = f"{OUTCOME} IN ('service_failed', 'storage_unavailable', 'internal')"


@dataclass(frozen=True, slots=True)
class Query:
    """A search in SLS' own syntax and the SQL over what it finds."""

    search: str
    sql: str

    def __str__(self) -> str:
        """Return it as SLS takes it."""
        return f"{self.search} | {self.sql}"


SENDS = Query(
    "message: send_code",
    f"SELECT {minute(1)} AS minute, count_if({OUTCOME} IN {SENT}) AS sent, "
    f"count_if(cast({STATUS} AS bigint) >= 400) AS refused {FROM} "
    f"WHERE {EVENT} = 'send_code' GROUP BY minute ORDER BY minute LIMIT 10000",
)
REFUSED = Query(
    "message: send_code",
    f"SELECT split_part(coalesce({REASON}, {OUTCOME}), ' ', 1) AS gate, count(*) AS requests "
    f"{FROM} WHERE {EVENT} = 'send_code' AND cast({STATUS} AS bigint) >= 400 "
    "GROUP BY gate ORDER BY requests DESC LIMIT 30",
)
CONVERSION = Query(
    "message: send_code or message: verify_code",
    f"SELECT {fact('scene')} AS scene, count_if({IS_SENT}) AS sent, "
    f"count_if({EVENT} = 'verify_code' AND {OUTCOME} = 'ok') AS verified, "
    f"count_if({EVENT} = 'verify_code' AND {OUTCOME} = 'code_rejected') AS wrong {FROM} "
    f"WHERE {EVENT} IN ('send_code', 'verify_code') AND {fact('scene')} IS NOT NULL "
    "GROUP BY scene ORDER BY sent DESC LIMIT 50",
)
DELIVERY = Query(
    "message: reported_delivered",
    f"SELECT {minute(15)} AS minute, {total('reported_delivered')} AS delivered, "
    f"{total('reported_failed')} AS failed, {total('reported_unreachable')} AS unreachable {FROM} "
    f"WHERE {IS_REPORT} GROUP BY minute ORDER BY minute LIMIT 10000",
)
PROVIDER_CODES = Query(
    "message: send_code",
    f"SELECT {fact('provider')} AS provider, {fact('provider_code')} AS code, count(*) AS sends "
    f"{FROM} WHERE {EVENT} = 'send_code' AND {fact('provider')} IS NOT NULL "
    "GROUP BY provider, code ORDER BY sends DESC LIMIT 50",
)
DURATIONS = Query(
    "message: milliseconds",
    f"SELECT {EVENT} AS event, count(*) AS requests, "
    f"approx_percentile({number('milliseconds')}, 0.5) AS p50, "
    f"approx_percentile({number('milliseconds')}, 0.9) AS p90, "
    f"approx_percentile({number('milliseconds')}, 0.99) AS p99 {FROM} "
    f"WHERE {fact('milliseconds')} IS NOT NULL GROUP BY event ORDER BY requests DESC LIMIT 20",
)
CALLERS = Query(
    "message: send_code",
    f"SELECT {fact('caller')} AS caller, count_if({OUTCOME} IN {SENT}) AS sent, "
    f"count_if(cast({STATUS} AS bigint) >= 400) AS refused {FROM} "
    f"WHERE {EVENT} = 'send_code' AND {fact('caller')} IS NOT NULL "
    "GROUP BY caller ORDER BY sent DESC LIMIT 50",
)
ERRORS = Query(
    "message: ERROR",
    f"SELECT {EVENT} AS event, {OUTCOME} AS outcome, {REASON} AS reason, count(*) AS lines "
    f"{FROM} WHERE {fact('level')} = 'ERROR' "
    "GROUP BY event, outcome, reason ORDER BY lines DESC LIMIT 50",
)
ALERTS = Query(
    "message: alert",
    f"SELECT {fact('time')} AS at, {fact('kind')} AS kind, {fact('limit')} AS setting, "
    f"{fact('who')} AS who, {fact('percent')} AS percent, {fact('window')} AS span, "
    f"{OUTCOME} AS told {FROM} WHERE {EVENT} = 'alert' ORDER BY at DESC LIMIT 50",
)
TRACE = Query(
    "message: verification_id",
    f"SELECT {fact('time')} AS at, {EVENT} AS event, {fact('verification_id')} AS id, "
    f"{OUTCOME} AS outcome, {REASON} AS reason, {fact('provider_code')} AS code {FROM} "
    f"WHERE {fact('verification_id')} IS NOT NULL ORDER BY at DESC LIMIT 100",
)
