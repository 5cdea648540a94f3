"""What Alibaba Cloud charges, in yuan, each price with its source; read on 2026-11-21.

A price that no page could be read for says so: compare it with your bill.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Bilingual

_HELP = "https://help.aliyun.com/zh"
NOT_READ = ""


@dataclass(frozen=True, slots=True)
class Price:
    """A price in yuan per unit; `source` is a page, or NOT_READ where it is recalled."""

    yuan: float
    unit: Bilingual
    source: str = NOT_READ


@dataclass(frozen=True, slots=True)
class Tiers:
    """A price that falls with the month's volume: the tier reached counts for all of it."""

    steps: tuple[tuple[float, float], ...]
    source: str = NOT_READ

    def price(self, count: float) -> Price:
        """Return the price of each in a month with so many."""
        yuan = next(yuan for limit, yuan in self.steps if count <= limit)
        return Price(yuan, ("条", "message"), self.source)


NO_LIMIT = float("inf")
SMS = Price(
    0.045,
    ("条", "message"),
    "https://help.aliyun.com/en/sms/getting-started/get-started-with-sms",
)
"""The first tier: larger volumes and packages cost less, which no page of Aliyun's was read for."""

PNVS = Tiers(
    ((100_000, 0.042), (5_000_000, 0.040), (10_000_000, 0.038), (NO_LIMIT, 0.036)),
    f"{_HELP}/pnvs/number-certification-service-pricing",
)
FUNCTION_CU = Price(
    0.00011, ("CU", "CU"), f"{_HELP}/functioncompute/fc/product-overview/billing-overview-of-fc"
)
_FACTORS = (
    "https://alibabacloud.com/help/tc/functioncompute/fc-3-0/product-overview/"
    "pay-as-you-go-billing-method-1"
)
CU_PER_CALL = Price(75 / 10_000, ("次调用", "call"), _FACTORS)
CU_PER_VCPU_SECOND = Price(1.0, ("vCPU·秒", "vCPU and second"), _FACTORS)
CU_PER_GB_SECOND = Price(0.15, ("GB·秒", "GB and second"), _FACTORS)
"""These three are CU, not yuan. The 512 MB of disk are free (recalled)."""

READ_UNIT = Price(
    0.01 / 10_000, ("读 CU", "read CU"), f"{_HELP}/tablestore/product-overview/billing-examples"
)
WRITE_UNIT = Price(0.02 / 10_000, ("写 CU", "write CU"))
"""Twice the read's, as recalled."""

STORED_GB_HOUR = Price(0.0014, ("GB·小时", "GB and hour"))
OUTBOUND_GB = Price(0.8, ("GB", "GB"))
"""From Tablestore's public address; none from its VPC address."""

LOGGED_GB = Price(0.4, ("GB", "GB"))
"""Log Service, by ingested data."""
