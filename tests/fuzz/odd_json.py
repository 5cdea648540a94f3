"""JSON as nobody writes it: odd text, numbers without end, nesting, names that come twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Raw:
    """Text that stands in the JSON as it is."""

    text: str


class Twice(dict[str, Any]):
    """An object whose names all come twice, the second time with null."""


def written(value: Any) -> str:
    """Write JSON, with what json.dumps refuses to write."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        pairs = [f"{json.dumps(name)}:{written(inner)}" for name, inner in value.items()]
        if isinstance(value, Twice):
            pairs += [f"{json.dumps(name)}:null" for name in value]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


def _deep(depth: int, opening: str) -> Raw:
    closing = {"[": "]", '{"a":': "}"}[opening]
    return Raw(opening * depth + "1" + closing * depth)


DEPTHS = [1, 50, 300, *range(880, 1010, 2), 5_000]
"""Around 1,000 Python itself gives up, here or there, as deep as its own calls are by then."""

ODD_TEXTS = st.sampled_from(
    [
        "",
        "\0",
        "\ud800",
        "\udfff\ud800",
        "\u202e000831008 31\u202c",
        "\u2066\u2069",
        "\ufeff",
        "\r\nX-Injected: yes",
        "a\u0301" * 50,
        "ﷺ" * 200,
        "𝟏𝟑𝟖",
        "١٣٨٠٠",
        "İ",
        "{field}{0}{problem.__class__}",
        "%00%ff%2e%2e/%",
        "../../etc/passwd",
        "nan",
        "x" * 5_000,
        "9" * 5_000,
        "[" * 5_000,
    ]
)
TEXTS = ODD_TEXTS | st.text(st.characters(), max_size=20)
NUMBERS = st.sampled_from(
    [Raw(text) for text in ("NaN", "-Infinity", "1e999", "-0", "1E400", "9" * 4_000, "9" * 5_000)]
) | st.integers(-(10**20), 10**20)
NESTED = st.builds(_deep, st.sampled_from(DEPTHS), st.sampled_from(["[", '{"a":']))
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, st.floats(), TEXTS)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS, inner, max_size=4)
        | st.dictionaries(TEXTS, inner, max_size=4).map(Twice)
    ),
    max_leaves=8,
)
ANYTHING = st.one_of(PLAIN, NESTED, VALUES)
