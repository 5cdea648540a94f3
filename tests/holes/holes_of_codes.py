"""The holes around a code: how it is drawn, guessed at, spent, replaced and forgotten."""

from __future__ import annotations

from tests.holes.hole import Hole, Weakness

HOLES_OF_CODES = (
    Hole(
        "bound broken by concurrency",
        "并发突破次数上限",
        (
            Weakness(
                "guesses beyond the last attempt are compared",
                "次数用尽后仍参与比较",
                ("I2 wrong guesses are counted down to nothing",),
            ),
            Weakness(
                "a guess is compared first and counted afterwards",
                "先比较后计数",
                (
                    "I2 a guess is counted before it may spend",
                    "I2 a guess that was not counted is not compared",
                    "I2 a guess is counted before its provider compares it",
                ),
            ),
        ),
    ),
    Hole(
        "one code, two successes",
        "一个验证码成功两次",
        (
            Weakness(
                "two right guesses at once both find the code unspent",
                "两次同时的正确输入都看到“未使用”",
                (
                    "I1 a code is spent while it lives, and then no more",
                    "I1 a code that its provider found right is spent",
                ),
            ),
        ),
    ),
    Hole(
        "right code refused because a wrong one raced it",
        "正确的验证码因同时的错误输入而被拒",
        (
            Weakness(
                "every guess takes an attempt, the right one too",
                "每次输入都消耗次数，包括正确的",
                ("I2 a right guess is not counted as a wrong one",),
            ),
            Weakness(
                "the right guess whose answer from the store got lost is refused",
                "存储应答丢失时拒绝了正确的输入",
                ("I1 a spend whose answer is lost is recognised",),
            ),
        ),
    ),
    Hole(
        "budget refilled",
        "次数被重新充满",
        (
            Weakness("by a resend", "因重发", ("hole: a resend is not limited",)),
            Weakness(
                "by another scene",
                "因换一个场景",
                ("hole: another scene has a limit of its own",),
            ),
            Weakness(
                "by a count that dies before its code",
                "因计数先于验证码消失",
                (
                    "hole: the count of guesses ends after a minute",
                    "hole: a table forgets what still counts",
                ),
            ),
        ),
    ),
    Hole(
        "older code valid again",
        "旧验证码重新有效",
        (
            Weakness(
                "once its replacement is spent, used up, refused or replaced",
                "替换它的验证码被使用、用尽、被拒或再被替换之后",
                ("hole: a replaced code can be spent",),
            ),
        ),
    ),
    Hole(
        "refused resend destroys the live code",
        "被拒的重发毁掉仍有效的验证码",
        (
            Weakness(
                "the old code dies when it is named, whatever refuses the send",
                "一经指名旧验证码即失效，无论重发因何被拒",
                (
                    "hole: naming a code as replaced kills it, whatever becomes of the send",
                    "I3 a send that fails leaves the replaced code usable",
                ),
            ),
        ),
    ),
    Hole(
        "code not bound",
        "验证码未绑定",
        (
            Weakness("to its phone", "未绑定号码", ("I3 a code is bound to its phone",)),
            Weakness("to its scene", "未绑定场景", ("I3 a code is bound to its scene",)),
            Weakness(
                "to its id",
                "未绑定 ID",
                (
                    "hole: a digest fits another verification",
                    "I3 a code that passed as another message's is refused",
                ),
            ),
        ),
    ),
    Hole(
        "expiry at its exact edge, with skewed clocks",
        "过期的临界时刻与时钟偏差",
        (
            Weakness(
                "the code lives on its last second, or through a grace period",
                "在过期的那一秒或宽限期内仍有效",
                (
                    "hole: a code lives a second too long",
                    "hole: a code may be spent for a while after no guess is counted any more",
                ),
            ),
            Weakness(
                "an allowance for skewed clocks",
                "为时钟偏差放宽",
                ("hole: an allowance for skewed clocks lengthens every code's life",),
            ),
            Weakness(
                "between two clocks a guess is compared and not counted",
                "两个时钟之间，比较而不计数",
                ("hole: guesses in a code's last seconds are compared and not counted",),
            ),
            Weakness(
                "a clock that is behind opens a window early",
                "落后的时钟使窗口提前打开",
                ("hole: a send by an instance whose clock is ahead does not count",),
            ),
        ),
    ),
    Hole(
        "biased codes",
        "分布不均的验证码",
        (
            Weakness(
                "some codes are likelier, by a chi-square over 1,000,000",
                "部分验证码更常出现（1,000,000 个的卡方检验）",
                (
                    "hole: no code begins with a zero",
                    "hole: digits are bytes modulo ten",
                    "hole: codes are 20 bits modulo a million",
                ),
            ),
            Weakness(
                "a seed or the time foretells them",
                "可由种子或时间预知",
                (
                    "hole: codes come from the time",
                    "hole: codes come from a generator that can be seeded",
                ),
            ),
        ),
    ),
)
