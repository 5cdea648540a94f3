"""What the store of alerts does, on the local cloud: kept until told, told by one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from tablestore import Condition, Row, RowExistenceExpectation

from shared import wiring
from shared.alert_ports import DueAlert
from shared.domain.alerts import ALERT, WARNING, Alert, daily_budget
from shared.domain.deadline import Deadline
from shared.domain.limits import Counter
from shared.domain.rates import Rate
from shared.errors import StoreError
from shared.storage.alerts import CLAIM_SECONDS, TablestoreAlerts
from shared.storage.counters import counter_key
from tests.service import Service, at_once

NOW = 1_795_250_000.0
ONE = Alert(
    kind=WARNING,
    counter="total/86400/1",
    setting="LIMIT_TOTAL",
    scope="total",
    who="",
    count=8,
    limit=10,
    window="1d",
    starts=1,
    ends=86_401,
    raised_at=int(NOW),
)
TWO = replace(ONE, counter="total/86400/2")
LOUDER = replace(ONE, kind=ALERT)

Stores = Callable[[], TablestoreAlerts]


def soon() -> Deadline:
    return Deadline.after(5.0, clock=time.monotonic)


@pytest.fixture
def stores(service: Service) -> Stores:
    """Make stores as so many runs do: each has a mark of its own."""
    client, prefix = wiring.store_client()
    return lambda: TablestoreAlerts(client, prefix)


def due(store: TablestoreAlerts, *, now: float = NOW) -> list[DueAlert]:
    return store.due(now=now, deadline=soon())


def claim(store: TablestoreAlerts, alert: Alert = ONE, *, now: float = NOW) -> bool:
    return store.claim(alert, now=now, deadline=soon())


def finish(store: TablestoreAlerts, alert: Alert = ONE) -> None:
    store.finish(alert, "sent", now=NOW, deadline=soon())


def test_an_alert_is_noted_once_and_due_until_it_is_done(stores: Stores) -> None:
    store = stores()
    assert [store.note([ONE, TWO], deadline=soon()), stores().note([ONE], deadline=soon())] == [
        2,
        0,
    ]
    assert due(store) == [DueAlert(ONE), DueAlert(TWO)]
    assert claim(store)
    finish(store)
    assert due(store) == [DueAlert(TWO)]
    assert store.note([ONE], deadline=soon()) == 0
    assert due(store) == [DueAlert(TWO)]


def test_of_20_runs_that_claim_at_once_one_succeeds(stores: Stores) -> None:
    assert sum(at_once([lambda: claim(stores()) for _ in range(20)])) == 1


def test_a_claim_ends_with_the_life_of_its_run(stores: Stores) -> None:
    stores().note([ONE], deadline=soon())
    assert claim(stores())
    late = NOW + CLAIM_SECONDS
    assert due(stores(), now=late - 1) == []
    assert not claim(stores(), now=late - 1)
    assert due(stores(), now=late) == [DueAlert(ONE)]
    assert claim(stores(), now=late)


def test_what_is_done_is_never_claimed_again(stores: Stores) -> None:
    store = stores()
    claim(store)
    finish(store)
    assert not claim(stores(), now=NOW + 10**9)


def test_an_alert_that_a_slow_run_notes_after_it_was_told_is_forgotten(
    stores: Stores, service: Service
) -> None:
    store = stores()
    store.note([ONE], deadline=soon())
    kept = [row for row in service.rows("alerts") if row["alert"].startswith("due/")]
    claim(store)
    finish(store)
    client, prefix = wiring.store_client()
    row = Row([("alert", kept[0]["alert"])], [("about", kept[0]["about"])])
    client.put_row(f"{prefix}alerts", row, Condition(RowExistenceExpectation.IGNORE))
    assert due(stores()) == []
    assert not [row for row in service.rows("alerts") if row["alert"].startswith("due/")]


def test_a_warning_is_not_noted_once_its_alert_is_known(stores: Stores) -> None:
    store = stores()
    claim(store, LOUDER)
    assert store.note([ONE, TWO], deadline=soon()) == 1
    assert store.note([LOUDER], deadline=soon()) == 1


def test_what_is_postponed_is_due_again_and_its_tries_are_known(stores: Stores) -> None:
    first, second = stores(), stores()
    first.note([ONE], deadline=soon())
    claim(first)
    first.postpone(DueAlert(ONE, 1), until=NOW + 30, budget=None, deadline=soon())
    assert due(second, now=NOW + 29) == []
    assert due(second, now=NOW + 30) == [DueAlert(ONE, 2)]


def test_a_run_whose_claim_has_ended_postpones_nothing(stores: Stores) -> None:
    first, second = stores(), stores()
    first.note([ONE], deadline=soon())
    claim(first)
    claim(second, now=NOW + CLAIM_SECONDS)
    first.postpone(DueAlert(ONE), until=NOW, budget=None, deadline=soon())
    assert due(stores(), now=NOW + CLAIM_SECONDS) == []


def test_a_budget_is_spent_to_its_end_and_given_back(stores: Stores) -> None:
    store, budget = stores(), daily_budget(now=NOW)
    spent = at_once([lambda: store.spend(budget, deadline=soon()) for _ in range(25)])
    assert sum(spent) == 20
    store.note([ONE], deadline=soon())
    claim(store)
    store.postpone(DueAlert(ONE), until=NOW, budget=budget, deadline=soon())
    assert store.spend(budget, deadline=soon())
    assert not store.spend(budget, deadline=soon())


def test_counters_are_read_also_more_than_a_batch_holds(stores: Stores) -> None:
    client, prefix = wiring.store_client()
    counters = [Counter("caller", f"caller/{n}/1", Rate(10, 60), 1) for n in range(150)]
    row = Row(counter_key(counters[140]), [("n", 4)])
    client.put_row(f"{prefix}counters", row, Condition(RowExistenceExpectation.IGNORE))
    same = replace(counters[140], rate=Rate(20, 60))
    counts = stores().counts([*counters, same], deadline=soon())
    assert len(counts) == 151
    assert {counter for counter, count in counts.items() if count == 4} == {counters[140], same}


def test_more_alerts_are_kept_than_a_batch_holds(stores: Stores) -> None:
    many = [replace(ONE, counter=f"caller/{n:03}/1") for n in range(230)]
    assert stores().note(many, deadline=soon()) == 230
    assert [each.alert for each in due(stores())] == many


def test_a_claim_whose_answer_got_lost_is_recognised(stores: Stores, service: Service) -> None:
    store = stores()
    service.cloud.fault("tablestore", "BatchWriteRow", "drop_after")
    assert claim(store)
    assert not claim(stores())


@pytest.mark.parametrize(
    "action",
    [
        lambda store: store.counts([daily_budget(now=NOW)], deadline=soon()),
        lambda store: store.note([ONE], deadline=soon()),
        lambda store: store.due(now=NOW, deadline=soon()),
        lambda store: store.claim(ONE, now=NOW, deadline=soon()),
        lambda store: store.spend(daily_budget(now=NOW), deadline=soon()),
        lambda store: store.finish(ONE, "sent", now=NOW, deadline=soon()),
    ],
    ids=["counts", "note", "due", "claim", "spend", "finish"],
)
def test_a_store_that_does_not_do_as_asked_says_so(
    stores: Stores, service: Service, action: Callable[[TablestoreAlerts], object]
) -> None:
    service.cloud.fault("tablestore", "*", "error:OTSServerBusy", -1)
    with pytest.raises(StoreError):
        action(stores())
    service.cloud.control("faults", {"clear": True})
