"""Everything that can go wrong, drawn once.

Refused                 the caller gets a refusal with a stable public code
+- InvalidRequest       the request itself makes no sense
+- Misconfigured        the operator has to set something first
StoreError              Tablestore did not do as asked
+- StoreUnavailable     and certainly did not apply the request
+- StoreUnclear         and may or may not have applied it
ServiceFailed           another service of Aliyun's did not do as asked
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Bilingual: TypeAlias = tuple[str, str]
"""The same text in Chinese and in English."""


class Refused(Exception):
    """A refusal: `code` is public and stable, `reason` goes to the log and nowhere else."""

    def __init__(
        self,
        code: str,
        *,
        reason: str = "",
        retry_after: float | None = None,
        facts: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.retry_after = retry_after
        self.facts = facts or {}


class InvalidRequest(Refused):
    """A request that makes no sense; `problem` names the text, `field` where it is."""

    def __init__(self, problem: str, *, field: str = "") -> None:
        super().__init__(
            "invalid_request",
            reason=f"{problem}:{field}" if field else problem,
            facts={"problem": problem, "field": field},
        )


class Misconfigured(Refused):
    """Settings that are missing or wrong, all of them at once, without any value."""

    def __init__(self, problems: Sequence[Bilingual], *, code: str = "internal") -> None:
        chinese = "；".join(problem[0] for problem in problems)
        english = "; ".join(problem[1] for problem in problems)
        super().__init__(
            code,
            reason=f"misconfigured: {english}",
            facts={"problems_zh": chinese, "problems_en": english},
        )
        self.problems = tuple(problems)


class StoreError(Exception):
    """The store did not do as asked; `code` is its own error code or the failure's name."""

    def __init__(self, operation: str, code: str) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation = operation
        self.code = code


class StoreUnavailable(StoreError):
    """The store certainly did not apply the request."""


class StoreUnclear(StoreError):
    """The request may have been applied: its answer was lost, or leaves that open."""


class ServiceFailed(Exception):
    """A service did not do as asked; `code` is its own error code or the failure's name.

    The SDKs' own texts hold addresses, keys and messages, and stay out of it (I7).
    """

    def __init__(self, operation: str, code: str) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation = operation
        self.code = code
