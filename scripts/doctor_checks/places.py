"""Where things are: region, stage, the services' endpoints, and the role that functions act as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scripts.deployment import ACCOUNT_ID, function_names
from scripts.doctor_checks.case import Case, is_loopback
from scripts.doctor_checks.check import Finding, failure, ok, warning
from shared.errors import Bilingual

RUNTIMES = ("python3.10", "python3.12")
_REGION = re.compile(r"[a-z]{2}-[a-z0-9-]{3,40}")
_ABROAD = ("cn-hongkong",)
"""Regions named cn- that are not in the mainland."""

_STORE = re.compile(
    r"(?P<instance>[^.]+)\.(?P<region>[^.]+)\."
    r"(?P<network>ots|ots-internal|vpc\.tablestore|tablestore)\.aliyuncs\.com"
)
LONGEST_FUNCTION_NAME = 64
FUNCTION_NAME = re.compile(rf"[A-Za-z_][A-Za-z0-9_-]{{0,{LONGEST_FUNCTION_NAME - 1}}}")
"""Source: help.aliyun.com, ROS, ALIYUN::FC3::Function, FunctionName."""

_STAGE = re.compile(r"[A-Za-z0-9_-]+")
ACCOUNT_OF_ROLE = re.compile(r"acs:ram::(?P<account>\d+):")
_ROLE = re.compile(r"acs:ram::\d{1,20}:role/[A-Za-z0-9._-]{1,64}|[A-Za-z0-9._-]{1,64}", re.ASCII)
ENDPOINTS = (
    "TABLESTORE_ENDPOINT",
    "DYSMS_ENDPOINT",
    "ALIYUN_CAPTCHA_ENDPOINT",
    "TURNSTILE_ENDPOINT",
)


def region(case: Case) -> Iterator[Finding]:
    """Find a region that cannot send to the mainland, and a runtime that has no bundle."""
    name, runtime = case.value("REGION"), case.value("RUNTIME")
    if not _REGION.fullmatch(name):
        yield failure(
            ("REGION 不是地域名", "REGION is no region"),
            ("例如 cn-hangzhou", "such as cn-hangzhou"),
        )
    elif "CN" in case.settings.regions and (not name.startswith("cn-") or name in _ABROAD):
        yield failure(
            (
                f"{name} 不在中国内地：发往内地的短信会被拒绝（isv.DENY_IP_RANGE）",
                f"{name} is not in the mainland: messages there are refused (isv.DENY_IP_RANGE)",
            ),
            (
                "REGION 改为内地地域，例如 cn-hangzhou",
                "set REGION to one in the mainland, such as cn-hangzhou",
            ),
        )
    else:
        yield ok(name, name)
    if runtime and runtime not in RUNTIMES:
        yield failure(
            ("RUNTIME 不受支持", "RUNTIME is none that the bundle is built for"),
            (f"使用 {' 或 '.join(RUNTIMES)}", f"use {' or '.join(RUNTIMES)}"),
        )


def stage(case: Case) -> Iterator[Finding]:
    """Find a stage that no function can be named after."""
    given = case.value("STAGE")
    if not _STAGE.fullmatch(given):
        yield failure(
            (
                "STAGE 含有函数名不允许的字符",
                "STAGE holds what a function's name cannot",
            ),
            ("只用字母、数字、_ 和 -，例如 dev", "use letters, digits, _ and - only, such as dev"),
        )
        return
    longest = max(function_names(given), key=len)
    if not FUNCTION_NAME.fullmatch(longest):
        over = len(longest) - LONGEST_FUNCTION_NAME
        yield failure(
            (f"STAGE 太长：函数名超出 {over} 个字符", f"STAGE is too long, by {over} characters"),
            (
                f"函数名最多 {LONGEST_FUNCTION_NAME} 个字符，缩短 STAGE",
                f"shorten it: a function's name has at most {LONGEST_FUNCTION_NAME} characters",
            ),
        )
    else:
        yield ok(given, given)


def endpoints(case: Case) -> Iterator[Finding]:
    """Find endpoints that are not safe, not reachable from the functions, or another's."""
    found = [finding for name in ENDPOINTS for finding in _safe(case, name)]
    if "TABLESTORE_ENDPOINT" not in case.unreadable and not case.local:
        found += _store(case)
    if found:
        yield from found
    elif "TABLESTORE_ENDPOINT" not in case.unreadable:
        host = urlsplit(case.value("TABLESTORE_ENDPOINT")).hostname
        yield ok(f"{host}，均为 https", f"{host}, https throughout")
    else:
        yield ok("其他地址均为 https", "https throughout, as far as endpoints are set")


