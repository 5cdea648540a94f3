"""What a refusal says: HTTP status, and title and detail in Chinese and English."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from shared.errors import Refused

CHINESE, ENGLISH = 0, 1

MAINLAND_ONLY, READS_AS_MAINLAND = "mainland_only", "reads_as_mainland"
"""Why a region is not supported where it is switched on: nobody who sends goes there, or the
message would reach somebody else."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One public code; texts are (Chinese, English), details may name facts in braces."""

    status: int
    title: tuple[str, str]
    detail: tuple[str, str]


PROBLEMS: dict[str, Problem] = {
    "invalid_request": Problem(
        400,
        ("请求无效", "Invalid request"),
        ("{problem_text}", "{problem_text}"),
    ),
    "unauthorized": Problem(
        401,
        ("未授权", "Unauthorized"),
        (
            "该服务当前不接受此调用方的请求，请检查访问凭证。",
            "The service does not accept this caller. Check its credentials.",
        ),
    ),
    "invalid_phone": Problem(
        400,
        ("手机号无效", "Invalid phone number"),
        (
            "请输入能接收短信的 11 位手机号；其他地区的号码请以 + 和国家码开头。",
            "Give a mobile number that can receive SMS: 11 digits in the mainland, elsewhere with "
            "+ and the country code.",
        ),
    ),
    "unsupported_region": Problem(
        400,
        ("暂不支持该地区", "Region not supported"),
        (
            "该号码所在地区尚未开通短信服务，请使用已开通地区的手机号。",
            "SMS to this number's region is not switched on. Use a number of a supported region.",
        ),
    ),
    "unknown_scene": Problem(
        400,
        ("场景不存在", "Unknown scene"),
        (
            "scene 不在服务的场景列表中，请检查拼写，或在配置项 SCENES 中添加。",
            "This scene is not one of the service's. Check its spelling or add it to SCENES.",
        ),
    ),
    "code_rejected": Problem(
        400,
        ("验证码不正确", "Code rejected"),
        (
            "验证码错误或已失效，请核对后重试，或重新获取。",
            "The code is wrong or no longer valid. Check it, or ask for a new one.",
        ),
    ),
    "captcha_required": Problem(
        400,
        ("需要人机验证", "Captcha required"),
        (
            "请先完成人机验证，并在 captcha 字段中提交结果。",
            "Solve the captcha first and send its result in the captcha field.",
        ),
    ),
    "captcha_failed": Problem(
        403,
        ("人机验证未通过", "Captcha failed"),
        ("人机验证未通过，请重新验证。", "The captcha was not passed. Solve a new one."),
    ),
    "phone_blocked": Problem(
        403,
        ("号码被限制", "Phone number blocked"),
        (
            "该号码目前不能接收短信（例如已退订或被投诉），请更换号码或联系客服。",
            "This number cannot receive messages at present (it opted out, for example). Use "
            "another number or contact support.",
        ),
    ),
    "not_found": Problem(
        404,
        ("资源不存在", "Not found"),
        ("没有这个地址，请检查路径。", "Nothing is here. Check the path."),
    ),
    "method_not_allowed": Problem(
        405,
        ("方法不允许", "Method not allowed"),
        ("该地址只接受 {allow} 请求。", "This address takes {allow} only."),
    ),
    "payload_too_large": Problem(
        413,
        ("请求体过大", "Payload too large"),
        (
            "请求体不能超过 {limit} 字节。",
            "The body must not be larger than {limit} bytes.",
        ),
    ),
    "rate_limited": Problem(
        429,
        ("请求过于频繁", "Too many requests"),
        (
            "请求过于频繁，请在 {wait} 秒后重试。",
            "Too many requests. Try again in {wait} seconds.",
        ),
    ),
    "daily_cap_reached": Problem(
        429,
        ("发送总量已达上限", "Daily cap reached"),
        (
            "服务的发送总量已达上限，请稍后再试。",
            "The service has reached its cap on messages. Try again later.",
        ),
    ),
    "provider_rejected": Problem(
        502,
        ("短信服务商拒绝发送", "Message refused by the provider"),
        (
            "短信服务商拒绝了这条短信，请稍后再试；运维人员请查看日志中的 provider_code。",
            "The SMS provider refused this message. Try again later; operators find the "
            "provider_code in the log.",
        ),
    ),
    "provider_unavailable": Problem(
        503,
        ("短信服务商暂不可用", "Provider unavailable"),
        (
            "短信服务商暂时不可用，短信未发出，请稍后重试。",
            "The SMS provider cannot be reached; nothing was sent. Try again shortly.",
        ),
    ),
    "storage_unavailable": Problem(
        503,
        ("存储暂不可用", "Storage unavailable"),
        (
            "存储暂时不可用，请稍后重试。",
            "The storage cannot be reached. Try again shortly.",
        ),
    ),
    "internal": Problem(
        500,
        ("服务内部错误", "Internal error"),
        (
            "服务内部错误，请稍后重试；联系客服时请提供 request_id。",
            "Something went wrong inside the service. Try again later; quote the request_id when "
            "you report it.",
        ),
    ),
}

