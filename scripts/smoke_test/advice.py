"""What to do about an answer that was not expected."""

from __future__ import annotations

from scripts.smoke_test.service import Reply
from shared.errors import Bilingual

_BY_CODE: dict[str, Bilingual] = {
    "unauthorized": (
        "ACCESS=api_key 时把密钥放进环境变量 SMOKE_API_KEY（或用 --api-key-env 指定），并检查部署的"
        " API_KEYS；部署未设置 ACCESS 时先设置它。地址也可能在拒绝名单上：scripts/ops lists check",
        "With ACCESS=api_key put the key into the environment variable SMOKE_API_KEY (or name one "
        "with --api-key-env) and check API_KEYS of the deployment; set ACCESS if the deployment "
        "has none. Or this address is on the deny-list: scripts/ops lists check",
    ),
    "captcha_required": (
        "测试号码同样需要人机验证：在页面上完成一次，把结果放进环境变量 SMOKE_CAPTCHA（一次有效），"
        "或为 --scene 选一个不需要验证的场景",
        "A test number needs the captcha, too: solve one on your page and put its result into the "
        "environment variable SMOKE_CAPTCHA (good for one run), or choose a --scene without one",
    ),
    "captcha_failed": (
        "每个人机验证结果只能用一次；请换一个新的。仍失败时检查 CAPTCHA 的密钥与场景，以及角色的"
        " yundun-afs:VerifyCaptcha 权限",
        "A captcha's result is good once; take a new one. If that fails, too, check the captcha's "
        "keys and scenes, and the role's yundun-afs:VerifyCaptcha",
    ),
    "rate_limited": (
        "达到频率限制：等待 retry_after 秒。测试号码的限制是 LIMIT_ALLOWED（默认 24 小时 100 次）",
        "A limit is reached: wait retry_after seconds. A test number's is LIMIT_ALLOWED (100 in 24 "
        "hours by default)",
    ),
    "daily_cap_reached": (
        "达到总量上限：检查 LIMIT_TOTAL、LIMIT_CALLER；测试号码不计入，可能部署没有这个测试号码",
        "A cap is reached: see LIMIT_TOTAL and LIMIT_CALLER. A test number counts in none, so the "
        "deployment may not know it as one",
    ),
    "unknown_scene": (
        "用 --scene 指定部署的 SCENES 之一",
        "Name one of the deployment's SCENES with --scene",
    ),
    "unsupported_region": (
        "部署的 REGIONS 不含该号码的地区",
        "The deployment's REGIONS do not include the number's",
    ),
    "phone_blocked": (
        "号码在拒绝名单上：scripts/ops lists check、remove",
        "The number is on the deny-list: scripts/ops lists check, remove",
    ),
    "storage_unavailable": (
        "Tablestore 无法使用：运行 scripts/doctor；检查数据表（scripts/bootstrap）、地址，以及"
        "角色的权限（scripts/policy runtime）",
        "Tablestore cannot be used: run scripts/doctor; check the tables (scripts/bootstrap), the "
        "endpoint, and the role's permissions (scripts/policy runtime)",
    ),
    "internal": (
        "设置缺失或有误，或内部错误：运行 scripts/doctor，并按请求编号查看函数日志",
        "Settings are missing or wrong, or it failed inside: run scripts/doctor, and look for the "
        "request id in the function's log",
    ),
    "provider_rejected": (
        "阿里云拒绝了短信：日志中的 provider_code 说明原因；运行 scripts/doctor 检查签名与模板",
        "Aliyun refused the message: provider_code in the log says why; scripts/doctor checks sign "
        "and template",
    ),
    "provider_unavailable": (
        "短信服务暂时不可用：稍后再试",
        "The SMS service did not answer: try again later",
    ),
    "not_found": ("地址有误：这里没有这个服务", "The address is wrong: no such door there"),
}

_NO_ANSWER: Bilingual = (
    "没有收到回答：检查地址、网络和函数是否已部署",
    "There was no answer: check the address, the network, and that the functions are deployed",
)
_NO_CERTIFICATE: Bilingual = (
    "TLS 证书无效：检查自定义域名的证书",
    "The TLS certificate is not valid: check that of the custom domain",
)
_NOT_OURS: Bilingual = (
    "回答不是来自本服务：检查地址和自定义域名的路由",
    "That is not this service's answer: check the address, and the routes of the custom domain",
)
_CRASHED: Bilingual = (
    "函数出错：按请求编号查看函数日志，并运行 scripts/doctor",
    "The function crashed: look for the request id in its log, and run scripts/doctor",
)
_GATE: Bilingual = (
    "函数计算的触发器或前面的网关拒绝了请求。TRIGGER_AUTH=function 时加 --sign（用环境变量中的 "
    "AccessKey 签名）；JWT 或 API 网关用 --header；ACCESS=api_key 或 captcha 时设 "
    "TRIGGER_AUTH=anonymous",
    "Function Compute's trigger, or a gateway in front, refused. With TRIGGER_AUTH=function add "
    "--sign (signs with the access key in the environment); for JWT or API Gateway use --header; "
    "with ACCESS=api_key or captcha set TRIGGER_AUTH=anonymous",
)
_WRONG_CODE: Bilingual = (
    "部署中该测试号码的验证码不同或没有它（TEST_NUMBERS），或 MAX_ATTEMPTS=1",
    "The deployment has another code for this number, or does not have it (TEST_NUMBERS), or "
    "MAX_ATTEMPTS is 1",
)
_TWICE: Bilingual = (
    "严重：同一验证码通过了两次。请停用并报告",
    "Serious: one code was accepted twice. Take the service down, and report it",
)
_CACHEABLE: Bilingual = (
    "回答缺少 Cache-Control: no-store；检查网关或 CDN 是否改写了响应头",
    "The answer has no Cache-Control: no-store; see whether a gateway or CDN rewrites headers",
)
_LET_IN: Bilingual = (
    "任何人都能让这个服务发送短信。检查 ACCESS 与 TRIGGER_AUTH：ACCESS=gateway 时触发器不可为 "
    "anonymous",
    "Anybody can make this service send. Check ACCESS and TRIGGER_AUTH: with ACCESS=gateway the "
    "trigger must not be anonymous",
)
_OPEN_ON_PURPOSE: Bilingual = (
    "若前面有网络限制（专有网络、白名单），用 --expect-open 跳过此项",
    "If a network (VPC, allow-list) keeps others out, skip this with --expect-open",
)


def advise(step: str, reply: Reply) -> Bilingual:
    """Say what to do about a reply that is not what a step expects."""
    if reply.failure is not None:
        return _NO_CERTIFICATE if reply.failure == "SSLError" else _NO_ANSWER
    if step in ("stranger", "open") and reply.status == 200:
        both = (_LET_IN, _OPEN_ON_PURPOSE) if step == "open" else (_LET_IN,)
        return "。".join(zh for zh, _ in both), ". ".join(en for _, en in both)
    if reply.status == 200 and reply.cacheable and step != "again":
        return _CACHEABLE
    if step == "again" and reply.status == 200:
        return _TWICE
    if step == "right" and reply.code == "code_rejected":
        return _WRONG_CODE
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    if reply.code is None and reply.status in (401, 403):
        return _GATE
    return _CRASHED if (reply.status or 0) >= 500 else _NOT_OURS
