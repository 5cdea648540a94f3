"""All checks, in the order in which they run. A new one is a function, and a line here."""

from __future__ import annotations

from scripts.doctor_checks.access import access, client_ip
from scripts.doctor_checks.allowed import allowed
from scripts.doctor_checks.api_keys import api_keys
from scripts.doctor_checks.caps import caps
from scripts.doctor_checks.captcha import captcha
from scripts.doctor_checks.check import Check
from scripts.doctor_checks.clock import clock
from scripts.doctor_checks.identity import identity, keys
from scripts.doctor_checks.messages import messages
from scripts.doctor_checks.money import money
from scripts.doctor_checks.places import endpoints, region, role, stage
from scripts.doctor_checks.pnvs import pnvs
from scripts.doctor_checks.queues import queues
from scripts.doctor_checks.receipts import receipts
from scripts.doctor_checks.reviews import sign, templates
from scripts.doctor_checks.runtime import runtime
from scripts.doctor_checks.settings import size, sources, whole
from scripts.doctor_checks.store import tables
from scripts.doctor_checks.strength import strong
from scripts.doctor_checks.usage import usage
from scripts.doctor_checks.webhook import webhook
from scripts.doctor_checks.whose import acting

_SMS = ("SMS_PROVIDERS", "DYSMS_SIGN_NAME", "DYSMS_ENDPOINT")
_TEMPLATES = ("SMS_PROVIDERS", "DYSMS_TEMPLATES", "DYSMS_TEMPLATE_PARAMS", "DYSMS_ENDPOINT")
_STORE = ("TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "TABLE_PREFIX")
_PNVS = ("SMS_PROVIDERS", "PNVS_SIGN_NAME", "PNVS_TEMPLATES", "PNVS_ENDPOINT")
_CAPTCHA = (
    "CAPTCHA",
    "ALIYUN_CAPTCHA_SCENE_IDS",
    "ALIYUN_CAPTCHA_ENDPOINT",
    "TURNSTILE_SECRET",
    "TURNSTILE_ENDPOINT",
)
_QUEUES = ("RECEIPT_QUEUES", "DYBASE_ENDPOINT", "MNS_ENDPOINT")
_LIMITS = ("SMS_PROVIDERS", "LIMIT_PHONE", "LIMIT_ALLOWED", "ALLOW_NUMBERS")
_USAGE = (*_SMS, "LIMIT_TOTAL", "REGIONS")
_WEBHOOK = ("ALERT_WEBHOOK", "ALERT_FORMAT", "ALERT_WEBHOOK_SECRET")
_ACTING = ("keys", "acting")

CHECKS: tuple[Check, ...] = (
    Check("sources", ("配置来源", "where the values come from"), sources),
    Check("settings", ("配置完整且一致", "settings complete and consistent"), whole),
    Check("secrets", ("密钥强度", "secrets are strong"), strong),
    Check("access", ("访问方式与触发器", "ACCESS fits the trigger"), access, ("ACCESS",)),
    Check(
        "client_ip", ("客户端地址", "CLIENT_IP fits what is in front"), client_ip, ("CLIENT_IP",)
    ),
    Check("api_keys", ("调用方密钥", "API keys"), api_keys, ("API_KEYS",)),
    Check("region", ("地域与运行时", "region and runtime"), region),
    Check("stage", ("部署阶段名", "the stage can name functions"), stage),
    Check("endpoints", ("服务地址", "endpoints"), endpoints),
    Check(
        "messages",
        ("验证码与模板", "what a message is made of"),
        messages,
        ("SMS_PROVIDERS", "DYSMS_TEMPLATES", "REGIONS", "SCENES", "CODE_LENGTH"),
    ),
    Check("caps", ("与阿里云的限制", "our caps against Aliyun's"), caps, _LIMITS),
    Check("role", ("函数角色", "the functions' role"), role),
    Check("runtime", ("函数的密钥与 Python", "the functions' keys and Python"), runtime),
    Check("size", ("环境变量大小", "size of the environment"), size),
    Check("clock", ("本机时钟", "this machine's clock"), clock, network=True),
    Check("keys", ("访问密钥", "keys"), keys, network=True),
    Check("identity", ("当前身份", "who the keys are"), identity, needs=("keys",), network=True),
    Check(
        "acting",
        ("以谁的身份尝试", "who tries the functions' calls"),
        acting,
        needs=("keys",),
        network=True,
    ),
    Check("tables", ("数据表", "tables"), tables, _STORE, ("keys",), network=True),
    Check(
        "allowed",
        ("逐个调用的权限", "each call is allowed"),
        allowed,
        (*_STORE, *_SMS, *_PNVS, *_CAPTCHA, *_QUEUES),
        (*_ACTING, "tables"),
        network=True,
    ),
    Check("sign", ("短信签名", "sign name"), sign, _SMS, ("keys",), network=True),
    Check("templates", ("短信模板", "templates"), templates, _TEMPLATES, ("keys",), network=True),
    Check("money", ("账户与余额", "account and balance"), money, _TEMPLATES, _ACTING, network=True),
    Check("usage", ("发送量", "what is sent, and the cap"), usage, _USAGE, ("keys",), network=True),
    Check("pnvs", ("号码认证", "PNVS"), pnvs, _PNVS, _ACTING, network=True),
    Check("captcha", ("验证码服务", "captcha"), captcha, _CAPTCHA, _ACTING, network=True),
    Check(
        "receipts",
        ("回执地址", "where receipts are pushed to"),
        receipts,
        ("RECEIPT_SECRETS",),
        network=True,
    ),
    Check("queues", ("回执队列", "queues of receipts"), queues, _QUEUES, _ACTING, network=True),
    Check("webhook", ("告警", "alerts"), webhook, _WEBHOOK, network=True),
)
