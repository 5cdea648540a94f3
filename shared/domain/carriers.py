"""Which carrier of the mainland a mobile number began with.

By the ranges that the ministry (MIIT) gave to carriers; a number that was ported to another
carrier since keeps its digits, so this is an estimate, good enough to compare groups.
"""

from __future__ import annotations

MOBILE, UNICOM, TELECOM, BROADCAST, OTHER = "mobile", "unicom", "telecom", "broadcast", "other"

_RANGES = {
    MOBILE: "134-139 147 148 150-152 157-159 172 178 182-184 187 188 195 197 198",
    UNICOM: "130-132 145 146 155 156 166 175 176 185 186 196",
    TELECOM: "133 149 153 173 174 177 180 181 189 190 191 193 199",
    BROADCAST: "192",
}


def _spread(text: str) -> list[str]:
    first, _, last = text.partition("-")
    return [str(number) for number in range(int(first), int(last or first) + 1)]


_BY_PREFIX = {
    prefix: carrier
    for carrier, ranges in _RANGES.items()
    for part in ranges.split()
    for prefix in _spread(part)
}


def carrier_of(masked: str) -> str:
    """Return the carrier of a masked number, such as +86138****8000."""
    if not masked.startswith("+86"):
        return OTHER
    return _BY_PREFIX.get(masked[3:6], OTHER)
