"""The steps for people, as they are done, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from scripts.smoke_test.service import Reply
from scripts.smoke_test.steps import TITLES, Plan, Step


def lines(step: Step) -> Iterator[str]:
    """Yield what a person reads of a step."""
    chinese, english = TITLES[step.name]
    mark = click.style("✓", fg="green") if step.ok else click.style("✗", fg="red", bold=True)
    took = f"  {step.reply.milliseconds} ms" if step.reply is not None else ""
    yield f"{mark} {chinese} {english}{took}"
    if not step.ok:
        yield f"    应为 expected  {step.expected}"
        if step.reply is not None:
            yield f"    实为 got       {_got(step.reply)}"
        if step.advice is not None:
            yield from (f"    {text}" for text in step.advice)


def verdict(plan: Plan, steps: Sequence[Step]) -> str:
    """Say how it ended."""
    if all(step.ok for step in steps):
        return f"通过：{plan.number.masked}。All {len(steps)} steps passed."
    failed = sum(not step.ok for step in steps)
    return f"未通过：{failed} 项。{failed} of {len(steps)} steps failed."


def as_json(plan: Plan, steps: Sequence[Step]) -> str:
    """Return the same for programs."""
    found = {
        "ok": all(step.ok for step in steps),
        "send_url": plan.service.addresses.send,
        "verify_url": plan.service.addresses.verify,
        "phone": plan.number.masked,
        "scene": plan.scene,
        "steps": [_plain(step) for step in steps],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _got(reply: Reply) -> str:
    if reply.failure is not None:
        return reply.failure
    retry = reply.body.get("retry_after")
    parts = [str(reply.status), reply.code or ""]
    parts += [f"retry_after={retry}"] if isinstance(retry, int) else []
    parts += [f"request_id={reply.request_id}"] if reply.request_id else []
    return " ".join(part for part in parts if part)


def _plain(step: Step) -> dict[str, Any]:
    reply = step.reply
    return {
        "name": step.name,
        "ok": step.ok,
        "expected": step.expected,
        "status": reply.status if reply else None,
        "code": reply.code if reply else None,
        "failure": reply.failure if reply else None,
        "request_id": reply.request_id if reply else None,
        "milliseconds": reply.milliseconds if reply else None,
        "advice_zh": step.advice[0] if step.advice else None,
        "advice_en": step.advice[1] if step.advice else None,
    }
