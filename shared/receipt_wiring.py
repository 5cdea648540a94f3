"""The composition root of the receipts door: as wiring.py, without what its cold start must spare.

Aliyun gives up on a push after 700 ms, so nothing here loads pydantic, libphonenumber or a client
for credentials; the role's own keys suffice.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from shared import logs
from shared.credentials import own_keys
from shared.errors import Misconfigured, Refused
from shared.receipt_settings import ReceiptSettings, read_receipt_settings, receipt_secrets
from shared.setting_rules import LOG_LEVELS

if TYPE_CHECKING:
    from shared.domain.deadline import Deadline
    from shared.fc import Call


class Invocation(Protocol):
    """What storing has to know of the invocation by Function Compute that brought something."""

    @property
    def context(self) -> object:
        """Return what Function Compute passed beside the event."""
        ...

    @property
    def deadline(self) -> Deadline:
        """Return when the invocation has to be over."""
        ...

    @property
    def facts(self) -> logs.Facts:
        """Return what collects the facts of its log line."""
        ...


logs.silence_sdks()

clock: Callable[[], float] = time.time
"""The time in UTC seconds."""

MOST_BYTES, MOST_ENTRIES = 8_000_000, 10_000
"""Of one request; a larger one is refused whole, before anything of it is stored."""

RECEIVED = {"code": 0, "msg": "接收成功"}
"""What Aliyun takes for "stored": any number in `code` (help.aliyun.com 101508)."""

SMS_REPORT, PNVS_REPORT, SMS_UP = "sms-report", "pnvs-report", "sms-up"
SIGN_REPORT, TEMPLATE_REPORT = "sign-report", "template-report"
KINDS = (SMS_REPORT, PNVS_REPORT, SMS_UP, SIGN_REPORT, TEMPLATE_REPORT)


def receive(call: Call) -> dict[str, Any]:
    """Answer POST /receipts/{kind}/{secret}, after everything in it is stored (I6)."""
    level = os.environ.get("LOG_LEVEL", "").strip()
    logs.set_level(level if level in LOG_LEVELS else "INFO")
    kind = _admit(call)
    settings = read_receipt_settings(os.environ)
    entries = call.json_entries(most_bytes=MOST_BYTES, most=MOST_ENTRIES)
    if entries:
        store(kind, entries, settings, call)
    return RECEIVED


def _admit(call: Call) -> str:
    """Return the kind that is reported; whoever does not know the secret finds nothing here.

    The path is compared and forgotten. Every secret is compared, in constant time.
    """
    parts = call.path.strip("/").split("/")
    kind, given = (parts[-2], parts[-1]) if len(parts) >= 3 else ("", "")
    try:
        secrets = receipt_secrets(os.environ)
    except Misconfigured as error:
        logs.write(
            "receipts_off",
            level="WARNING",
            reason=error.reason,
            advice="no receipt is taken: set RECEIPT_SECRETS (scripts/bootstrap --secrets)",
        )
        raise Refused("not_found", reason="no_receipt_secrets") from None
    presented = _digest(given)
    same = [hmac.compare_digest(presented, _digest(secret)) for secret in secrets]
    if not any(same) or kind not in KINDS or parts[-3] != "receipts":
        raise Refused("not_found", reason="unknown_kind" if any(same) else "wrong_secret")
    call.facts(kind=kind, secret_number=same.index(True) + 1)
    return kind


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def store(
    kind: str, entries: Sequence[object], settings: ReceiptSettings, call: Invocation
) -> None:
    """Store entries of a kind, however they came; raise StoreError unless all are stored."""
    import shared.storage.sdk  # noqa: F401 - before what uses it
    from shared.storage.client import client

    keys = own_keys(os.environ, call.context)
    tablestore = client(settings.tablestore_endpoint, settings.tablestore_instance, keys)
    common: dict[str, Any] = {
        "secret": settings.number_secret,
        "log": call.facts,
        "now": clock(),
        "deadline": call.deadline,
    }
    if kind in (SMS_REPORT, PNVS_REPORT):
        from shared.storage.reports import TablestoreReports
        from shared.use_cases.store_reports import store_reports

        reports = TablestoreReports(tablestore, settings.table_prefix)
        call.facts.count(**store_reports(entries, kind=kind, store=reports, **common))
    elif kind == SMS_UP:
        from shared.storage.replies import TablestoreReplies
        from shared.use_cases.store_replies import store_replies

        replies = TablestoreReplies(tablestore, settings.table_prefix)
        words, sign_name = settings.opt_out_words, settings.dysms_sign_name
        store_replies(entries, words=words, sign_name=sign_name, store=replies, **common)
    else:
        from shared.storage.alerts import TablestoreAlerts
        from shared.storage.reviews import TablestoreReviews
        from shared.use_cases.store_reviews import store_reviews

        sign = kind == SIGN_REPORT
        store_reviews(
            entries,
            kind="sign" if sign else "template",
            in_use=(settings.dysms_sign_name,) if sign else settings.dysms_templates.values(),
            store=TablestoreReviews(tablestore, settings.table_prefix),
            alerts=TablestoreAlerts(tablestore, settings.table_prefix),
            **common,
        )
    if call.facts.known.get("set_aside"):
        logs.write(
            "receipts_set_aside",
            level="WARNING",
            kind=kind,
            entries=call.facts.known["set_aside"],
            advice="read them in the table receipts, poison/...: Aliyun may have changed its form",
        )
