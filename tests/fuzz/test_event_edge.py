"""Whatever event comes in, a door answers it: well-formed, never 500, never an exception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given

from shared.domain.access import key_digest
from tests.fuzz.doors import HTTP_DOORS, TIMERS, called, check_http, check_log
from tests.fuzz.effort import effort
from tests.fuzz.events import (
    CONTEXTS,
    KEY,
    RAW_EVENTS,
    RELAYED_EVENTS,
    TIMER_EVENTS,
    events,
)
from tests.service import Cloud

Setting = Callable[..., None]
WIDE = {
    "LIMIT_PHONE": "100000/60s",
    "LIMIT_IP": "1000000/1d",
    "LIMIT_DEVICE": "1000000/1d",
    "LIMIT_GUESS": "1000000/1d",
    "LIMIT_TOTAL": "1000000/1d",
    "SEQUENCE_GUARD": "off",
}
SETTINGS = {
    "gateway": {"CORS_ORIGINS": "*"},
    "api_key": {
        "ACCESS": "api_key",
        "API_KEYS": f'{{"shop": {{"sha256": "{key_digest(KEY)}"}}}}',
        "CLIENT_IP": "hops:1",
    },
    "captcha": {"ACCESS": "captcha", "CAPTCHA": "turnstile", "CLIENT_IP": "header:x-real-ip"},
}


@pytest.fixture
def outcomes() -> Iterator[Counter[str]]:
    """How often examples came to what; a test that reaches one outcome only tests little."""
    found: Counter[str] = Counter()
    yield found
    print(dict(found))


@pytest.mark.parametrize("access", SETTINGS)
@pytest.mark.parametrize("door", HTTP_DOORS)
def test_an_odd_event_is_answered(
    door: str, access: str, cloud: Cloud, setting: Setting, outcomes: Counter[str]
) -> None:
    setting(**WIDE, **SETTINGS[access])

    @given(event=events(door), context=CONTEXTS)
    @effort()
    def run(event: bytes, context: Any) -> None:
        outcomes[check_http(called(HTTP_DOORS[door], event, context))] += 1

    run()
    assert len(outcomes) > 1


@pytest.mark.parametrize("door", HTTP_DOORS)
@given(event=RAW_EVENTS, context=CONTEXTS)
@effort()
def test_what_is_no_event_is_refused(door: str, event: bytes, context: Any) -> None:
    assert check_http(called(HTTP_DOORS[door], event, context)) == "method_not_allowed"


@given(event=RELAYED_EVENTS | RAW_EVENTS, context=CONTEXTS)
@effort(2)
def test_whatever_is_relayed_is_stored_or_set_aside(
    cloud: Cloud, event: bytes, context: Any
) -> None:
    found = called(TIMERS["receipts_mns"], event, context)
    assert found.answer["outcome"] == "ok", found.logged
    check_log(found)


@given(event=TIMER_EVENTS | RAW_EVENTS, context=CONTEXTS)
@effort(0.5)
def test_a_timer_works_whatever_its_event_is(cloud: Cloud, event: bytes, context: Any) -> None:
    found = called(TIMERS["maintain"], event, context)
    assert found.answer["outcome"] == "ok", found.logged
    check_log(found)
