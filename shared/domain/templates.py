"""Which template a message goes out with, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.domain.places import ANY, for_place

LONGEST_VALUE = 35
_VALUE = re.compile(rf"[0-9A-Za-z]{{1,{LONGEST_VALUE}}}")
_MINUTES = re.compile(r"[0-9]{1,4}")


def template_for(templates: Mapping[str, str], *, region: str, scene: str) -> str | None:
    """Return the template for a number of a region, the nearest first (domain/places.py).

    Numbers abroad need a template of the international type.
    """
    return for_place(templates, region=region, scene=scene)


def template_params(
    params: Mapping[str, Mapping[str, str]], template: str, facts: Mapping[str, str]
) -> dict[str, str]:
    """Return what fills a template's variables: {variable: value}.

    `params` names the variable of each fact, by template or for all others (`*`); a fact that it
    does not name is not sent.
    """
    named = params.get(template, params.get(ANY, {}))
    return {named[fact]: value for fact, value in facts.items() if fact in named}


def fits_template(facts: Mapping[str, str]) -> bool:
    """Say whether code and minutes can stand in a template: what fails here Aliyun refuses."""
    return bool(_VALUE.fullmatch(facts["code"]) and _MINUTES.fullmatch(facts["min"]))
