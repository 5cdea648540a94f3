"""What SendSms' own codes mean, and what to do about them: one table.

Sources: SKILLS is aliyun/alibabacloud-aiops-skills, sms-error-codes.md, and HELP is
help.aliyun.com 101346; what stands in copies of Aliyun's error centre only is marked [3P]. After
isp.SYSTEM_ERROR a repetition may send twice (SKILLS): so it may have been taken.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Bilingual
from shared.ports import Verdict
from shared.providers.codes import Meaning, Product
from shared.providers.gateway_codes import GATEWAY

SKILLS = "aiops-skills sms-error-codes.md"
THIRD_PARTY = "copies of the error centre [3P]"

MINUTE, HOUR, DAY = 60, 3600, 86_400

_NO_ACTION: Bilingual = (
    "无需处理：号码已达频率上限，到时自动恢复；测试号码可在控制台加入白名单。",
    "Nothing to do: the number got its share, which comes back by itself; for tests, put it on the "
    "console's allow-list.",
)
_CHECK_NUMBER: Bilingual = (
    "请用户核对手机号；若号码无误，请提交工单。",
    "Let the user check the number; if it is right, open a ticket.",
)
_RELEASE: Bilingual = (
    "号码因退订或投诉被拉黑：用户同意后，在短信控制台解除。",
    "The number opted out or complained: release it in the SMS console if its owner agrees.",
)
_RAISE_CAP: Bilingual = (
    "先看是否被盗刷（scripts/ops stats）；确属正常时，在控制台提高日/月发送总量上限。",
    "First see whether somebody abuses you (scripts/ops stats); if not, raise the daily or monthly "
    "total in the console.",
)
_PAY: Bilingual = (
    "立即充值或购买短信套餐包，并设余额预警。",
    "Top up the account or buy a package now, and set a balance warning.",
)
_ACCOUNT: Bilingual = (
    "在控制台核对账号状态（实名、欠费、风控），必要时提交工单。",
    "Look at the account in the console (real name, bills, risk control), and open a ticket if "
    "need be.",
)
_SUBSCRIBE: Bilingual = (
    "用这个账号开通短信服务。",
    "Activate the short message service with this account.",
)
_PERMIT: Bilingual = (
    "给函数角色授予 dysms:SendSms：scripts/policy 会写出所需策略。",
    "Grant the functions' role dysms:SendSms: scripts/policy writes the policy.",
)
_SIGN: Bilingual = (
    "核对 DYSMS_SIGN_NAME：须为本账号已通过审核的签名，不含【】；scripts/doctor 会检查。",
    "Check DYSMS_SIGN_NAME: a sign of this account that passed its review, without 【】; "
    "scripts/doctor looks.",
)
_TEMPLATE: Bilingual = (
    "核对 DYSMS_TEMPLATES：须为本账号已通过审核、类型相符的模板；scripts/doctor 会检查。",
    "Check DYSMS_TEMPLATES: templates of this account and of the right kind that passed their "
    "review; scripts/doctor looks.",
)
_PARAMS: Bilingual = (
    "按模板变量核对 DYSMS_TEMPLATE_PARAMS 与 CODE_LENGTH；scripts/doctor 会检查。",
    "Hold DYSMS_TEMPLATE_PARAMS and CODE_LENGTH to the template's variables; scripts/doctor looks.",
)
_CONTENT: Bilingual = (
    "修改模板文案后重新送审。",
    "Change the template's wording, and hand it in for review again.",
)
_REQUEST: Bilingual = (
    "核对签名与模板；仍出现时请带 code 报告缺陷。",
    "Check sign name and templates; if it stays, report it with its code.",
)
_PLACE: Bilingual = (
    "从中国内地地域的函数发送内地短信，或在控制台申请放开。",
    "Send to the mainland from functions in a mainland region, or ask in the console for leave.",
)
_REGION: Bilingual = (
    "国际模板不能发内地号码：用 CN/* 为内地另设国内模板。",
    "International templates cannot be sent to the mainland: name one of the mainland for CN/*.",
)
_WAIT_AND_SEE: Bilingual = (
    "可能已受理：勿人工补发，等回执；持续出现时提交工单。",
    "It may have been taken: do not send again by hand, wait for the report; if it lasts, open a "
    "ticket.",
)


def _ours(chinese: str, english: str, advice: Bilingual) -> Meaning:
    """Return a row of what is wrong with our account or settings; it was not taken."""
    reason = (chinese, english)
    one_off = advice in (_TEMPLATE, _PARAMS, _CONTENT, _REQUEST, _REGION)
    return Meaning(Verdict.MISCONFIGURED, reason, advice, SKILLS, elsewhere=True, one_off=one_off)


def _number(verdict: Verdict, reason: Bilingual, advice: Bilingual) -> Meaning:
    return Meaning(verdict, reason, advice, SKILLS)


def _duplicate(retry_after: int) -> Meaning:
    reason = ("重复内容被过滤", "filtered: the same message again")
    return Meaning(Verdict.WAIT, reason, _NO_ACTION, THIRD_PARTY, retry_after=retry_after)


_CAP_REACHED: Bilingual = (
    "达到控制台设置的发送总量上限",
    "the total that was set in the console is reached",
)
_UNSUBSCRIBED = _ours("未开通短信服务", "the account has not activated the service", _SUBSCRIBE)
_NO_SIGN = _ours("签名不存在或未通过审核", "no such sign name, or not approved", _SIGN)
_BAD_REQUEST = _ours("请求参数有误", "a parameter of the request is wrong", _REQUEST)
_BAD_VALUE = _ours("模板变量与模板不符", "the variables do not fit the template", _PARAMS)

CODES: Mapping[str, Meaning] = {
    "isv.BUSINESS_LIMIT_CONTROL": Meaning(
        Verdict.WAIT,
        ("号码触发频率限制", "the number reached a frequency limit"),
        _NO_ACTION,
        SKILLS,
        retry_after=MINUTE,
    ),
    "VALVE:M_MC": _duplicate(MINUTE),
    "VALVE:H_MC": _duplicate(HOUR),
    "VALVE:D_MC": _duplicate(DAY),
    "isv.DAY_LIMIT_CONTROL": _number(Verdict.CAPPED, _CAP_REACHED, _RAISE_CAP),
    "isv.MONTH_LIMIT_CONTROL": _number(Verdict.CAPPED, _CAP_REACHED, _RAISE_CAP),
    "isv.MOBILE_NUMBER_ILLEGAL": _number(
        Verdict.BAD_NUMBER, ("手机号无效", "the number is not valid"), _CHECK_NUMBER
    ),
    "isv.BLACK_KEY_CONTROL_LIMIT": _number(
        Verdict.BLOCKED, ("号码在黑名单中", "the number is on the block list"), _RELEASE
    ),
    "isv.AMOUNT_NOT_ENOUGH": _ours("余额不足", "the balance is used up", _PAY),
    "isv.OUT_OF_SERVICE": _ours("业务停机（多为欠费）", "the account is stopped (debts)", _PAY),
    "isv.ACCOUNT_NOT_EXISTS": _ours("账号不存在", "no such account", _ACCOUNT),
    "isv.ACCOUNT_ABNORMAL": _ours("账号异常", "the account is not in order", _ACCOUNT),
    "isv.PRODUCT_UN_SUBSCRIPT": _UNSUBSCRIBED,
    "isv.PRODUCT_UNSUBSCRIBE": _UNSUBSCRIBED,
    "isp.RAM_PERMISSION_DENY": _ours("没有发送权限", "not permitted to send", _PERMIT),
    "isv.SMS_SIGNATURE_ILLEGAL": _NO_SIGN,
    "isv.SMS_SIGN_NAME_ILLEGAL": _NO_SIGN,
    "isv.SMS_SIGN_ILLEGAL": _ours("签名被禁用", "the sign name is banned", _SIGN),
    "isv.SIGN_STATE_ILLEGAL": _NO_SIGN,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": _ours(
        "签名与模板类型不符", "sign name and template are of different kinds", _SIGN
    ),
    "isv.SMS_TEMPLATE_ILLEGAL": _ours(
        "模板不存在或未通过审核", "no such template, or not approved", _TEMPLATE
    ),
    "isv.TEMPLATE_MISSING_PARAMETERS": _BAD_VALUE,
    "isv.TEMPLATE_PARAMS_ILLEGAL": _BAD_VALUE,
    "isv.INVALID_JSON_PARAM": _BAD_VALUE,
    "isv.PARAM_LENGTH_LIMIT": _BAD_VALUE,
    "isv.PARAM_NOT_SUPPORT_URL": _BAD_VALUE,
    "isv.SMS_CONTENT_ILLEGAL": _ours("内容含禁发词", "the text holds forbidden words", _CONTENT),
    "isv.INVALID_PARAMETERS": _BAD_REQUEST,
    "isv.EXTEND_CODE_ERROR": _BAD_REQUEST,
    "isv.MOBILE_COUNT_OVER_LIMIT": _BAD_REQUEST,
    "isv.DENY_IP_RANGE": _ours(
        "源 IP 所在地区不允许", "requests from this region are not taken", _PLACE
    ),
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": _ours(
        "国际模板不支持内地号码", "an international template, and a mainland number", _REGION
    ),
    "isp.SYSTEM_ERROR": Meaning(
        Verdict.UNCONFIRMED,
        ("服务内部错误", "an error inside the service"),
        _WAIT_AND_SEE,
        SKILLS,
    ),
}

DYSMS = Product("dysms", CODES, GATEWAY)
