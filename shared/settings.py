"""Everything that can be set, read from the environment once and complained about once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from shared.domain.client_address import AddressRule
from shared.domain.rates import Rate, parse_rates
from shared.errors import Bilingual, Misconfigured

SECRET_LENGTH = 16
_LONGEST_WINDOW_DAYS = {
    "LIMIT_PHONE": 30,
    "LIMIT_ALLOWED": 30,
    "LIMIT_IP": 31,
    "LIMIT_DEVICE": 31,
    "LIMIT_TOTAL": 31,
}
"""No window may outlive the rows that count it (storage/tables.py)."""

BEIJING = timezone(timedelta(hours=8))
_TEST_NUMBER = re.compile(
    r"(?P<phone>[^=:@]+)[=:](?P<code>[0-9]{4,8})[@:](?P<until>\d{4}-\d{2}-\d{2})"
)

Parsed = TypeVar("Parsed")


def _list(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _mapping(value: Any) -> Any:
    """Read `a=1,b=2`, `a:1,b:2`, a JSON object, or one bare value that serves every key (`*`)."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        return {str(key): str(item) for key, item in json.loads(value).items()}
    pairs = [re.split(r"[=:]", part, maxsplit=1) for part in _list(value)]
    return {(pair[0].strip() if len(pair) == 2 else "*"): pair[-1].strip() for pair in pairs}


def _read_with(parse: Callable[[str], Parsed]) -> BeforeValidator:
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


class TestNumber(BaseModel):
    """A number with a fixed code, up to and including a day of Beijing time."""

    __test__ = False  # no test class, whatever pytest makes of its name
    phone: str
    code: SecretStr
    until: datetime


def _test_numbers(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = []
    for part in _list(value):
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


def _secrets(value: Any) -> Any:
    secrets = _list(value)
    if any(len(secret) < SECRET_LENGTH for secret in secrets):
        raise ValueError(f"each secret needs {SECRET_LENGTH} characters or more")
    return secrets


List = Annotated[tuple[str, ...], BeforeValidator(_list)]
Mapped = Annotated[dict[str, str], BeforeValidator(_mapping)]
Rates = Annotated[tuple[Rate, ...], _read_with(parse_rates)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_secrets), Field(min_length=1)]
Endpoint = Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]


class Settings(BaseModel):
    """The settings. Each field is read from the variable of the same name in capitals."""

    model_config = ConfigDict(
        frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True, extra="forbid"
    )

    access: Literal["captcha", "api_key", "gateway"] | None = None
    scenes: List = ("sign_in",)
    code_length: Annotated[int, Field(ge=4, le=8)] = 6
    code_ttl: Annotated[int, Field(ge=1, le=3600)] = 300
    max_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    code_secrets: Secrets
    number_secret: Annotated[SecretStr, Field(min_length=SECRET_LENGTH)]

    limit_phone: Rates = parse_rates("1/60s,5/1h,10/24h")
    limit_allowed: Rates = parse_rates("100/24h")
    limit_ip: Rates = parse_rates("10/1d")
    limit_device: Rates = parse_rates("10/1d")
    limit_total: Rates = parse_rates("5000/1d")
    client_ip: Annotated[AddressRule, _read_with(AddressRule.parse)] = AddressRule()
    allow_numbers: List = ()
    test_numbers: Annotated[tuple[TestNumber, ...], BeforeValidator(_test_numbers)] = ()
    regions: List = ("CN",)
    cors_origins: List = ()

    sms_providers: Annotated[tuple[Literal["dysms"], ...], BeforeValidator(_list)] = ("dysms",)
    dysms_sign_name: Annotated[str, Field(min_length=1)]
    dysms_templates: Annotated[Mapped, Field(min_length=1)]
    dysms_template_params: Mapped = {"code": "code", "min": "min"}
    dysms_endpoint: Endpoint = "https://dysmsapi.aliyuncs.com"

    tablestore_endpoint: Endpoint
    tablestore_instance: Annotated[str, Field(min_length=1)]
    table_prefix: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")] = "sms_verify_"

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def template(self, scene: str) -> str:
        """Return the Dysms template code for a scene."""
        return self.dysms_templates.get(scene) or self.dysms_templates["*"]


NAMES: tuple[str, ...] = tuple(name.upper() for name in Settings.model_fields)
"""The environment variables that are settings."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raise Misconfigured with everything that is missing or wrong.

    A variable that is empty counts as not set. No value is repeated in a complaint.
    """
    given = {
        name.lower(): environment[name].strip()
        for name in NAMES
        if environment.get(name, "").strip()
    }
    problems: list[Bilingual] = []
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            name = str(item["loc"][0]).upper()
            if item["type"] == "missing":
                problems.append((f"{name} 未设置", f"{name} is not set"))
            else:
                problems.append(
                    (f"{name} 的值有误（{item['msg']}）", f"{name} is wrong ({item['msg']})")
                )
    else:
        problems = list(_inconsistencies(settings))
    if problems:
        raise Misconfigured(problems)
    return settings


def _inconsistencies(settings: Settings) -> list[Bilingual]:
    found: list[Bilingual] = []
    if not settings.scenes:
        found.append(("SCENES 未列出任何场景", "SCENES names no scene"))
    without = ", ".join(
        scene
        for scene in settings.scenes
        if scene not in settings.dysms_templates and "*" not in settings.dysms_templates
    )
    if without:
        found.append(
            (
                f"DYSMS_TEMPLATES 缺少场景 {without} 的模板",
                f"DYSMS_TEMPLATES has no template for {without}",
            )
        )
    for name, days in _LONGEST_WINDOW_DAYS.items():
        if any(rate.window > days * 86_400 for rate in getattr(settings, name.lower())):
            found.append((f"{name} 的窗口超过 {days}d", f"{name} has a window over {days}d"))
    return found
