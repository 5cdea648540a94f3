"""The words for who sends, and for the store."""

from __future__ import annotations

from scripts.settings_reference.words import Words

SENDERS = {
    "SMS_PROVIDERS": Words(
        "由谁发送，按顺序：`dysms`（短信服务）、`dypns`（号码认证，也可写作 `pnvs`）；"
        "可按地区与场景：`dypns,dysms;intl=dysms`",
        "who sends, in order: `dysms` (SMS), `dypns` (PNVS; `pnvs` is the same); by place: "
        "`dypns,dysms;intl=dysms`. See [Who sends](#who-sends)",
    ),
    "REGIONS": Words(
        "可以发往的地区，ISO 3166（`CN,HK`）",
        "regions that may be sent to, ISO 3166 (`CN,HK`)",
    ),
    "DYSMS_SIGN_NAME": Words(
        "已审核通过的签名，不带【】", "the approved signature, without 【】", needed_with="dysms"
    ),
    "DYSMS_TEMPLATES": Words(
        "一个模板用于所有场景（`SMS_1`），或按地区与场景：`SMS_1,reset_password=SMS_2,intl=SMS_3`",
        "a template for all scenes (`SMS_1`), or by place: `SMS_1,reset_password=SMS_2,intl=SMS_3`",
        needed_with="dysms",
    ),
    "DYSMS_TEMPLATE_PARAMS": Words(
        "模板有哪些变量，验证码与分钟数各叫什么；没有分钟数的模板写 `code=code`。"
        '个别模板可用 JSON：`{"*": {"code": "code", "min": "min"}, "SMS_3": {"code": "code"}}`',
        "which variables the templates have, and how they name the code and its minutes; "
        "`code=code` for templates without minutes. JSON for single templates: "
        '`{"*": {"code": "code", "min": "min"}, "SMS_3": {"code": "code"}}`',
    ),
    "DYSMS_ENDPOINT": Words("短信服务的接入点", "where SMS is"),
    "PNVS_SIGN_NAME": Words(
        "赠送的签名，用第一个可用的；控制台列出当前有效的",
        "gifted signatures, the first that is taken; your console lists those in force",
    ),
    "PNVS_TEMPLATES": Words("赠送的模板，写法同上", "gifted templates, written as above"),
    "PNVS_TEMPLATE_PARAMS": Words("其变量，写法同上", "their variables, written as above"),
    "PNVS_MODE": Words(
        "验证码由本服务生成并核对（`own`），或由 PNVS（`managed`）",
        "codes are made and compared here (`own`), or by PNVS (`managed`)",
    ),
    "PNVS_ENDPOINT": Words("PNVS 的接入点", "where PNVS is"),
}
STORE = {
    "TABLESTORE_ENDPOINT": Words(
        "`https://<实例>.<地域>.ots.aliyuncs.com`（公网；`.vpc.` 地址只能在您的 VPC 内使用）",
        "`https://<instance>.<region>.ots.aliyuncs.com` (public; the `.vpc.` address works from "
        "your VPC only)",
    ),
    "TABLESTORE_INSTANCE": Words("Tablestore 实例名", "the Tablestore instance"),
    "TABLE_PREFIX": Words(
        "表名前缀，每个阶段各用一个；字母、数字与 `_`",
        "what the tables' names start with, one for each stage; letters, digits and `_`",
    ),
}
