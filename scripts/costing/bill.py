"""Work out a month's bill: what was measured, times how often, times its price."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts import deployment
from scripts.costing import prices
from scripts.costing.bench import Spent
from scripts.costing.measured import Measured

MINUTES_A_MONTH = 30 * 24 * 60
KEPT_DAYS = 40
"""How long rows are kept (shared/storage/tables.py)."""

GB = 2**30
PER_VERIFICATION = ("send_accepted", "verify_accepted", "report")
"""What one verification does: one SMS, one right guess, one report."""

SECONDS: Mapping[str, float] = {
    "send_accepted": 0.5,
    "verify_accepted": 0.1,
    "report": 0.1,
    "maintain_idle": 0.2,
}
"""How long a call takes on Function Compute: assumed, as that cannot be measured here. Most of it
is waiting: for the SMS service (a send), for Tablestore (all)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the bill; `worked_out` shows the arithmetic."""

    what: str
    worked_out: str
    yuan: float


@dataclass(frozen=True, slots=True)
class Size:
    """What s.yaml gives a function."""

    vcpu: float
    gigabytes: float

    def units(self, seconds: float) -> float:
        """Return the CU of one call."""
        by_the_second = (
            self.vcpu * prices.CU_PER_VCPU_SECOND.yuan
            + self.gigabytes * prices.CU_PER_GB_SECOND.yuan
        )
        return prices.CU_PER_CALL.yuan + seconds * by_the_second


def size() -> Size:
    """Return the size of the functions, as s.yaml says."""
    text = (deployment.ROOT / "s.yaml").read_text("utf-8")
    found = {
        name: float(value) for name, value in re.findall(r"^ +(cpu|memorySize): (\S+)$", text, re.M)
    }
    return Size(found["cpu"], found["memorySize"] / 1024)


def verifications(measured: Measured, *, count: int) -> Iterator[Line]:
    """Yield what so many verifications in a month cost."""
    spent = measured.spent
    pnvs = prices.PNVS.price(count).yuan
    yield Line("sms", f"{count:,} x {prices.SMS.yuan}", count * prices.SMS.yuan)
    yield Line("pnvs", f"{count:,} x {pnvs}", count * pnvs)
    units = sum(size().units(SECONDS[name]) for name in PER_VERIFICATION)
    yield Line(
        "functions",
        f"{count:,} x {units:.3f} CU x {prices.FUNCTION_CU.yuan}",
        count * units * prices.FUNCTION_CU.yuan,
    )
    read = sum(spent[name].units.read for name in PER_VERIFICATION)
    write = sum(spent[name].units.write for name in PER_VERIFICATION)
    yield _of_units("reads", count * read, f"{count:,} x {read}", prices.READ_UNIT)
    yield _of_units("writes", count * write, f"{count:,} x {write}", prices.WRITE_UNIT)
    stored = count * _hundreds(measured.kept_bytes) / GB
    hours = KEPT_DAYS * 24
    yield Line(
        "stored",
        f"{stored:.2f} GB x {hours} h x {prices.STORED_GB_HOUR.yuan}",
        stored * hours * prices.STORED_GB_HOUR.yuan,
    )
    for what, price, size_of in (
        ("outbound", prices.OUTBOUND_GB, "answered_bytes"),
        ("logged", prices.LOGGED_GB, "logged_bytes"),
    ):
        gigabytes = count * _bytes_of(spent, size_of) / GB
        yield Line(what, f"{gigabytes:.2f} GB x {price.yuan}", gigabytes * price.yuan)


def idle_month(measured: Measured) -> Iterator[Line]:
    """Yield what a month costs in which nobody asks for a code: the timer runs every minute."""
    runs, run = MINUTES_A_MONTH, measured.spent["maintain_idle"]
    units = size().units(SECONDS["maintain_idle"])
    yield Line(
        "functions",
        f"{runs:,} x {units:.3f} CU x {prices.FUNCTION_CU.yuan}",
        runs * units * prices.FUNCTION_CU.yuan,
    )
    yield _of_units(
        "reads", runs * run.units.read, f"{runs:,} x {run.units.read}", prices.READ_UNIT
    )
    yield _of_units(
        "writes", runs * run.units.write, f"{runs:,} x {run.units.write}", prices.WRITE_UNIT
    )


def _of_units(what: str, units: int, worked_out: str, price: prices.Price) -> Line:
    return Line(what, f"{worked_out} x {price.yuan * 10_000:.2f} / 10,000", units * price.yuan)


def _bytes_of(spent: Mapping[str, Spent], name: str) -> int:
    return sum(_hundreds(getattr(spent[one], name)) for one in PER_VERIFICATION)


def _hundreds(size_in_bytes: float) -> int:
    """Round up to hundreds, as a time or an id is longer now and then."""
    return math.ceil(size_in_bytes / 100) * 100
