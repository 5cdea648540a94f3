"""What Log Service imports, tried on lines that the real doors write.

The SQL is read as Presto's, which SLS speaks, written anew for DuckDB, and run. A fact that a door
calls otherwise leaves a query without its rows, and fails a test here.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import pytest
import sqlglot

from functions import maintain
from scripts.local_cloud.events import context, timer_event
from scripts.report.sls.__main__ import CAP, DOCS, PERCENT, PROJECT, STORE, files
from scripts.report.sls.dashboard import PICTURES, SEARCHES, Picture
from scripts.report.sls.index import DELIMITERS, index
from scripts.report.sls.queries import Query
from scripts.report.sls.rules import CRITICAL, HIGH, LOW, MEDIUM, REPORT, Rule, rules
from tests.service import ROOT, Service, wrong

pytestmark = pytest.mark.once

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
RULES = {rule.name: rule for rule in rules(cap=CAP, percent=PERCENT)}


class Logs:
    """What the doors wrote, in blocks as Function Compute makes them (DefaultRegex)."""

    def __init__(self, text: str) -> None:
        self.lines = [line for line in text.splitlines() if line.startswith("{")]
        assert self.lines
        request = "1-65362416-68afb557d64a2e283eccebce"
        self.block = "\n".join(
            [f"FC Invoke Start RequestId: {request}", *self.lines, f"FC Invoke End: {request}"]
        )

    def rows(self, query: Query, *, times: int = 1) -> list[dict[str, Any]]:
        """Return what a query finds where all this happened so many times."""
        database = duckdb.connect()
        database.execute("CREATE TABLE log (__time__ BIGINT, message VARCHAR)")
        if found(query.search, self.block):
            entries = [(int(time.time()), self.block)] * times
            database.executemany("INSERT INTO log VALUES (?, ?)", entries)
        (sql,) = sqlglot.transpile(query.sql, read="presto", write="duckdb")
        result = database.execute(sql)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def severity(self, rule: Rule, *, times: int = 1) -> int | None:
        """Return how severe an alert a rule raises, None where it raises none."""
        tried = [rule.worse] if rule.worse is not None else []
        for severity, condition in [*tried, (rule.severity, rule.condition)]:
            if any(holds(condition, row) for row in self.rows(rule.query, times=times)):
                return severity
        return None


def found(search: str, text: str) -> bool:
    """Evaluate the form of search that we use: words of a field, joined by `or`."""
    words = set(re.split(f"[{re.escape(''.join(DELIMITERS))}]", text.lower()))
    parts = [part.strip().partition(": ") for part in search.split(" or ")]
    assert all(field == "message" and word.isidentifier() for field, _, word in parts), search
    return any(word.lower() in words for _, _, word in parts)


def holds(condition: str, row: Mapping[str, Any]) -> bool:
    """Evaluate a condition: SLS' `&&` is Python's `and`, the rest is written alike."""
    assert re.fullmatch(r"[a-z0-9 .*+<>=&]{1,128}", condition), condition
    return bool(eval(condition.replace("&&", "and"), {"__builtins__": {}}, dict(row)))  # noqa: S307


@pytest.fixture
def logged(capsys: Captured) -> Callable[[], Logs]:
    return lambda: Logs(capsys.readouterr().out)


Logged = Callable[[], Logs]


@pytest.fixture
def quiet(service: Service, logged: Logged, capsys: Captured) -> Logs:
    """A good send: taken, reported, entered; and the timer."""
    capsys.readouterr()
    verification_id, code = service.sent()
    service.receipt([service.report(verification_id)])
    assert service.verify(verification_id, code).status == 200
    maintain.handler(timer_event("minutely"), context("maintain", {}))
    return logged()


def test_no_rule_alerts_while_all_is_well(quiet: Logs) -> None:
    raised = {name: quiet.severity(rule, times=60) for name, rule in RULES.items()}
    assert {name for name, severity in raised.items() if severity} == set()


def test_many_good_sends_are_near_the_cap_and_then_at_it(quiet: Logs) -> None:
    assert quiet.severity(RULES["sms-cap-near"], times=3999) is None
    assert quiet.severity(RULES["sms-cap-near"], times=4000) == HIGH
    assert quiet.severity(RULES["sms-cap-near"], times=5000) == CRITICAL


def test_refusals_in_heaps_alert(service: Service, logged: Logged, setting: Setting) -> None:
    setting(ACCESS="captcha", CAPTCHA="turnstile")
    assert service.send().code == "captcha_required"
    logs = logged()
    assert logs.severity(RULES["sms-refusals-spike"], times=49) is None
    assert logs.severity(RULES["sms-refusals-spike"], times=50) == HIGH


@pytest.mark.parametrize(
    ("code", "severity"), [("isv.SMS_SIGNATURE_ILLEGAL", HIGH), ("isv.AMOUNT_NOT_ENOUGH", CRITICAL)]
)
def test_a_provider_that_rejects_alerts_and_an_empty_balance_more_so(
    service: Service, logged: Logged, code: str, severity: int
) -> None:
    service.cloud.fault("dysms", "SendSms", f"error:{code}")
    assert service.send().code == "provider_rejected"
    logs = logged()
    assert logs.severity(RULES["sms-provider-rejects"], times=3) == severity
    assert logs.rows(RULES["sms-provider-rejects"].query)[0]["code"] == code


def test_a_provider_that_is_set_aside_alerts(
    service: Service, logged: Logged, setting: Setting
) -> None:
    setting(SMS_PROVIDERS="dysms,dypns")
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    assert service.send().status == 200
    assert logged().severity(RULES["sms-provider-aside"]) == MEDIUM


def test_failed_deliveries_alert_and_unreachable_phones_do_not(
    service: Service, logged: Logged
) -> None:
    verification_id, _ = service.sent()
    failed = service.report(verification_id, success=False, err_code="MOBILE_NOT_ON_SERVICE")
    service.receipt([failed])
    assert logged().severity(RULES["sms-delivery-poor"], times=60) is None
    service.receipt([{**failed, "err_code": "NO_ROUTE"}])
    assert logged().severity(RULES["sms-delivery-poor"], times=60) == HIGH


def test_sends_without_any_report_alert(service: Service, logged: Logged) -> None:
    service.sent()
    logs = logged()
    assert logs.severity(RULES["sms-receipts-stopped"], times=19) is None
    assert logs.severity(RULES["sms-receipts-stopped"], times=20) == HIGH


def test_a_store_that_is_away_alerts(service: Service, logged: Logged) -> None:
    service.cloud.fault("tablestore", "BatchGetRow", "error:OTSServerUnavailable", 9)
    assert service.send().code == "storage_unavailable"
    logs = logged()
    assert logs.severity(RULES["sms-store-unavailable"], times=5) == CRITICAL
    assert logs.severity(RULES["sms-server-errors"], times=5) == HIGH


def test_alerts_of_our_own_are_passed_on(
    service: Service, logged: Logged, setting: Setting
) -> None:
    setting(LIMIT_TOTAL="1/1d")
    service.sent()
    maintain.handler(timer_event("minutely"), context("maintain", {}))
    logs = logged()
    assert logs.severity(RULES["sms-own-alerts"]) == HIGH
    (row,) = logs.rows(RULES["sms-own-alerts"].query)
    assert row["setting"] == "LIMIT_TOTAL"


def test_warnings_about_the_configuration_are_passed_on(
    service: Service, logged: Logged, setting: Setting
) -> None:
    setting(RECEIPT_SECRETS=None)
    assert service.receipt([]).status == 404
    logs = logged()
    assert logs.severity(RULES["sms-warnings"]) == LOW
    assert logs.rows(RULES["sms-warnings"].query)[0]["event"] == "receipts_off"


def test_a_timer_that_does_not_run_alerts(service: Service, logged: Logged) -> None:
    service.sent()
    assert logged().severity(RULES["sms-timer-stopped"]) == HIGH


@pytest.fixture
def eventful(
    service: Service, logged: Logged, setting: Setting, quiet: Logs, capsys: Captured
) -> Logs:
    """Lines of every kind that the dashboard shows."""
    verification_id, code = service.sent("13900139000")
    service.verify(verification_id, wrong(code), "13900139000")
    service.send("13900139000")
    service.cloud.fault("tablestore", "BatchGetRow", "error:OTSServerUnavailable", 9)
    service.send("13700137000")
    service.cloud.control("faults", {"clear": True})
    setting(LIMIT_TOTAL="1/1d")
    maintain.handler(timer_event("minutely"), context("maintain", {}))
    return Logs("\n".join([*quiet.lines, *logged().lines]))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_every_chart_has_rows_and_the_columns_that_it_draws(
    eventful: Logs, picture: Picture
) -> None:
    rows = eventful.rows(picture.query)
    assert rows
    assert {*picture.across, *picture.up} <= set(rows[0])
    empty = [name for name in rows[0] if all(row[name] is None for row in rows)]
    assert set(empty) <= {"who"}  # of the total, which is nobody's


def test_the_charts_count_what_happened(eventful: Logs) -> None:
    charts = {picture.name: eventful.rows(picture.query) for picture in PICTURES}
    assert sum(row["sent"] for row in charts["sends"]) == 2
    assert sum(row["requests"] for row in charts["refused"]) == 2
    assert "limit_phone" in {row["gate"] for row in charts["refused"]}
    (scene,) = charts["conversion"]
    assert (scene["sent"], scene["verified"], scene["wrong"]) == (2, 1, 1)
    assert sum(row["delivered"] for row in charts["delivery"]) == 1


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search[0])
def test_every_saved_search_finds_lines(eventful: Logs, search: tuple[str, Any, Query]) -> None:
    assert eventful.rows(search[2])


def test_the_files_in_the_repository_are_those_that_are_made() -> None:
    made = files(project=PROJECT, store=STORE, cap=CAP, percent=PERCENT)
    kept = {
        str(path.relative_to(ROOT / DOCS)): path.read_text("utf-8")
        for path in (ROOT / DOCS).rglob("*.json")
    }
    assert kept == made, "run: python -m scripts.report.sls"


def test_a_rule_is_what_the_service_allows() -> None:
    made = files(project="p", store="s", cap=1_000_000, percent=99)
    for text in (text for name, text in made.items() if name.startswith("alerts/")):
        rule = json.loads(text)
        (query,) = rule["configuration"]["queryList"]
        conditions = rule["configuration"]["severityConfigurations"]
        severities: Sequence[int] = [one["severity"] for one in conditions]
        assert list(severities) == sorted(severities, reverse=True)
        assert set(severities) <= {REPORT, LOW, MEDIUM, HIGH, CRITICAL}
        assert all(1 <= len(one["evalCondition"]["condition"]) <= 128 for one in conditions)
        assert len(rule["displayName"]) <= 64
        assert query["store"] == "s"
        assert re.fullmatch(r"[a-z][a-z0-9-]{2,62}", rule["name"])


def test_the_index_lets_sql_see_a_whole_block_and_keeps_the_metrics_of_functions() -> None:
    made = index()
    assert made["keys"]["message"] | {"type": "text", "doc_value": True} == made["keys"]["message"]
    assert made["max_text_len"] == 16_384
    assert {"functionName", "instanceID", "durationMs", "memoryUsageMB"} <= set(made["keys"])
