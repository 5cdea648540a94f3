"""The document that Alibaba's traditional API Gateway imports: the public one, and its backends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from scripts.api_document.document import ROOT, public_document
from scripts.api_document.extensions import AuthType, Backend, Extensions, SystemParameter
from scripts.api_document.operations import PATHS
from scripts.api_document.texts import both

DOORS = ("send_code", "verify_code", "messages")
"""What goes through API Gateway. Aliyun pushes receipts to their function's own address: they are
in a hurry (700 ms), and API Gateway would write the secret of the path into its logs."""

CLIENT_IP_HEADER = "X-Ca-Client-Ip"
COLD_START_MILLISECONDS = 5000
"""What API Gateway waits beyond the function's own time-out, which begins after a cold start."""

GATEWAY_ROLE = "aliyunserviceroleforapigateway"
PLACEHOLDER_ACCOUNT = "1234567890123456"


@dataclass(frozen=True, slots=True)
class Place:
    """Which deployment stands behind the gateway, and who lets callers in.

    APP: API Gateway does, by an application's key, which is ACCESS=gateway. ANONYMOUS: the
    functions do themselves.
    """

    region: str = "cn-hangzhou"
    stage: str = "dev"
    account: str = PLACEHOLDER_ACCOUNT
    auth_type: AuthType = "APP"


_ABOUT = (
    "供阿里云“原 API 网关”导入；函数计算的配置写在 x-aliyun-apigateway-* 扩展中。函数看不到客户端"
    f"的 TCP 地址，请设置 CLIENT_IP=header:{CLIENT_IP_HEADER}，否则按 IP 的限流不生效。",
    "For import into Alibaba Cloud's traditional API Gateway; the x-aliyun-apigateway-* extensions "
    "name the functions behind it. A function does not see the client's TCP address there: set "
    f"CLIENT_IP=header:{CLIENT_IP_HEADER}, or the limits per address are off.",
)


def gateway_document(place: Place) -> dict[str, Any]:
    """Return the document with the functions of a deployment behind it."""
    document = public_document()
    functions = _functions()
    paths = {}
    for name in DOORS:
        method, path = PATHS[name]
        operation = document["paths"][path][method]
        paths[path] = {method: {**_plain(operation), **_extended(functions[name], place)}}
    components = document["components"]
    return {
        "openapi": document["openapi"],
        "info": {**document["info"], "description": both(_ABOUT)},
        "servers": [{"url": "/"}],
        "tags": [tag for tag in document["tags"] if tag["name"] == "verification"],
        "paths": paths,
        "components": {"schemas": components["schemas"]},
    }


def _plain(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what API Gateway does in its own way (security), or does not know (links)."""
    responses = {
        status: {name: part for name, part in response.items() if name != "links"}
        for status, response in operation["responses"].items()
    }
    kept = {name: part for name, part in operation.items() if name != "security"}
    return {**kept, "responses": responses}


def _extended(function: Mapping[str, Any], place: Place) -> dict[str, Any]:
    role = f"acs:ram::{place.account}:role/{GATEWAY_ROLE}"
    found = Extensions(
        auth_type=place.auth_type,
        system_parameters=[
            SystemParameter(
                systemName="CaClientIp", backendName=CLIENT_IP_HEADER, location="header"
            )
        ],
        backend=Backend(
            fcRegion=place.region,
            fcRegionId=place.region,
            functionName=function["functionName"].replace("${vars.stage}", place.stage),
            arn=role,
            roleArn=role,
            timeout=function["timeout"] * 1000 + COLD_START_MILLISECONDS,
        ),
    )
    return found.model_dump(by_alias=True)


def _functions() -> dict[str, dict[str, Any]]:
    """Return the functions of s.yaml by their names there."""
    resources = yaml.safe_load((ROOT / "s.yaml").read_text("utf-8"))["resources"]
    return {name: resource["props"] for name, resource in resources.items()}
