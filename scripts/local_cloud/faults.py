"""Failures on demand, and a count of every request seen."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

Answer = TypeVar("Answer")

SERVICES = ("tablestore", "dysms", "dypns", "dybase", "mns", "captcha", "sts", "webhook")
_EFFECT = re.compile(
    r"(?P<kind>error):(?P<code>.+)"
    r"|(?P<wait>delay|delay_after):(?P<ms>\d+)"
    r"|(?P<cut>drop|drop_after)"
    r"|(?P<part>partial):(?P<row>\d+):(?P<row_code>.+)"
)
EFFECTS = "error:<Code>, delay:<ms>, delay_after:<ms>, drop, drop_after, partial:<row>:<Code>"


class Dropped(Exception):
    """The connection is to be closed without an answer; `hang_up` does."""


@web.middleware
async def hang_up(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Close the connection of a request whose answer is to get lost, or whose sender is gone."""
    try:
        return await handler(request)
    except ConnectionResetError:  # in the middle of its body, say
        return web.Response()
    except Dropped:
        if request.transport is not None:
            request.transport.close()
        return web.Response()


@dataclass(slots=True)
class Fault:
    """One failure: what it does and how often (`left` below 0 means until it is cleared)."""

    operation: str
    kind: str
    code: str = ""
    milliseconds: int = 0
    row: int = 0
    left: int = 1

    @property
    def effect(self) -> str:
        """Return the failure as it was asked for."""
        if self.kind == "partial":
            return f"partial:{self.row}:{self.code}"
        what = str(self.milliseconds) if self.kind.startswith("delay") else self.code
        return f"{self.kind}:{what}" if what else self.kind


class Calls:
    """How often each operation of each service was asked for."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def saw(self, service: str, operation: str) -> None:
        """Count one request."""
        self._counts[service][operation] += 1

    def as_dict(self) -> dict[str, dict[str, int]]:
        """Return {service: {operation: count}}."""
        return {service: dict(counts) for service, counts in self._counts.items()}

    def clear(self) -> None:
        """Count from nothing again."""
        self._counts.clear()


class Faults:
    """The failures in force, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self._resets = 0
        self.struck: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How often a kind of failure has struck each service, since the process began."""

    def add(self, wish: Mapping[str, object]) -> None:
        """Take {"service", "operation", "effect", "count"}; raise ValueError if that is no wish."""
        service, effect = wish.get("service"), wish.get("effect")
        count = wish.get("count", 1)
        if service not in SERVICES:
            raise ValueError(f"service must be one of {', '.join(SERVICES)}")
        match = _EFFECT.fullmatch(effect) if isinstance(effect, str) else None
        if match is None:
            raise ValueError(f"effect must be one of {EFFECTS}")
        if not isinstance(count, int):
            raise ValueError(  # noqa: TRY004 - it is the value of a JSON field
                "count must be a whole number; below 0 means until cleared"
            )
        found = match.groupdict()
        self._faults[str(service)].append(
            Fault(
                operation=str(wish.get("operation") or "*"),
                kind=found["kind"] or found["wait"] or found["cut"] or found["part"],
                code=found["code"] or found["row_code"] or "",
                milliseconds=int(found["ms"] or 0),
                row=int(found["row"] or 0),
                left=count,
            )
        )

    def in_force(self) -> list[dict[str, object]]:
        """Return the failures that are still to come, in the form of the wishes."""
        return [
            {
                "service": service,
                "operation": fault.operation,
                "effect": fault.effect,
                "count": fault.left,
            }
            for service, faults in self._faults.items()
            for fault in faults
            if fault.left != 0
        ]

    def clear(self) -> None:
        """End every failure."""
        self._faults.clear()

    def reset(self) -> None:
        """End every failure, and drop the requests that one is holding up."""
        self.clear()
        self._resets += 1

    async def hold_up(self, fault: Fault) -> None:
        """Wait as the failure says; raise Dropped if there was a reset meanwhile."""
        resets = self._resets
        await asyncio.sleep(fault.milliseconds / 1000)
        if resets != self._resets:
            raise Dropped

    def next(self, service: str, operation: str) -> Fault | None:
        """Return the failure for this request, if any, and count it as used."""
        for fault in self._faults[service]:
            if fault.operation in (operation, "*") and fault.left != 0:
                fault.left -= 1 if fault.left > 0 else 0
                self.struck[service][fault.kind] += 1
                return fault
        return None


async def under(
    faults: Faults,
    fault: Fault | None,
    apply: Callable[[], Awaitable[Answer]],
    *,
    error: Callable[[str], Answer],
) -> Answer:
    """Apply a request under a failure; raise Dropped where the connection is to be closed."""
    if fault is None or fault.kind == "partial":
        return await apply()
    if fault.kind == "error":
        return error(fault.code)
    if fault.kind == "drop":
        raise Dropped
    if fault.kind == "delay":
        await faults.hold_up(fault)
        return await apply()
    answer = await apply()
    if fault.kind == "drop_after":
        raise Dropped
    await faults.hold_up(fault)
    return answer
