"""Say in words what happened, with the numbers: the page's opening, and what stood out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scripts.report import episodes, words
from scripts.report.arriving import CARRIERS
from scripts.report.gates import GATES
from scripts.report.logged import HOUR
from scripts.report.spending import Used
from scripts.report.tally import DELIVERED, FAILED, UNREACHABLE, Tally
from shared.errors import Bilingual

_MOST = 3
"""Of each kind of thing that stood out."""


def opening(tally: Tally, *, price: float) -> Bilingual:
    """Return the first paragraph."""
    if not tally.messages:
        return (
            "这段时间没有发送任何短信验证码。",
            "No code was sent in this time.",
        )
    sent, verified = tally.messages, sum(tally.verified.values())
    delivered, failed = tally.total(DELIVERED), tally.total(FAILED)
    unreachable = tally.total(UNREACHABLE)
    cost = words.yuan((sum(tally.segments.values()) + sum(tally.unbilled_yet.values())) * price)
    at, count = max(tally.sent.items(), key=lambda pair: (pair[1], -pair[0]))
    minute = words.moment(at)
    worst_zh, worst_en = _worst(tally)
    return (
        f"共发送 {sent:,} 条短信验证码，送达 {words.share(delivered, sent)}，"
        f"{words.share(verified, sent)} 被正确输入（转化率），花费约 {cost}。"
        f"失败 {failed:,} 条，另有 {unreachable:,} 条因号码自身原因（关机、停机、拒收等）未送达。"
        f"最忙的一分钟是 {minute[0]}，发送 {count:,} 条。" + worst_zh,
        f"{sent:,} codes were sent by SMS. {words.share(delivered, sent)} arrived and "
        f"{words.share(verified, sent)} were entered (conversion), for about {cost}. "
        f"{failed:,} failed, and {unreachable:,} did not arrive for reasons of the number's own "
        f"(switched off, suspended, opted out, ...). The busiest minute was {minute[1]} with "
        f"{count:,}. " + worst_en,
    )


def _worst(tally: Tally) -> Bilingual:
    worst = episodes.worst_hour(tally)
    if worst is None:
        return "", ""
    chinese, english = words.span(worst.start, worst.end)
    figures = words.share(worst.count, worst.of)
    return (
        f"送达最差的一小时是 {chinese}：可送达的 {worst.of:,} 条中送达 {figures}。",
        f"The worst hour was {english}: {figures} of the {worst.of:,} that could arrive did.",
    )


def standing_out(tally: Tally, used: Sequence[Used], *, price: float) -> list[Bilingual]:
    """Return a sentence for each thing that an operator should know of."""
    found = [
        *_attacks(tally, price=price),
        *_outages(tally),
        *_set_aside(tally),
        *_told_aside(tally),
        *_spikes(tally),
        *_caps(used),
        *_rejections(tally),
        *_errors(tally),
    ]
    return found or [
        (
            "没有发现异常：没有突增、成片的失败、攻击迹象，也没有上限告急。",
            "Nothing stood out: no spike, no run of failures, no sign of an attack, no cap near.",
        )
    ]


def _spikes(tally: Tally) -> Iterator[Bilingual]:
    for one in sorted(episodes.spikes(tally), key=lambda one: -one.count)[:_MOST]:
        chinese, english = words.span(one.start, one.end)
        verified = sum(tally.verified[at] for at in range(one.start, one.end, HOUR))
        part = words.share(verified, one.count)
        yield (
            f"发送突增：{chinese} 发送 {one.count:,} 条，平时同一时段约 {one.of:,} 条；"
            f"其中 {part} 被输入。",
            f"A spike: {one.count:,} messages from {english}, usually about {one.of:,} at that "
            f"time; {part} of them were entered.",
        )


def _outages(tally: Tally) -> Iterator[Bilingual]:
    for one in episodes.outages(tally)[:_MOST]:
        chinese, english = words.span(one.start, one.end)
        code, count = next(iter(words.ranked(one.parts)), ("-", 0))
        part = words.share(one.of - one.count, one.of)
        name_zh, name_en = CARRIERS[one.who]
        yield (
            f"送达变差：{chinese}，{name_zh} 的 {one.of:,} 条中只送达 {part}，"
            f"最多的原因是 {code}（{count:,} 条）。",
            f"Poor delivery: from {english} only {part} of {one.of:,} messages to {name_en} "
            f"arrived; the commonest reason was {code} ({count:,}).",
        )


def _set_aside(tally: Tally) -> Iterator[Bilingual]:
    for one in episodes.set_aside(tally)[:_MOST]:
        chinese, english = words.span(one.start, one.end)
        by = ", ".join(f"{name} {count:,}" for name, count in words.ranked(one.parts))
        yield (
            f"服务商 {one.who} 被搁置：{chinese} 没有经它发送任何短信，"
            f"{one.count:,} 条都由 {by} 承担。",
            f"Provider {one.who} was set aside: from {english} it carried no message; "
            f"{one.count:,} went by {by}.",
        )


def _told_aside(tally: Tally) -> Iterator[Bilingual]:
    """Tell what the log says of it; a provider may be back before an hour is over."""
    aside = tally.logged.aside
    if aside:
        total = sum(aside.values())
        who = ", ".join(f"{name} {count:,}" for name, count in words.ranked(aside))
        yield (
            f"服务 {total:,} 次搁置了服务商（{who}）；见 scripts/ops health。",
            f"A provider was set aside {total:,} times ({who}); see scripts/ops health.",
        )


def _attacks(tally: Tally, *, price: float) -> Iterator[Bilingual]:
    for one in episodes.heaps(tally)[:_MOST]:
        chinese, english = words.span(one.start, one.end)
        zh, en = _gates(one.parts)
        yield (
            f"疑似攻击：{chinese} 拒绝了 {one.count:,} 次请求（{zh}），来自 {one.of:,} 个地址。",
            f"An attack is suspected: from {english} {one.count:,} requests were refused ({en}), "
            f"from {one.of:,} addresses.",
        )
    for one in episodes.unused(tally)[:_MOST]:
        chinese, english = words.span(one.start, one.end)
        cost = words.yuan(one.count * price)
        yield (
            f"疑似刷量：{chinese} 发出的 {one.of:,} 条中有 {one.count:,} 条无人输入，约 {cost}。",
            f"Messages sent for nothing are suspected: of {one.of:,} from {english}, "
            f"{one.count:,} were never entered, about {cost}.",
        )
    if tally.logged.marches:
        yield (
            f"连号防护 {tally.logged.marches:,} 次发现号码成串。",
            f"The sequence guard noticed numbers in a row {tally.logged.marches:,} times.",
        )


def _gates(parts: Counter[str]) -> Bilingual:
    chinese, english = zip(
        *(
            (f"{GATES[gate][0]} {count:,}", f"{GATES[gate][1]} {count:,}")
            for gate, count in words.ranked(parts)
        ),
        strict=True,
    )
    return "，".join(chinese), ", ".join(english)


def _caps(used: Sequence[Used]) -> Iterator[Bilingual]:
    near = sorted((one for one in used if one.share >= 0.8), key=lambda one: -one.share)
    for one in near[:_MOST]:
        chinese, english = words.moment(one.starts)
        who = f" {one.who}" if one.who else ""
        full = one.share >= 1
        yield (
            f"上限{'已满' if full else '告急'}：{one.setting}{who} 在 {chinese} 起的窗口用了 "
            f"{one.count:,}/{one.limit:,}（{one.share:.0%}）。",
            f"{'A cap was reached' if full else 'A cap was near'}: {one.setting}{who} stood at "
            f"{one.count:,} of {one.limit:,} ({one.share:.0%}) in the window from {english}.",
        )


def _rejections(tally: Tally) -> Iterator[Bilingual]:
    if tally.refused_by_provider:
        codes = ", ".join(
            f"{code} {count:,}" for code, count in words.ranked(tally.rejected)[:_MOST]
        )
        yield (
            f"服务商拒绝了 {tally.refused_by_provider:,} 次发送：{codes}。",
            f"Providers refused {tally.refused_by_provider:,} sends: {codes}.",
        )


def _errors(tally: Tally) -> Iterator[Bilingual]:
    if tally.logged.errors:
        most = ", ".join(f"{what} {n:,}" for what, n in words.ranked(tally.logged.errors)[:_MOST])
        total = sum(tally.logged.errors.values())
        yield (
            f"日志中有 {total:,} 次服务端错误：{most}。",
            f"The log holds {total:,} errors of the service: {most}.",
        )
