"""What a step of the contract is: a request in neutral words, and what every client must see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.clients.wire import wire

NODE, PYTHON, PURE, NATIVE = "node", "python", "pure codec", "native codec"
"""Kinds of clients; of the Python client's two codecs, the native one loads on Python 3.12."""


@dataclass(frozen=True)
class Differs:
    """What one client sees instead, and why that is the client's doing."""

    gives: Mapping[str, Any]
    why: str


@dataclass(frozen=True)
class Step:
    """One request; of its answer, `gives` says what matters."""

    about: str
    operation: str
    request: Mapping[str, Any]
    gives: Mapping[str, Any]
    differs: Mapping[str, Differs] = field(default_factory=dict)

    def expected(self, kinds: Collection[str]) -> Any:
        """Return what a client of these kinds must see, as JSON."""
        other = self.differing(kinds)
        return wire(self.gives if other is None else other.gives)

    def differing(self, kinds: Collection[str]) -> Differs | None:
        """Return what a client of these kinds sees instead, if it does."""
        return next((self.differs[kind] for kind in self.differs if kind in kinds), None)


def lacks(kind: str, why: str) -> dict[str, Differs]:
    """Say that one kind of client cannot send this at all, or refuses to."""
    return {kind: Differs({"client": True}, why)}


def sees(kinds: Sequence[str], why: str, gives: Mapping[str, Any]) -> dict[str, Differs]:
    """Say that some kinds of clients see something else."""
    return dict.fromkeys(kinds, Differs(gives, why))


def step(
    about: str,
    operation: str,
    gives: Mapping[str, Any],
    *,
    differs: Mapping[str, Differs] | None = None,
    **request: Any,
) -> Step:
    """Make a step; the request's names are those that the two clients' runners read."""
    return Step(about, operation, {"table": "rows", **request}, gives, differs or {})


def row(key: Sequence[Any], *columns: Sequence[Any]) -> dict[str, Any]:
    """Return a row as answers show it."""
    return {"key": list(key), "columns": [list(column) for column in columns]}


def error(status: int, code: str, text: str) -> dict[str, Any]:
    """Return an error as every client can show it."""
    return {"error": [status, code, text]}


def invalid(text: str) -> dict[str, Any]:
    """Return the error of a request that makes no sense."""
    return error(400, "OTSParameterInvalid", text)


CONDITION_FAILED = error(403, "OTSConditionCheckFail", "Condition check failed.")
NO_TABLE = error(404, "OTSObjectNotExist", "Requested table does not exist.")
