"""How many examples are tried: few and always the same, or as many as EXAMPLES asks for.

`EXAMPLES=100000 python -m pytest tests/fuzz` tries that many times a test's weight, of chance's
own choosing; what it finds is printed with the seed that shows it again (--hypothesis-seed).
`NO_SHRINK=1` shows it as it was found, at once.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("EXAMPLES", "0"))
SHRINK = "NO_SHRINK" not in os.environ
USUAL = 100
"""Examples of a test without EXAMPLES."""


def effort(share: float = 1.0, *, steps: int = 50) -> settings:
    """Return the settings of a property test; `share` is its part of the examples.

    Examples share a fixture's cloud on purpose: what one leaves behind is input to the next.
    """
    return settings(
        max_examples=max(1, round((EXAMPLES or USUAL) * share)),
        stateful_step_count=steps,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if SHRINK else [])],
        suppress_health_check=list(HealthCheck),
    )
