"""A send before it is made: may it be, is it a repetition, and what has to be taken for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

from shared.domain.codes import CodePolicy, code_digests, digest, new_code
from shared.domain.history import History, Repeatable, Send
from shared.domain.limits import Counter
from shared.domain.phone_number import PhoneNumber
from shared.domain.policy import Policy
from shared.domain.rates import wait
from shared.errors import InvalidRequest, Refused


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
    while a report is awaited, or None.
    """

    before: History
    after: History
    code: IssuedCode
    promise: Promise
    plain_code: str = field(repr=False)
    counters: Sequence[Counter] = ()
    number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """One send while it is being decided; `body` is the request as text, to compare repetitions."""

    policy: Policy
    number: PhoneNumber
    scene: str
    caller: str
    body: str = field(repr=False)
    idempotency_key: str | None = field(repr=False)
    now: float

    @property
    def phone(self) -> str:
        """Return the keyed hash under which the store knows the number."""
        return self.number.key(self.policy.number_secret)

    @property
    def fixed_code(self) -> str | None:
        """Return the code of a test number, or None."""
        return self.policy.fixed_code(self.number, now=self.now)

    def repeats(self, history: History) -> Send | None:
        """Return the send that had this idempotency key; refuse the key with another body."""
        if self.idempotency_key is None:
            return None
        send = history.repeated(self._key_digest, now=self.now)
        if send is not None and send.repeatable and send.repeatable.body != self._body_digest:
            raise InvalidRequest("idempotency_key_reused")
        return send

    def refuse_if_too_soon(self, history: History) -> None:
        """Refuse what the number's rolling windows do not allow yet."""
        seconds = self._wait(history)
        if seconds > 0:
            raise Refused("rate_limited", reason="limit_phone", retry_after=seconds)

    def claim(
        self, before: History, counters: Sequence[Counter], *, randomness: Randomness
    ) -> Claim:
        """Draw the code and say what is to be taken for it."""
        fixed = self.fixed_code
        policy = replace(self.policy.code, length=len(fixed)) if fixed else self.policy.code
        plain = fixed or new_code(policy.length, randbelow=randomness.below)
        verification_id = randomness.verification_id()
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
        send = Send(self.now, verification_id, issued.outcome)
        after = before.with_send(send, longest_window=self.policy.longest_phone_window)
        promise = Promise(verification_id, policy.ttl, round(self._wait(after)), policy.length)
        if self.idempotency_key is not None:
            known = Repeatable(
                self._key_digest, self._body_digest, issued.expires_at, asdict(promise)
            )
            after = replace(after, sends=(*after.sends[:-1], replace(send, repeatable=known)))
        number = None if fixed else self.number.e164
        return Claim(before, after, issued, promise, plain, counters, number)

    @property
    def _key_digest(self) -> str:
        return digest(self.policy.number_secret, "key", self.caller, self.idempotency_key or "")

    @property
    def _body_digest(self) -> str:
        return digest(self.policy.number_secret, "body", self.number.e164, self.body)

    def _wait(self, history: History) -> float:
        rates = self.policy.rates_for(self.number, now=self.now)
        return wait(rates, history.times, now=self.now)
