"""The contract as a table, operation by client; `python -m tests.clients.table` prints it.

It says what the steps say; test_contract.py sees to it that the clients say the same.
"""

from __future__ import annotations

from tests.clients.contract import NATIVE, NODE, PURE, PYTHON, Step
from tests.clients.steps import contract

COLUMNS = {
    "npm `tablestore` 5.6.5": {NODE},
    "PyPI `tablestore` 6.4.8, also V4 and async": {PYTHON, PURE},
    "6.4.8, native codec": {PYTHON, NATIVE},
    "5.4.4": {PYTHON, PURE},
}


def markdown() -> str:
    """Return the table and its notes."""
    steps = [step for part in contract(0, {}).values() for step in part]
    operations = list(dict.fromkeys(step.operation for step in steps))
    notes: list[str] = []
    lines = [
        "| Operation | Steps | " + " | ".join(COLUMNS) + " |",
        "|---|---|" + "---|" * len(COLUMNS),
    ]
    for operation in operations:
        asked = [step for step in steps if step.operation == operation]
        cells = [_cell(asked, kinds, notes) for kinds in COLUMNS.values()]
        lines.append(f"| {operation} | {len(asked)} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *notes]) + "\n"


def _cell(steps: list[Step], kinds: set[str], notes: list[str]) -> str:
    """Say "same", or in how many steps a client differs, with the numbers of the notes."""
    numbers: list[int] = []
    for step in steps:
        other = step.differing(kinds)
        if other is not None:
            what = f". {step.operation}, {step.about}: {other.why}."
            found = next((n for n, note in enumerate(notes, 1) if note == f"{n}{what}"), None)
            if found is None:
                notes.append(f"{len(notes) + 1}{what}")
                found = len(notes)
            numbers.append(found)
    if not numbers:
        return "same"
    return f"{len(numbers)} differ: " + ", ".join(map(str, numbers))


if __name__ == "__main__":
    print(markdown(), end="")
