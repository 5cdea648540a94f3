"""What an error code of a provider means for a message: the form of its table, and its reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import Bilingual
from shared.ports import Verdict

PREFIXES = ("isv.", "isp.", "biz.")
"""Whose mistake it was, or which rule; one code comes with and without it, so none tells more."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, and what an operator does about it.

    `elsewhere` says that another provider may be asked: this one certainly did not take the
    message, and the reason lies with it or with our configuration of it; not with the number, a
    limit on it, or a cap that the operator set. `one_off` says that the reason lies with this
    message's template or parameters, as far as is known. `retry_after` is in seconds. `source`
    marks what stands in other people's code only with [3P], and what nobody wrote down with [U].
    """

    verdict: Verdict
    reason: Bilingual
    advice: Bilingual
    source: str
    elsewhere: bool = False
    one_off: bool = False
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A provider's own codes, and those of the gateway in front of it: families by prefix."""

    name: str
    codes: Mapping[str, Meaning]
    families: Mapping[str, Meaning]

    def meaning(self, code: str) -> Meaning | None:
        """Return what a code means, or None for one that is not known."""
        return self.exactly(code) or _family(self.families, code)

    def exactly(self, code: str) -> Meaning | None:
        """Return the row of a code of the product's own, however it is prefixed."""
        found = self.codes.get(code)
        if found is not None:
            return found
        bare = without_prefix(code)
        same = (row for known, row in self.codes.items() if without_prefix(known) == bare)
        return next(same, None)


def without_prefix(code: str) -> str:
    """Return a code without `isv.`, `isp.` or `biz.`."""
    for prefix in PREFIXES:
        if code.startswith(prefix):
            return code.removeprefix(prefix)
    return code


def _family(families: Mapping[str, Meaning], code: str) -> Meaning | None:
    """Return the row of the longest family that a code belongs to."""
    fitting = [family for family in families if code.startswith(family)]
    return families[max(fitting, key=len)] if fitting else None
