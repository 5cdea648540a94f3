"""The report: what it counts, what it finds, and a page that holds nothing it should not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from scripts.report import compose, episodes, story
from scripts.report.log_lines import LogLine, LogReader
from scripts.report.spending import Used
from scripts.report.svg import ticks
from scripts.report.tally import DAY, Period, Tally, percentile
from shared.domain.delivery import Report
from shared.domain.rates import BEIJING
from shared.message_ports import Message

HOUR = 3600
START = int(datetime(2026, 11, 15, tzinfo=BEIJING).timestamp())
PERIOD = Period(START, START + 7 * DAY)
NOW = float(PERIOD.end)
TERMS = compose.Terms(0.05, 80, NOW)
MASKED = {"mobile": "+86138****8000", "telecom": "+86189****0001"}


def message(
    at: int,
    code: str = "DELIVERED",
    *,
    carrier: str = "mobile",
    entered: bool = True,
    provider: str = "dysms",
    seconds: int = 4,
) -> Message:
    """Return a message of which `code` was reported, or nothing where that is empty."""
    report = Report(code == "DELIVERED", code, "", "b", 1, at, at + seconds)
    return Message(
        "v" * 22,
        phone="p" * 64,
        masked=MASKED[carrier],
        scene="sign_in",
        issued_at=at,
        expires_at=at + 300,
        code_state="live",
        attempts_left=3,
        spent_at=at + 30 if entered and code == "DELIVERED" else None,
        outcome="accepted",
        provider=provider,
        provider_code="OK",
        template="SMS_1",
        biz_id="b",
        handed_over_at=at,
        reports=(report,) if code else (),
    )


def tally_of(*messages: Message, lines: tuple[LogLine, ...] = ()) -> Tally:
    tally = Tally(PERIOD)
    for one in messages:
        tally.add(one, now=NOW)
    for line in lines:
        tally.logged.add(line)
    return tally


def usual(days: int = 7, an_hour: int = 2, carrier: str = "mobile") -> Iterator[Message]:
    """Yield an even week: so many in each hour from 8 to 22 o'clock."""
    for day in range(days):
        for hour in range(8, 22):
            for place in range(an_hour):
                at = START + day * DAY + hour * HOUR + place * 60
                yield message(at, carrier=carrier)


def refused(at: float, ip: str, reason: str = "") -> LogLine:
    outcome = "rate_limited" if reason else "captcha_required"
    facts = {"status": 400, "outcome": outcome, "reason": reason, "ip": ip, "level": "INFO"}
    return LogLine(at, "send_code", facts)


def test_each_message_is_counted_by_its_end() -> None:
    tally = tally_of(
        message(START),
        message(START, "MOBILE_NOT_ON_SERVICE"),
        message(START, "NO_ROUTE"),
        message(START, "EXPIRED"),
        message(START, ""),
        message(int(NOW) - 60, ""),
    )
    found = {end: tally.total(end) for end in ("delivered", "failed", "unreachable")}
    assert found == {"delivered": 1, "failed": 2, "unreachable": 1}
    assert (tally.total("unknown"), tally.total("waiting"), tally.messages) == (1, 1, 6)
    assert tally.scenes[START, "sign_in", "verified"] == 1


def test_what_a_provider_refused_and_test_numbers_are_no_messages() -> None:
    rejected = replace(
        message(START, ""), outcome="misconfigured", provider_code="isv.AMOUNT_NOT_ENOUGH"
    )
    test = replace(message(START, ""), provider="", handed_over_at=None)
    tally = tally_of(rejected, test)
    assert (tally.messages, tally.tests) == (0, 1)
    assert tally.rejected == {"isv.AMOUNT_NOT_ENOUGH": 1}
    assert not tally.segments + tally.unbilled_yet


