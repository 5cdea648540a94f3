"""Everything that can be set, read from the environment once and complained about once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from shared.domain.access import ApiKey
from shared.domain.client_address import AddressRule
from shared.domain.rates import BEIJING, Rate, parse_rates
from shared.errors import Bilingual, Misconfigured

SECRET_LENGTH = 16
_LONGEST_WINDOW_DAYS = {
    "LIMIT_PHONE": 30,
    "LIMIT_ALLOWED": 30,
    "LIMIT_IP": 31,
    "LIMIT_DEVICE": 31,
    "LIMIT_TOTAL": 31,
    "LIMIT_CALLER": 31,
    "LIMIT_GUESS": 31,
}
"""No window may outlive the rows that count it (storage/tables.py)."""

_ROLLING = ("LIMIT_PHONE", "LIMIT_ALLOWED")
_DIGEST = re.compile(r"[0-9a-f]{64}")
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


def _api_keys(value: Any) -> Any:
    """Read `{"name": "<sha256>"}` or `{"name": {"sha256": ..., "limit": ..., "scenes": [...]}}`."""
    if not isinstance(value, str):
        return value
    given = json.loads(value)
    if not isinstance(given, dict):
        raise ValueError('write a JSON object such as {"shop": "<SHA-256 of the key in hex>"}')  # noqa: TRY004 - pydantic expects it
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
    return ApiKey(
        name,
        tuple(str(digest) for digest in digests),
        parse_rates(item["limit"]) if "limit" in item else None,
        frozenset(map(str, scenes)) if scenes is not None else None,
    )


def _region_rates(value: Any) -> Any:
    """Read `HK=100/1d;*=200/1d,2000/1mo`, or a JSON object of the same."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        pairs = [(str(region), str(rates)) for region, rates in json.loads(value).items()]
    else:
        pairs = [
            (region.strip(), rates)
            for region, _, rates in (part.partition("=") for part in value.split(";"))
            if region.strip()
        ]
    return {region.upper(): parse_rates(rates) for region, rates in pairs}


def _secrets(value: Any) -> Any:
    secrets = _list(value)
    if any(len(secret) < SECRET_LENGTH for secret in secrets):
        raise ValueError(f"each secret needs {SECRET_LENGTH} characters or more")
    return secrets


def _web_address(value: Any) -> Any:
    if isinstance(value, str) and not re.match(r"https?://[^/\s]", value):
        raise ValueError("write an address that starts with https://")
    return value


List = Annotated[tuple[str, ...], BeforeValidator(_list)]
Mapped = Annotated[dict[str, str], BeforeValidator(_mapping)]
Rates = Annotated[tuple[Rate, ...], _read_with(parse_rates)]
RegionRates = Annotated[dict[str, tuple[Rate, ...]], BeforeValidator(_region_rates)]
ApiKeys = Annotated[tuple[ApiKey, ...], BeforeValidator(_api_keys)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_secrets), Field(min_length=1)]
Endpoint = Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]


class Settings(BaseModel):
    """The settings. Each field is read from the variable of the same name in capitals."""

    model_config = ConfigDict(
        frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True, extra="forbid"
    )

    access: Literal["captcha", "api_key", "gateway"] | None = None
    api_keys: ApiKeys = ()
    captcha: Literal["aliyun", "turnstile"] | None = None
    captcha_scenes: List = ()
    captcha_on_failure: Literal["refuse", "allow"] = "refuse"
    aliyun_captcha_scene_ids: Mapped = {}
    aliyun_captcha_endpoint: Endpoint = "https://captcha.cn-shanghai.aliyuncs.com"
    turnstile_secret: SecretStr | None = None
    turnstile_hostnames: List = ()
    turnstile_endpoint: Endpoint = "https://challenges.cloudflare.com"
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
    limit_caller: Rates = parse_rates("2000/1d")
    limit_region: RegionRates = {"*": parse_rates("200/1d")}
    limit_guess: Rates = parse_rates("1000/1d")
    phone_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    sequence_guard: Literal["off", "observe", "enforce"] = "observe"
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

    warn_percent: Annotated[int, Field(ge=1, le=99)] = 80
    alert_webhook: Annotated[SecretStr | None, BeforeValidator(_web_address)] = None
    alert_format: Literal["dingtalk", "json"] | None = None
    alert_webhook_secret: SecretStr | None = None

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
    found += _captcha_inconsistencies(settings)
    rates = {name: getattr(settings, name.lower()) for name in _LONGEST_WINDOW_DAYS}
    rates |= {"LIMIT_REGION": tuple(r for rates in settings.limit_region.values() for r in rates)}
    rates |= {"API_KEYS": tuple(r for key in settings.api_keys for r in key.rates or ())}
    for name, given in rates.items():
        days = _LONGEST_WINDOW_DAYS.get(name, 31)
        if any(rate.window > days * 86_400 for rate in given if not rate.month):
            found.append((f"{name} 的窗口超过 {days}d", f"{name} has a window over {days}d"))
        if name in _ROLLING and any(rate.month for rate in given):
            found.append((f"{name} 不支持 1mo，请用 30d", f"{name} takes no 1mo; write 30d"))
    return found


def _captcha_inconsistencies(settings: Settings) -> Iterator[Bilingual]:
    if settings.captcha_scenes and settings.captcha is None:
        yield "CAPTCHA_SCENES 需要设置 CAPTCHA", "CAPTCHA_SCENES needs CAPTCHA"
    unknown = ", ".join(sorted(set(settings.captcha_scenes) - set(settings.scenes)))
    if unknown:
        yield (
            f"CAPTCHA_SCENES 中的 {unknown} 不在 SCENES 中",
            f"CAPTCHA_SCENES names {unknown}, which is not in SCENES",
        )
    if settings.captcha == "turnstile" and settings.turnstile_secret is None:
        yield "CAPTCHA=turnstile 需要 TURNSTILE_SECRET", "CAPTCHA=turnstile needs TURNSTILE_SECRET"
    ids = settings.aliyun_captcha_scene_ids
    if settings.captcha == "aliyun" and "*" not in ids and not set(settings.scenes) <= set(ids):
        yield (
            "CAPTCHA=aliyun 需要 ALIYUN_CAPTCHA_SCENE_IDS（每个场景或所有场景的 SceneId）",
            "CAPTCHA=aliyun needs ALIYUN_CAPTCHA_SCENE_IDS (one SceneId for all scenes, or each)",
        )
