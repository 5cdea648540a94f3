"""The words for what only deploying and scripts read; no function does."""

from __future__ import annotations

from scripts.settings_reference.words import Words

_DOMAIN = "s deploy -t s.domain.yaml"

DEPLOYING = {
    "STAGE": Words(
        "函数名与表名中的阶段名；字母、数字与 `_`",
        "is in the names of functions and tables; letters, digits and `_`",
    ),
    "REGION": Words(
        "函数所在地域；须在中国大陆，否则阿里云拒绝发送",
        "where functions run; in the mainland, or Aliyun refuses to send there",
    ),
    "RUNTIME": Words(
        "`python3.10`，或所在地域支持时的 `python3.12`",
        "`python3.10`, or `python3.12` where the region has it",
    ),
    "FUNCTION_ROLE": Words(
        "函数扮演的 RAM 角色；`scripts/policy` 写出它所需的权限",
        "the RAM role that functions act as; `scripts/policy` writes what it needs",
    ),
    "TRIGGER_AUTH": Words(
        "触发器的认证：`ACCESS=api_key` 或 `captcha` 时用 `anonymous`，`gateway` 时用 `function`",
        "who the triggers let in: `anonymous` with `ACCESS=api_key` or `captcha`, `function` with "
        "`gateway`",
    ),
    "LOG_PROJECT": Words(
        "您自己的日志项目",
        "a log project of your own",
        unset=("由 Serverless Devs 创建", "Serverless Devs makes one"),
    ),
    "LOG_STORE": Words("其中的日志库", "the log store in it"),
    "SMS_ROLE_ARN": Words(
        "短信产品在另一个账号时，该账号中供扮演的角色",
        "where SMS lives in another account: the role there that is assumed; see "
        "[below](#where-sms-lives-in-another-account)",
    ),
    "SMS_ROLE_EXTERNAL_ID": Words("双方约定的外部 ID", "the external id that both agreed on"),
    "SMS_ROLE_SESSION_NAME": Words(
        "在对方操作审计中显示的会话名", "shows in that account's ActionTrail"
    ),
    "SMS_ROLE_FOR": Words(
        "`all`：存储与人机验证也用该角色", "`all`: Tablestore and captcha use that role, too"
    ),
    "DOMAIN": Words(
        "自定义域名，只供本服务本阶段使用",
        "the custom domain, of this service and stage alone",
        needed_with=_DOMAIN,
    ),
    "DOMAIN_CERTIFICATE": Words(
        "其证书与证书链，PEM 文件",
        "its certificate with the chain, a PEM file",
        needed_with=_DOMAIN,
    ),
    "DOMAIN_PRIVATE_KEY": Words(
        "证书的私钥，PEM 文件", "the certificate's key, a PEM file", needed_with=_DOMAIN
    ),
}
OF_SCRIPTS_ONLY = {
    "FRONT": Words(
        "函数前面是什么：`http`（没有）、`apigw` 或 `proxy`（CDN 或 WAF）；"
        "`scripts/doctor` 据此核对 `CLIENT_IP`",
        "what stands in front: `http` (nothing), `apigw`, or `proxy` (a CDN or a WAF); "
        "`scripts/doctor` holds `CLIENT_IP` against it",
    ),
    "ALIBABA_CLOUD_ACCOUNT_ID": Words(
        "账号 ID，用于 `scripts/policy` 与 `scripts/doctor`",
        "the account's number, for `scripts/policy` and `scripts/doctor`",
    ),
    "STS_ENDPOINT": Words("STS 的接入点", "where STS is"),
    "FRONT_URL": Words(
        "本地服务的地址，由 `scripts/serve` 写入",
        "where the local service answers; `scripts/serve` writes it",
    ),
}
