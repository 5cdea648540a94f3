"""Ten thousand messages, and everything that can befall their reports: each ends as it should.

Reports come early, late, twice, out of order, in contradiction, or never; strangers forge them;
the store fails in between, and what is not acknowledged comes again, as from Aliyun. The ledger
(tests/ledger.py) says what is true.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from functions import maintain
from scripts.local_cloud.events import context, timer_event
from shared import wiring
from shared.domain.delivery import UNKNOWN_AFTER, Delivery
from shared.domain.health import Fact, health_of
from shared.storage import batch, tables
from shared.storage.messages import message_from
from tests.fakes import PASSES
from tests.ledger import (
    AFTER_ALL,
    ASKED,
    DELAYED,
    EARLY,
    FLOOD,
    GOOD,
    Entry,
    Forged,
    fates,
    forged,
    in_batches,
    numbers,
    with_number,
)
from tests.service import NUMBER_SECRET, Service

pytestmark = pytest.mark.once

MESSAGES, BY_DOOR, STRANGERS, BATCH = 10_000, 120, 400, 200
SEED = 20_261_121
MINUTE = 60

FAULTS = (
    ("partial:0:OTSServerBusy", 1),
    ("partial:7:OTSTimeout", 1),
    ("partial:150:OTSRowOperationConflict", 1),
    ("error:OTSServerBusy", 12),
    ("error:OTSTimeout", 1),
    ("drop", 1),
    ("drop_after", 1),
)
"""What befalls requests of the store now and then, and how many; twelve are more than are tried."""


def by_door(service: Service, chance: random.Random, some: list[str]) -> list[Entry]:
    """Send through the real door; Aliyun knows the ends, and tells nobody."""
    found = []
    kinds = list(ASKED.values())
    for place, number in enumerate(some):
        answer = service.send(number)
        assert answer.status == 200, answer.text
        found.append(entry(chance, answer.json["verification_id"], number, kinds[place % 6]))
    biz_ids = {message["out_id"]: message["biz_id"] for message in service.cloud.outbox()}
    for one in found:
        end = {"success": one.fate.carrier == GOOD, "err_code": one.fate.carrier}
        service.cloud.control("report", {"biz_id": biz_ids[one.verification_id], **end})
    return found


def entry(chance: random.Random, verification_id: str, number: str, fate: Any) -> Entry:
    sent_at = int(time.time()) - chance.randrange(60)
    return Entry(
        verification_id, number, fate, chance.choice([1, 1, 2]), sent_at, chance.randrange(1, 40)
    )


def write_down(service: Service, entries: Iterable[Entry], model: Entry) -> None:
    """Write messages into the store as the real door left its own: `model` is one of those."""
    client, prefix = wiring.store_client()
    (row,) = [
        row
        for row in service.rows("messages")
        if row.pop("verification_id") == model.verification_id
    ]
    (kept,) = [
        row
        for row in service.rows("pending")
        if row.pop("verification_id") == model.verification_id
    ]
    assert (row["outcome"], kept["number"]) == ("accepted", model.phone.e164)
    writes = []
    for one in entries:
        key = [("verification_id", one.verification_id)]
        own = {"phone": one.phone.key(NUMBER_SECRET), "masked": one.phone.masked}
        told = {"outcome": one.fate.outcome}
        if one.fate.outcome == "capped":
            told["provider_code"] = one.fate.code
        else:
            waiting = {**kept, "number": one.phone.e164}
            writes.append(batch.put(tables.PENDING.name(prefix), key, waiting))
        writes.append(batch.put(tables.MESSAGES.name(prefix), key, {**row, **own, **told}))
    for some in in_batches(writes, 200):
        results = batch.write(client, some, deadline=PASSES)
        assert {result.value for result in results} == {"applied"}


def tell(service: Service, entries: list[Any], chance: random.Random) -> Counter[int]:
    """Push in batches, several at once, until each is acknowledged; return the answers.

    A tenth of all entries comes twice, and before each eighth batch the store is made to fail.
    """
    every = entries + chance.sample(entries, len(entries) // 10)
    chance.shuffle(every)
    answers = Counter[int]()

    def push(place: int, some: list[Any]) -> None:
        for tries in range(12):
            if tries == 0 and place % 8 == 3:
                service.cloud.fault(
                    "tablestore", "BatchWriteRow", *FAULTS[place // 8 % len(FAULTS)]
                )
            answer = service.receipt(some)
            answers[answer.status] += 1
            if answer.status == 200:
                return
        raise AssertionError(answer.text)

    with ThreadPoolExecutor(3) as threads:
        batches = in_batches(every, BATCH)
        list(threads.map(push, range(len(batches)), batches))
    service.cloud.control("faults", {"clear": True})
    return answers


def after(seconds: float, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let the clock be that much later from now on, and maintain run."""
    monkeypatch.setattr(wiring, "clock", lambda: time.time() + seconds)
    answer: dict[str, Any] = maintain.handler(timer_event("every-minute"), context("maintain", {}))
    assert answer["outcome"] == "ok", answer
    return answer


