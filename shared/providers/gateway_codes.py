"""What the gateway in front of Aliyun's products answers, in families by prefix: one table.

Source: "Common errors" of the OpenAPI (help.aliyun.com, SDK documentation) for names and HTTP
status. A request that is refused for its signature, keys, parameters or rate never reached the
product; that throttled ones did not is what everybody assumes, and nobody wrote down [U].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shared.errors import Bilingual
from shared.ports import Verdict
from shared.providers.codes import Meaning

COMMON = "OpenAPI common errors"
ASSUMED = f"{COMMON} [U]"

_KEYS: Bilingual = (
    "核对函数角色（FUNCTION_ROLE）或访问密钥是否存在且启用；scripts/doctor 会检查。",
    "See that the functions' role (FUNCTION_ROLE), or the key, exists and is enabled; "
    "scripts/doctor looks.",
)
_PERMISSION: Bilingual = (
    "给函数角色授予发送权限：scripts/policy 会写出所需策略；若提示账号受限，请查看欠费与实名。",
    "Grant the functions' role the right to send: scripts/policy writes the policy; where the "
    "account itself is denied, look at its bills and its real-name check.",
)
_CLOCK: Bilingual = (
    "机器时钟偏差超过 15 分钟：请对时；在函数计算上出现时请提交工单。",
    "The machine's clock is more than 15 minutes off: set it; on Function Compute, open a ticket.",
)
_REQUEST: Bilingual = (
    "核对签名、模板与服务地址（*_ENDPOINT）是否属于这个产品；仍出现时请带 code 报告缺陷。",
    "See that sign name, templates and endpoint (*_ENDPOINT) are this product's; if it stays, "
    "report it with its code.",
)
_SLOWER: Bilingual = (
    "请求超过账号的 QPS：稍后自动恢复；经常出现时在配额中心申请提高。",
    "More requests a second than the account may make: it passes by itself; if it is frequent, "
    "ask for more in the quota centre.",
)
_WAIT_AND_SEE: Bilingual = (
    "可能已受理：勿人工补发，等回执；持续出现时查看阿里云健康看板并提交工单。",
    "It may have been taken: do not send again by hand, wait for the report; if it lasts, look at "
    "Alibaba Cloud's status page and open a ticket.",
)


def _ours(reason: Bilingual, advice: Bilingual) -> Meaning:
    return Meaning(Verdict.MISCONFIGURED, reason, advice, COMMON, elsewhere=True)


def _open(reason: Bilingual) -> Meaning:
    return Meaning(Verdict.UNCONFIRMED, reason, _WAIT_AND_SEE, ASSUMED)


_NO_KEY = _ours(("访问密钥不存在或已停用", "the key does not exist, or is disabled"), _KEYS)
_NO_TOKEN = replace(
    _ours(("临时凭证无效或已过期", "the STS token is wrong or expired"), _KEYS),
    verdict=Verdict.TRY_LATER,  # others are got with the next request
)
_SIGNATURE = _ours(("请求签名不符", "the request's signature does not match"), _KEYS)
_DENIED = _ours(("没有权限", "not permitted"), _PERMISSION)
_INCOMPLETE = _ours(("请求缺少或有错误参数", "a parameter is missing or wrong"), _REQUEST)
_NO_API = _ours(("接口或版本不存在", "no such action or version"), _REQUEST)

GATEWAY: Mapping[str, Meaning] = {
    "Throttling": Meaning(
        Verdict.TRY_LATER,
        ("请求过快，被网关限流", "too many requests: the gateway throttled this one"),
        _SLOWER,
        ASSUMED,
        elsewhere=True,
        retry_after=1,
    ),
    "ServiceUnavailable": _open(("服务暂不可用", "the service is not available")),
    "InternalError": _open(("服务内部错误", "an error inside the service")),
    "SignatureNonceUsed": _open(
        ("同一请求已到达过一次", "the same request had arrived before"),
    ),
    "Forbidden": _DENIED,
    "NoPermission": _DENIED,
    "InvalidAccessKeyId": _NO_KEY,
    "InvalidSecurityToken": _NO_TOKEN,
    "SignatureDoesNotMatch": _SIGNATURE,
    "IncompleteSignature": _SIGNATURE,
    "InvalidTimeStamp": _ours(("请求时间无效", "the request's time is wrong"), _CLOCK),
    "Missing": _INCOMPLETE,
    "InvalidParameter": _INCOMPLETE,
    "InvalidAction": _NO_API,
    "InvalidVersion": _NO_API,
}
"""Family -> meaning; `Throttling` is also `Throttling.User`, `Missing` also `MissingSignName`."""
