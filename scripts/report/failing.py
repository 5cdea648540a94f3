"""The chart of why messages failed, by carrier."""

from __future__ import annotations

from collections import Counter

from scripts.report import svg, words
from scripts.report.arriving import CARRIERS
from scripts.report.chart import Chart, Key, Row, Table
from scripts.report.tally import Tally
from shared.domain.receipt_codes import CODES
from shared.errors import Bilingual

_MOST_REASONS = 8
_NAMES, _ROW = 214, 30
_COLOURS = dict(zip(CARRIERS, ("blue", "red", "teal", "purple", "grey"), strict=True))


def reasons(tally: Tally) -> Chart:
    """Draw why messages failed, by carrier."""
    title = ("失败原因", "Why messages failed")
    totals: Counter[str] = Counter()
    for (code, _), count in tally.reasons.items():
        totals[code] += count
    if not totals:
        return Chart("reasons", title, ("期间内没有失败的消息。", "No message failed."), "")
    shown = words.ranked(totals)[:_MOST_REASONS]
    most, wide = shown[0][1], svg.WIDTH - _NAMES - 70
    parts, y = [], 6.0
    for code, total in shown:
        x = float(_NAMES)
        parts.append(svg.label(_NAMES - 8, y + 16, code[:30], anchor="end", style="code"))
        for carrier, names in CARRIERS.items():
            part = tally.reasons[code, carrier] / most * wide
            tip = f"{' / '.join(names)}: {tally.reasons[code, carrier]:,}"
            if part:
                parts.append(svg.box(x, y + 2, part, 20, _COLOURS[carrier], tip))
            x += part
        parts.append(svg.label(x + 6, y + 16, f"{total:,}"))
        y += _ROW
    failed = sum(totals.values())
    rows: list[Row] = [
        (
            code,
            _meaning(code),
            f"{count:,}",
            words.share(count, failed),
            *(f"{tally.reasons[code, carrier]:,}" for carrier in CARRIERS),
        )
        for code, count in words.ranked(totals)
    ]
    head = [
        ("运营商代码", "carrier's code"),
        ("含义", "meaning"),
        ("条数", "messages"),
        ("占失败", "of failed"),
        *CARRIERS.values(),
    ]
    return Chart(
        "reasons",
        title,
        (
            f"共 {failed:,} 条失败，按运营商回执中的代码；最常见的 {len(shown)} 种。",
            f"{failed:,} failed, by the code in the carrier's report; the {len(shown)} most "
            "common.",
        ),
        svg.picture(
            "reasons",
            title,
            ("各失败原因的条数", "messages by reason of failure"),
            y + 6,
            "".join(parts),
        ),
        [
            Key(_COLOURS[carrier], names)
            for carrier, names in CARRIERS.items()
            if any(one == carrier for _, one in tally.reasons)
        ],
        Table(head, rows),
    )


def _meaning(code: str) -> Bilingual:
    found = CODES.get(code)
    return found.reason if found is not None else ("-", "-")