def all_told(entries: list[Entry], phase: str) -> list[Any]:
    return [report for one in entries for report in one.told(phase)]


def found_in(
    service: Service, rows: list[dict[str, Any]], entries: list[Entry]
) -> dict[str, Delivery]:
    """Read what became of each; of a message whose reports came early, as the door reads it."""
    found = {}
    for row in rows:
        message = message_from(row["verification_id"], row)
        assert message is not None
        found[message.verification_id] = message.delivery(now=wiring.clock())
    for one in entries:
        if one.early:
            answer = service.state(one.verification_id).json
            known = found[one.verification_id]
            found[one.verification_id] = replace(
                known, state=answer["state"], code=answer["code"], segments=answer["segments"]
            )
    return found


@pytest.fixture
def chance() -> random.Random:
    return random.Random(SEED)


def test_ten_thousand_messages_end_in_exactly_the_right_states(
    service: Service,
    setting: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    chance: random.Random,
) -> None:
    setting(LIMIT_TOTAL="99999/1d", LIMIT_IP="99999/1d", RECONCILE_QPS="100")
    typed = numbers(chance, MESSAGES + STRANGERS)
    strangers = [typed.pop() for _ in range(STRANGERS)]
    sent = by_door(service, chance, [typed.pop() for _ in range(BY_DOOR)])
    entries = [
        entry(chance, f"{chance.getrandbits(128):032x}"[:22], number, fate)
        for number, fate in zip(typed, fates(chance, len(typed)), strict=True)
    ]
    lies = forged(chance, [*sent, *entries], strangers)

    answers = tell(service, all_told(entries, EARLY), chance)
    write_down(service, entries, sent[0])
    entries += sent
    assert len(entries) == MESSAGES
    answers += tell(service, [*all_told(entries, FLOOD), *lies.entries], chance)
    forge_without_the_secret(service, chance.sample(entries, 1_000))

    waiting = {row["verification_id"] for row in service.rows("pending")}
    assert waiting == {one.verification_id for one in entries if awaited(one, FLOOD)}
    figures = after(11 * MINUTE, monkeypatch)
    assert (figures["awaited"], figures["settled"]) == (len(waiting), BY_DOOR)

    answers += tell(service, all_told(entries, DELAYED), chance)
    left = {one.verification_id for one in entries if awaited(one, DELAYED)}
    assert {row["verification_id"] for row in service.rows("pending")} == left
    figures = after(UNKNOWN_AFTER + MINUTE, monkeypatch)
    assert figures["given_up"] == len(left)
    answers += tell(service, all_told(entries, AFTER_ALL), chance)

    assert set(answers) == {200, 503}
    every = {table.suffix: service.rows(table.suffix) for table in tables.ALL}
    assert every["pending"] == []
    states_are_right(service, every["messages"], entries)
    counts_are_right(every, entries, lies)
    providers_are_judged_by_messages_of_ours(every["health"], entries)
    no_number_is_left(every, {one.number for one in entries} | set(strangers), capfd)