@pytest.mark.parametrize("percent", [1, 50, 90, 99, 100])
def test_a_percentile_of_a_histogram_is_that_of_its_values(percent: int) -> None:
    values = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55]
    expected = values[max(0, -(-len(values) * percent // 100) - 1)]
    assert percentile(Counter(values), percent) == expected
    assert percentile(Counter(), percent) is None


def test_a_spike_is_told_with_its_numbers() -> None:
    crowd = [message(START + 2 * DAY + 20 * HOUR + n) for n in range(200)]
    tally = tally_of(*usual(), *crowd)
    (one,) = episodes.spikes(tally)
    assert (one.start, one.count, one.of) == (START + 2 * DAY + 20 * HOUR, 202, 2)
    assert "202" in " ".join(text for _, text in story.standing_out(tally, [], price=0.05))


def test_an_outage_is_that_of_its_carrier_and_names_the_reason() -> None:
    at = START + 4 * DAY + 10 * HOUR
    out = [message(at + n * 600, "MK:0013", carrier="telecom") for n in range(12)]
    tally = tally_of(*usual(), *usual(carrier="telecom"), *out)
    (one,) = episodes.outages(tally)
    assert (one.who, one.start, one.end) == ("telecom", at, at + 2 * HOUR)
    assert (one.count, one.of, one.parts.most_common(1)) == (12, 16, [("MK:0013", 12)])


def test_a_few_failures_here_and_there_are_no_outage() -> None:
    failing = [message(START + day * DAY + 9 * HOUR, "NO_ROUTE") for day in range(7)]
    assert episodes.outages(tally_of(*usual(), *failing)) == []


def test_refusals_in_a_heap_are_suspected_as_an_attack() -> None:
    at = START + 6 * DAY + 2 * HOUR
    lines = tuple(refused(at + n, f"198.18.0.{n % 40}") for n in range(300))
    tally = tally_of(*usual(), lines=lines)
    (one,) = episodes.heaps(tally)
    assert (one.count, one.of, dict(one.parts)) == (300, 40, {"captcha": 300})
    assert "attack" in story.standing_out(tally, [], price=0.05)[0][1]


def test_requests_that_are_merely_wrong_are_no_attack() -> None:
    facts = {"status": 400, "outcome": "invalid_phone", "reason": "not_mobile"}
    lines = tuple(LogLine(START + n, "send_code", facts) for n in range(300))
    assert episodes.heaps(tally_of(lines=lines)) == []


def test_messages_that_nobody_enters_are_suspected() -> None:
    at = START + 6 * DAY + 3 * HOUR
    pumped = [message(at + n, entered=False) for n in range(80)]
    tally = tally_of(*usual(), *pumped)
    (one,) = episodes.unused(tally)
    assert (one.start, one.count, one.of) == (at, 80, 80)
    assert episodes.spikes(tally) == []


def test_a_provider_that_carries_nothing_for_hours_was_set_aside() -> None:
    at = START + 3 * DAY + 9 * HOUR
    mine = [message(START + 8 * HOUR + n) for n in range(20)]
    other = [message(at + n * 60, provider="dypns") for n in range(60)]
    (one,) = [o for o in episodes.set_aside(tally_of(*mine, *other)) if o.who == "dysms"]
    assert (one.start, one.count, dict(one.parts)) == (at, 60, {"dypns": 60})


def test_what_the_log_says_of_providers_that_were_set_aside_is_told() -> None:
    sending = {"status": 200, "outcome": "accepted", "set_aside": {"dysms": 60}}
    lines = (
        LogLine(START, "send_code", sending),
        LogLine(START, "maintain", {"outcome": "ok", "set_aside": 1}),
        LogLine(START, "maintain", {"outcome": "ok", "set_aside": 0}),
        LogLine(START, "receipts", {"status": 200, "set_aside": 3}),  # entries, no providers
    )
    said = story.standing_out(tally_of(*usual(), lines=lines), [], price=0.05)
    assert "A provider was set aside 2 times (dysms 1, maintain 1)" in said[0][1]


def test_an_even_week_has_nothing_that_stands_out() -> None:
    ((_, english),) = story.standing_out(tally_of(*usual()), [], price=0.05)
    assert english.startswith("Nothing stood out")


def test_the_opening_tells_the_totals() -> None:
    tally = tally_of(*usual(), *(message(START + n, "NO_ROUTE") for n in range(4)))
    _, english = story.opening(tally, price=0.05)
    for part in ("200 codes", "98.0% arrived", "98.0% were entered", "¥9.80", "4 failed"):
        assert part in english, english


class Outside(HTMLParser):
    """Collects what a page would fetch or run, and its elements' balance."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in ("script", "link", "img", "iframe", "object") or names & {"src", "href", "style"}:
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on")]


def page_of(tally: Tally, used: tuple[Used, ...] = (), reader: LogReader | None = None) -> str:
    return compose.report(tally, used, reader, TERMS)


CAP = Used("LIMIT_TOTAL", "", START + 2 * DAY, "1d", 100, 85)


def full_page() -> str:
    at = START + 6 * DAY + 2 * HOUR
    lines = tuple(refused(at + n, f"198.18.0.{n % 40}", "limit_ip 10/1d") for n in range(90))
    failing = [message(at, code) for code in ("NO_ROUTE", "EXPIRED", "13800138000", "<b>&")]
    tally = tally_of(*usual(), *usual(carrier="telecom"), *failing, lines=lines)
    return page_of(tally, (CAP,), LogReader())


def test_the_page_needs_no_other_file_and_runs_nothing() -> None:
    parser, page = Outside(), full_page()
    parser.feed(page)
    assert parser.found == []
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_every_picture_is_sound_and_says_what_it_shows() -> None:
    pictures = re.findall(r"<svg.*?</svg>", full_page(), re.DOTALL)
    assert len(pictures) == 7
    for picture in pictures:
        root = ElementTree.fromstring(picture)  # noqa: S314 - our own
        assert (root.findtext("title") or "").count(" / ") == 1
        assert root.findtext("desc")
        numbers = re.findall(r' (?:x|y|width|height|x1|y1|x2|y2)="([^"]*)"', picture)
        assert all(float(number) >= -1 for number in numbers)


def test_everything_is_said_in_both_languages() -> None:
    page = full_page()
    assert page.count('class="zh" lang="zh"') == page.count('class="en" lang="en"') > 40


def test_the_page_holds_no_number_address_or_code() -> None:
    page = full_page()
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", page)
    for hidden in ("198.18", "****", "p" * 64, "v" * 22, "<b>&"):
        assert hidden not in page


def test_without_logs_the_page_says_that_refusals_are_not_known() -> None:
    page = page_of(tally_of(*usual()))
    assert "No log was given" in page
    assert 'id="refused"' in page
    assert page.count("<svg") == 5  # nothing failed, and nothing is known to be refused


def test_an_empty_time_makes_a_page_too() -> None:
    page = page_of(tally_of())
    assert "No code was sent" in page


def test_a_cap_that_was_nearly_used_is_told() -> None:
    page = page_of(tally_of(*usual()), (CAP,))
    assert "LIMIT_TOTAL stood at 85 of 100 (85%)" in page


@pytest.mark.parametrize("most", [0, 0.4, 1, 3, 9, 10, 11, 99, 1234, 10**7])
def test_a_scale_is_round_and_holds_the_greatest_value(most: float) -> None:
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert 2 <= len(found) <= 7
    assert all(value == int(value) for value in found)
