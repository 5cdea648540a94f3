"""Everything that can be set, read from the environment once and complained about once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from shared.deferred_imports import deferred_imports

with deferred_imports():
    import pydantic.plugin._loader  # noqa: F401 - here, as pydantic does so at its first model
    from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from shared.domain.client_address import AddressRule
from shared.domain.places import ANY, MAINLAND, for_place, is_place
from shared.domain.rates import Rate, parse_rates
from shared.domain.routes import DYPNS, DYSMS, Routes
from shared.domain.templates import template_for
from shared.errors import Bilingual, Misconfigured
from shared.setting_forms import (
    ApiKeys,
    ByPlace,
    Duration,
    Endpoint,
    Kinds,
    List,
    Mapped,
    PathSecrets,
    Rates,
    RegionRates,
    Routing,
    Secrets,
    TemplateParams,
    TestNumbers,
    WebAddress,
    read_with,
)
from shared.setting_rules import (
    DYBASE_ENDPOINT,
    GIFTED_SIGNS,
    GIFTED_TEMPLATES,
    MNS_ENDPOINT,
    OPT_OUT_WORDS,
    SECRET_LENGTH,
    TABLE_PREFIX,
    TABLE_PREFIX_FORM,
)

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

CODE_AND_MINUTES = {ANY: {"code": "code", "min": "min"}}
"""What a template's variables are called unless told otherwise, as in Aliyun's gifted ones."""

MOST_COUNT = 1_000_000_000
_ROLLING = ("LIMIT_PHONE", "LIMIT_ALLOWED")


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
    limit_guess: Rates = parse_rates("5000/1d")
    phone_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    sequence_guard: Literal["off", "observe", "enforce"] = "observe"
    client_ip: Annotated[AddressRule, read_with(AddressRule.parse)] = AddressRule()
    allow_numbers: List = ()
    test_numbers: TestNumbers = ()
    regions: List = ("CN",)
    cors_origins: List = ()

    sms_providers: Routing = {"*": (DYSMS,)}
    dysms_sign_name: Annotated[str, Field(min_length=1)] = ""
    dysms_templates: Annotated[ByPlace, Field(min_length=1)] = {}
    dysms_template_params: TemplateParams = CODE_AND_MINUTES
    dysms_endpoint: Endpoint = "https://dysmsapi.aliyuncs.com"
    pnvs_sign_name: Annotated[List, Field(min_length=1)] = GIFTED_SIGNS
    pnvs_templates: Annotated[ByPlace, Field(min_length=1)] = GIFTED_TEMPLATES
    pnvs_template_params: TemplateParams = CODE_AND_MINUTES
    pnvs_mode: Literal["own", "managed"] = "own"
    pnvs_endpoint: Endpoint = "https://dypnsapi.aliyuncs.com"

    tablestore_endpoint: Endpoint
    tablestore_instance: Annotated[str, Field(min_length=1)]
    table_prefix: Annotated[str, Field(pattern=TABLE_PREFIX_FORM)] = TABLE_PREFIX

    receipt_secrets: PathSecrets = ()
    opt_out_words: List = OPT_OUT_WORDS
    receipt_queues: Kinds = ()
    dybase_endpoint: Endpoint = DYBASE_ENDPOINT
    mns_endpoint: Endpoint = MNS_ENDPOINT

    reconcile_after: Annotated[Duration, Field(ge=60, le=86_400)] = 600
    reconcile_qps: Annotated[int, Field(ge=1, le=100)] = 10

    warn_percent: Annotated[int, Field(ge=1, le=99)] = 80
    alert_webhook: WebAddress = None
    alert_format: Literal["dingtalk", "json"] | None = None
    alert_webhook_secret: SecretStr | None = None

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def routes(self) -> Routes:
        """Return who sends where."""
        managed = frozenset({DYPNS}) if self.pnvs_mode == "managed" else frozenset[str]()
        return Routes(self.sms_providers, managed)


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
    missing = (name.upper() for name in missing_of_dysms(given))
    problems = [(f"{name} 未设置", f"{name} is not set") for name in missing]
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
        problems += _inconsistencies(settings)
    if problems:
        raise Misconfigured(problems)
    return settings


def _inconsistencies(settings: Settings) -> list[Bilingual]:
    found: list[Bilingual] = []
    if not settings.scenes:
        found.append(("SCENES 未列出任何场景", "SCENES names no scene"))
    found += _provider_inconsistencies(settings)
    found += _captcha_inconsistencies(settings)
    for name, given in _all_rates(settings):
        days = _LONGEST_WINDOW_DAYS.get(name, 31)
        if any(rate.window > days * 86_400 for rate in given if not rate.month):
            found.append((f"{name} 的窗口超过 {days}d", f"{name} has a window over {days}d"))
        windows = [(rate.window, rate.month) for rate in given]
        if len(set(windows)) < len(windows):
            found.append((f"{name} 有两个相同的窗口", f"{name} has two windows of one length"))
        if any(rate.count > MOST_COUNT for rate in given):
            found.append((f"{name} 的次数超过 {MOST_COUNT}", f"{name} counts beyond {MOST_COUNT}"))
        if name in _ROLLING and any(rate.month for rate in given):
            found.append((f"{name} 不支持 1mo，请用 30d", f"{name} takes no 1mo; write 30d"))
    return found


def missing_of_dysms(given: Mapping[str, str]) -> list[str]:
    """Return what Dysms needs, has no default for, and is not given, if it is to send at all.

    PNVS has a default for everything.
    """
    if DYSMS not in given.get("sms_providers", DYSMS).lower():
        return []
    return [name for name in ("dysms_sign_name", "dysms_templates") if name not in given]


def _provider_inconsistencies(settings: Settings) -> Iterator[Bilingual]:
    """Yield places that nobody knows, and scenes that are sent for by nobody, or by no template."""
    unknown = ", ".join(
        place
        for place in settings.sms_providers
        if not is_place(place) or place.rpartition("/")[2] not in (*settings.scenes, ANY)
    )
    if unknown:
        yield (
            f"SMS_PROVIDERS 中的 {unknown} 既不是地区（两个大写字母或 intl），也不在 SCENES 中",
            f"SMS_PROVIDERS names {unknown}: no region (two capital letters, or intl), "
            "and not in SCENES",
        )
    regions = [region.upper() for region in settings.regions]
    if regions and not any(
        for_place(settings.sms_providers, region=region, scene=scene)
        for region in regions
        for scene in settings.scenes
    ):
        yield (
            "SMS_PROVIDERS 没有为 REGIONS 中的任何地区指定服务（dysms、dypns）",
            "SMS_PROVIDERS names nobody (dysms, dypns) for any of REGIONS",
        )
    templates = {DYSMS: settings.dysms_templates, DYPNS: settings.pnvs_templates}
    for name, setting in ((DYSMS, "DYSMS_TEMPLATES"), (DYPNS, "PNVS_TEMPLATES")):
        without = [
            scene if region == MAINLAND else f"{region}/{scene}"
            for region in regions
            for scene in settings.scenes
            if name in settings.routes.to(region, scene)
            and not template_for(templates[name], region=region, scene=scene)
        ]
        if without and templates[name]:
            places = ", ".join(without)
            yield f"{setting} 缺少场景 {places} 的模板", f"{setting} has no template for {places}"


def _all_rates(settings: Settings) -> Iterator[tuple[str, tuple[Rate, ...]]]:
    """Yield each list of rates with the setting that it stands in."""
    for name in _LONGEST_WINDOW_DAYS:
        yield name, getattr(settings, name.lower())
    for rates in settings.limit_region.values():
        yield "LIMIT_REGION", rates
    for key in settings.api_keys:
        yield "API_KEYS", key.rates or ()


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
