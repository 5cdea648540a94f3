"""What Aliyun decided about sign names and templates, and which decision counts.

SignSmsReport: sign_name, sign_status, reason, orderId, create_date, ... (help.aliyun.com 120998);
TemplateSmsReport: template_code, template_status, reason, orderId, ... (120999, by MNS order_id:
128743). As with delivery reports every different result is kept, and the state is worked out on
reading, so order and repetition cannot matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256

from shared.domain.masking import masked_text
from shared.domain.report_entries import moment, text_of

SIGN, TEMPLATE = "sign", "template"
STATES = ("approving", "approved", "rejected")
"""Of results of one moment the later in this list counts: rather one alarm too many."""

COLUMN = "review_"
_NAMES = {SIGN: ("sign_name", "sign_status"), TEMPLATE: ("template_code", "template_status")}
LONGEST_NAME, LONGEST_TEXT = 100, 300
_CODE = re.compile(r"SMS_[0-9]{1,10}")
"""A template's code: its digits are no phone number."""


@dataclass(frozen=True, slots=True)
class Review:
    """One result; `name` is a sign name without its brackets, or a template's code."""

    kind: str
    name: str
    status: str
    reason: str = ""
    order: str = ""
    created_at: int | None = None

    @property
    def rejected(self) -> bool:
        """Say whether nothing can be sent under it."""
        return self.status == "rejected"

    @property
    def column(self) -> str:
        """Return the name of the column of its own that this result is kept in."""
        return COLUMN + sha256(self.to_json().encode()).hexdigest()[:24]

    def to_json(self) -> str:
        """Return the result as it rests."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Review:
        """Read what `to_json` wrote, and nothing that a newer version may have added."""
        given = json.loads(text)
        return cls(**{each.name: given[each.name] for each in fields(cls) if each.name in given})


def read_review(given: object, *, kind: str, in_use: Collection[str] = ()) -> Review | None:
    """Read one entry of a kind; None for a malformed one. A name in use is kept as it is."""
    if not isinstance(given, Mapping):
        return None
    name_field, status_field = _NAMES[kind]
    name, status = text_of(given.get(name_field)), text_of(given.get(status_field))
    if not name or not status or status.lower() not in STATES:
        return None
    name = name.strip("【】[] ")
    if name not in in_use and not _CODE.fullmatch(name):
        name = masked_text(name)[:LONGEST_NAME] or "?"
    return Review(
        kind,
        name,
        status.lower(),
        masked_text(text_of(given.get("reason")) or "")[:LONGEST_TEXT],
        masked_text(text_of(given.get("orderId", given.get("order_id"))) or "")[:LONGEST_NAME],
        moment(given.get("create_date")),
    )


def latest(reviews: Iterable[Review]) -> Review | None:
    """Return the result that counts."""
    return max(
        reviews,
        key=lambda one: (one.created_at or 0, STATES.index(one.status), one.to_json()),
        default=None,
    )
