"""What a day came to: a table for the terminal and a picture (SVG)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape

from scripts.simulation.traffic import ACTORS, PEOPLE
from scripts.simulation.world import Tally

SENT = "sent"
GATES: Mapping[str, str] = {
    "provider": "provider's limits",
    "limit_phone": "limit per number",
    "limit_phone_share": "share of a number",
    "limit_ip": "limit per address",
    "limit_total": "daily cap",
    "captcha_required": "captcha",
    "captcha": "captcha",
    "token_used": "captcha",
    "sequence": "sequence guard",
}
OTHER = "other"
COLOURS: Mapping[str, str] = {
    SENT: "#d64545",
    "provider's limits": "#8d99ae",
    "limit per number": "#2f6f9f",
    "share of a number": "#5fa8d3",
    "limit per address": "#3a9e8f",
    "daily cap": "#e0a030",
    "captcha": "#7b5ea7",
    "sequence guard": "#4c956c",
    OTHER: "#bbbbbb",
}
HONEST_COLOUR = "#6aa84f"

WIDTH, LABELS, BARS, ROW, HEAD = 980, 190, 560, 24, 34


def gates(tally: Tally, kind: str) -> Counter[str]:
    """Return how many sends of an actor were sent, and refused by which gate."""
    found: Counter[str] = Counter({SENT: tally.sent[kind]})
    for reason, count in tally.refused.get(kind, Counter()).items():
        found[GATES.get(reason.split(":")[0].split(" ")[0], OTHER)] += count
    return +found


def lost(tally: Tally, price: float) -> float:
    """Return what the attackers' messages cost, in yuan."""
    return price * sum(tally.sent[kind] for kind in ACTORS if kind != PEOPLE)


def table(days: Mapping[str, Tally], price: float) -> str:
    """Return the table: a line for each configuration and actor."""
    lines = [f"{'configuration':<26}{'who':<10}{'asked':>7}{'sent':>7}{'yuan':>9}  refused by"]
    for name, tally in days.items():
        for kind in ACTORS:
            found = gates(tally, kind)
            why = ", ".join(f"{gate} {n}" for gate, n in found.most_common() if gate != SENT)
            sent = tally.sent[kind]
            money = "" if kind == PEOPLE else f"{sent * price:.2f}"
            lines.append(f"{name:<26}{kind:<10}{tally.asked[kind]:>7}{sent:>7}{money:>9}  {why}")
            name = ""
        money = f"lost {lost(tally, price):.2f} yuan"
        guessed = f"{tally.broken_into} of {tally.guesses} guesses were right"
        lines.append(f"{'':<26}{money}; {guessed}\n")
    return "\n".join(lines)


def picture(days: Mapping[str, Tally], price: float) -> str:
    """Return an SVG: for each configuration and actor, what became of every hundred sends."""
    parts: list[str] = []
    y = 64.0
    for name, tally in days.items():
        y += HEAD
        money = f"{lost(tally, price):,.2f} yuan lost"
        parts.append(_text(LABELS, y - 10, name, size=15, bold=True))
        parts.append(_text(WIDTH - 20, y - 10, money, size=15, bold=True, anchor="end"))
        for kind in ACTORS:
            parts += _row(kind, gates(tally, kind), tally.asked[kind], y)
            y += ROW
    height = y + 74
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
            f'width="{WIDTH}" height="{height:g}" font-family="system-ui, sans-serif" role="img" '
            'aria-label="What became of every send, by configuration and attacker">',
            f'<rect width="{WIDTH}" height="{height:g}" fill="#ffffff"/>',
            _text(20, 34, "A day of attacks: what became of every request for a code", size=19),
            *parts,
            *_legend(y + 28),
            "</svg>\n",
        ]
    )


def _row(kind: str, found: Counter[str], asked: int, y: float) -> list[str]:
    parts = [_text(LABELS - 12, y + 16, f"{kind} ({asked:,})", anchor="end")]
    x = float(LABELS)
    for gate in COLOURS:
        width = BARS * found[gate] / max(1, asked)
        if width:
            colour = HONEST_COLOUR if gate == SENT and kind == PEOPLE else COLOURS[gate]
            parts.append(
                f'<rect x="{x:.1f}" y="{y + 3:g}" width="{width:.1f}" height="{ROW - 6}" '
                f'fill="{colour}"><title>{escape(gate)}: {found[gate]:,}</title></rect>'
            )
        x += width
    parts.append(_text(LABELS + BARS + 12, y + 16, f"{found[SENT]:,} messages"))
    return parts


def _legend(y: float) -> list[str]:
    parts, x, line = [], 20.0, y
    meanings = {"sent to people": HONEST_COLOUR, "sent to attackers": COLOURS[SENT]}
    for name, colour in (meanings | {g: c for g, c in COLOURS.items() if g != SENT}).items():
        if x > WIDTH - 170:
            x, line = 20.0, line + 22
        parts.append(f'<rect x="{x:g}" y="{line - 10:g}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x + 18, line, name, size=13))
        x += 34 + 7.2 * len(name)
    return parts


def _text(
    x: float, y: float, text: str, *, size: int = 13, bold: bool = False, anchor: str = "start"
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}"{weight} text-anchor="{anchor}" '
        f'fill="#222222">{escape(text)}</text>'
    )
