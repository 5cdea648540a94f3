"""Which settings stand together, in the order in which a newcomer meets them."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.settings_reference.texts_access import ACCESS, CAPTCHA
from scripts.settings_reference.texts_codes import CODES, LIMITS
from scripts.settings_reference.texts_deploy import DEPLOYING, OF_SCRIPTS_ONLY
from scripts.settings_reference.texts_reports import ALERTS, LOGS, RECEIPTS
from scripts.settings_reference.texts_sending import SENDERS, STORE
from scripts.settings_reference.words import Words


@dataclass(frozen=True, slots=True)
class Group:
    """Some settings under a heading."""

    chinese: str
    english: str
    texts: dict[str, Words]


SETTING_GROUPS = (
    Group("谁可以发送", "Who may send", ACCESS),
    Group("人机验证", "Captcha", CAPTCHA),
    Group("验证码", "Codes", CODES),
    Group("限额与防护", "Limits and guards", LIMITS),
    Group("由谁发送", "Who sends", SENDERS),
    Group("存储", "Store", STORE),
    Group("送达回执", "Delivery reports", RECEIPTS),
    Group("告警", "Alerts", ALERTS),
    Group("日志", "Logs", LOGS),
)
DEPLOY_GROUPS = (
    Group("仅用于部署（写在 .env 中）", "Only for deploying (in .env)", DEPLOYING),
    Group("仅供脚本使用", "Only for scripts", OF_SCRIPTS_ONLY),
)
