"""What a send is allowed to do, as far as settings and number decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.access import ApiKey, Caller, caller_of
from shared.domain.client_address import canonical
from shared.domain.codes import CodePolicy
from shared.domain.phone_number import PhoneNumber
from shared.domain.rates import Rate, share_of
from shared.domain.routes import DYSMS, Routes
from shared.errors import Bilingual, InvalidRequest, Misconfigured, Refused

OFF, OBSERVE, ENFORCE = "off", "observe", "enforce"
"""What is done about numbers that march."""

HOME = "CN"
"""The region that a limit for every region (`*`) leaves to the total."""


@dataclass(frozen=True, slots=True)
class FixedCode:
    """A test number's code, good until a moment in UTC seconds."""

    code: str = field(repr=False)
    until: float


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force. Numbers are E.164; `phone_share` is above 0 and at most 1."""

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
    caller_rates: tuple[Rate, ...] = ()
    region_rates: Mapping[str, tuple[Rate, ...]] = field(default_factory=dict)
    guess_rates: tuple[Rate, ...] = ()
    phone_share: float = 1.0
    api_keys: Sequence[ApiKey] = ()
    captcha: bool = False
    captcha_scenes: frozenset[str] = frozenset()
    allow_without_captcha_service: bool = False
    sequence_guard: str = OFF
    routes: Routes = Routes({"*": (DYSMS,)})  # noqa: RUF009 - frozen
    allowed_numbers: frozenset[str] = field(default=frozenset(), repr=False)
    test_numbers: Mapping[str, FixedCode] = field(default_factory=dict, repr=False)

    def admit(
        self,
        presented_key: str | None,
        *,
        address: str | None,
        client_ip: str | None,
        device_id: str | None,
    ) -> Caller:
        """Return who asks for a send, or refuse; with nothing chosen, nobody may (I10).

        `address` is the request's own, `client_ip` what an API key's caller says of its user.
        """
        self._check_access()
        if self.access != "api_key":
            if client_ip is not None:
                raise InvalidRequest("client_ip_not_allowed", field="client_ip")
            return Caller(self.access or "", address, device_id)
        key = caller_of(self.api_keys, presented_key)
        if key is None:
            reason = "wrong_api_key" if presented_key else "no_api_key"
            raise Refused("unauthorized", reason=reason)
        return Caller(key.name, _told(client_ip), device_id, key)

    def guesser(
        self, presented_key: str | None, *, address: str | None, client_ip: str | None
    ) -> str:
        """Return whose guesses a guess counts among: an address, or "" where it is unknown.

        Guessing needs the verification id and no access; an API key only says that the address
        is that of a server, and that its user's is the one to count.
        """
        if self.access == "api_key" and caller_of(self.api_keys, presented_key) is not None:
            return _told(client_ip) or ""
        if client_ip is not None:
            raise InvalidRequest("client_ip_not_allowed", field="client_ip")
        return address or ""

    def _check_access(self) -> None:
        lacking: Bilingual | None = None
        if self.access is None:
            lacking = (
                "ACCESS 未设置，请设置 ACCESS=captcha、api_key 或 gateway",
                "ACCESS is not set; set ACCESS=captcha, api_key or gateway",
            )
        elif self.access == "captcha" and not self.captcha:
            lacking = (
                "ACCESS=captcha 需要同时设置 CAPTCHA=aliyun 或 turnstile",
                "ACCESS=captcha needs CAPTCHA=aliyun or turnstile",
            )
        elif self.access == "api_key" and not self.api_keys:
            lacking = (
                "ACCESS=api_key 需要同时设置 API_KEYS，可用 scripts/ops keys new 生成",
                "ACCESS=api_key needs API_KEYS; scripts/ops keys new makes one",
            )
        if lacking is not None:
            raise Misconfigured([lacking], code="unauthorized")

    def check_scene(self, scene: str, caller: Caller | None = None) -> None:
        """Refuse a scene that the settings do not name, or do not allow to this caller."""
        if scene not in self.scenes:
            raise Refused("unknown_scene")
        key = caller.key if caller is not None else None
        if key is not None and key.scenes is not None and scene not in key.scenes:
            raise Refused("unknown_scene", reason=f"not_for_caller {key.name}")

    def route(self, number: PhoneNumber, scene: str, *, now: float) -> tuple[str, ...]:
        """Return the providers to ask, in order; refuse a number that none of them sends to.

        For a test number nobody is asked, wherever it is.
        """
        if self.fixed_code(number, now=now):
            return ()
        route = self.routes.to(number.region, scene)
        if not route:
            raise Refused("unsupported_region", reason="mainland_only")
        if number.reads_as_mainland:
            raise Refused("unsupported_region", reason="reads_as_mainland")
        return route

    def fixed_code(self, number: PhoneNumber, *, now: float) -> str | None:
        """Return a test number's code while it is one, else None."""
        fixed = self.test_numbers.get(number.e164)
        return fixed.code if fixed is not None and now < fixed.until else None

    def trusts(self, number: PhoneNumber, *, now: float) -> bool:
        """Say whether settings give the number the wider limit: allow-listed, or for tests."""
        return number.e164 in self.allowed_numbers or bool(self.fixed_code(number, now=now))

    def rates_of(self, *, trusted: bool) -> tuple[Rate, ...]:
        """Return the rolling rates of a number."""
        return self.allowed_rates if trusted else self.phone_rates

    def shared_rates(self, *, trusted: bool) -> tuple[Rate, ...]:
        """Return what one address may use of a number's rolling rates."""
        return () if trusted else share_of(self.phone_rates, self.phone_share)

    def rates_of_region(self, region: str) -> tuple[Rate, ...]:
        """Return the rates of a destination; `*` stands for every region but the home one."""
        if region in self.region_rates:
            return self.region_rates[region]
        return () if region == HOME else self.region_rates.get("*", ())

    @property
    def longest_phone_window(self) -> int:
        """Return the longest window of any number's rates, in seconds."""
        return max(rate.window for rate in (*self.phone_rates, *self.allowed_rates))


def _told(client_ip: str | None) -> str | None:
    """Return the address that a caller names, in its one form; refuse what is none."""
    if client_ip is None:
        return None
    address = canonical(client_ip)
    if address is None:
        raise InvalidRequest("bad_value", field="client_ip")
    return address
