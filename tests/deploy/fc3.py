"""What Function Compute takes, as strictly as s.yaml means it.

The component's own schema (tests/deploy/fc3_schema.py) knows every property but lets a misspelt one
pass, and any trigger at all. This model knows only what s.yaml uses, and refuses everything else.
The limits are those of the Function Compute documentation.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from scripts.doctor_checks.places import FUNCTION_NAME
from scripts.doctor_checks.settings import MOST_BYTES, environment_bytes

Mainland = Literal[
    "cn-beijing",
    "cn-chengdu",
    "cn-hangzhou",
    "cn-huhehaote",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shenzhen",
    "cn-wulanchabu",
    "cn-zhangjiakou",
]
ENVIRONMENT_BYTES = MOST_BYTES

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,127}$")]
FunctionName = Annotated[str, Field(pattern=f"^{FUNCTION_NAME.pattern}$")]
Method = Literal["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
# jwt is possible, too, but only with an authConfig, which s.yaml does not have.
Authentication = Literal["anonymous", "function"]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class HttpTriggerConfig(Part):
    auth_type: Authentication
    methods: Annotated[list[Method], Field(min_length=1)]
    disable_url_internet: Annotated[bool, Field(alias="disableURLInternet")]


class HttpTrigger(Part):
    trigger_name: Name
    trigger_type: Literal["http"]
    trigger_config: HttpTriggerConfig


class TimerTriggerConfig(Part):
    cron_expression: Annotated[str, Field(pattern=r"^(@every [0-9]+[smh]|[^@].*)$")]
    enable: bool


class TimerTrigger(Part):
    trigger_name: Name
    trigger_type: Literal["timer"]
    trigger_config: TimerTriggerConfig


class LogConfig(Part):
    project: Annotated[str, Field(min_length=3)]
    logstore: Annotated[str, Field(min_length=3)]
    enable_request_metrics: bool
    enable_instance_metrics: bool
    log_begin_rule: Literal["DefaultRegex", "None"]


class AsyncInvokeConfig(Part):
    max_async_retry_attempts: Annotated[int, Field(ge=0, le=8)]
    max_async_event_age_in_seconds: Annotated[int, Field(ge=1, le=2_592_000)]


class Function(Part):
    region: Mainland
    function_name: FunctionName
    description: Annotated[str, Field(max_length=256)]
    runtime: Literal["python3.10", "python3.12"]
    code: Annotated[str, Field(pattern=r"\.zip$")]
    handler: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    role: Annotated[str, Field(pattern=r"^(acs:ram::[0-9]+:role/)?[A-Za-z0-9.-]{1,64}$")]
    cpu: Annotated[float, Field(ge=0.05, le=16)]
    memory_size: Annotated[int, Field(ge=128, le=32_768, multiple_of=64)]
    disk_size: Literal[512, 10_240]
    timeout: Annotated[int, Field(ge=1, le=86_400)]
    internet_access: bool
    log_config: Literal["auto"] | LogConfig
    environment_variables: dict[Variable, str]
    triggers: list[Annotated[HttpTrigger | TimerTrigger, Field(discriminator="trigger_type")]]
    async_invoke_config: AsyncInvokeConfig | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Function:
        steps = self.cpu / 0.05
        if abs(steps - round(steps)) > 1e-9:
            raise ValueError("cpu comes in steps of 0.05")
        if not 1 <= self.memory_size / 1024 / self.cpu <= 4:
            raise ValueError("memory is 1 to 4 GB for each vCPU")
        if any(name.startswith("FC_") for name in self.environment_variables):
            raise ValueError("names that start with FC_ are FC's own")
        if environment_bytes(self.environment_variables) > ENVIRONMENT_BYTES:
            raise ValueError("the environment is larger than 4 KB")
        if sum(trigger.trigger_type == "http" for trigger in self.triggers) > 1:
            raise ValueError("a function has one HTTP trigger")
        return self


class Certificate(Part):
    cert_name: Name
    certificate: str
    private_key: str


class DomainAuthentication(Part):
    auth_type: Authentication


class Route(Part):
    path: Annotated[str, Field(pattern=r"^/[a-z-]+(/[*])?$")]
    function_name: FunctionName
    methods: Annotated[list[Method], Field(min_length=1)]
    qualifier: Literal["LATEST"]


class Routes(Part):
    routes: Annotated[list[Route], Field(min_length=1)]


class Domain(Part):
    """A resource of the component fc3-domain."""

    region: Mainland
    domain_name: Annotated[str, Field(pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$")]
    protocol: Literal["HTTPS"]
    cert_config: Certificate
    auth_config: DomainAuthentication
    route_config: Routes


def complaints(model: type[Part], properties: Any) -> list[str]:
    """Return what is wrong, as `place: why`."""
    try:
        model.model_validate(properties)
    except ValidationError as error:
        return [
            ".".join(str(step) for step in item["loc"]) + ": " + item["msg"]
            for item in error.errors()
        ]
    return []
