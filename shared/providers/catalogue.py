"""All providers' tables of codes, for people who look one up; loads no SDK."""

from __future__ import annotations

from collections.abc import Mapping

from shared.providers.codes import Meaning, Product
from shared.providers.dypns_codes import DYPNS
from shared.providers.dysms_codes import DYSMS
from shared.providers.own_codes import OWN

PRODUCTS: Mapping[str, Product] = {product.name: product for product in (DYSMS, DYPNS)}


def meaning(provider: str, code: str) -> Meaning | None:
    """Return what a code that was noted means, or None where provider or code is not known."""
    product = PRODUCTS.get(provider)
    return (OWN.get(code) or product.meaning(code)) if product is not None else None
