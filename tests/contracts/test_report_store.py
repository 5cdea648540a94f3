"""What every store of delivery reports promises; in memory, on the local cloud, and --live."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from shared import wiring
from shared.domain.delivery import Report
from shared.receipt_ports import Filed, ReportStore, SetAside, Stored
from shared.storage import batch, tables
from shared.storage.bootstrap import bootstrap
from shared.storage.messages import TablestoreMessages
from shared.storage.reports import TablestoreReports
from shared.use_cases.store_reports import stray_hash
from tests.contracts.conftest import LIVE_PREFIX
from tests.fakes import PASSES

MINE, OTHERS = "A" * 22, "B" * 22
PHONE, OTHER = "a-hash", "another-hash"
SECRET = "s" * 32
DELIVERED = Report(success=True, code="DELIVERED", reported_at=5)
FAILED = Report(success=False, code="MK:0001", reported_at=4)


class Kept(ReportStore, Protocol):
    """A store, and what can be seen of it."""

    def seed(self, verification_id: str, phone: str) -> None: ...

    def reports_of(self, verification_id: str) -> set[Report] | None: ...

    def waits(self, verification_id: str) -> bool: ...


@dataclass
class MemoryReports:
    """The promise in its shortest form."""

    messages: dict[str, tuple[str, set[Report]]] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    strays: dict[tuple[str, str], set[Report]] = field(default_factory=dict)
    poison: dict[str, str] = field(default_factory=dict)

    def keep_reports(
        self, filed: Sequence[Filed], aside: Sequence[SetAside], **rest: Any
    ) -> Stored:
        self.poison |= {one.key: one.text for one in aside}
        matched = 0
        for one in filed:
            phone, reports = self.messages.get(one.verification_id, (None, set()))
            if phone is not None and one.phone in ("", phone):
                reports |= set(one.reports)
                self.pending.discard(one.verification_id)
                matched += 1
            else:
                self.strays.setdefault((one.stray, one.phone), set()).update(one.reports)
        return Stored(matched, len(filed) - matched)

    def seed(self, verification_id: str, phone: str) -> None:
        self.messages[verification_id] = (phone, set())
        self.pending.add(verification_id)

    def reports_of(self, verification_id: str) -> set[Report] | None:
        if verification_id not in self.messages:
            return None
        phone, reports = self.messages[verification_id]
        stray = stray_hash(verification_id, "", secret=SECRET)
        apart = (self.strays.get((stray, hash_), set()) for hash_ in (phone, ""))
        return reports.union(*apart)

    def waits(self, verification_id: str) -> bool:
        return verification_id in self.pending


class WireReports(TablestoreReports):
    """The real one."""

    def seed(self, verification_id: str, phone: str) -> None:
        key = [("verification_id", verification_id)]
        row = {"phone": phone, "issued_at": 1, "outcome": "accepted"}
        writes = [
            batch.put(self._messages, key, row),
            batch.put(self._pending, key, {"number": "+8613800138000"}),
        ]
        assert {one.value for one in batch.write(self._client, writes, deadline=PASSES)} == {
            "applied"
        }

    def reports_of(self, verification_id: str) -> set[Report] | None:
        prefix = self._messages.removesuffix(tables.MESSAGES.suffix)
        messages = TablestoreMessages(self._client, prefix, secret=SECRET)
        found = messages.find(verification_id, deadline=PASSES)
        return None if found is None else set(found.reports)

    def waits(self, verification_id: str) -> bool:
        key = [("verification_id", verification_id)]
        return self._client.get_row(self._pending, key)[1] is not None


@pytest.fixture
def reports(kind: str, request: pytest.FixtureRequest) -> Iterator[Kept]:
    if kind == "memory":
        yield MemoryReports()
        return
    if kind == "local":
        request.getfixturevalue("cloud")
        yield WireReports(*wiring.store_client())
        return
    os.environ["TABLE_PREFIX"] = LIVE_PREFIX
    client, prefix = wiring.store_client()
    bootstrap(client, prefix, say=print)
    yield WireReports(client, prefix)
    for table in tables.ALL:
        client.delete_table(table.name(prefix))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    live = ["live"] if metafunc.config.getoption("--live") else []
    metafunc.parametrize("kind", ["memory", "local", *live])


def filed(verification_id: str, phone: str = PHONE, *found: Report) -> Filed:
    stray = stray_hash(verification_id, "", secret=SECRET)
    return Filed(verification_id, phone, found or (DELIVERED,), stray, "+86138****8000", "")


def keep(reports: Kept, *some: Filed, aside: Sequence[SetAside] = ()) -> Stored:
    return reports.keep_reports(some, aside, kind="sms-report", now=1.0, deadline=PASSES)


def test_a_report_joins_its_message_which_waits_no_more(reports: Kept) -> None:
    reports.seed(MINE, PHONE)
    assert keep(reports, filed(MINE)) == Stored(1, 0)
    assert reports.reports_of(MINE) == {DELIVERED}
    assert not reports.waits(MINE)


def test_different_reports_are_all_kept_and_repeats_once(reports: Kept) -> None:
    reports.seed(MINE, PHONE)
    for one in (FAILED, DELIVERED, FAILED):
        keep(reports, filed(MINE, PHONE, one))
    keep(reports, filed(MINE, PHONE, DELIVERED, FAILED))
    assert reports.reports_of(MINE) == {DELIVERED, FAILED}


def test_a_report_on_another_number_joins_nothing(reports: Kept) -> None:
    reports.seed(MINE, PHONE)
    assert keep(reports, filed(MINE, OTHER)) == Stored(0, 1)
    assert reports.reports_of(MINE) == set()
    assert reports.waits(MINE)


def test_reports_on_one_message_for_two_numbers_in_one_request_are_told_apart(
    reports: Kept,
) -> None:
    reports.seed(MINE, PHONE)
    assert keep(reports, filed(MINE, OTHER, FAILED), filed(MINE, PHONE)) == Stored(1, 1)
    assert reports.reports_of(MINE) == {DELIVERED}


def test_a_report_without_a_number_goes_by_its_id(reports: Kept) -> None:
    reports.seed(MINE, PHONE)
    assert keep(reports, filed(MINE, "")) == Stored(1, 0)
    assert reports.reports_of(MINE) == {DELIVERED}


def test_a_report_creates_no_message_and_is_there_when_the_message_is(reports: Kept) -> None:
    assert keep(reports, filed(MINE), filed(OTHERS, OTHER)) == Stored(0, 2)
    assert reports.reports_of(MINE) is None
    reports.seed(MINE, PHONE)
    reports.seed(OTHERS, PHONE)
    assert reports.reports_of(MINE) == {DELIVERED}
    assert reports.reports_of(OTHERS) == set()


def test_more_reports_than_one_request_takes_are_all_kept(reports: Kept) -> None:
    many = [Report(success=False, code=f"C{n}") for n in range(450)]
    reports.seed(MINE, PHONE)
    assert keep(reports, filed(MINE, PHONE, *many), aside=[SetAside("k", "text")]).stray == 0
    assert reports.reports_of(MINE) == set(many)
