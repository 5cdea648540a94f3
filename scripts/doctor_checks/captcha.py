"""Whether the captcha service knows us, and refuses what is no token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import certifi
import urllib3

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from scripts.doctor_checks.openapi import DENIED, NO_ANSWER, body_or_code, unanswered
from scripts.doctor_checks.product_calls import NO_TOKEN, captcha_answer
from scripts.doctor_checks.whose import refused_to
from shared.captcha.turnstile import OUR_SECRET, PATH
from shared.errors import Bilingual

CALL, ACTION = "VerifyIntelligentCaptcha", "yundun-afs:VerifyCaptcha"
OTHER_SCENE = "F012"
SECONDS = 5.0

_EVERYBODY: Bilingual = (
    "随便一段文字也通过了：验证码没有在把关",
    "a text that is no token passed: this captcha stops nobody",
)
_LOOK: Bilingual = (
    "检查网络与服务地址；稍后再运行",
    "check the network and the endpoint, and run this again",
)


def captcha(case: Case) -> Iterator[Finding]:
    """Ask the service in use about a text that is no token."""
    look = {"aliyun": _aliyun, "turnstile": _turnstile}.get(case.settings.captcha or "")
    if look is None:
        yield ok("没有使用验证码服务", "no captcha is used")
    else:
        yield from look(case)


def _aliyun(case: Case) -> Iterator[Finding]:
    """Ask once for each SceneId; whether a false token shows a false SceneId is not documented."""
    scene_ids = dict.fromkeys(case.settings.aliyun_captcha_scene_ids.values())
    verdicts = []
    for scene_id in scene_ids:
        case.progress(scene_id)
        body = body_or_code(lambda: captcha_answer(case, scene_id))  # noqa: B023 - called at once
        result = getattr(body, "result", None)
        if result is None or body.success is not True:
            code = body if isinstance(body, str) else str(getattr(body, "code", None) or NO_ANSWER)
            yield _refused(case, code)
            return
        if result.verify_result:
            yield failure(
                _EVERYBODY,
                ("在验证码控制台关闭测试模式", "switch its test mode off in the captcha console"),
            )
            return
        if result.verify_code == OTHER_SCENE:
            yield failure(
                (f"SceneId {scene_id} 不属于本账号（F012）", f"SceneId {scene_id} is not ours"),
                (
                    "核对 ALIYUN_CAPTCHA_SCENE_IDS 与控制台的场景 ID",
                    "hold ALIYUN_CAPTCHA_SCENE_IDS to the scenes that the console lists",
                ),
            )
            return
        verdicts.append(str(result.verify_code))
    answers = ", ".join(dict.fromkeys(verdicts))
    yield ok(
        f"密钥有效，假令牌被拒绝（{answers}）；SceneId 是否正确须以真实页面确认",
        f"keys are good, and a false token is refused ({answers}); a real page shows whether the "
        "SceneId is right",
    )


def _refused(case: Case, code: str) -> Finding:
    if code.startswith(DENIED):
        return refused_to(case, CALL, ACTION)
    return unanswered(CALL, code, permission=ACTION) or warning(
        (f"{CALL} 的答复：{code}", f"{CALL} was answered with {code}"),
        ("查 API 文档中的错误码", "look the code up in the API's documentation"),
    )


def _turnstile(case: Case) -> Iterator[Finding]:
    codes = _siteverify(case)
    if codes is None:
        yield warning(("siteverify 没有可用的应答", "siteverify gave no answer of use"), _LOOK)
    elif not OUR_SECRET.isdisjoint(codes):
        yield failure(
            ("Cloudflare 不认识 TURNSTILE_SECRET", "Cloudflare does not know TURNSTILE_SECRET"),
            (
                "填入 Cloudflare 控制台中本站点（widget）的密钥",
                "set the secret of your own widget, from Cloudflare's dashboard",
            ),
        )
    elif not codes:
        yield failure(
            _EVERYBODY,
            (
                "TURNSTILE_SECRET 是测试密钥：换成自己站点的",
                "TURNSTILE_SECRET is one for tests: set your own site's",
            ),
        )
    elif "internal-error" in codes or "bad-request" in codes:
        shown = ", ".join(codes)
        yield warning((f"siteverify：{shown}", f"siteverify: {shown}"), _LOOK)
    else:
        yield ok(
            f"密钥有效，假令牌被拒绝（{codes[0]}）",
            f"the secret is good, and a false token is refused ({codes[0]})",
        )


def _siteverify(case: Case) -> list[str] | None:
    """Return the error codes, none where the token passed, or None where nobody answered."""
    secret = case.settings.turnstile_secret
    value = secret.get_secret_value() if secret is not None else ""
    pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=certifi.where())
    try:
        answer = pool.request(
            "POST",
            case.settings.turnstile_endpoint + PATH,
            body=urlencode({"secret": value, "response": NO_TOKEN}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            retries=False,
            redirect=False,
            timeout=SECONDS,
        )
        found = json.loads(answer.data)
        if found.get("success") is True:
            return []
        return [str(code) for code in found.get("error-codes") or ()] or None
    except (urllib3.exceptions.HTTPError, ValueError, AttributeError):
        return None
