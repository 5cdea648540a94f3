"""The holes around limits, doors, answers and logs."""

from __future__ import annotations

from tests.holes.hole import Hole, Weakness

HOLES_AT_THE_DOORS = (
    Hole(
        "limits",
        "限额",
        (
            Weakness(
                "raced: read first, counted later",
                "竞争：先读后计",
                (
                    "I4 the slot is compare-and-set",
                    "I4 a counter is counted below its limit only",
                    "I4 guesses of an address have a limit",
                ),
            ),
            Weakness(
                "moved by a header that is forged, doubled, spelt otherwise or left out",
                "因伪造、重复、换写法或省略的请求头而变动",
                (
                    "I9 no header is believed by default",
                    "hole: of a header in two spellings the last counts",
                    "hole: of a header in two spellings the first counts",
                    "I9 leaving a header out lifts no limit",
                    "I9 only a caller with a key names an address",
                ),
            ),
            Weakness(
                "moved by spellings of a number or an address",
                "因号码或地址的写法而变动",
                (
                    "I9 all spellings are one number",
                    "hole: a spelling of a number is another number",
                    "I9 an IPv6 caller counts as its network",
                ),
            ),
        ),
    ),
    Hole(
        "code or number in the open",
        "验证码或号码外露",
        (
            Weakness(
                "in logs",
                "在日志中",
                (
                    "hole: whole numbers are logged",
                    "hole: codes are logged",
                    "I7 the SDKs' loggers are silent",
                ),
            ),
            Weakness(
                "in traces",
                "在异常跟踪中",
                (
                    "hole: requests and answers show what they hold in traces",
                    "hole: a call shows its body in traces",
                ),
            ),
            Weakness(
                "in answers",
                "在应答中",
                ("hole: an answer tells the text of an error",),
            ),
            Weakness("in URLs", "在 URL 中", ("hole: addresses are logged",)),
            Weakness(
                "in rows",
                "在表的行中",
                (
                    "hole: codes rest as they are",
                    "I7 a plain number rests in the pending table alone",
                    "I7 a late take leaves no plain number",
                ),
            ),
        ),
    ),
    Hole(
        "enumeration",
        "枚举",
        (
            Weakness(
                "by body", "由应答体", ("hole: an answer's text tells why a code was refused",)
            ),
            Weakness(
                "by status",
                "由状态码",
                ("hole: an answer's status tells why a code was refused",),
            ),
            Weakness(
                "by header", "由响应头", ("hole: an answer's header tells why a code was refused",)
            ),
            Weakness(
                "by limit",
                "由限额",
                ("hole: beyond the limit a right guess is answered otherwise",),
            ),
            Weakness(
                "by time: requests of the store that depend on what is known of a number",
                "由时间：存储请求数随对号码的所知而变",
                (
                    "hole: a guess takes longer at a number that is known",
                    "hole: a send takes longer to a number that is known",
                    "hole: finding out why a code was refused takes time",
                ),
            ),
        ),
    ),
    Hole(
        "receipts",
        "回执",
        (
            Weakness(
                "forged",
                "伪造的",
                (
                    "a receipt needs the secret",
                    "hole: the receipts' secret is compared without its case",
                    "I6 a report on another number ends nobody's message",
                ),
            ),
            Weakness(
                "replayed",
                "重放的",
                (
                    "hole: a replayed report is another fact",
                    "a repeated opt-out undoes no later decision",
                ),
            ),
            Weakness(
                "late: after the code's end, or when nothing is known of it any more",
                "迟到的：验证码已失效，或已无其记录",
                ("hole: a late report revives a code", "I6 a report creates no message"),
            ),
        ),
    ),
    Hole(
        "double send on time-out",
        "超时后重复发送",
        (
            Weakness(
                "what a provider may have taken is tried again, or elsewhere",
                "服务商可能已接收的，又发一次或换一家发",
                (
                    "I5 what may have been taken is not called refused",
                    "I5 another provider is asked only where the first certainly took nothing",
                ),
            ),
            Weakness(
                "what the store may have taken is sent unmetered",
                "存储可能已记下的，未计量就发出",
                ("I5 a take in doubt sends nothing",),
            ),
        ),
    ),
    Hole(
        "captcha",
        "人机验证",
        (
            Weakness(
                "replay: at once, in another spelling, in another scene",
                "重放：同时、换写法、换场景",
                (
                    "a captcha token is taken once",
                    "hole: a captcha's token in another spelling is another token",
                    "hole: a captcha's token passes once in every scene",
                ),
            ),
            Weakness(
                "fail-open",
                "服务失效时放行",
                (
                    "a captcha service that fails lets nobody in by default",
                    "a failed captcha is refused",
                ),
            ),
        ),
    ),
    Hole(
        "lock-out as denial of service",
        "以锁定造成拒绝服务",
        (
            Weakness(
                "who knows a number kills its owner's code",
                "知道号码者使机主的验证码失效",
                (
                    "hole: a new send kills the number's latest code, whoever asks for it",
                    "I3 only the holder's own code is replaced",
                ),
            ),
            Weakness(
                "one address uses up a number's, a neighbour's or everybody's limit",
                "一个地址用尽某号码、邻近号码或所有人的限额",
                (
                    "one address has a share of a number",
                    "a march of one address shuts nobody else out",
                    "I4 what a race took is given back",
                ),
            ),
            Weakness(
                "people behind one address are limited by each other's right codes",
                "同一地址后的人因彼此的正确输入而受限",
                ("I4 right guesses are forgiven",),
            ),
        ),
    ),
    Hole(
        "open relay in an empty configuration",
        "空配置成为开放中继",
        (
            Weakness(
                "access has a default, or nobody asks for it",
                "访问方式有默认值，或无人过问",
                (
                    "I10 without access nothing is sent",
                    "hole: access has a default",
                    "I10 an API key is compared",
                    "I10 who may not send may not ask",
                ),
            ),
            Weakness("secrets have a default", "密钥有默认值", ("hole: secrets have a default",)),
        ),
    ),
)
