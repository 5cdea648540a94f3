"""Which carriers have registered a sign name under its owner's real name, and what to do.

Numbers and reasons: the SDK's description of GetSmsSign (SignIspRegisterDetailList). Aliyun itself
sends in any state; carriers block what they have not registered, more and more of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.doctor_checks.check import Finding, ok, warning
from shared.errors import Bilingual

CARRIERS: dict[str, Bilingual] = {
    "mobile": ("移动", "China Mobile"),
    "unicom": ("联通", "China Unicom"),
    "telecom": ("电信", "China Telecom"),
}
TEST, TRIAL = ("4", "5")
"""SignTag: such a sign sends to numbers only that were bound to it for tests."""

MOST_REASON = 80
"""Characters of a carrier's reason that are shown."""


@dataclass(frozen=True, slots=True)
class _State:
    name: Bilingual
    advice: Bilingual | None = None


_SUBMIT: Bilingual = (
    "在短信控制台为签名关联实名资质并发起报备",
    "bind the real-name qualification to it in the SMS console, and submit it for registration",
)
_STATES: Mapping[int, _State] = {
    3: _State(("已报备", "registered")),
    1: _State(("已报备待验证", "registered, not proven yet")),
    -1: _State(
        ("报备中", "being registered"),
        (
            "通常 5 至 10 个工作日；期间先少量发送，观察送达率",
            "that takes 5 to 10 working days; send little until then, and watch what is delivered",
        ),
    ),
    -2: _State(("未报备", "not submitted"), _SUBMIT),
    0: _State(
        ("报备失败", "refused"),
        (
            "在短信控制台查看原因，改正资质或签名后重新报备",
            "the SMS console tells why; mend qualification or sign name, and submit it again",
        ),
    ),
    2: _State(
        ("报备失效", "lapsed"),
        (
            "六个月没有发送就会失效：在短信控制台重新报备",
            "it lapses after six months without a message: submit it again in the SMS console",
        ),
    ),
}


def registration(answer: Any) -> Iterator[Finding]:
    """Say where a sign name stands with each carrier: one finding for each state that is bad."""
    if str(answer.sign_tag or "") in (TEST, TRIAL):
        yield warning(
            ("是测试签名：只能发给绑定的测试号码", "a test sign: it sends to bound numbers only"),
            ("申请正式签名", "apply for a sign name of your own"),
        )
    told = {one.operator_code: one for one in answer.sign_isp_register_detail_list or ()}
    if not told:
        yield ok("未返回运营商报备结果", "what carriers made of it is not told")
        return
    states = {code: one.register_status for code, one in told.items()}
    states |= {code: -2 for code in CARRIERS if code not in told}
    bad = {
        status: [code for code, found in states.items() if found == status]
        for status in dict.fromkeys(states.values())
        if (known := _STATES.get(status)) is None or known.advice is not None
    }
    for status, codes in bad.items():
        yield _finding(status, codes, [told[code] for code in codes if code in told])
    if not bad:
        yield ok("三家运营商均已报备", "all carriers have registered it")


def _finding(status: int, codes: list[str], told: list[Any]) -> Finding:
    state = _STATES.get(status) or _State((f"状态未知（{status}）", f"in state {status}"), _SUBMIT)
    names = [CARRIERS.get(code, (code, code)) for code in codes]
    why = _reasons(told)
    return warning(
        (
            f"{'、'.join(name[0] for name in names)}{state.name[0]}，其用户可能收不到短信"
            + (f"：{why}" if why else ""),
            f"{', '.join(name[1] for name in names)}: {state.name[1]}, so their users may get "
            "nothing" + (f" ({why})" if why else ""),
        ),
        state.advice or _SUBMIT,
    )


def _reasons(told: list[Any]) -> str:
    """Return the carriers' own reasons, each once."""
    texts = [
        " ".join(filter(None, [str(reason.reason_code or ""), *(reason.reason_desc_list or ())]))
        for one in told
        for reason in one.register_status_reasons or ()
    ]
    return "; ".join(dict.fromkeys(filter(None, texts)))[:MOST_REASON]
