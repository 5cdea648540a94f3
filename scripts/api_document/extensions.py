"""Alibaba API Gateway's extensions of OpenAPI, as far as this service needs them.

What is known of them, and from where:

[V] The traditional API Gateway ("原API网关") imports OAS 2.0 and 3.0, plain or with extensions; a
    document pasted as text has at most 256 KB and 100 operations; what an extension says goes
    before the console's global settings, whose default backend is Mock. In pass-through mode only
    path parameters of a definition are kept. (help.aliyun.com 464120)
[V] In OAS 3.0 extensions stand in the operation object: `x-aliyun-apigateway-backend`,
    `-auth-type`, `-parameter-handling`, `-api-force-nonce-check`. (help.aliyun.com, "导出标准OAS
    定义", which lists what an export with extensions writes)
[V] Swagger 2.0 files in public code have `-paramater-handling`, misspelt. Which of the two an
    import of 3.0 reads is [U], so both are written.
[V] `-auth-type` is APP (default) or ANONYMOUS. (help.aliyun.com 88956)
[V] What an API's configuration calls a backend that is an event function: fcType FCEvent,
    fcRegionId, functionName, qualifier, fcVersion, roleArn. (help.aliyun.com 109314,
    FunctionComputeConfig.) Function Compute 3.0 has no service name; API Gateway learnt it by a
    version of the function. (terraform-provider-alicloud 7676 and 8661)
[U] That `x-aliyun-apigateway-backend` takes the same names, under `type: FC`. From memory, 88956
    calls the region fcRegion and the role arn; no copy of that section could be read. So both
    names are written, with one value, and the model below holds them to be equal. The console's
    pre-check (预检) shows what it made of them, before anything is imported.
[U] fcVersion "3.0": 109314's example is "2.0".
[U] `x-aliyun-apigateway-system-parameters` in OAS 3.0: public code has it in Swagger 2.0, with
    these keys. That API Gateway then replaces a header of this name that the client sent is not
    said anywhere: try it once. (Should it pass both on, shared/fc.py joins them, and what is no
    one address counts as nobody's.)

The cloud-native API Gateway takes none of this: ImportHttpApi reads OAS 2.0 or 3.0.x [V
help.aliyun.com 2927038], and functions are services that its routes name [V FC documentation,
"云原生API网关触发器"], so docs/openapi.yaml itself is what it imports.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PREFIX = "x-aliyun-apigateway-"
AuthType = Literal["APP", "ANONYMOUS"]

_REGION = r"^[a-z]{2}-[a-z0-9-]{2,29}$"
_ROLE = r"^acs:ram::\d{16}:role/[a-z0-9-]{1,64}$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Backend(_Strict):
    """An event function of Function Compute 3.0."""

    type: Literal["FC"] = "FC"
    fcType: Literal["FCEvent"] = "FCEvent"  # noqa: N815 - Alibaba's names
    fcVersion: Literal["3.0"] = "3.0"  # noqa: N815
    fcRegion: str = Field(pattern=_REGION)  # noqa: N815
    fcRegionId: str = Field(pattern=_REGION)  # noqa: N815
    functionName: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")  # noqa: N815
    qualifier: Literal["LATEST"] = "LATEST"
    arn: str = Field(pattern=_ROLE)
    roleArn: str = Field(pattern=_ROLE)  # noqa: N815
    timeout: int = Field(ge=1, le=30_000, description="milliseconds")

    @model_validator(mode="after")
    def _names_agree(self) -> Backend:
        if (self.fcRegion, self.arn) != (self.fcRegionId, self.roleArn):
            raise ValueError("one region and one role, each under two names")
        return self


class SystemParameter(_Strict):
    """Something that API Gateway knows, told to the function in a header."""

    systemName: Literal["CaClientIp"]  # noqa: N815
    backendName: str = Field(pattern=r"^[A-Za-z0-9-]+$")  # noqa: N815
    location: Literal["header"]


class Extensions(_Strict):
    """Everything that starts with `x-aliyun-apigateway-` in one operation."""

    model_config = ConfigDict(alias_generator=lambda name: PREFIX + name.replace("_", "-"))

    auth_type: AuthType
    parameter_handling: Literal["PASSTHROUGH"] = "PASSTHROUGH"
    paramater_handling: Literal["PASSTHROUGH"] = "PASSTHROUGH"
    api_force_nonce_check: bool = False
    system_parameters: list[SystemParameter]
    backend: Backend
