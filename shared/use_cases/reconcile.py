"""Ask Aliyun about messages whose report never came, and store what it says as a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.domain.deadline import Deadline
from shared.domain.health import PROVIDERS
from shared.domain.reconciling import Awaited
from shared.errors import ServiceFailed
from shared.ports import Log
from shared.queue_ports import StoreEntries
from shared.reconcile_ports import AwaitedStore, Page, Record, Records

KINDS = {provider: kind for kind, provider in PROVIDERS.items()}
"""As what kind of report a provider's record is stored."""

RESERVE_SECONDS = 16.0
"""With less left no message is asked about: each provider once, and storing what was found, at
their slowest."""


@dataclass(slots=True)
class _Found:
    """What came of the messages of one page."""

    reports: dict[str, list[object]] = field(default_factory=dict)
    asked: list[Awaited] = field(default_factory=list)
    hopeless: list[Awaited] = field(default_factory=list)
    failure: ServiceFailed | None = None
    left: str | None = None
    """The first message that there was no time for."""


def reconcile(
    *,
    after: float,
    awaited: AwaitedStore,
    records: Callable[[str], Records],
    store: StoreEntries,
    log: Log,
    now: float,
    deadline: Deadline,
) -> dict[str, int]:
    """Go on where the last run stopped, through all messages once at most; return figures.

    `after` is in seconds. What a page brought is stored before its messages are noted as asked
    about, and only then the place: a run that is cut off asks some messages twice, and loses none.
    A service that fails ends the run with its ServiceFailed; its message waits for its next turn.
    `records` returns those of a provider.
    """
    figures = {"awaited": 0, "asked": 0, "settled": 0, "given_up": 0}
    start = noted = awaited.reached(deadline=deadline)
    try:
        while deadline.left > RESERVE_SECONDS:
            page = awaited.page(start, deadline=deadline)
            found = _look(page, records, after=after, now=now, deadline=deadline)
            figures["awaited"] += len(page.messages)
            figures["asked"] += len(found.asked)
            for kind, reports in found.reports.items():
                store(kind, reports)
                figures["settled"] += len(reports)
            following = found.left or page.following
            if found.asked or found.hopeless:
                awaited.note(found.asked, found.hopeless, reached=following, deadline=deadline)
                noted = following
            figures["given_up"] += len(found.hopeless)
            log(**figures)
            start = following
            if found.failure is not None:
                raise found.failure
            if following is None or found.left is not None:
                break
    finally:
        if start != noted:  # pages of which nobody had to be asked, also where the next one fails
            awaited.note([], [], reached=start, deadline=deadline)
    return figures


def _look(
    page: Page,
    records: Callable[[str], Records],
    *,
    after: float,
    now: float,
    deadline: Deadline,
) -> _Found:
    """Ask about the messages of a page that are due."""
    found = _Found()
    for message in page.messages:
        if message.hopeless(now=now):
            found.hopeless.append(message)
            continue
        if not message.due(now=now, after=after):
            continue
        if found.failure is not None or deadline.left <= RESERVE_SECONDS:
            found.left = message.verification_id
            break
        provider, record = "", None
        try:
            provider, record = _find(message, records, deadline=deadline)
        except ServiceFailed as failure:
            found.failure = failure
        found.asked.append(message)
        if record is not None and record.report is not None:
            found.reports.setdefault(KINDS[provider], []).append(record.report)
    return found


def _find(
    message: Awaited, records: Callable[[str], Records], *, deadline: Deadline
) -> tuple[str, Record | None]:
    """Ask the providers that may have taken a message, until one knows it.

    One that fails keeps nobody from asking the next; it ends the run where that does not know it.
    """
    failure: ServiceFailed | None = None
    for provider in message.route:
        try:
            record = records(provider).find(message, deadline=deadline)
        except ServiceFailed as error:
            failure = failure or error
            continue
        if record is not None:
            return provider, record
    if failure is not None:
        raise failure
    return "", None
