"""Where a deployment is: account, region, instance and names, checked before they enter an ARN."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from ipaddress import ip_network

from scripts.ops_cli.complaints import Complaint, usage
from scripts.policies.needs import RESOURCES

_FORMS = {
    "account": re.compile(r"[0-9]{8,20}"),
    "region": re.compile(r"[a-z]{2}-[a-z]+(-[a-z0-9]+)*"),
    "instance": re.compile(r"[a-z0-9](?:[a-z0-9-]{1,14})[a-z0-9]"),
    "prefix": re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}"),
    "functions": re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}"),
    "role": re.compile(r"[a-z0-9.-]{1,64}"),
    "domain": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+"),
    "log_project": re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
    "log_store": re.compile(r"[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]"),
}
"""No form takes a character that would end a part of an ARN or stand for others: a stray `*`
would widen a policy."""

_ADVICE = {
    "account": (
        "--account 是纯数字的阿里云账号 ID（控制台右上角头像处），不是登录名或 AccessKey",
        "--account takes the account's ID, digits only (in the console, at the avatar in the "
        "upper right corner), no login name and no access key",
    ),
    "region": (
        "--region 写作 cn-hangzhou，与 s.yaml 的 REGION 相同",
        "--region is written cn-hangzhou, the same as REGION for s.yaml",
    ),
    "instance": (
        "--instance 是 Tablestore 实例名：3 至 16 个字母、数字或 -（见控制台，不是地址）",
        "--instance takes the Tablestore instance's name: 3 to 16 letters, digits or - (see its "
        "console; not the endpoint)",
    ),
    "prefix": (
        "--prefix 与设置 TABLE_PREFIX 相同：字母、数字和 _",
        "--prefix is the setting TABLE_PREFIX: letters, digits and _",
    ),
    "functions": (
        "--functions 是函数名的开头：字母、数字、_ 和 -，如 sms-verify-dev-",
        "--functions takes what the functions' names begin with: letters, digits, _ and -, such "
        "as sms-verify-dev-",
    ),
    "role": (
        "--role（FUNCTION_ROLE）是角色名（字母、数字、. 和 -）或其 ARN",
        "--role (FUNCTION_ROLE) takes a role's name (letters, digits, . and -) or its ARN",
    ),
    "domain": (
        "--domain 写作 sms.example.com，不带 https:// 和路径",
        "--domain is written sms.example.com, without https:// and path",
    ),
    "log_project": (
        "--log-project 是日志服务的 project 名：小写字母、数字和 -",
        "--log-project takes the name of a Log Service project: lower case, digits and -",
    ),
    "log_store": (
        "--log-store 是日志服务的 logstore 名：小写字母、数字、- 和 _",
        "--log-store takes the name of a logstore: lower case, digits, - and _",
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One deployment, as ARNs name it. None where the policy at hand does not ask."""

    account: str
    region: str
    instance: str | None = None
    prefix: str | None = None
    functions: str | None = None
    role: str | None = None
    domain: str | None = None
    log_project: str | None = None
    log_store: str | None = None

    def __post_init__(self) -> None:
        """Raise Complaint for the first value that has not its form."""
        for name, form in _FORMS.items():
            value = getattr(self, name)
            if value is not None and not form.fullmatch(value):
                chinese, english = _ADVICE[name]
                raise usage(f"{chinese}。", f"{english}.")

    def arn(self, resource: str) -> str:
        """Return the ARN of one of RESOURCES."""
        return RESOURCES[resource].format(**asdict(self))


def role_name(text: str, *, account: str) -> str:
    """Return a role's name as ARNs have it, from its name or its ARN; raise Complaint."""
    owner, found, name = text.partition(":role/")
    if found and owner != f"acs:ram::{account}":
        raise usage(
            f"角色 {text} 属于另一个账号；请检查 --role（FUNCTION_ROLE）与 --account。",
            f"The role {text} belongs to another account; check --role (FUNCTION_ROLE) and "
            "--account.",
        )
    return (name if found else text).lower()


def read_role(text: str) -> str:
    """Return a role's ARN; raise Complaint for what is none, or would be more than one role."""
    if not re.fullmatch(r"acs:ram::[0-9]{8,20}:role/[A-Za-z0-9.-]{1,64}", text.strip()):
        raise usage(
            "--role 写作 acs:ram::<账号 ID>:role/<角色名>（RAM 控制台的角色详情页可见）。",
            "--role is written acs:ram::<account ID>:role/<name>: see the role's page in the RAM "
            "console.",
        )
    return text.strip()


def read_networks(given: Sequence[str]) -> list[str]:
    """Read addresses and networks in CIDR form; raise Complaint for what would allow anybody."""
    found = []
    for text in given:
        try:
            network = ip_network(text.strip())
        except ValueError:
            raise _no_network(text) from None
        if network.prefixlen == 0:
            raise usage(
                f"--source-ip {text} 等于不限制；不需要限制时请去掉这个选项。",
                f"--source-ip {text} is everybody; leave the option out for no condition.",
            )
        found.append(text.strip())
    return found


def _no_network(text: str) -> Complaint:
    return usage(
        f"--source-ip {text} 不是 IP 或网段的起点。写作 203.0.113.7 或 203.0.113.0/24，可重复。",
        f"--source-ip {text} is no address, and not where a network begins. Write 203.0.113.7 or "
        "203.0.113.0/24; the option can be repeated.",
    )
