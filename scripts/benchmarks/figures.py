"""A figure as the table and the picture show it, and whether it keeps its budget."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Bilingual

NO_NOTE = ("", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; `limit` is its budget, None where it has none.

    `full` is what a whole bar stands for where there is no limit. What is `minor` stands in the
    terminal's table and in the picture, not in the READMEs' table.
    """

    name: Bilingual
    value: float
    unit: Bilingual
    limit: float | None = None
    digits: int = 0
    note: Bilingual = NO_NOTE
    full: float = 0.0
    minor: bool = False

    @property
    def within(self) -> bool:
        """Say whether the budget is kept, as far as there is one."""
        return self.limit is None or self.value <= self.limit

    @property
    def share(self) -> float:
        """Return how long the bar is, from 0 to 1."""
        whole = self.limit if self.limit else self.full
        return min(1.0, self.value / whole) if whole else 0.0

    def shown(self, value: float) -> str:
        """Write a value as this line's are."""
        return f"{value:,.{self.digits}f}"
