"""All checks, in the order in which they run. A new one is a function, and a line here."""

from __future__ import annotations

from scripts.doctor_checks.access import access, client_ip
from scripts.doctor_checks.check import Check
from scripts.doctor_checks.clock import clock
from scripts.doctor_checks.identity import identity, keys
from scripts.doctor_checks.messages import messages
from scripts.doctor_checks.places import endpoints, region, role, stage
from scripts.doctor_checks.reviews import sign, templates
from scripts.doctor_checks.settings import size, sources, whole
from scripts.doctor_checks.store import tables
from scripts.doctor_checks.strength import strong

_SMS = ("DYSMS_SIGN_NAME", "DYSMS_ENDPOINT")
_TEMPLATES = ("DYSMS_TEMPLATES", "DYSMS_TEMPLATE_PARAMS", "DYSMS_ENDPOINT")
_STORE = ("TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "TABLE_PREFIX")

CHECKS: tuple[Check, ...] = (
    Check("sources", ("配置来源", "where the values come from"), sources),
    Check("settings", ("配置完整且一致", "settings complete and consistent"), whole),
    Check("secrets", ("密钥强度", "secrets are strong"), strong),
    Check("access", ("访问方式与触发器", "ACCESS fits the trigger"), access, ("ACCESS",)),
    Check(
        "client_ip", ("客户端地址", "CLIENT_IP fits what is in front"), client_ip, ("CLIENT_IP",)
    ),
    Check("region", ("地域与运行时", "region and runtime"), region),
    Check("stage", ("部署阶段名", "the stage can name functions"), stage),
    Check("endpoints", ("服务地址", "endpoints"), endpoints),
    Check(
        "messages",
        ("验证码与模板", "what a message is made of"),
        messages,
        ("SMS_PROVIDERS", "DYSMS_TEMPLATES", "REGIONS", "SCENES", "CODE_LENGTH"),
    ),
    Check("role", ("函数角色", "the functions' role"), role),
    Check("size", ("环境变量大小", "size of the environment"), size),
    Check("clock", ("本机时钟", "this machine's clock"), clock, network=True),
    Check("keys", ("访问密钥", "keys"), keys, network=True),
    Check("identity", ("当前身份", "who the keys are"), identity, needs=("keys",), network=True),
    Check("tables", ("数据表", "tables"), tables, _STORE, ("keys",), network=True),
    Check("sign", ("短信签名", "sign name"), sign, _SMS, ("keys",), network=True),
    Check("templates", ("短信模板", "templates"), templates, _TEMPLATES, ("keys",), network=True),
)
