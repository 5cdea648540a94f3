"""Alert rules (SLS alerting 2.0) over our lines: when somebody has to look, and what to do then.

Form: help.aliyun.com "data structure of an alert rule" and the samples of aliyun-sls/sls-doc [V].
In a condition a name is letters and digits only, and the whole of it 128 characters at most [V].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts.report.sls.queries import (
    EVENT,
    FAILED_RUN,
    FROM,
    IS_REPORT,
    IS_SENT,
    OUTCOME,
    REASON,
    STATUS,
    Query,
    fact,
    number,
    total,
)
from shared.errors import Bilingual

REPORT, LOW, MEDIUM, HIGH, CRITICAL = 2, 4, 6, 8, 10
"""Severities as SLS numbers them."""

BALANCE = ("isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.PRODUCT_UN_SUBSCRIPT")
_SEND = f"{FROM} WHERE {EVENT} = 'send_code'"
_GATES = (
    f"({OUTCOME} IN ('captcha_required', 'captcha_failed', 'rate_limited', 'daily_cap_reached'))"
)
_RECENT = "__time__ >= to_unixtime(now()) - 900"
_BALANCE_CODES = "(" + ", ".join(f"'{code}'" for code in BALANCE) + ")"


@dataclass(frozen=True, slots=True)
class Rule:
    """Looks every so often at what came since `since`; alerts where `condition` holds of a row."""

    name: str
    title: Bilingual
    advice: Bilingual
    query: Query
    condition: str
    since: str
    every: str
    severity: int = HIGH
    worse: tuple[int, str] | None = None
    """A higher severity, and the condition under which it is the one."""


def rules(*, cap: int, percent: int) -> list[Rule]:
    """Return the rules; `cap` is that of a day (LIMIT_TOTAL), warned of at so many percent."""
    return [
        Rule(
            "sms-cap-near",
            ("发送量接近每日总量上限", "Sends are near the cap of a day"),
            (
                "查看是否有攻击（仪表盘：拒绝原因、转化）；确属业务增长则调高 LIMIT_TOTAL。",
                "Look for an attack (dashboard: refusals, conversion); if business has grown, "
                "raise LIMIT_TOTAL.",
            ),
            Query("message: send_code", f"SELECT count_if({IS_SENT}) AS sent {_SEND}"),
            f"sent >= {cap * percent // 100}",
            "-1d",
            "5m",
            worse=(CRITICAL, f"sent >= {cap}"),
        ),
        Rule(
            "sms-refusals-spike",
            ("人机验证或频率限制的拒绝激增", "Refusals by captcha or limits are soaring"),
            (
                "疑似刷短信：查看来源地址与场景，必要时 scripts/ops lists add 拒绝网段。",
                "Somebody may be pumping: look at addresses and scenes; deny networks with "
                "scripts/ops lists add where needed.",
            ),
            Query(
                "message: send_code",
                f"SELECT count_if({_GATES} AND {_RECENT}) AS recent, "
                f"count_if({_GATES}) / 16.0 AS usual {_SEND}",
            ),
            "recent >= 50 && recent > 3 * usual",
            "-4h",
            "5m",
        ),
        Rule(
            "sms-provider-rejects",
            ("服务商拒绝发送（签名、模板、余额或权限）", "The provider refuses sends"),
            (
                "运行 scripts/doctor；余额不足请充值，签名或模板问题请看短信控制台。",
                "Run scripts/doctor; top up the balance, or look at sign name and template in the "
                "SMS console.",
            ),
            Query(
                "message: provider_rejected",
                f"SELECT {fact('provider_code')} AS code, count(*) AS sends, "
                f"count_if({fact('provider_code')} IN {_BALANCE_CODES}) AS balance {_SEND} "
                f"AND {OUTCOME} = 'provider_rejected' GROUP BY code ORDER BY sends DESC",
            ),
            "sends >= 3",
            "-10m",
            "5m",
            worse=(CRITICAL, "balance >= 1"),
        ),
        Rule(
            "sms-provider-aside",
            ("服务商被搁置", "A provider was set aside"),
            (
                "短信改由另一服务商发送；scripts/ops health 说明原因与何时恢复。",
                "Messages go by another one; scripts/ops health tells why, and until when.",
            ),
            Query(
                "message: set_aside",
                f"SELECT {EVENT} AS event, count(*) AS lines {FROM} "
                f"WHERE ({EVENT} = 'send_code' AND json_extract(line, '$.set_aside') IS NOT NULL) "
                f"OR ({EVENT} = 'maintain' AND {number('set_aside')} > 0) GROUP BY event",
            ),
            "lines >= 1",
            "-10m",
            "5m",
            MEDIUM,
        ),
        Rule(
            "sms-delivery-poor",
            ("送达率过低", "Too little is delivered"),
            (
                "scripts/ops stats 与 scripts/ops report 按运营商查看；单一运营商多为其故障。",
                "See it by carrier: scripts/ops stats, scripts/ops report; a single carrier is "
                "mostly at fault itself.",
            ),
            Query(
                "message: reported_delivered",
                f"SELECT {total('reported_delivered')} AS arrived, "
                f"{total('reported_failed')} AS failed {FROM} WHERE {IS_REPORT}",
            ),
            "arrived + failed >= 20 && arrived < 4 * failed",
            "-15m",
            "5m",
        ),
        Rule(
            "sms-receipts-stopped",
            ("仍在发送，但回执停止", "Messages are sent and no receipts come"),
            (
                "检查短信控制台的回执地址与 RECEIPT_SECRETS，以及定时触发器 receipts_mns。",
                "Check the receipt address in the SMS console against RECEIPT_SECRETS, and the "
                "timer of receipts_mns.",
            ),
            Query(
                "message: send_code or message: reported_delivered",
                f"SELECT count_if({IS_SENT}) AS sent, count_if({IS_REPORT}) AS reports {FROM}",
            ),
            "sent >= 20 && reports == 0",
            "-30m",
            "5m",
        ),
        Rule(
            "sms-store-unavailable",
            ("数据表不可用", "The store is unavailable"),
            (
                "查看 Tablestore 实例状态与限流；期间不会发送短信。",
                "Look at the Tablestore instance and its throttling; nothing is sent meanwhile.",
            ),
            Query(
                "message: storage_unavailable",
                f"SELECT count(*) AS lines {FROM} WHERE {OUTCOME} = 'storage_unavailable'",
            ),
            "lines >= 5",
            "-5m",
            "5m",
            CRITICAL,
        ),
        Rule(
            "sms-server-errors",
            ("服务端错误", "Errors of the service"),
            (
                "按 request_id 查看日志中的 failure 与 where。",
                "Look at failure and where in the log, by request_id.",
            ),
            Query(
                "message: ERROR",
                f"SELECT {EVENT} AS event, count(*) AS lines {FROM} "
                f"WHERE cast({STATUS} AS bigint) >= 500 OR {FAILED_RUN} GROUP BY event",
            ),
            "lines >= 5",
            "-10m",
            "5m",
        ),
        Rule(
            "sms-own-alerts",
            ("服务自身的告警", "The service's own alerts"),
            (
                "kind 为 alert 表示上限已满、发送被拒；warning 表示接近上限。",
                "kind alert: a cap is full and sends are refused; warning: it is near.",
            ),
            Query(
                "message: alert",
                f"SELECT {fact('limit')} AS setting, {fact('who')} AS who, "
                f"max({number('percent')}) AS percent {FROM} WHERE {EVENT} = 'alert' "
                "GROUP BY setting, who",
            ),
            "percent >= 0",
            "-5m",
            "5m",
            MEDIUM,
            worse=(HIGH, "percent >= 100"),
        ),
        Rule(
            "sms-warnings",
            ("配置方面的警告", "Warnings about the configuration"),
            (
                "例如 long_lived_keys（长期密钥）、receipts_off、client_ip_unknown：日志中的 "
                "advice 说明怎么做。",
                "Such as long_lived_keys, receipts_off, client_ip_unknown: advice in the log line "
                "says what to do.",
            ),
            Query(
                "message: WARNING",
                f"SELECT {EVENT} AS event, count(*) AS lines, max({REASON}) AS reason {FROM} "
                f"WHERE {fact('level')} = 'WARNING' AND {EVENT} <> 'alert' GROUP BY event",
            ),
            "lines >= 1",
            "-1h",
            "1h",
            LOW,
        ),
        Rule(
            "sms-timer-stopped",
            ("定时任务停止：不再检查上限与未回执消息", "The timer stopped: caps go unwatched"),
            (
                "查看函数 maintain 的触发器是否启用，以及最近一次的错误。",
                "See whether the trigger of maintain is enabled, and its last errors.",
            ),
            Query(
                "message: maintain",
                f"SELECT count(*) AS runs {FROM} WHERE {EVENT} = 'maintain' AND {OUTCOME} = 'ok'",
            ),
            "runs == 0",
            "-15m",
            "5m",
        ),
    ]


def document(rule: Rule, *, project: str, store: str) -> dict[str, Any]:
    """Return a rule as CreateAlert takes it."""
    severities = [_severity(rule.severity, rule.condition)]
    if rule.worse is not None:
        severities.insert(0, _severity(*rule.worse))
    return {
        "name": rule.name,
        "displayName": " / ".join(rule.title),
        "type": "Alert",
        "status": "Enabled",
        "description": "",
        "schedule": {"type": "FixedRate", "interval": rule.every},
        "configuration": {
            "version": "2.0",
            "type": "default",
            "dashboard": "internal-alert-analysis",
            "queryList": [
                {
                    "storeType": "log",
                    "project": project,
                    "store": store,
                    "query": str(rule.query),
                    "timeSpanType": "Relative",
                    "start": rule.since,
                    "end": "now",
                    "powerSqlMode": "auto",
                }
            ],
            "groupConfiguration": {"type": "no_group", "fields": []},
            "joinConfigurations": [],
            "severityConfigurations": severities,
            "labels": [],
            "annotations": [
                {"key": "title", "value": " / ".join(rule.title)},
                {"key": "desc", "value": " ".join(rule.advice)},
            ],
            "autoAnnotation": True,
            "sendResolved": True,
            "threshold": 1,
            "noDataFire": False,
            "noDataSeverity": MEDIUM,
            "policyConfiguration": {
                "alertPolicyId": "sls.builtin.dynamic",
                "actionPolicyId": "sls.builtin",
                "repeatInterval": "1h",
                "useDefault": False,
            },
        },
    }


def _severity(severity: int, condition: str) -> dict[str, Any]:
    return {
        "severity": severity,
        "evalCondition": {"condition": condition, "countCondition": ""},
    }
