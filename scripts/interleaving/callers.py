"""Who asks at the same time: the real use cases with their real storage, and what they are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from scripts.interleaving.requests import Told
from scripts.interleaving.rows import PREFIX
from scripts.interleaving.services import AnyToken, Checker, Provider
from scripts.interleaving.setting import Setting, code_of, drawn_id, made_code, wrong_code
from shared.domain.claim import Randomness
from shared.domain.deadline import Deadline
from shared.errors import Refused, StoreError
from shared.models import SendCodeRequest, VerifyCodeRequest
from shared.storage.guesses import TablestoreGuesses
from shared.storage.reports import TablestoreReports
from shared.storage.sends import TablestoreSends
from shared.use_cases.send_code import LOTS, send_code
from shared.use_cases.store_reports import store_reports
from shared.use_cases.verify_code import verify_code

if TYPE_CHECKING:
    from scripts.interleaving.edges import Edges

PHONE, OTHER_PHONE, THIRD_PHONE = "13800138000", "13900139000", "13700137000"
SCENE = "sign_in"
SEND_SECONDS, VERIFY_SECONDS, REPORT_SECONDS = 9.0, 4.5, 4.5
"""As functions/ has them."""

DELIVERED, UNREACHABLE, NOTHING_YET = "DELIVERED", "MOBILE_NOT_ON_SERVICE", "REQUEST_SUCCESS"
REPORT_KIND = "sms-report"


class Caller(Protocol):
    """Somebody who asks; `starts` in seconds after the case begins."""

    @property
    def name(self) -> str:
        """Return the letter that stands for it in schedules."""
        ...

    @property
    def starts(self) -> float:
        """Return when it begins."""
        ...

    @property
    def needs(self) -> frozenset[str]:
        """Return the sends whose messages must be on their way before it can begin."""
        ...

    def ask(self, edges: Edges, setting: Setting) -> Told:
        """Run the use case."""
        ...


@dataclass(frozen=True, slots=True)
class Send:
    """A code is asked for. `replaces` names another send, `key` is an Idempotency-Key.

    `captcha` is a captcha token, which its service lets pass as often as it is asked.
    """

    name: str
    phone: str = PHONE
    scene: str = SCENE
    replaces: str | None = None
    key: str | None = None
    captcha: str | None = None
    address: str | None = None
    starts: float = 0.0

    @property
    def needs(self) -> frozenset[str]:
        """Name the message that it replaces: its id must be known."""
        return frozenset({self.replaces} if self.replaces else ())

    def ask(self, edges: Edges, setting: Setting) -> Told:
        """Send."""
        rules, run = setting.rules, edges.run

        def below(count: int) -> int:
            return 0 if count == LOTS else int(code_of(self.name)) % count

        answer = send_code(
            SendCodeRequest(
                phone=self.phone,
                scene=self.scene,
                captcha=self.captcha,
                replaces=setting.id_of(self.replaces) if self.replaces else None,
            ),
            api_key=None,
            address=self.address,
            idempotency_key=self.key,
            policy=rules.policy,
            numbers=rules.numbers,
            store=TablestoreSends(edges.client, PREFIX),
            captcha=AnyToken(),
            providers=lambda name: Provider(edges, name, makes_codes=name in setting.managed),
            randomness=Randomness(below, lambda: drawn_id(self.name)),
            log=_no_log,
            clock=lambda: run.now,
            deadline=Deadline.after(SEND_SECONDS, clock=lambda: run.now),
        )
        return Told("ok", "", answer.verification_id, answer.delivery)


def guess(
    request: VerifyCodeRequest, edges: Edges, setting: Setting, *, address: str | None = None
) -> Told:
    """Run the use case of a guess, whatever it says."""
    rules, run = setting.rules, edges.run
    answer = verify_code(
        request,
        api_key=None,
        address=address,
        policy=rules.policy,
        numbers=rules.numbers,
        store=TablestoreGuesses(edges.client, PREFIX),
        checker=lambda: Checker(edges),
        log=_no_log,
        diagnose=False,
        now=run.now,
        deadline=Deadline.after(VERIFY_SECONDS, clock=lambda: run.now),
    )
    return Told("ok", "", answer.verification_id)


@dataclass(frozen=True, slots=True)
class Verify:
    """A guess at the code of the send that `of` names.

    `maker` is the provider whose code it would be, ours or its own; else the first.
    """

    name: str
    of: str
    right: bool = True
    maker: str | None = None
    address: str | None = None
    starts: float = 0.0

    @property
    def needs(self) -> frozenset[str]:
        """Name the message: nobody knows its verification id before."""
        return frozenset({self.of})

    def ask(self, edges: Edges, setting: Setting) -> Told:
        """Guess."""
        send = setting.sends[self.of]
        request = VerifyCodeRequest(
            phone=send.phone,
            scene=send.scene,
            verification_id=setting.id_of(self.of),
            code=self._code(setting),
        )
        return guess(request, edges, setting, address=self.address)

    def _code(self, setting: Setting) -> str:
        if not self.right:
            return wrong_code(self.of)
        made = (self.maker or setting.first) in setting.managed
        return made_code(self.of) if made else code_of(self.of)


@dataclass(frozen=True, slots=True)
class Report:
    """Reports arrive together: of which send, with which code of the carrier."""

    name: str
    reports: tuple[tuple[str, str], ...]
    starts: float = 0.0

    @property
    def needs(self) -> frozenset[str]:
        """Name the messages: carriers report only what they were handed."""
        return frozenset(of for of, _ in self.reports if not is_strange(of))

    def ask(self, edges: Edges, setting: Setting) -> Told:
        """Store them."""
        run = edges.run
        store_reports(
            self.entries(setting),
            kind=REPORT_KIND,
            secret=setting.rules.policy.number_secret,
            store=TablestoreReports(edges.client, PREFIX),
            log=_no_log,
            now=run.now,
            deadline=Deadline.after(REPORT_SECONDS, clock=lambda: run.now),
        )
        return Told("ok")

    def entries(self, setting: Setting) -> list[dict[str, Any]]:
        """Return them as Aliyun pushes them."""
        return [
            {
                "phone_number": PHONE if is_strange(of) else setting.sends[of].phone,
                "success": code != UNREACHABLE,
                "err_code": code,
                "sms_size": "1",
                "biz_id": f"biz-{of}",
                "out_id": out_id(setting, of),
            }
            for of, code in self.reports
        ]


def is_strange(of: str) -> bool:
    """Say whether a report is about a message of another system, named by a small letter."""
    return of.islower()


def out_id(setting: Setting, of: str) -> str:
    """Return the id that a message went out with."""
    return f"of-another-system-{of}" if is_strange(of) else setting.id_of(of)


def told(caller: Caller, edges: Edges, setting: Setting) -> Told:
    """Run a caller, and return what it is told."""
    try:
        return caller.ask(edges, setting)
    except Refused as refusal:
        return Told("refused", refusal.code)
    except StoreError as error:
        return Told(type(error).__name__, error.code)
    except Exception as error:  # noqa: BLE001 - no schedule may end in one
        return Told("failure", type(error).__name__)


def sends_of(callers: Sequence[Caller]) -> dict[str, Send]:
    """Return the sends among them, by name."""
    return {caller.name: caller for caller in callers if isinstance(caller, Send)}


def _no_log(**_: object) -> None:
    """Forget the facts of a request: here only what is stored and told counts."""
