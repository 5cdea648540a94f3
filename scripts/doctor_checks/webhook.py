"""Whether alerts would reach anybody: the webhook's form, its address, and on request an alert."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import certifi

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning

SECONDS = 5.0
OTHER_FORMS = {
    "open.feishu.cn": ("飞书", "Feishu"),
    "open.larksuite.com": ("Lark", "Lark"),
    "qyapi.weixin.qq.com": ("企业微信", "WeCom"),
    "hooks.slack.com": ("Slack", "Slack"),
}
"""Hosts whose robots take neither DingTalk's form nor ours, and say so in an answer with 200."""


def webhook(case: Case) -> Iterator[Finding]:
    """Look at the form and connect; nothing is sent without --send-test-alert."""
    address = case.settings.alert_webhook
    if address is None:
        yield ok(
            "没有设置 ALERT_WEBHOOK：告警只写入日志",
            "ALERT_WEBHOOK is not set: alerts go to the log only",
        )
        return
    url = address.get_secret_value()
    found = [*_form(case, url)]
    unreached = _unreached(url)
    if unreached is not None:
        found.append(unreached)
    elif case.wishes.test_alert:
        found.append(_told(case, url))
    yield from found or [
        ok(
            "格式正确，可以连接（未发送；--send-test-alert 发一条测试）",
            "well formed, and connected to (nothing sent; --send-test-alert sends one)",
        )
    ]


def _form(case: Case, url: str) -> Iterator[Finding]:
    from shared.webhooks import DINGTALK, DINGTALK_HOST, form_of

    parts = urlsplit(url)
    form = case.settings.alert_format or form_of(url)
    if (other := OTHER_FORMS.get(parts.hostname or "")) is not None:
        yield failure(
            (f"{other[0]} 的机器人不接受我们的格式", f"{other[1]}'s robot takes no form of ours"),
            (
                "用钉钉机器人，或自己的服务转发 JSON（ALERT_FORMAT=json）",
                "use a robot of DingTalk, or a service of your own that passes JSON on",
            ),
        )
    elif parts.hostname == DINGTALK_HOST and form != DINGTALK:
        yield failure(
            (
                f"钉钉地址，而 ALERT_FORMAT={form}：不会显示",
                f"an address of DingTalk with ALERT_FORMAT={form}: it shows nothing",
            ),
            ("删去 ALERT_FORMAT，或设为 dingtalk", "take ALERT_FORMAT out, or set dingtalk"),
        )
    elif parts.hostname == DINGTALK_HOST and not parse_qs(parts.query).get("access_token"):
        yield failure(
            ("钉钉地址缺少 access_token", "an address of DingTalk without access_token"),
            ("从机器人设置中复制完整地址", "copy the whole address from the robot's settings"),
        )
    elif parts.hostname == DINGTALK_HOST and case.settings.alert_webhook_secret is None:
        yield warning(
            (
                "没有 ALERT_WEBHOOK_SECRET：机器人须以关键词或 IP 放行",
                "no ALERT_WEBHOOK_SECRET: the robot must let us in by keyword or address",
            ),
            (
                "在机器人的安全设置中选“加签”并填入密钥；或设关键词“短信验证码”",
                'choose its signature and set the secret; or the keyword "短信验证码"',
            ),
        )


def _unreached(url: str) -> Finding | None:
    """Resolve, connect and shake hands, from this machine; say what failed."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
        with socket.create_connection((parts.hostname or "", port), SECONDS) as plain:
            if secure:
                context = ssl.create_default_context(cafile=certifi.where())
                with context.wrap_socket(plain, server_hostname=parts.hostname):
                    pass
    except socket.gaierror:
        why = ("域名无法解析", "its name cannot be resolved")
    except ssl.SSLError:
        why = ("证书或 TLS 有误", "its certificate or TLS is wrong")
    except (OSError, ValueError) as error:
        why = (f"连接失败（{type(error).__name__}）", f"no connection ({type(error).__name__})")
    else:
        return None
    return failure(
        (f"ALERT_WEBHOOK：{why[0]}", f"ALERT_WEBHOOK: {why[1]}"),
        (
            "核对地址；函数从公网访问它，内网地址不可达",
            "check the address; the functions come from the internet, so it must be public",
        ),
    )


def _told(case: Case, url: str) -> Finding:
    """Send the test alert, which counts in no budget and is kept nowhere."""
    from shared.alert_ports import Delivery
    from shared.domain.alerts import trial_alert
    from shared.domain.deadline import Deadline
    from shared.webhooks import Webhook

    secret = case.settings.alert_webhook_secret
    messenger = Webhook(
        url,
        form=case.settings.alert_format,
        secret=secret.get_secret_value() if secret is not None else None,
        function="scripts/doctor",
    )
    deadline = Deadline.after(2 * SECONDS, clock=time.monotonic)
    answer = messenger.tell(trial_alert(now=case.clock()), deadline=deadline)
    if answer.delivery is Delivery.TAKEN:
        return ok("测试告警已送达，请在群里确认", "the test alert was taken: see that it shows")
    return failure(
        (f"测试告警未被接收（{answer.code}）", f"the test alert was not taken ({answer.code})"),
        (
            "310000：签名或关键词不符，核对 ALERT_WEBHOOK_SECRET；300001：access_token 有误",
            "310000: signature or keyword, look at ALERT_WEBHOOK_SECRET; 300001: the access_token",
        ),
    )