_MISCONFIGURED = (
    "服务尚未配置完成，请运维人员处理：{problems_zh}。",
    "The service is not set up completely. Its operator has to mend this: {problems_en}.",
)

_MAINLAND_ONLY = (
    "短信目前只能发送到中国内地的手机号（不含港澳台），请使用内地手机号。",
    "Messages go to mainland China only, Hong Kong, Macau and Taiwan not included. Use a number of "
    "the mainland.",
)

_READS_AS_MAINLAND = (
    "该号码去掉 + 后与内地手机号相同，短信可能发给他人，因此不发送。请使用其他号码。",
    "Without its + this number reads as one of mainland China, so a message might reach somebody "
    "else. Nothing was sent. Use another number.",
)

_REGION_DETAILS = {MAINLAND_ONLY: _MAINLAND_ONLY, READS_AS_MAINLAND: _READS_AS_MAINLAND}

_INVALID = {
    "empty_body": ("请求体为空，请提交 JSON 对象。", "The body is empty. Send a JSON object."),
    "bad_base64": ("请求体的 Base64 编码无效。", "The body is not valid Base64."),
    "bad_utf8": ("请求体不是有效的 UTF-8 文本。", "The body is not valid UTF-8."),
    "bad_json": ("请求体不是有效的 JSON。", "The body is not valid JSON."),
    "not_an_object": (
        "请求体必须是 JSON 对象，例如 {{}}。",
        "The body must be a JSON object such as {{}}.",
    ),
    "not_an_array": ("请求体必须是 JSON 数组。", "The body must be a JSON array."),
    "missing": ("缺少字段 {field}。", "The field {field} is missing."),
    "unknown_field": (
        "存在未定义的字段，请检查拼写；可用字段见文档。",
        "There is a field that this request does not have. Check its spelling.",
    ),
    "not_a_string": (
        "字段 {field} 必须是字符串（请加引号）。",
        "The field {field} must be a string, in quotes.",
    ),
    "bad_value": (
        "字段 {field} 的内容或长度不符合要求。",
        "The field {field} has a wrong form or length.",
    ),
    "client_ip_not_allowed": (
        "client_ip 只接受通过 API 密钥认证的调用方提交。",
        "client_ip is accepted only from a caller that an API key authenticates.",
    ),
    "bad_idempotency_key": (
        "Idempotency-Key 须为 16 至 128 个可见 ASCII 字符。",
        "Idempotency-Key takes 16 to 128 visible ASCII characters.",
    ),
    "idempotency_key_reused": (
        "该 Idempotency-Key 已用于另一个请求体，请更换新的值。",
        "This Idempotency-Key was used with another body. Use a new one.",
    ),
}


def language(accept_language: str) -> int:
    """Choose the language of a refusal by Accept-Language; Chinese unless English is preferred."""
    best, chosen = 0.0, CHINESE
    for part in accept_language.split(","):
        tag, _, quality = "".join(part.lower().split()).partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        primary = tag.split("-")[0]
        if primary in ("zh", "en") and weight > best:
            best, chosen = weight, ENGLISH if primary == "en" else CHINESE
    return chosen


def describe(refusal: Refused, *, lang: int, request_id: str) -> tuple[int, dict[str, Any]]:
    """Return a refusal's HTTP status and its problem document (RFC 9457)."""
    problem = PROBLEMS[refusal.code]
    facts = dict(refusal.facts)
    wait = max(1, math.ceil(refusal.retry_after)) if refusal.retry_after is not None else None
    facts["wait"] = str(wait or 1)
    if refusal.code == "invalid_request":
        facts["problem_text"] = _INVALID[facts["problem"]][lang].format(**facts)
    detail = _MISCONFIGURED if "problems_en" in facts else problem.detail
    detail = _REGION_DETAILS.get(refusal.reason or "", detail)
    document: dict[str, Any] = {
        "status": problem.status,
        "title": problem.title[lang],
        "detail": detail[lang].format(**facts),
        "code": refusal.code,
        "request_id": request_id,
    }
    if wait is not None:
        document["retry_after"] = wait
    return problem.status, document
