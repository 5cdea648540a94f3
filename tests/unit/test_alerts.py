"""When an alert is raised, what it says, and in which order alerts are told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import timer, webhooks
from shared.alert_ports import Delivery, DueAlert, WebhookAnswer
from shared.domain.access import ApiKey
from shared.domain.alerts import (
    ALERT,
    LATE_SECONDS,
    WARNING,
    Alert,
    Cap,
    caps,
    crossings,
    daily_budget,
    pause_after,
    text,
)
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.limits import Counter
from shared.domain.policy import Policy
from shared.domain.rates import BEIJING, Rate, parse_rates
from shared.errors import Misconfigured, StoreUnavailable
from shared.settings import read_settings
from shared.use_cases.raise_alerts import TELL_SECONDS, raise_alerts
from tests.unit.test_architecture import modules_after

NOON = datetime(2026, 11, 21, 12, tzinfo=BEIJING).timestamp()
MIDNIGHT = datetime(2026, 11, 21, tzinfo=BEIJING).timestamp()
DAY = 86_400
POLICY = Policy(
    access="api_key",
    scenes=frozenset({"sign_in"}),
    code=CodePolicy(6, 300, 3),
    code_secrets=["c" * 16],
    number_secret="n" * 16,
    phone_rates=(),
    allowed_rates=(),
    ip_rates=parse_rates("10/1d"),
    device_rates=parse_rates("10/1d"),
    total_rates=parse_rates("100/1m,1000/1d,9000/1mo"),
    caller_rates=parse_rates("2000/1d"),
    region_rates={"*": parse_rates("200/1d")},
    guess_rates=parse_rates("1000/1d"),
    api_keys=[ApiKey("shop", ()), ApiKey("app", (), parse_rates("7/2d"))],
)


def cap(limit: int, *, ends: float = NOON + 60, scope: str = "total", who: str = "") -> Cap:
    counter = Counter(scope, f"{scope}/{who}/1", Rate(limit, DAY), int(ends))
    return Cap(counter, int(ends) - DAY, who, "LIMIT_TOTAL")


def crossed(count: int, limit: int, *, percent: int = 80, ends: float = NOON + 60) -> list[str]:
    one = cap(limit, ends=ends)
    found = crossings([one], {one.counter: count}, warn_percent=percent, now=NOON)
    return [alert.kind for alert in found]


def an_alert(kind: str = WARNING, **changes: object) -> Alert:
    (found,) = crossings([cap(10)], {cap(10).counter: 8}, warn_percent=80, now=NOON)
    return replace(found, kind=kind, **changes)  # type: ignore[arg-type]


def test_every_cap_that_settings_know_is_watched_and_no_other_limit() -> None:
    found = caps(POLICY, ["cn", "hk"], now=NOON)
    assert {(c.setting, c.who, str(c.counter.rate)) for c in found} == {
        ("LIMIT_TOTAL", "", "1000/1d"),
        ("LIMIT_TOTAL", "", "9000/1mo"),
        ("LIMIT_REGION", "HK", "200/1d"),
        ("LIMIT_CALLER", "shop", "2000/1d"),
        ("API_KEYS", "app", "7/2d"),
    }


def test_the_window_before_is_watched_for_a_day() -> None:
    def months(now: float) -> list[str]:
        return [c.counter.key for c in caps(POLICY, [], now=now) if c.counter.rate.month]

    first = datetime(2026, 12, 1, tzinfo=BEIJING).timestamp()
    assert len(months(first - 1)) == 1
    assert len(months(first)) == len(months(first + LATE_SECONDS - 1)) == 2
    assert len(months(first + LATE_SECONDS)) == 1


@given(st.floats(min_value=1_700_000_000, max_value=2_000_000_000))
def test_watched_windows_follow_each_other_and_end_within_a_day_or_later(now: float) -> None:
    for windows in by_rate(caps(POLICY, ["HK"], now=now)).values():
        newest, *before = windows
        assert newest.starts <= now < newest.counter.ends
        for past in before:
            assert past.counter.ends == newest.starts
            assert past.starts < past.counter.ends
            assert past.counter.ends > now - LATE_SECONDS


def by_rate(found: Iterable[Cap]) -> dict[tuple[str, str], list[Cap]]:
    groups: dict[tuple[str, str], list[Cap]] = {}
    for each in found:
        groups.setdefault((each.counter.scope, str(each.counter.rate)), []).append(each)
    return groups


@pytest.mark.parametrize(
    ("count", "limit", "kinds"),
    [
        (7, 10, []),
        (8, 10, [WARNING]),
        (9, 10, [WARNING]),
        (10, 10, [ALERT]),
        (11, 10, [ALERT]),
        (0, 1, []),
        (1, 1, [ALERT]),
        (2, 3, []),
        (799, 1000, []),
        (800, 1000, [WARNING]),
    ],
)
def test_a_warning_at_80_percent_and_an_alert_at_100(
    count: int, limit: int, kinds: list[str]
) -> None:
    assert crossed(count, limit) == kinds


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 99))
def test_alerts_only_grow_with_the_count(few: int, more: int, limit: int, percent: int) -> None:
    few, more = sorted((few, more))
    louder = [[], [WARNING], [ALERT]]
    before, after = crossed(few, limit, percent=percent), crossed(more, limit, percent=percent)
    assert louder.index(before) <= louder.index(after)
    assert (after == [ALERT]) == (more >= limit)
    assert bool(after) == (more * 100 >= limit * percent)


def test_a_limit_lowered_today_raises_nothing_of_yesterday() -> None:
    assert crossed(11, 10, ends=NOON) == []
    assert crossed(10, 10, ends=NOON) == [ALERT]


def test_a_key_is_one_per_window_limit_and_kind() -> None:
    keys = {
        an_alert().key,
        an_alert(ALERT).key,
        an_alert(limit=20).key,
        an_alert(counter="total//2").key,
        an_alert(count=9, raised_at=1).key,
    }
    assert len(keys) == 4
    assert an_alert().louder_key == an_alert(ALERT).key


def test_an_alert_rests_as_json_and_may_have_been_written_by_a_later_version() -> None:
    assert Alert.from_json(an_alert().to_json()) == an_alert()
    later = json.dumps({**json.loads(an_alert().to_json()), "new": 1})
    assert Alert.from_json(later) == an_alert()


def test_20_are_told_in_a_day_of_beijing() -> None:
    assert daily_budget(now=NOON).limit == 20
    assert daily_budget(now=MIDNIGHT).key == daily_budget(now=NOON).key
    assert daily_budget(now=MIDNIGHT - 1).key != daily_budget(now=NOON).key


def test_a_webhook_that_never_says_so_is_told_ever_more_rarely() -> None:
    assert [pause_after(tries) for tries in (1, 4)] == [0, 0]
    assert [pause_after(tries) for tries in (5, 6, 7, 12, 5000)] == [60, 120, 240, 3600, 3600]


@pytest.mark.parametrize("kind", [WARNING, ALERT])
@pytest.mark.parametrize(
    ("scope", "who", "setting"),
    [
        ("total", "", "LIMIT_TOTAL"),
        ("region", "HK", "LIMIT_REGION"),
        ("caller", "shop", "API_KEYS"),
    ],
)
def test_the_text_says_what_happened_and_what_to_do(
    kind: str, scope: str, who: str, setting: str
) -> None:
    alert = an_alert(kind, scope=scope, who=who, setting=setting, ends=int(MIDNIGHT) + DAY)
    for words in text(alert):
        for wanted in (who, setting, "80%", "2026-11-22 00:00", "daily_cap_reached", "reason"):
            assert wanted in words


class Store:
    """An alert store in memory, for one run."""

    def __init__(self, *due: DueAlert, room: int = 20, claimed: Iterable[str] = ()) -> None:
        self.waiting = list(due)
        self.room = room
        self.claimed = set(claimed)
        self.finished: dict[str, str] = {}
        self.later: dict[str, float] = {}
        self.fails = False

    def counts(self, counters: Iterable[Counter], *, deadline: Deadline) -> dict[Counter, int]:
        return {}

    def note(self, alerts: Sequence[Alert], *, deadline: Deadline) -> int:
        return 0

    def due(self, *, now: float, deadline: Deadline) -> list[DueAlert]:
        return self.waiting

    def claim(self, alert: Alert, *, now: float, deadline: Deadline) -> bool:
        return alert.key not in self.claimed

    def spend(self, budget: Counter, *, deadline: Deadline) -> bool:
        self.room -= 1
        return self.room >= 0

    def finish(self, alert: Alert, state: str, *, now: float, deadline: Deadline) -> None:
        if self.fails:
            raise StoreUnavailable("finish", "down")
        self.finished[alert.who] = state

    def postpone(
        self, due: DueAlert, *, until: float, budget: Counter | None, deadline: Deadline
    ) -> None:
        self.later[due.alert.who] = until
        self.room += budget is not None


class Robot:
    """A webhook that answers as it is told to, in turn; `TAKEN` when nothing is left."""

    def __init__(self, *answers: Delivery) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def tell(self, alert: Alert, *, deadline: Deadline) -> WebhookAnswer:
        self.told.append(alert.who)
        return WebhookAnswer(self.answers.pop(0) if self.answers else Delivery.TAKEN, "code")


def due(who: str, *, tries: int = 0, raised_at: int = 0) -> DueAlert:
    return DueAlert(an_alert(who=who, counter=f"caller/{who}", raised_at=raised_at), tries)


def run(
    store: Store, robot: Robot | None, *, seconds: float = 50.0
) -> tuple[dict[str, int], list[tuple[str, object]]]:
    lines: list[tuple[str, object]] = []
    figures = raise_alerts(
        caps=[],
        warn_percent=80,
        store=store,
        messenger=robot,
        announce=lambda alert, **facts: lines.append((alert.who, facts["outcome"])),
        log=lambda **_: None,
        now=NOON,
        deadline=Deadline(seconds, lambda: 0.0),
    )
    return figures, lines


def test_the_oldest_is_told_first_and_what_was_tried_last() -> None:
    robot = Robot()
    run(Store(due("c", tries=1), due("b", raised_at=2), due("a", raised_at=1)), robot)
    assert robot.told == ["a", "b", "c"]


def test_after_a_failure_the_others_wait_for_the_next_run() -> None:
    robot, store = Robot(Delivery.REFUSED), Store(due("a"), due("b"))
    figures, lines = run(store, robot)
    assert (robot.told, lines) == (["a"], [("a", "failed")])
    assert (store.later, store.finished, store.room) == ({"a": NOON}, {}, 20)
    assert figures["failed"] == 1


def test_an_alert_that_may_have_been_shown_rests_before_its_sixth_try() -> None:
    for tries, pause in ((3, 0), (4, 60), (5, 120)):
        store = Store(due("a", tries=tries))
        run(store, Robot(Delivery.UNCLEAR))
        assert store.later == {"a": NOON + pause}
        refused = Store(due("a", tries=tries))
        run(refused, Robot(Delivery.REFUSED))
        assert refused.later == {"a": NOON}


def test_beyond_the_days_number_new_alerts_are_suppressed_and_tried_ones_wait_for_tomorrow() -> (
    None
):
    store, robot = Store(due("a"), due("b"), due("c", tries=1), room=1), Robot()
    _, lines = run(store, robot)
    assert lines == [("a", "sent"), ("b", "suppressed"), ("c", "postponed")]
    assert store.finished == {"a": "sent", "b": "suppressed"}
    assert store.later == {"c": MIDNIGHT + DAY}


def test_what_another_run_tells_is_left_alone_and_not_counted() -> None:
    store, robot = Store(due("a"), due("b"), claimed=[due("a").alert.key]), Robot()
    _, lines = run(store, robot)
    assert (robot.told, lines, store.room) == (["b"], [("b", "sent")], 19)


def test_without_a_webhook_the_log_is_told_and_nothing_is_counted() -> None:
    store = Store(due("a"), room=0)
    _, lines = run(store, None)
    assert (lines, store.finished) == ([("a", "logged")], {"a": "logged"})


def test_the_log_is_told_before_that_is_noted() -> None:
    store, lines = Store(due("a")), []
    store.fails = True
    with pytest.raises(StoreUnavailable):
        raise_alerts(
            caps=[],
            warn_percent=80,
            store=store,
            messenger=None,
            announce=lambda alert, **_: lines.append(alert.who),
            log=lambda **_: None,
            now=NOON,
            deadline=Deadline(50.0, lambda: 0.0),
        )
    assert lines == ["a"]


def test_a_run_that_is_late_leaves_the_rest_to_the_next() -> None:
    robot = Robot()
    figures, _ = run(Store(due("a")), robot, seconds=TELL_SECONDS - 0.1)
    assert (robot.told, figures["due"]) == ([], 1)


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://oapi.dingtalk.com/robot/send?access_token=a", "dingtalk"),
        ("https://OAPI.dingtalk.com:443/robot/send", "dingtalk"),
        ("https://example.com/?oapi.dingtalk.com", "json"),
        ("https://oapi.dingtalk.com.example.com/", "json"),
        ("http://[", "json"),
    ],
)
def test_a_webhook_of_dingtalk_is_known_by_its_host(url: str, form: str) -> None:
    assert webhooks.form_of(url) == form


@pytest.mark.parametrize("url", ["http://[secret", "ftp://secret.example/", "http://\u2100/secret"])
def test_an_address_that_is_none_is_answered_for_without_its_text(url: str) -> None:
    hook = webhooks.Webhook(url, form=None, secret="s", function="")
    answer = hook.tell(an_alert(), deadline=Deadline(1.0, lambda: 0.0))
    assert answer.delivery is not Delivery.TAKEN
    assert "secret" not in answer.code


def test_settings_refuse_a_webhook_that_is_no_address_and_do_not_repeat_it() -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings({"ALERT_WEBHOOK": "oapi.dingtalk.com/robot/send?access_token=canary"})
    assert "ALERT_WEBHOOK is wrong" in refused.value.reason
    assert "canary" not in refused.value.reason


@pytest.mark.parametrize(
    "event",
    [b"", b"\xff", b"[]", b"{}", b"null", b"[" * 100_000, "text", None, 7, {"triggerName": 7}],
)
def test_a_timer_works_whatever_its_event(event: object) -> None:
    answer = timer.run(event, None, name="maintain", action=lambda _: {"done": 1}, seconds=1.0)
    assert answer == {"outcome": "ok", "done": 1}


def test_a_timer_never_raises() -> None:
    def fail(_: timer.Run) -> dict[str, int]:
        raise LookupError("with a secret")

    answer = timer.run(b"{}", None, name="maintain", action=fail, seconds=1.0)
    assert answer == {"outcome": "internal"}


def test_the_doors_of_requests_load_nothing_of_webhooks() -> None:
    loaded = modules_after("import functions.send_code, functions.verify_code")
    assert not {
        "shared.webhooks",
        "shared.timer",
        "shared.domain.alerts",
        "shared.use_cases.raise_alerts",
        "shared.storage.alerts",
    } & set(loaded)
