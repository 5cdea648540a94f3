"""What the table shows of growth: the largest beside the smallest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.benchmarks.figures import Line

OPERATIONS = {
    "send": ("发送", "send"),
    "verify": ("校验", "verify"),
    "report": ("回执", "receipt"),
    "maintain": ("定时任务", "the timer"),
}
SHOWN = {"200", "1000"}
"""The batches that the table shows, where they were measured."""


def lines(found: dict[str, Any]) -> list[Line]:
    """Return how much more the largest takes than the smallest."""
    return [
        *_by_rows(found["rows"], found["smallest"]),
        *_by_batch(found["batch"]),
        *_by_waiting(found["waiting"]),
    ]


def _by_rows(rows: dict[str, Any], smallest: int) -> Iterator[Line]:
    size, most = list(rows.items())[-1]
    for name, said in OPERATIONS.items():
        before, after = most[name]["smallest"], most[name]["this"]
        wall = after["milliseconds"] / before["milliseconds"]
        requests = f"{before['requests']:.0f} → {after['requests']:.0f}"
        yield Line(
            (f"{said[0]}，{int(size):,} 行", f"{said[1]}, {int(size):,} rows"),
            after["processor_milliseconds"] / before["processor_milliseconds"],
            ("倍处理器", "x processor"),
            digits=2,
            note=(
                f"与 {smallest:,} 行相比；总时间 {wall:.2f} 倍；请求 {requests}",
                f"of that at {smallest:,}; {wall:.2f} x the time; requests {requests}",
            ),
            full=2.0,
        )


def _by_batch(batch: dict[str, Any]) -> Iterator[Line]:
    alone = batch["1"]["processor_milliseconds"]
    for size, spent in batch.items():
        if size in SHOWN or not SHOWN & set(batch):
            each = spent["processor_milliseconds"] / int(size)
            yield Line(
                (f"回执，每次 {int(size):,} 条", f"receipts, {int(size):,} in a push"),
                each,
                ("ms/条", "ms each"),
                digits=2,
                note=(
                    f"请求 {spent['requests']:.0f}，共 {spent['milliseconds']:.0f} ms",
                    f"{spent['requests']:.0f} requests, {spent['milliseconds']:.0f} ms in all",
                ),
                full=alone,
            )


def _by_waiting(waiting: dict[str, Any]) -> Iterator[Line]:
    size, spent = list(waiting.items())[-1]
    yield Line(
        (f"定时任务，{int(size):,} 条待回执", f"the timer, {int(size):,} wait for reports"),
        spent["milliseconds"],
        ("ms", "ms"),
        note=(f"请求 {spent['requests']:.0f}", f"{spent['requests']:.0f} requests"),
        full=spent["milliseconds"],
    )
