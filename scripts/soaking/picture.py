"""A soak as a picture: requests and messages by the second, and when something was away."""

from __future__ import annotations

from collections import Counter
from html import escape

from scripts.soaking.account import Account
from scripts.soaking.run import Soak

WIDTH, HEIGHT, LEFT, TOP = 860, 260, 44, 40
BASE = HEIGHT - 30
COLOURS = {"answered": "#3b7dd8", "refused, or died": "#c9ced6", "handed to a carrier": "#1d9a6c"}


def picture(soak: Soak, account: Account) -> str:
    """Return it as SVG."""
    start = min((one.began for one in account.asked), default=0.0)
    seconds = max(1, int(max((one.ended for one in account.asked), default=1.0) - start) + 1)
    good = Counter(int(one.ended - start) for one in account.asked if one.status == 200)
    every = Counter(int(one.ended - start) for one in account.asked)
    handed = Counter(int(one.at - start) for one in account.handed)
    most = max([1, *every.values()])
    wide = (WIDTH - LEFT - 10) / seconds

    def bar(second: int, count: int, colour: str) -> str:
        high = (BASE - TOP) * count / most
        return (
            f'<rect x="{LEFT + second * wide:.2f}" y="{BASE - high:.1f}" width="{wide:.2f}" '
            f'height="{high:.1f}" fill="{colour}"/>'
        )

    parts = [bar(second, count, COLOURS["refused, or died"]) for second, count in every.items()]
    parts += [bar(second, count, COLOURS["answered"]) for second, count in good.items()]
    points = " ".join(
        f"{LEFT + (second + 0.5) * wide:.1f},{BASE - (BASE - TOP) * handed[second] / most:.1f}"
        for second in range(seconds)
    )
    colour = COLOURS["handed to a carrier"]
    parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
    for outage in account.outages:
        x, end = ((moment - start) * wide + LEFT for moment in (outage.began, outage.ended))
        parts.append(
            f'<rect x="{x:.1f}" y="{TOP}" width="{max(1.5, end - x):.1f}" height="{BASE - TOP}" '
            f'fill="#d64545" opacity="0.25"><title>{escape(outage.what)}</title></rect>'
        )
    legend = "".join(
        f'<text x="{LEFT + 190 * place}" y="16" fill="{colour}">■ {name}</text>'
        for place, (name, colour) in enumerate([*COLOURS.items(), ("store away", "#d64545")])
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" '
        f'fill="white"/>{legend}{"".join(parts)}'
        f'<text x="{LEFT}" y="{HEIGHT - 10}" fill="#555">{seconds} s, seed {soak.seed}</text>'
        f'<text x="4" y="{TOP + 8}" fill="#555">{most}/s</text></svg>\n'
    )
