"""Boxes, lines and texts of a picture (SVG), for light and dark pages."""

from __future__ import annotations

from html import escape

from shared.errors import Bilingual

STYLE = """\
text { font-family: system-ui, sans-serif; font-size: 19px; fill: #1f2328; }
.name { font-family: ui-monospace, monospace; font-weight: 600; }
.small { font-size: 16px; fill: #57606a; }
.head { font-weight: 600; }
.ground { fill: #ffffff; stroke: #d0d7de; }
.area { fill: #f6f8fa; stroke: #d0d7de; }
.ours { fill: #ddf4ff; stroke: #54aeff; }
.theirs { fill: #fff8c5; stroke: #d4a72c; }
.line { fill: none; stroke: #57606a; stroke-width: 2; }
.back { fill: none; stroke: #1a7f37; stroke-width: 2; stroke-dasharray: 6 5; }
.tip { fill: #57606a; } .backtip { fill: #1a7f37; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .small { fill: #9198a1; }
  .ground { fill: #0d1117; stroke: #3d444d; } .area { fill: #151b23; stroke: #3d444d; }
  .ours { fill: #121d2f; stroke: #4493f8; } .theirs { fill: #272115; stroke: #9e6a03; }
  .line { stroke: #9198a1; } .tip { fill: #9198a1; }
  .back { stroke: #3fb950; } .backtip { fill: #3fb950; }
}"""


def tips() -> str:
    """Return the heads of arrows."""
    return "".join(
        [
            "<defs>",
            *(
                f'<marker id="{name}" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="5" '
                'markerHeight="5" orient="auto-start-reverse">'
                f'<path class="{name}" d="M0 0 L8 4 L0 8 z"/></marker>'
                for name in ("tip", "backtip")
            ),
            "</defs>",
        ]
    )


def box(
    x: int,
    y: int,
    width: int,
    height: int,
    words: tuple[Bilingual, Bilingual],
    kind: str,
    language: int,
) -> list[str]:
    """Return a box with a word, and a smaller line below it if there is one."""
    middle, (head, below) = x + width // 2, (words[0][language], words[1][language])
    first = y + height // 2 + (7 if not below else -5)
    found = [rect(x, y, width, height, kind), text(middle, first, head, "head", middle=True)]
    return found + ([text(middle, first + 24, below, "small", middle=True)] if below else [])


def rect(x: int, y: int, width: int, height: int, kind: str) -> str:
    """Return a rectangle of a kind (STYLE)."""
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'


def text(x: int, y: int, text: str, kind: str, *, middle: bool = False) -> str:
    """Return a line of text; `middle` where x is its middle."""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text class="{kind}" x="{x}" y="{y}"{anchor}>{escape(text)}</text>'


def path(way: str, *, back: bool = False, both: bool = False) -> str:
    """Return an arrow; `back` for the way of reports, `both` for heads at both ends."""
    line, tip = ("back", "backtip") if back else ("line", "tip")
    start = f' marker-start="url(#{tip})"' if both else ""
    return f'<path class="{line}" d="{way}"{start} marker-end="url(#{tip})"/>'
