"""What a check is, what it can find, and how checks are run: none keeps another from running."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from scripts.doctor_checks.case import Case
from shared.errors import Bilingual

OK, WARNING, FAILURE, SKIPPED = "ok", "warning", "failure", "skipped"
STATUSES = (OK, WARNING, FAILURE, SKIPPED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, and what to do about it where something is to be done.

    No text holds a secret, a key or a whole phone number: checks repeat a value only where they
    know its form.
    """

    status: str
    found: Bilingual
    advice: Bilingual | None = None


def ok(chinese: str, english: str) -> Finding:
    """Say what is as it should be."""
    return Finding(OK, (chinese, english))


def warning(found: Bilingual, advice: Bilingual) -> Finding:
    """Say what works, but not as one would wish."""
    return Finding(WARNING, found, advice)


def failure(found: Bilingual, advice: Bilingual) -> Finding:
    """Say what will not work, or is not safe."""
    return Finding(FAILURE, found, advice)


def skipped(chinese: str, english: str) -> Finding:
    """Say why nothing was looked at."""
    return Finding(SKIPPED, (chinese, english))


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a function, and what it takes to run it.

    `reads` are settings that must be readable; `needs` are checks that must not have failed.
    """

    id: str
    title: Bilingual
    run: Callable[[Case], Iterable[Finding]]
    reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    network: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found, and the seconds that it took."""

    check: Check
    findings: tuple[Finding, ...]
    seconds: float = 0.0
    status: str = field(init=False)

    def __post_init__(self) -> None:
        worst = (FAILURE, WARNING, SKIPPED, OK)
        found = {finding.status for finding in self.findings}
        object.__setattr__(self, "status", next((name for name in worst if name in found), OK))


def run_all(
    checks: Iterable[Check], case: Case, *, starting: Callable[[Check], None]
) -> Iterator[Result]:
    """Run checks in their order; each is told to `starting` before it runs."""
    failed: set[str] = set()
    for check in checks:
        starting(check)
        began = time.monotonic()
        findings = tuple(_reasons_to_skip(check, case, failed)) or _findings(check, case)
        result = Result(check, findings, time.monotonic() - began)
        if result.status in (FAILURE, SKIPPED):
            failed.add(check.id)
        yield result


def _reasons_to_skip(check: Check, case: Case, failed: set[str]) -> Iterator[Finding]:
    if unread := ", ".join(name for name in check.reads if name in case.unreadable):
        yield skipped(f"{unread} 未设置或有误", f"{unread} is not set, or is wrong")
    if needed := ", ".join(name for name in check.needs if name in failed):
        yield skipped(f"依赖的检查未通过：{needed}", f"needs what did not pass: {needed}")


def _findings(check: Check, case: Case) -> tuple[Finding, ...]:
    try:
        return tuple(check.run(case))
    except Exception as error:  # noqa: BLE001 - a check that breaks must not end the others
        # Its text may hold anything, such as the URL of a signed request: only its kind is told.
        kind = type(error).__name__
        return (
            failure(
                (f"检查本身出错（{kind}）", f"the check itself broke ({kind})"),
                ("这可能是本工具的缺陷，请报告", "that is likely a defect of this tool; report it"),
            ),
        )
