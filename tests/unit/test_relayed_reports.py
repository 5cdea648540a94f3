"""Reports are found in whatever they are wrapped in, and nothing makes them unreadable."""

from __future__ import annotations

import json
from itertools import product

from shared.relayed_reports import OTHER, relayed

REPORT = {"success": True, "out_id": "x"}


def test_a_wrapping_may_be_nested_as_deep_as_it_likes() -> None:
    """Where it can be read, what it holds is found; where not, the text itself is kept."""
    forms = ("[]", ('{"specversion":"1.0","data":', "}"))
    for depth, (opening, closing) in product((10, *range(900, 1010), 100_000), forms):
        text = opening * depth + json.dumps(REPORT) + closing * depth
        found = relayed(text.encode())
        assert found in ({"sms-report": [REPORT]}, {OTHER: [text]})


def test_reports_come_in_their_order() -> None:
    inner = {"body": json.dumps([{"success": 2}, [{"success": 3}]]), "attrs": {}}
    event = json.dumps([{"success": 1}, inner, {"success": 4}])
    assert relayed(event.encode()) == {"sms-report": [{"success": n} for n in (1, 2, 3, 4)]}


def test_an_integer_of_endless_digits_does_not_hide_its_neighbours() -> None:
    odd = '{"success": true, "biz_id": %s}' % ("9" * 5_000)
    found = relayed(f"[{odd}, {json.dumps(REPORT)}]".encode())
    assert found == {"sms-report": [{"success": True, "biz_id": "9" * 5_000}, REPORT]}