def _safe(case: Case, name: str) -> Iterator[Finding]:
    if name in case.unreadable:
        return
    endpoint = getattr(case.settings, name.lower())
    if is_loopback(endpoint):
        if case.deployment.alone and case.local:  # the local service, as a whole
            if name == "TABLESTORE_ENDPOINT":
                yield warning(
                    (
                        "服务地址在本机（http）：本地服务",
                        "the endpoints are on this machine (http): the local service",
                    ),
                    ("仅供试用，不能部署", "good for trying, not for a deployment"),
                )
            return
        yield failure(
            (f"{name} 指向本机，函数无法访问", f"{name} is on this machine, out of their reach"),
            (
                "改为阿里云地址；检查本地服务请用 --env-file .local/doors.env",
                "set Aliyun's; to look at the local service use --env-file .local/doors.env",
            ),
        )
    elif urlsplit(endpoint).scheme != "https":
        yield failure(
            (f"{name} 使用 http：密钥与号码明文传输", f"{name} is http: all is sent in the clear"),
            ("改为 https://", "use https://"),
        )


def _store(case: Case) -> Iterator[Finding]:
    endpoint = case.value("TABLESTORE_ENDPOINT")
    match = _STORE.fullmatch(urlsplit(endpoint).hostname or "")
    name, place = case.value("TABLESTORE_INSTANCE"), case.value("REGION")
    if match is None:
        yield warning(
            ("TABLESTORE_ENDPOINT 不是常见的形式", "TABLESTORE_ENDPOINT has an unusual form"),
            _public(name or "<instance>", place),
        )
        return
    if name and match["instance"].lower() != name.lower():
        yield failure(
            (
                "TABLESTORE_ENDPOINT 的实例与 TABLESTORE_INSTANCE 不同",
                "TABLESTORE_ENDPOINT is of another instance than TABLESTORE_INSTANCE",
            ),
            _public(name, place),
        )
    vpc = match["network"] == "vpc.tablestore"
    if match["region"] != place:
        yield (failure if vpc else warning)(
            (
                "TABLESTORE_ENDPOINT 与 REGION 不在同一地域"
                + ("，不可达" if vpc else "，每次访问都慢"),
                "TABLESTORE_ENDPOINT is in another region than REGION: "
                + ("it never answers" if vpc else "every request is slow"),
            ),
            (
                "实例与函数放在同一地域",
                "keep the instance in the region of the functions",
            ),
        )
    if match["network"] == "ots-internal":
        yield failure(
            ("经典网络地址，函数无法访问", "an address of the classic network, out of reach"),
            _public(match["instance"], match["region"]),
        )
    elif vpc:
        yield warning(
            (
                "VPC 地址：函数未配置 vpcConfig 时无法访问，本机也无法访问",
                "a VPC address: out of reach for functions without vpcConfig, and for this machine",
            ),
            _public(match["instance"], match["region"]),
        )


def _public(instance: str, place: str) -> Bilingual:
    address = f"https://{instance}.{place}.ots.aliyuncs.com"
    return (
        f"公网地址为 {address}（并在实例的网络管理中允许公网）",
        f"the public one is {address} (and the instance's network settings must allow it)",
    )


def role(case: Case) -> Iterator[Finding]:
    """Find a role that is missing, is no role, or is of another account than is named.

    Whether it is in the account of the keys, `identity` tells.
    """
    given, account = case.value("FUNCTION_ROLE"), case.value(ACCOUNT_ID)
    owner = ACCOUNT_OF_ROLE.match(given)
    if not given:
        yield failure(
            (
                "FUNCTION_ROLE 未设置：函数没有密钥",
                "FUNCTION_ROLE is not set: no keys for functions",
            ),
            (
                "创建角色并授权（scripts/policy），填入 acs:ram::<账号>:role/<名称>",
                "make a role with the policy that scripts/policy writes, and set "
                "acs:ram::<account>:role/<name>",
            ),
        )
    elif not _ROLE.fullmatch(given):
        yield failure(
            ("FUNCTION_ROLE 不是角色的 ARN", "FUNCTION_ROLE is no role's ARN"),
            ("写作 acs:ram::<账号>:role/<名称>", "write acs:ram::<account>:role/<name>"),
        )
    elif owner is not None and account and owner["account"] != account:
        yield failure(
            (
                f"FUNCTION_ROLE 属于账号 {owner['account']}，不是 ALIBABA_CLOUD_ACCOUNT_ID",
                f"FUNCTION_ROLE is of account {owner['account']}, not ALIBABA_CLOUD_ACCOUNT_ID",
            ),
            ("改正其中之一", "mend one of the two"),
        )
    else:
        yield ok(given, given)
