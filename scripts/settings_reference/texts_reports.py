"""The words for delivery reports, alerts and logs."""

from __future__ import annotations

from scripts.settings_reference.words import Words

RECEIPTS = {
    "RECEIPT_SECRETS": Words(
        "回执推送地址中的密钥，新的在前，每个 16 个以上字母、数字、`-` 与 `_`",
        "secrets in the address that reports are pushed to, newest first: 16 letters, digits, `-` "
        "and `_` or more each; see [Delivery reports](#delivery-reports)",
        unset=("无：不经 HTTP 接收回执", "none: no reports by HTTP"),
    ),
    "OPT_OUT_WORDS": Words(
        "用户回复其中之一即加入拒发名单",
        "replies that put a number on the deny-list",
    ),
    "RECEIPT_QUEUES": Words(
        "从阿里云队列拉取哪些报告：`sms-report`、`sms-up`、`sign-report`、`template-report`、"
        "`pnvs-report`",
        "kinds of report to pull from Aliyun's queues: `sms-report`, `sms-up`, `sign-report`, "
        "`template-report`, `pnvs-report`",
        unset=("无：不拉取", "none: no queue is pulled"),
    ),
    "DYBASE_ENDPOINT": Words("发放队列密钥的接入点", "where the keys to the queues are"),
    "MNS_ENDPOINT": Words("队列的接入点", "where the queues are"),
    "RECONCILE_AFTER": Words(
        "多久没有回执就去询问阿里云（1m 到 1d）",
        "how long a report may take before Aliyun is asked (1m to 1d)",
    ),
    "RECONCILE_QPS": Words("每秒最多询问几次", "how many questions a second at most"),
}
ALERTS = {
    "WARN_PERCENT": Words(
        "总量用到百分之几时预警", "from which part of a cap on, in percent, the operator is warned"
    ),
    "ALERT_WEBHOOK": Words(
        "预警与告警发往哪里；属于机密，不写入日志",
        "where warnings and alerts go; a secret, never logged. See [Alerts](#alerts)",
        unset=(
            "无：只写一行日志（`event: alert`，`WARNING`）",
            "none: one log line each (`event: alert`, `WARNING`)",
        ),
    ),
    "ALERT_FORMAT": Words(
        "钉钉机器人（`dingtalk`）或 JSON（`json`）",
        "what a DingTalk robot takes (`dingtalk`), or `json`",
        unset=(
            "按域名：`oapi.dingtalk.com` 用 `dingtalk`，其余用 `json`",
            "by host: `dingtalk` for `oapi.dingtalk.com`, else `json`",
        ),
    ),
    "ALERT_WEBHOOK_SECRET": Words(
        "钉钉的 `SEC...` 加签密钥，或 `X-Signature` 的密钥",
        "DingTalk's `SEC...` signing secret, or the key of `X-Signature`",
    ),
}
LOGS = {
    "LOG_LEVEL": Words(
        "`DEBUG` 多读一次存储，写明一个验证码究竟为何被拒",
        "`DEBUG` spends one more read to log exactly why a code that met nothing living was "
        "refused",
    ),
}
