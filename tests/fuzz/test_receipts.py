"""Receipts: what is acknowledged is stored or set aside, in any order and however often (I6)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.receipt_wiring import KINDS
from tests.fuzz.effort import effort
from tests.fuzz.odd_json import ANYTHING, Raw, written
from tests.service import Cloud, Service

pytestmark = pytest.mark.once


STATUSES = {200, 400, 404, 413, 503}
WIDE = {
    "LIMIT_PHONE": "100000/60s",
    "LIMIT_IP": "100000/1d",
    "LIMIT_TOTAL": "100000/1d",
    "SEQUENCE_GUARD": "off",
}
_numbers = itertools.count()


@given(
    kind=st.sampled_from(KINDS),
    body=st.binary(max_size=200)
    | ANYTHING.map(written).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(ANYTHING, max_size=5).map(written).map(str.encode),
)
@effort(3)
def test_any_bytes_are_answered(service: Service, kind: str, body: bytes) -> None:
    assert service.receipt(body, kind=kind).status in STATUSES


ENDS = st.sampled_from(
    [
        {},
        {"success": False, "err_code": "MOBILE_NOT_ON_SERVICE"},
        {"err_code": "REQUEST_SUCCESS"},
        {"success": "true", "err_code": ""},
        {"report_time": "2026-11-21 17:00:01"},
        {"sms_size": 3, "err_msg": "\ud800 13800138000"},
        {"biz_id": 932702304080415357},
    ]
)
OURS = st.tuples(st.just("ours"), st.integers(0, 1), ENDS)
STRAY = st.tuples(st.just("stray"), st.integers(0, 1), ENDS)
POISON = st.tuples(
    st.just("poison"), st.integers(0, 3), st.none() | st.integers() | st.text(max_size=5)
)
ENTRIES = st.lists(OURS | OURS | STRAY | POISON, min_size=1, max_size=8)


class Told:
    """Two messages that were sent, and what is reported of them; no two are on the same rows."""

    def __init__(self, service: Service) -> None:
        number = next(_numbers)
        self.service, self.run = service, f"run-{number}-"
        self.phones = (f"1380{number:07}", f"1390{number:07}")  # the carrier limits each, too
        self.ids = [service.sent(phone)[0] for phone in self.phones]

    def entry(self, drawn: tuple[str, int, Any]) -> Any:
        """Return an entry as Aliyun pushes it."""
        what, number, rest = drawn
        if what == "poison" and number == 0:
            return self.service.report("x", success=None, err_msg=f"{self.run} {rest!r}")
        if what == "poison":
            return [self.run, number, rest]
        out_id = self.ids[number] if what == "ours" else f"{self.run} of another system {number}"
        return self.service.report(out_id, self.phones[number], **rest)

    def push(self, batch: list[Any]) -> None:
        answer = self.service.receipt([self.entry(drawn) for drawn in batch])
        assert (answer.status, answer.json["code"]) == (200, 0)

    def kept(self) -> tuple[list[Any], list[Any], list[str], list[bool]]:
        """Return what is stored: of each message, of strays, set aside; and who is awaited."""
        messages = {row["verification_id"]: row for row in self.service.rows("messages")}
        awaited = {row["verification_id"] for row in self.service.rows("pending")}
        receipts = [r for r in self.service.rows("receipts") if self.run in str(r)]
        strays = [r for r in receipts if r["receipt"].startswith("stray/")]
        poison = [r["text"] for r in receipts if r["receipt"].startswith("poison/")]
        return (
            [_reported(messages[one]) for one in self.ids],
            sorted([_reported(row) for row in strays], key=str),
            sorted(text.replace(self.run, "run") for text in poison),
            [one in awaited for one in self.ids],
        )


def _reported(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name.startswith("report")}


@given(entries=ENTRIES, data=st.data())
@effort(0.3)
def test_order_and_repetition_end_in_the_same_rows(
    cloud: Cloud, setting: Callable[..., None], entries: list[Any], data: st.DataObject
) -> None:
    setting(**WIDE)
    at_once, bit_by_bit = Told(Service(cloud)), Told(Service(cloud))
    at_once.push(entries)
    repeated = data.draw(
        st.permutations([*entries, *data.draw(st.lists(st.sampled_from(entries)))])
    )
    while repeated:
        size = data.draw(st.integers(1, 4))
        bit_by_bit.push(repeated[:size])
        del repeated[:size]
    assert bit_by_bit.kept() == at_once.kept()


@given(entries=ENTRIES)
@effort(0.3)
def test_what_is_acknowledged_is_stored_or_set_aside(
    cloud: Cloud, setting: Callable[..., None], entries: list[Any]
) -> None:
    setting(**WIDE)
    told = Told(Service(cloud))
    told.push(entries)
    ours, strays, aside, awaited = told.kept()
    for number in (0, 1):
        different = {json.dumps(rest) for what, n, rest in entries if (what, n) == ("ours", number)}
        assert bool(ours[number]) == bool(different)
        assert len(ours[number]) <= len(different)
        final = any(json.loads(rest).get("err_code") != "REQUEST_SUCCESS" for rest in different)
        assert awaited[number] == (not final)
    assert len(strays) == len({n for what, n, _ in entries if what == "stray"})
    poison = {json.dumps([n, rest]) for what, n, rest in entries if what == "poison"}
    assert len(aside) == len(poison)


def test_a_batch_of_the_most_entries_is_stored_although_all_are_poison(service: Service) -> None:
    body = "[" + ",".join(written(Raw(f"[{number}]")) for number in range(300)) + "]"
    assert service.receipt(body.encode()).status == 200
    assert len(service.rows("receipts")) == 300
