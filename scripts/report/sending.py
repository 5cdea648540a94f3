"""Charts over time: what was sent and refused each minute, and by which gate."""

from __future__ import annotations

from collections import Counter

from scripts.report import svg, words
from scripts.report.chart import Chart, Key, Table, buckets
from scripts.report.gates import GATES
from scripts.report.logged import HOUR, MINUTE
from scripts.report.svg import Panel
from scripts.report.tally import Tally

_MINUTES = tuple(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30, 60, 120))
_HOURS = tuple(hours * HOUR for hours in (1, 2, 3, 4, 6, 12, 24))
COLOURS = dict(
    zip(
        GATES,
        ("purple", "teal", "blue", "amber", "red", "pink", "sand", "grey", "brown", "ink"),
        strict=True,
    )
)

NO_LOG = (
    "没有提供日志：被拒绝的请求不写入数据表，只能从日志得知。请从日志服务下载后以 --log 指定。",
    "No log was given: a refused request writes nothing to the store, so only the log tells of it. "
    "Download it from Log Service and give it with --log.",
)


def sends(tally: Tally) -> Chart:
    """Draw how many were sent, and how many refused, on average each minute."""
    span = buckets(tally.period, 720, _MINUTES)
    sent = _spread(tally.sent, span)
    refused = _spread(tally.logged.refused_by_minute, span)
    minutes = span // MINUTE
    description = (
        f"每分钟平均发送与被拒绝的条数，每 {minutes} 分钟一格",
        f"messages sent, and requests refused, a minute on average over {minutes} minutes",
    )
    title = ("每分钟发送量", "Sends per minute")
    parts, top = [], 26.0
    names = [(("已发送，条/分钟", "sent, a minute"), sent, "blue")]
    if tally.logged.lines:
        names.append((("被拒绝，次/分钟", "refused, a minute"), refused, "red"))
    for name, counts, colour in names:
        scale = svg.ticks(max(counts.values(), default=0) / minutes)
        panel = Panel(tally.period, top, 120, scale[-1])
        points = [
            (panel.x(at), panel.y(counts[at] / minutes))
            for at in range(tally.period.start, tally.period.end, span)
        ]
        wide = panel.x(tally.period.start + span) - panel.x(tally.period.start)
        parts += [
            svg.words_at(svg.LEFT, top - 10, name, style="unit"),
            panel.values(scale),
            svg.steps(points, wide, panel.base, colour),
        ]
        top = panel.base + 34
    parts.append(panel.days())
    height = panel.base + 30
    return Chart(
        "sends",
        title,
        (
            f"柱高是每 {minutes} 分钟的平均值；两幅图的纵轴各不相同。",
            f"Averages over {minutes} minutes; each panel has a scale of its own.",
        ),
        svg.picture("sends", title, description, height, "".join(parts)),
        table=_hourly(tally),
    )


def _spread(counts: Counter[int], span: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for at, count in counts.items():
        found[at // span * span] += count
    return found


def _hourly(tally: Tally) -> Table:
    sent, refused = _spread(tally.sent, HOUR), _spread(tally.logged.refused_by_minute, HOUR)
    busiest: Counter[int] = Counter()
    for at, count in tally.sent.items():
        busiest[at // HOUR * HOUR] = max(busiest[at // HOUR * HOUR], count)
    head = [
        ("小时（北京时间）", "hour (Beijing)"),
        ("已发送", "sent"),
        ("最忙一分钟", "busiest minute"),
        ("被拒绝", "refused"),
    ]
    rows = [
        (words.stamp(at), f"{sent[at]:,}", f"{busiest[at]:,}", f"{refused[at]:,}")
        for at in sorted({*sent, *refused})
    ]
    return Table(head, rows)


def refusals(tally: Tally) -> Chart:
    """Draw how many sends each gate refused, over time."""
    title = ("被拒绝的请求（按关卡）", "Refused, by gate")
    if not tally.logged.lines:
        return Chart("refused", title, NO_LOG, "")
    span = buckets(tally.period, 90, _HOURS)
    counts: Counter[tuple[int, str]] = Counter()
    for (hour, gate), count in tally.logged.refused.items():
        counts[hour - (hour - tally.period.start) % span, gate] += count
    totals: Counter[str] = Counter()
    stacks: Counter[int] = Counter()
    for (at, gate), count in counts.items():
        totals[gate] += count
        stacks[at] += count
    scale = svg.ticks(max(stacks.values(), default=0))
    panel = Panel(tally.period, 26, 170, scale[-1])
    parts = [
        svg.words_at(
            svg.LEFT, 14, (f"次/{span // HOUR} 小时", f"in {span // HOUR} h"), style="unit"
        ),
        panel.values(scale),
        panel.days(),
    ]
    wide = panel.x(tally.period.start + span) - panel.x(tally.period.start) - 1
    for at in sorted(stacks):
        height = 0
        for gate, names in GATES.items():
            count = counts[at, gate]
            if count:
                y, base = panel.y(height + count), panel.y(height)
                tip = f"{words.stamp(at)} {' / '.join(names)}: {count:,}"
                parts.append(svg.box(panel.x(at) + 0.5, y, wide, base - y, COLOURS[gate], tip))
            height += count
    description = ("各关卡拒绝的请求数", "requests for a code that each gate refused")
    refused = sum(totals.values())
    rows = [
        (GATES[gate], reason, f"{count:,}", words.share(count, refused))
        for (gate, reason), count in sorted(
            tally.logged.reasons.items(), key=lambda pair: (-totals[pair[0][0]], -pair[1], pair[0])
        )
    ]
    head = [
        ("关卡", "gate"),
        ("日志中的原因", "reason in the log"),
        ("次数", "count"),
        ("占被拒", "of refused"),
    ]
    return Chart(
        "refused",
        title,
        (
            f"日志记录了 {tally.logged.asked:,} 次获取请求，其中 {refused:,} 次被拒绝，"
            "未产生短信费用。",
            f"The log holds {tally.logged.asked:,} requests for a code; {refused:,} were refused "
            "and cost nothing.",
        ),
        svg.picture("refused", title, description, panel.base + 30, "".join(parts)),
        [
            Key(COLOURS[g], (f"{GATES[g][0]} {n:,}", f"{GATES[g][1]} {n:,}"))
            for g, n in ((g, totals[g]) for g in GATES)
            if n
        ],
        Table(head, rows),
    )
