"""Alerts as rows: each is kept until it is told, and told by one run at a time.

Two rows each. `due/<key>` holds an alert for as long as it is to be told, so a range over these
finds what is left without reading what is done. `told/<key>` decides who tells it and remembers
that it was told; its `not_before` says when the next one may (never again, once it is done).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from tablestore import BatchGetRowRequest, TableInBatchGetRowItem

from shared.alert_ports import DueAlert
from shared.domain.alerts import Alert
from shared.domain.deadline import Deadline
from shared.domain.limits import Counter
from shared.errors import StoreUnavailable, StoreUnclear
from shared.storage import batch, tables
from shared.storage.batch import Result
from shared.storage.calls import call, classify, columns
from shared.storage.conditions import any_of, any_row, below, equal, existing, new_row
from shared.storage.counters import count, counter_key, release

CLAIM_SECONDS = 120
"""Longer than a run can live (60 s, s.yaml): a claim ends only when its run certainly has."""

NEVER = 2**53
_DUE, _TOLD = "due/", "told/"
_AFTER_DUE = "due0"
_ROWS = 100
"""A BatchGetRow reads as many rows (documentation: limits)."""


class TablestoreAlerts:
    """The store of counters and alerts, as one run of the timer sees it."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._counters = tables.COUNTERS.name(prefix)
        self._alerts = tables.ALERTS.name(prefix)
        self._mark = secrets.token_hex(8)

    def counts(self, counters: Iterable[Counter], *, deadline: Deadline) -> dict[Counter, int]:
        """Read counters."""
        asked = list(counters)
        keys = {counter.key: counter_key(counter) for counter in asked}
        rows = self._read(self._counters, list(keys.values()), ["n"], deadline=deadline)
        found = {key: int(row.get("n", 0)) for key, row in zip(keys, rows, strict=True)}
        return {counter: found[counter.key] for counter in asked}

    def note(self, alerts: Sequence[Alert], *, deadline: Deadline) -> int:
        """Keep what is not done yet, and return how many are new.

        A warning whose alert is known comes too late: a count that was given back would raise it.
        """
        keys = [_told(alert.key) for alert in alerts]
        louder = [_told(alert.louder_key) for alert in alerts]
        rows = self._read(self._alerts, [*keys, *louder], ["not_before"], deadline=deadline)
        wanted = [
            alert
            for alert, own, above in zip(
                alerts, rows[: len(alerts)], rows[len(alerts) :], strict=True
            )
            if own.get("not_before", 0) < NEVER and (not above or alert.key == alert.louder_key)
        ]
        new = 0
        for some in _parts(wanted):
            writes = [
                batch.put(self._alerts, _due(a.key), {"about": a.to_json()}, new_row())
                for a in some
            ]
            results = batch.write(self._client, writes, deadline=deadline)
            new += results.count(Result.APPLIED)
            _require_certain("note", results)
        return new

    def due(self, *, now: float, deadline: Deadline) -> list[DueAlert]:
        """Return what may be told now, and forget what is done."""
        alerts = self._kept(deadline=deadline)
        keys = [_told(alert.key) for alert in alerts]
        rows = self._read(self._alerts, keys, ["not_before", "tries"], deadline=deadline)
        done = [a for a, row in zip(alerts, rows, strict=True) if row.get("not_before") == NEVER]
        for some in _parts(done):
            writes = [batch.delete(self._alerts, _due(alert.key)) for alert in some]
            batch.write(self._client, writes, deadline=deadline)
        return [
            DueAlert(alert, int(row.get("tries", 0)))
            for alert, row in zip(alerts, rows, strict=True)
            if row.get("not_before", 0) <= now
        ]

    def claim(self, alert: Alert, *, now: float, deadline: Deadline) -> bool:
        """Take the telling of an alert upon this run, by compare-and-set; False if it is taken.

        A claim whose answer got lost is recognised by its mark when it is repeated.
        """
        free = any_of(below("not_before", int(now) + 1, or_missing=True), equal("by", self._mark))
        taken = {
            "not_before": int(now) + CLAIM_SECONDS,
            "by": self._mark,
            "about": alert.to_json(),
        }
        row = batch.update(self._alerts, _told(alert.key), taken, any_row(free), repeatable=True)
        results = batch.write(self._client, [row], deadline=deadline)
        _require_certain("claim", results)
        return results[0] is Result.APPLIED

    def spend(self, budget: Counter, *, deadline: Deadline) -> bool:
        """Count one alert; False if there were as many as there may be."""
        results = batch.write(self._client, [count(self._counters, budget)], deadline=deadline)
        _require_certain("spend", results)
        return results[0] is Result.APPLIED

    def finish(self, alert: Alert, state: str, *, now: float, deadline: Deadline) -> None:
        """Note that an alert is done: told, logged or suppressed."""
        done = {"not_before": NEVER, "state": state, "done_at": int(now)}
        writes = [
            batch.update(self._alerts, _told(alert.key), done, repeatable=True),
            batch.delete(self._alerts, _due(alert.key)),
        ]
        _require_certain("finish", batch.write(self._client, writes, deadline=deadline))

    def postpone(
        self,
        due: DueAlert,
        *,
        until: float,
        budget: Counter | None,
        deadline: Deadline,
    ) -> None:
        """Leave an alert due, from then on; `budget` is given back. Never raises.

        What is not noted here ends with the claim.
        """
        later = {"not_before": int(until), "tries": due.tries + 1}
        mine = existing(equal("by", self._mark))
        key = _told(due.alert.key)
        writes = [batch.update(self._alerts, key, later, mine, repeatable=True)]
        writes += [release(self._counters, budget)] if budget is not None else []
        batch.write(self._client, writes, deadline=deadline)

    def _kept(self, *, deadline: Deadline) -> list[Alert]:
        """Return every alert that is to be told; there is no other row in this range."""
        found: list[Alert] = []
        start: Any = [("alert", _DUE)]
        while start is not None:
            _, start, rows, _ = call(
                "GetRange",
                partial(
                    self._client.get_range,
                    self._alerts,
                    "FORWARD",
                    start,
                    [("alert", _AFTER_DUE)],
                    ["about"],
                    max_version=1,
                ),
                repeatable=True,
                deadline=deadline,
            )
            found += [Alert.from_json(columns(row)["about"]) for row in rows]
        return found

    def _read(
        self, table: str, keys: Sequence[batch.Key], wanted: list[str], *, deadline: Deadline
    ) -> list[dict[str, Any]]:
        """Read rows of one table, in order; those that are missing are empty."""
        different = list({key[0][1]: key for key in keys}.values())
        found: dict[str, dict[str, Any]] = {}
        for some in _parts(different):
            rows = call(
                "BatchGetRow",
                partial(self._get, table, some, wanted),
                repeatable=True,
                deadline=deadline,
            )
            found |= {key[0][1]: row for key, row in zip(some, rows, strict=True)}
        return [found[key[0][1]] for key in keys]

    def _get(
        self, table: str, keys: Sequence[batch.Key], wanted: list[str]
    ) -> list[dict[str, Any]]:
        request = BatchGetRowRequest()
        request.add(TableInBatchGetRowItem(table, list(keys), wanted, None, 1))
        items = self._client.batch_get_row(request).get_result_by_table(table)
        for item in items:
            if not item.is_ok:
                raise classify("BatchGetRow", item.error_code)
        return [columns(item.row) for item in items]


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _ROWS] for start in range(0, len(items), _ROWS))


def _require_certain(operation: str, results: Iterable[Result]) -> None:
    for result in results:
        if result is Result.UNCLEAR:
            raise StoreUnclear(operation, result.value)
        if result is Result.FAILED:
            raise StoreUnavailable(operation, result.value)


def _due(key: str) -> batch.Key:
    return [("alert", _DUE + key)]


def _told(key: str) -> batch.Key:
    return [("alert", _TOLD + key)]
