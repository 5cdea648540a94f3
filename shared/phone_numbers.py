"""Read phone numbers as people spell them, with Google's libphonenumber data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from shared.deferred_imports import deferred_imports

with deferred_imports():
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberType

from shared.domain.phone_number import PhoneNumber
from shared.errors import Refused

_BETWEEN = re.compile(r"[\s().·/‐‑‒–—―−-]+")
_DIGITS = re.compile(r"\+?[0-9]{4,20}")
_REACHABLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class PhoneNumbers:
    """The numbers of some regions (ISO 3166 codes); the first is that of numbers without prefix."""

    def __init__(self, regions: Iterable[str]) -> None:
        self._regions = [region.upper() for region in regions]
        unknown = [
            region for region in self._regions if region not in phonenumbers.SUPPORTED_REGIONS
        ]
        if unknown or not self._regions:
            raise ValueError(f"unknown region {', '.join(unknown) or '(none)'}")
        self.home = "CN" if "CN" in self._regions else self._regions[0]

    def read(self, spelling: str) -> PhoneNumber:
        """Return the one canonical form; raise Refused for landlines and impossible numbers."""
        text = unicodedata.normalize("NFKC", spelling)
        visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
        digits = _BETWEEN.sub("", visible)
        if not _DIGITS.fullmatch(digits):
            raise Refused("invalid_phone", reason="not_a_number")
        try:
            parsed = phonenumbers.parse(digits, self.home)
        except NumberParseException:
            raise Refused("invalid_phone", reason="unparsable") from None
        region = phonenumbers.region_code_for_number(parsed)
        if region is None or not phonenumbers.is_valid_number(parsed):
            raise Refused("invalid_phone", reason="impossible")
        if phonenumbers.number_type(parsed) not in _REACHABLE:
            raise Refused("invalid_phone", reason="not_mobile")
        if region not in self._regions:
            raise Refused("unsupported_region", reason=region)
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return PhoneNumber(e164, region, parsed.country_code or 0)
