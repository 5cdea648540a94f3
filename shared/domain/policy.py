"""What a send is allowed to do, as far as settings and number decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.codes import CodePolicy
from shared.domain.phone_number import PhoneNumber
from shared.domain.rates import Rate
from shared.errors import Misconfigured, Refused

SOON_AVAILABLE = ("captcha", "api_key")


@dataclass(frozen=True, slots=True)
class FixedCode:
    """A test number's code, good until a moment in UTC seconds."""

    code: str = field(repr=False)
    until: float


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force. Numbers are E.164."""

    access: str | None
    scenes: frozenset[str]
    code: CodePolicy
    code_secrets: Sequence[str] = field(repr=False)
    number_secret: str = field(repr=False)
    phone_rates: tuple[Rate, ...]
    allowed_rates: tuple[Rate, ...]
    ip_rates: tuple[Rate, ...]
    device_rates: tuple[Rate, ...]
    total_rates: tuple[Rate, ...]
    allowed_numbers: frozenset[str] = frozenset()
    test_numbers: Mapping[str, FixedCode] = field(default_factory=dict)

    def check_access(self) -> None:
        """Refuse every send while nothing says who may send."""
        if self.access == "gateway":
            return
        if self.access in SOON_AVAILABLE:
            problem = (
                f"ACCESS={self.access} 在此版本中尚不可用，目前请设置 ACCESS=gateway",
                f"ACCESS={self.access} is not available in this version; set ACCESS=gateway",
            )
        else:
            problem = (
                "ACCESS 未设置，请设置 ACCESS=captcha、api_key 或 gateway",
                "ACCESS is not set; set ACCESS=captcha, api_key or gateway",
            )
        raise Misconfigured([problem], code="unauthorized")

    def check_scene(self, scene: str) -> None:
        """Refuse a scene that the settings do not name."""
        if scene not in self.scenes:
            raise Refused("unknown_scene")

    def fixed_code(self, number: PhoneNumber, *, now: float) -> str | None:
        """Return a test number's code while it is one, else None."""
        fixed = self.test_numbers.get(number.e164)
        return fixed.code if fixed is not None and now < fixed.until else None

    def trusts(self, number: PhoneNumber, *, now: float) -> bool:
        """Say whether the number has the wider limit: allow-listed, or a test number."""
        return number.e164 in self.allowed_numbers or bool(self.fixed_code(number, now=now))

    def rates_for(self, number: PhoneNumber, *, now: float) -> tuple[Rate, ...]:
        """Return the rolling rates of a number."""
        return self.allowed_rates if self.trusts(number, now=now) else self.phone_rates

    @property
    def longest_phone_window(self) -> int:
        """Return the longest window of any number's rates, in seconds."""
        return max(rate.window for rate in (*self.phone_rates, *self.allowed_rates))
