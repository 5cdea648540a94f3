"""Whether callers reach the functions who should and nobody else, and whose address counts."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning

CLOSED = ("function", "jwt")
AUTH_TYPES = (*CLOSED, "anonymous")


def access(case: Case) -> Iterator[Finding]:
    """Hold ACCESS to the trigger's own authentication, and to what it needs itself."""
    settings, auth = case.settings, case.value("TRIGGER_AUTH")
    shut = list(_without_means(case))
    yield from shut
    if auth not in AUTH_TYPES:
        yield failure(
            ("TRIGGER_AUTH 的值有误", "TRIGGER_AUTH has a value that no trigger takes"),
            ("设为 function 或 anonymous", "set it to function or anonymous"),
        )
    elif settings.access == "gateway" and auth == "anonymous":
        yield failure(
            (
                "ACCESS=gateway 而触发器匿名开放：任何人都能让你发短信",
                "ACCESS=gateway with an anonymous trigger: anybody can spend your messages",
            ),
            (
                "设 TRIGGER_AUTH=function，或改用 ACCESS=api_key / captcha",
                "set TRIGGER_AUTH=function, or use ACCESS=api_key or captcha",
            ),
        )
    elif settings.access in ("captcha", "api_key") and auth in CLOSED and case.front != "apigw":
        yield failure(
            (
                f"ACCESS={settings.access} 而触发器要求签名（{auth}）：没有人能调用",
                f"ACCESS={settings.access} with a trigger that wants a signature ({auth}): "
                "nobody can call",
            ),
            ("设 TRIGGER_AUTH=anonymous", "set TRIGGER_AUTH=anonymous"),
        )
    elif not shut:
        yield ok(
            f"ACCESS={settings.access}，触发器 {auth}", f"ACCESS={settings.access}, trigger {auth}"
        )


def _without_means(case: Case) -> Iterator[Finding]:
    """Find an ACCESS that lets nobody send, because what it goes by is not set."""
    settings = case.settings
    if settings.access is None:
        yield failure(
            ("ACCESS 未设置：拒绝所有发送", "ACCESS is not set: every send is refused"),
            (
                "选择 captcha、api_key 或 gateway（README.zh-CN.md 的“谁可以发送”）",
                "choose captcha, api_key or gateway (README.md, Who may send)",
            ),
        )
    if settings.access == "api_key" and not settings.api_keys and "API_KEYS" not in case.unreadable:
        yield failure(
            ("ACCESS=api_key 但 API_KEYS 为空", "ACCESS=api_key, and API_KEYS is empty"),
            ("运行 scripts/ops keys new <名称>", "run scripts/ops keys new <name>"),
        )
    if settings.access == "captcha" and settings.captcha is None:
        yield failure(
            ("ACCESS=captcha 但 CAPTCHA 未设置", "ACCESS=captcha, and CAPTCHA is not set"),
            ("设 CAPTCHA=aliyun 或 turnstile", "set CAPTCHA=aliyun or turnstile"),
        )


def client_ip(case: Case) -> Iterator[Finding]:
    """Hold CLIENT_IP to what stands in front: a wrong one limits nobody, or everybody at once."""
    rule = case.settings.client_ip
    forwarded = bool(rule.hops or rule.header)
    look = {"http": _called_directly, "apigw": _behind_api_gateway, "proxy": _behind_proxy}
    counts = ("转发的请求头", "a forwarded header") if forwarded else ("对端地址", "the peer")
    yield look[case.front](case, forwarded=forwarded) or ok(
        f"前面是 {case.front}，按{counts[0]}计", f"in front: {case.front}; {counts[1]} counts"
    )


def _called_directly(case: Case, *, forwarded: bool) -> Finding | None:
    by_backend = case.settings.access == "gateway"
    if forwarded and by_backend:
        return warning(
            (
                "按请求头计，而触发器直接被调用：只有能签名的调用方能写它",
                "a header counts, and the trigger is called directly: whoever can sign writes it",
            ),
            (
                "确认你的后端总是覆盖这个请求头，而不是转发用户给的值",
                "make sure that your backend always sets it, and never passes on its users' own",
            ),
        )
    if forwarded:
        return failure(
            (
                "按请求头计，但前面没有代理：任何人都能伪造地址，绕过 LIMIT_IP",
                "a header counts, but nothing in front sets it: anybody can forge it past LIMIT_IP",
            ),
            (
                "设 CLIENT_IP=peer；若前面有代理或网关，设 FRONT=proxy 或 apigw",
                "set CLIENT_IP=peer, or FRONT=proxy or apigw if something does stand in front",
            ),
        )
    if by_backend and not case.local:  # on this machine a person calls, and no backend
        return warning(
            (
                "对端是签名的调用方：你的后端只有一个地址，所有用户共用 LIMIT_IP",
                "the peer is who signs the call: your backend has one address, so all its users "
                "share LIMIT_IP",
            ),
            (
                "让后端写请求头并设 CLIENT_IP=header:<名称>，或改用 ACCESS=api_key 与 client_ip",
                "let it set a header and CLIENT_IP=header:<name>, or use ACCESS=api_key, which "
                "takes client_ip",
            ),
        )
    return None


def _behind_api_gateway(case: Case, *, forwarded: bool) -> Finding | None:
    if forwarded or case.settings.access == "api_key":  # then the caller names the address
        return None
    say = failure if case.settings.access == "captcha" else warning
    return say(
        (
            "API 网关的事件没有对端地址：LIMIT_IP 不起作用",
            "events of API Gateway have no peer: LIMIT_IP is off",
        ),
        (
            "设 CLIENT_IP=hops:1，或把网关的系统参数 CaClientIp 映射为请求头并设 header:<名称>",
            "set CLIENT_IP=hops:1, or map the gateway's system parameter CaClientIp to a header "
            "and set header:<name>",
        ),
    )


def _behind_proxy(case: Case, *, forwarded: bool) -> Finding | None:
    if not forwarded:
        return failure(
            (
                "CLIENT_IP=peer 而前面有代理：所有人共用代理的地址，很快都被拒绝",
                "CLIENT_IP=peer behind a proxy: everybody shares its address, and is soon refused",
            ),
            (
                "设 CLIENT_IP=hops:<代理层数> 或 header:<代理写的请求头>",
                "set CLIENT_IP=hops:<number of proxies> or header:<the one that it sets>",
            ),
        )
    if case.value("TRIGGER_AUTH") == "anonymous":
        return warning(
            (
                "触发器匿名：绕过代理直接调用函数网址的人可以伪造地址",
                "the trigger is anonymous: who calls its own URL past the proxy forges addresses",
            ),
            (
                "关闭触发器的公网访问（disableURLInternet），只留自定义域名",
                "close the trigger's own URL (disableURLInternet) and keep the custom domain",
            ),
        )
    return None
