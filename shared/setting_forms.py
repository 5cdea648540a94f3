"""How settings are written: the forms that values of the environment take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, SecretStr

from shared.domain.access import ApiKey
from shared.domain.places import ABROAD, ANY
from shared.domain.rates import BEIJING, Rate, parse_rates
from shared.domain.routes import DYPNS, DYSMS
from shared.setting_rules import (
    ENDPOINT,
    QUEUE_KINDS,
    path_secrets,
    read_mapping,
    secret_list,
    split_list,
)

_NO_KEYS = 'write a JSON object such as {"shop": "<SHA-256 of the key in hex>"}'
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TEST_NUMBER = re.compile(
    r"(?P<phone>[^=:@]+)[=:](?P<code>[0-9]{4,8})[@:](?P<until>\d{4}-\d{2}-\d{2})"
)

_DURATION = re.compile(r"([0-9]{1,6})([smhd])")

PROVIDER_NAMES = {"dysms": DYSMS, "dypns": DYPNS, "pnvs": DYPNS}
"""PNVS is the product's name, Dypns that of its API: both are understood."""

Parsed = TypeVar("Parsed")


def read_with(parse: Callable[[str], Parsed]) -> BeforeValidator:
    """Read a text with a function; whatever it stumbles over is a wrong value."""

    def read(value: Any) -> Any:
        try:
            return parse(value) if isinstance(value, str) else value
        except (TypeError, AttributeError, OverflowError) as error:
            raise ValueError("it has a wrong form") from error

    return BeforeValidator(read)


class TestNumber(BaseModel):
    """A number with a fixed code, up to and including a day of Beijing time."""

    __test__ = False  # no test class, whatever pytest makes of its name
    phone: str
    code: SecretStr
    until: datetime


def _test_numbers(value: str) -> Any:
    found = []
    for part in split_list(value):
        match = _TEST_NUMBER.fullmatch(part)
        if match is None:
            raise ValueError("write <number>=<code>@<YYYY-MM-DD>, several separated by commas")
        day = datetime.strptime(match["until"], "%Y-%m-%d").replace(tzinfo=BEIJING)
        found.append(
            TestNumber(
                phone=match["phone"].strip(),
                code=SecretStr(match["code"]),
                until=day + timedelta(days=1),
            )
        )
    return tuple(found)


def _api_keys(value: str) -> Any:
    """Read `{"name": "<sha256>"}` or `{"name": {"sha256": ..., "limit": ..., "scenes": [...]}}`."""
    given = json.loads(value)
    if not isinstance(given, dict):
        raise ValueError(_NO_KEYS)  # noqa: TRY004 - pydantic turns it into a complaint
    return tuple(_api_key(str(name), item) for name, item in given.items())


def _api_key(name: str, item: Any) -> ApiKey:
    if isinstance(item, str | list):
        item = {"sha256": item}
    if not isinstance(item, dict) or not set(item) <= {"sha256", "limit", "scenes"}:
        raise ValueError(f"{name}: only sha256, limit and scenes can be set")
    digests = item.get("sha256", ())
    digests = [digests] if isinstance(digests, str) else digests
    if not digests or not all(_DIGEST.fullmatch(str(digest)) for digest in digests):
        raise ValueError(f"{name}: sha256 takes 64 hexadecimal digits; scripts/ops keys new")
    scenes = item.get("scenes")
    if scenes is not None and not isinstance(scenes, list):
        raise ValueError(f"{name}: scenes takes a list")
    return ApiKey(
        name,
        tuple(str(digest) for digest in digests),
        parse_rates(str(item["limit"])) if "limit" in item else None,
        frozenset(map(str, scenes)) if scenes is not None else None,
    )


def _region_rates(value: str) -> Any:
    """Read `HK=100/1d;*=200/1d,2000/1mo`, or a JSON object of the same."""
    if value.lstrip().startswith("{"):
        pairs = [(str(region), str(rates)) for region, rates in json.loads(value).items()]
    else:
        pairs = [
            (region.strip(), rates)
            for region, _, rates in (part.partition("=") for part in value.split(";"))
            if region.strip()
        ]
    return {region.upper(): parse_rates(rates) for region, rates in pairs}


def _web_address(value: str) -> Any:
    if not re.match(r"https?://[^/\s]", value):
        raise ValueError("write an address that starts with https://")
    return value


def _kinds(value: str) -> Any:
    kinds = tuple(dict.fromkeys(split_list(value)))
    if not set(kinds) <= set(QUEUE_KINDS):
        raise ValueError(f"it takes some of {', '.join(QUEUE_KINDS)}")
    return kinds


def _duration(value: str) -> Any:
    match = _DURATION.fullmatch(value)
    if match is None:
        raise ValueError("write a number with s, m, h or d, such as 10m")
    return int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[match[2]]


def _by_place(value: str) -> Any:
    """Read `a,b` for everywhere, `CN=a,b;intl=c;sign_in=a`, or a JSON object of the same."""
    if value.lstrip().startswith("{"):
        given = {
            str(place): split_list(names) if isinstance(names, str) else list(map(str, names))
            for place, names in json.loads(value).items()
        }
    else:
        parts = (part.rpartition("=") for part in value.split(";") if part.strip())
        given = {place.strip() or ANY: split_list(names) for place, _, names in parts}
    return {
        place_of(place): tuple(dict.fromkeys(_provider(name) for name in names))
        for place, names in given.items()
    }


def _provider(name: str) -> str:
    known = PROVIDER_NAMES.get(name.strip().lower())
    if known is None:
        raise ValueError("the providers are dysms and dypns")
    return known


def _mapped_by_place(value: str) -> Any:
    return {place_of(place): item for place, item in read_mapping(value).items()}


def place_of(key: str) -> str:
    """Return a key as domain/places.py wants it: a region alone means all of its scenes."""
    return f"{key}/{ANY}" if key == ABROAD or re.fullmatch("[A-Z]{2}", key) else key


def _template_params(value: str) -> Any:
    """Read `code=code,min=min` for every template, or a JSON object of them by template code."""
    if value.lstrip().startswith("{"):
        given = json.loads(value)
        if any(isinstance(item, dict) for item in given.values()):
            return {
                str(template): {str(fact): str(name) for fact, name in named.items()}
                for template, named in given.items()
            }
    return {ANY: read_mapping(value)}


List = Annotated[tuple[str, ...], read_with(split_list)]
Mapped = Annotated[dict[str, str], read_with(read_mapping)]
Rates = Annotated[tuple[Rate, ...], read_with(parse_rates)]
RegionRates = Annotated[dict[str, tuple[Rate, ...]], read_with(_region_rates)]
ApiKeys = Annotated[tuple[ApiKey, ...], read_with(_api_keys)]
Secrets = Annotated[tuple[SecretStr, ...], read_with(secret_list), Field(min_length=1)]
PathSecrets = Annotated[tuple[SecretStr, ...], read_with(path_secrets)]
Kinds = Annotated[tuple[str, ...], read_with(_kinds)]
Endpoint = Annotated[str, Field(pattern=ENDPOINT)]
TestNumbers = Annotated[tuple[TestNumber, ...], read_with(_test_numbers)]
Duration = Annotated[int, read_with(_duration)]
WebAddress = Annotated[SecretStr | None, read_with(_web_address)]
Routing = Annotated[dict[str, tuple[str, ...]], read_with(_by_place)]
ByPlace = Annotated[dict[str, str], read_with(_mapped_by_place)]
TemplateParams = Annotated[dict[str, dict[str, str]], read_with(_template_params)]
