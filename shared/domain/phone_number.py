"""A phone number as the product handles it: one canonical form, one key, one mask."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.domain.codes import digest
from shared.domain.places import MAINLAND

_AS_MAINLAND = re.compile(r"\+1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One number. `e164` is personal data: it goes to the carrier and into no log."""

    e164: str
    region: str
    country_code: int

    def __repr__(self) -> str:
        """Show the mask, because representations end up in tracebacks."""
        return f"PhoneNumber({self.masked})"

    def __str__(self) -> str:
        """Show the mask, because text ends up in logs."""
        return self.masked

    @property
    def reads_as_mainland(self) -> bool:
        """Say whether, without its plus, a number of North America is one of the mainland.

        SendSms documents country code and number without a plus (help.aliyun.com, PhoneNumbers),
        and mainland numbers without a country code: the code would go to a stranger there.
        """
        return self.region != MAINLAND and _AS_MAINLAND.fullmatch(self.e164) is not None

    @property
    def masked(self) -> str:
        """Return the number with all but its country code, three first and last digits hidden.

        Short numbers keep fewer digits: at least four are always hidden.
        """
        prefix, national = f"+{self.country_code}", self.e164[len(str(self.country_code)) + 1 :]
        shown = max(0, len(national) - 4)
        head = min(3, shown // 2)
        tail = min(4, shown - head)
        hidden = "*" * (len(national) - head - tail)
        return prefix + national[:head] + hidden + national[len(national) - tail :]

    def key(self, secret: str) -> str:
        """Return the keyed hash under which the store knows this number."""
        return digest(secret, self.e164)
