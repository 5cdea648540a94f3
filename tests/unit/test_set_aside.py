"""What nobody understands is set aside, however it is written."""

from __future__ import annotations

import json
from itertools import product

from shared.use_cases.set_aside import LONGEST_POISON, sort


def test_an_entry_may_be_nested_as_deep_as_can_be_read() -> None:
    """Writing gives up a little earlier than reading, and the batch would come again for ever."""
    forms = ("[]", ('{"a":', "}"))
    for depth, (opening, closing) in product((10, *range(900, 1000)), forms):
        try:
            entry = json.loads(opening * depth + '"end"' + closing * depth)
        except RecursionError:
            continue
        found, aside = sort([entry, "beside"], lambda _: None, secret="s" * 32)
        assert found == []
        assert len(aside) == 2
        assert aside[0].text.startswith(opening)
        assert len(aside[0].text) <= LONGEST_POISON
