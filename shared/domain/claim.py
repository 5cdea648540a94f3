"""A send before it is made: may it be, is it a repetition, and what has to be taken for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

from shared.domain.access import Caller
from shared.domain.codes import CodePolicy, code_digests, digest, new_code
from shared.domain.history import History, Repeatable, Send
from shared.domain.limits import OF_EVERYBODY, Counter
from shared.domain.managed import managed_id
from shared.domain.phone_number import PhoneNumber
from shared.domain.policy import Policy
from shared.domain.rates import wait
from shared.domain.sequence import Step
from shared.errors import InvalidRequest, Refused

LONGEST_HAND_OVER = 10
"""Seconds after which a message is with the provider or will not be. A send counts from then on
until it is settled with the true moment: where settling fails, windows err on the long side."""

SOURCE_LENGTH = 16
"""Hexadecimal digits that tell the addresses of one number's sends apart."""


@dataclass(frozen=True, slots=True)
class Randomness:
    """Where unpredictable things come from."""

    below: Callable[[int], int]
    verification_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code as it is kept. `phone` is the number's keyed hash, times are UTC seconds."""

    verification_id: str
    phone: str
    masked: str
    scene: str
    digest: str
    policy: CodePolicy
    issued_at: float
    expires_at: int
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What the answer to a send promises; times in seconds."""

    verification_id: str
    expires_in: int
    resend_after: int
    code_length: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything a send takes before it calls a provider.

    `plain_code` goes into the message and nowhere else; `number` is the plain number to keep
    while a report is awaited, or None; `token` is the digest of a captcha token that was passed
    for it; `step` is what is noted of it against marching numbers. `route` are the providers that
    may be asked, in order; `managed` says that the first makes the code itself.
    """

    before: History
    after: History
    code: IssuedCode
    promise: Promise
    plain_code: str = field(repr=False)
    counters: Sequence[Counter] = ()
    number: str | None = field(default=None, repr=False)
    token: str | None = None
    step: Step | None = None
    route: Sequence[str] = ()
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One send while it is being decided; `body` is the request as text, to compare repetitions.

    `trusted` numbers have the wider limit.
    """

    policy: Policy
    number: PhoneNumber
    scene: str
    caller: Caller
    body: str = field(repr=False)
    idempotency_key: str | None = field(repr=False)
    now: float
    trusted: bool = False

    @property
    def phone(self) -> str:
        """Return the keyed hash under which the store knows the number."""
        return self.number.key(self.policy.number_secret)

    @property
    def fixed_code(self) -> str | None:
        """Return the code of a test number, or None."""
        return self.policy.fixed_code(self.number, now=self.now)

    @property
    def source(self) -> str | None:
        """Return a keyed hash of the address that the send comes from, where it is known."""
        address = self.caller.address
        if address is None:
            return None
        return digest(self.policy.number_secret, "source", address)[:SOURCE_LENGTH]

    def counts_in(self, counter: Counter) -> bool:
        """Say whether the send counts there; a trusted number's does where everybody's does."""
        return not self.trusted or counter.scope in OF_EVERYBODY

    def repeats(self, history: History) -> Send | None:
        """Return the send that had this idempotency key; refuse the key with another body."""
        if self.idempotency_key is None:
            return None
        send = history.repeated(self._key_digest, now=self.now)
        if send is not None and send.repeatable and send.repeatable.body != self._body_digest:
            raise InvalidRequest("idempotency_key_reused")
        return send

    def refuse_if_too_soon(self, history: History) -> None:
        """Refuse what the number's rolling windows do not allow yet.

        One address may use a share of them only, so that a stranger who knows the number cannot
        keep its owner from getting a code.
        """
        seconds, shared = self._waits(history)
        if max(seconds, shared) > 0:
            reason = "limit_phone" if seconds >= shared else "limit_phone_share"
            raise Refused("rate_limited", reason=reason, retry_after=max(seconds, shared))

    def claim(
        self,
        before: History,
        counters: Sequence[Counter],
        *,
        randomness: Randomness,
        route: Sequence[str] = (),
        token: str | None = None,
        step: Step | None = None,
    ) -> Claim:
        """Draw the code and say what is to be taken for it."""
        fixed = self.fixed_code
        policy = replace(self.policy.code, length=len(fixed)) if fixed else self.policy.code
        plain = fixed or new_code(policy.length, randbelow=randomness.below)
        managed = self.policy.routes.managed
        verification_id = randomness.verification_id()
        if managed.intersection(route):
            verification_id = managed_id(verification_id, first=route[0], managed=managed)
        issued = IssuedCode(
            verification_id=verification_id,
            phone=self.phone,
            masked=self.number.masked,
            scene=self.scene,
            digest=code_digests(
                self.policy.code_secrets[:1],
                verification_id=verification_id,
                phone=self.phone,
                scene=self.scene,
                code=plain,
            )[0],
            policy=policy,
            issued_at=self.now,
            expires_at=int(self.now) + policy.ttl,
            outcome="accepted" if fixed else None,
        )
        handed_over = self.now if fixed else self.now + LONGEST_HAND_OVER
        send = Send(handed_over, verification_id, issued.outcome, source=self.source)
        after = before.with_send(send, longest_window=self._remembered)
        promise = Promise(
            verification_id, policy.ttl, round(max(self._waits(after))), policy.length
        )
        if self.idempotency_key is not None:
            known = Repeatable(
                self._key_digest, self._body_digest, issued.expires_at, asdict(promise)
            )
            after = replace(after, sends=(*after.sends[:-1], replace(send, repeatable=known)))
        number = None if fixed else self.number.e164
        return Claim(
            before,
            after,
            issued,
            promise,
            plain,
            counters,
            number,
            token,
            step,
            route,
            managed=route[0] in managed if route else False,
        )

    @property
    def _remembered(self) -> int:
        """Return for how many seconds a send counts in some window, or its code lives."""
        longest = max(self.policy.longest_phone_window, self.policy.code.ttl)
        return longest + LONGEST_HAND_OVER

    @property
    def _key_digest(self) -> str:
        return digest(
            self.policy.number_secret, "key", self.caller.name, self.idempotency_key or ""
        )

    @property
    def _body_digest(self) -> str:
        return digest(self.policy.number_secret, "body", self.number.e164, self.body)

    def _waits(self, history: History) -> tuple[float, float]:
        """Return the seconds to wait for the number's sake, and for its share from here."""
        rates = self.policy.rates_of(trusted=self.trusted)
        seconds = wait(rates, history.times, now=self.now)
        if self.source is None:
            return seconds, 0.0
        shared = self.policy.shared_rates(trusted=self.trusted)
        return seconds, wait(shared, history.times_from(self.source), now=self.now)
