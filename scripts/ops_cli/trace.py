"""scripts/ops trace: the time line of one user's attempts, for "I got no SMS"."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import click

from scripts.ops_cli import entries, moments
from scripts.ops_cli.complaints import usage
from scripts.ops_cli.desk import Desk, open_desk
from scripts.ops_cli.subjects import read_number
from shared.domain import delivery
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.domain.receipt_codes import Explanation
from shared.domain.timeline import Attempt, conclusion, events
from shared.message_ports import Message
from shared.providers import catalogue

SECONDS = 10.0
SHOWN = 5


@click.command()
@click.option("--phone", metavar="NUMBER", help="A number in any spelling; - reads it from stdin.")
@click.option("--id", "verification_id", metavar="ID", help="A verification_id.")
@click.option("--all", "everything", is_flag=True, help=f"All attempts, not the last {SHOWN} only.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def trace(phone: str | None, verification_id: str | None, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes them
    """Show what became of a user's messages, why, and what to do next.

    A request that was refused leaves no row, only its line in the log: look there for the masked
    number and its reason.

    \b
      scripts/ops trace --phone 13800138000
      scripts/ops trace --id qFZ7...
      scripts/ops --env-file .local/doors.env trace --phone 13800138000
    """
    if (phone is None) == (verification_id is None):
        raise usage("请用 --phone 或 --id 之一。", "Use either --phone or --id.")
    desk = open_desk()
    ids, number = [verification_id or ""], None
    if phone is not None:
        number = _number(desk, phone)
        ids = _ids(desk, number, everything=everything)
    found = [_find(desk, each) for each in ids]
    messages = [message for message in found if message is not None]
    if as_json:
        plain = [_plain(message, desk.now) for message in messages]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    if number is not None and (entry := desk.on_lists(number)) is not None:
        click.echo(entries.line(entry, now=desk.now, about=number.masked))
    if not messages:
        about = f" {number.masked}" if number is not None else ""
        click.echo(
            f"没有{about} 的发送记录：请求未到达，或被拒绝（见日志中的 reason）。\n"
            f"No message is known{about and ' for'}{about}: the request did not come, or was "
            "refused (see its reason in the log)."
        )
    for message in messages:
        _show(message, desk.now)


def _number(desk: Desk, typed: str) -> PhoneNumber:
    text = sys.stdin.readline().strip() if typed == "-" else typed
    return read_number(text, numbers=desk.numbers)


def _ids(desk: Desk, number: PhoneNumber, *, everything: bool) -> list[str]:
    """Return the verifications of a number, the newest first."""
    deadline = Deadline.after(SECONDS, clock=time.monotonic)
    found = desk.messages.ids_of(number.key(desk.secret), deadline=deadline)[::-1]
    return found if everything else found[:SHOWN]


def _find(desk: Desk, verification_id: str) -> Message | None:
    deadline = Deadline.after(SECONDS, clock=time.monotonic)
    return desk.messages.find(verification_id, deadline=deadline)


def _attempt(message: Message, now: float) -> Attempt:
    return Attempt(
        message.issued_at,
        message.expires_at,
        message.code_state,
        message.attempts_left,
        message.spent_at,
        message.provider,
        message.provider_code,
        message.biz_id,
        message.handed_over_at,
        message.reports,
        message.delivery(now=now),
    )


def _of_provider(attempt: Attempt) -> Explanation | None:
    """Explain why the provider refused the message, or left open whether it took it."""
    undecided = (delivery.FAILED, delivery.UNCONFIRMED, delivery.UNKNOWN)
    if attempt.reports or attempt.delivery.state not in undecided:
        return None
    found = catalogue.meaning(attempt.provider, attempt.provider_code)
    return Explanation(found.reason, found.advice) if found is not None else None


def _conclusion(attempt: Attempt, *, now: float) -> Explanation:
    """Conclude as for callers; a refusal is told as the provider's code has it, for operators."""
    given = _of_provider(attempt) if attempt.delivery.state == delivery.FAILED else None
    return given or conclusion(attempt, now=now)


def _show(message: Message, now: float) -> None:
    attempt = _attempt(message, now)
    state, told = attempt.delivery.state, _conclusion(attempt, now=now)
    template = f" {message.template}" if message.template else ""
    click.echo(f"\n{message.verification_id}  {message.masked}  {message.scene}{template}")
    for event in events(attempt):
        at = moments.second(event.at) if event.at is not None else " " * 19
        click.echo(f"  {at}  {event.what[0]}  {event.what[1]}")
    if attempt.delivery.segments:
        click.echo(f"  计费条数 billed segments: {attempt.delivery.segments}")
    if (given := _of_provider(attempt)) is not None and given != told:
        click.echo(f"  {attempt.provider_code}: {given.reason[0]}。{given.advice[0]}")
        click.echo(f"     {given.reason[1]}. {given.advice[1]}")
    click.echo(f"  => {state}: {told.reason[0]}。{told.advice[0]}")
    click.echo(f"     {told.reason[1]}. {told.advice[1]}")


def _plain(message: Message, now: float) -> dict[str, Any]:
    attempt = _attempt(message, now)
    told, given = _conclusion(attempt, now=now), _of_provider(attempt)
    return {
        "verification_id": message.verification_id,
        "phone": message.masked,
        "scene": message.scene,
        "template": message.template or None,
        "state": attempt.delivery.state,
        "code": attempt.delivery.code or None,
        "segments": attempt.delivery.segments,
        **_both(told),
        "provider": None
        if given is None
        else {"name": attempt.provider, "code": attempt.provider_code, **_both(given)},
        "events": [
            {"at": moments.iso(event.at), "zh": event.what[0], "en": event.what[1]}
            for event in events(attempt)
        ],
    }


def _both(told: Explanation) -> dict[str, dict[str, str]]:
    return {
        "reason": {"zh": told.reason[0], "en": told.reason[1]},
        "advice": {"zh": told.advice[0], "en": told.advice[1]},
    }
