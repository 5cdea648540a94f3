"""Tell what became of a message, and what to do about it."""

from __future__ import annotations

import re
from datetime import datetime

from shared.domain.deadline import Deadline
from shared.domain.policy import Policy
from shared.domain.rates import BEIJING
from shared.domain.receipt_codes import explain
from shared.errors import Refused
from shared.message_ports import MessageStore
from shared.models import MessageResponse
from shared.ports import Log

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def message_state(
    verification_id: str,
    *,
    api_key: str | None,
    address: str | None,
    policy: Policy,
    store: MessageStore,
    language: int,
    log: Log,
    now: float,
    deadline: Deadline,
) -> MessageResponse:
    """Answer who may send, and holds the verification id, which cannot be guessed.

    `language` is 0 for Chinese and 1 for English. Raises Refused or StoreError.
    """
    caller = policy.admit(api_key, address=address, client_ip=None, device_id=None)
    log(caller=caller.name, ip=caller.address or "unknown")
    known = _ID.fullmatch(verification_id) is not None
    found = store.find(verification_id, deadline=deadline) if known else None
    if found is None:
        raise Refused("not_found", reason="no_such_message")
    delivery = found.delivery(now=now)
    log(verification_id=verification_id, phone=found.masked, scene=found.scene)
    log(state=delivery.state, provider=found.provider, carrier_code=delivery.code)
    explanation = explain(delivery.state, delivery.code)
    return MessageResponse(
        verification_id=verification_id,
        state=delivery.state,  # type: ignore[arg-type]  # one of delivery.STATES
        reason=explanation.reason[language],
        advice=explanation.advice[language],
        code=delivery.code or None,
        provider=found.provider or None,
        template=found.template or None,
        segments=delivery.segments,
        sent_at=_iso(found.handed_over_at or found.issued_at),
        reported_at=_iso(delivery.reported_at) if delivery.reported_at is not None else None,
    )


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, BEIJING).isoformat()