def awaited(one: Entry, phase: str) -> bool:
    """Say whether a message still awaits its report when all is told up to a phase."""
    if one.fate.outcome == "capped":
        return False
    phases = {FLOOD: (FLOOD,), DELAYED: (FLOOD, DELAYED)}[phase]
    ended = any(when in phases and code != "REQUEST_SUCCESS" for when, code in one.fate.told)
    return not ended and not (phase == DELAYED and one.fate.carrier)


def forge_without_the_secret(service: Service, some: list[Entry]) -> None:
    """Push lies under a wrong secret, and see that the store is not even asked."""
    before = service.cloud.calls("tablestore")
    for lies in in_batches([one.report(one.contrary) for one in some], BATCH):
        assert service.receipt(lies, secret="vK3-mQ8_xT1zNc6YpL4wHs9RbJ7dGf2F").status == 404
    assert service.cloud.calls("tablestore") == before


def states_are_right(service: Service, rows: list[dict[str, Any]], entries: list[Entry]) -> None:
    """Compare state, code and billed segments of each message with the ledger."""
    found = found_in(service, rows, entries)
    assert len(found) == len(rows) == len(entries) == MESSAGES
    wrong = [
        (one, found[one.verification_id])
        for one in entries
        if (found[one.verification_id].state, found[one.verification_id].code or "")
        != (one.fate.end, one.fate.code)
    ]
    assert wrong == []
    billed = {
        one.verification_id: one.segments
        for one in entries
        if any(code != "REQUEST_SUCCESS" for _, code in one.fate.told)
    }
    assert {key: found[key].segments for key in billed} == billed
    assert Counter(one.state for one in found.values()) == Counter(one.fate.end for one in entries)


def counts_are_right(
    every: dict[str, list[dict[str, Any]]], entries: list[Entry], lies: Forged
) -> None:
    """Count what is stored: each report once, and all that is no message's apart."""
    stored = {
        row["verification_id"]: sum(name.startswith("report_") for name in row)
        for row in every["messages"]
    }
    early = Counter(one.verification_id for one in entries for _ in one.told(EARLY))
    assert stored == {
        one.verification_id: one.reports - early[one.verification_id] for one in entries
    }
    apart = Counter(row["receipt"].partition("/")[0] for row in every["receipts"])
    assert apart == {"stray": len(lies.strays) + len(early), "poison": lies.poison}


def providers_are_judged_by_messages_of_ours(
    rows: list[dict[str, Any]], entries: list[Entry]
) -> None:
    """Match facts with messages; a batch filled to the last row leaves no room for its own."""
    facts = [fact for row in rows for name in row if (fact := Fact.from_name(name)) is not None]
    ours = {sha256(one.verification_id.encode()).hexdigest()[:16] for one in entries}
    counted = {fact.message for fact in facts}
    assert counted <= ours
    assert len(counted) > 0.8 * MESSAGES
    found = health_of(facts)
    assert found.delivered + found.failed + found.unreachable == len(counted)


def no_number_is_left(
    every: dict[str, list[dict[str, Any]]],
    known: set[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Look for every number in every cell of every table, their names and keys, and in the log."""
    client, prefix = wiring.store_client()
    assert {name.removeprefix(prefix) for name in client.list_table()} == set(every)
    left = [
        (table, name)
        for table, rows in every.items()
        for row in rows
        for name, value in row.items()
        if with_number(value, known) or with_number(name, known)
    ]
    assert left == []
    captured = capfd.readouterr()
    assert "receipts" in captured.out
    assert with_number(captured.out + captured.err, known) is None
