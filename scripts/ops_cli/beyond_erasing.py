"""What erasing one number's data does not reach, said honestly, with when it goes by itself."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.ops_cli import moments
from scripts.ops_cli.desk import Deployed
from shared.domain.delivery import UNKNOWN_AFTER
from shared.errors import Bilingual
from shared.storage import tables

_DAYS = 86_400


def told(deployed: Deployed, typed: str, *, kept: float | None, awaited: bool) -> list[Bilingual]:
    """Return what stays; `kept` is until when a limit counts the times that were kept.

    `awaited` says that reports on its messages were awaited.
    """
    return [*_ours(deployed, typed, kept=kept, awaited=awaited), *_ALWAYS]


def _ours(
    deployed: Deployed, typed: str, *, kept: float | None, awaited: bool
) -> Iterator[Bilingual]:
    if kept is not None:
        until = moments.second(round(kept))
        yield (
            f"发送时间（仅时间，在号码的带密钥散列下），限额计到 {until}；之后再运行一次即可删除，"
            "或用 --forget-limits。",
            f"When it was sent to (nothing else, under the number's keyed hash): limits count that "
            f"until {until}. A run after that removes it, or --forget-limits now.",
        )
    if awaited:
        days = UNKNOWN_AFTER // _DAYS
        yield (
            f"尚在途的回执：到达后会作为无主回执保存（掩码号码）。{days} 天后请再运行一次。",
            f"Reports still on their way: when they come they are kept as strays, with the masked "
            f"number. Run this again in {days} days.",
        )
    numbers, settings = deployed.rules.numbers, deployed.rules.settings
    number = numbers.read(typed)
    for name, spellings in (
        ("ALLOW_NUMBERS", settings.allow_numbers),
        ("TEST_NUMBERS", tuple(test.phone for test in settings.test_numbers)),
    ):
        if any(numbers.read(spelling) == number for spelling in spellings):
            yield (
                f"设置 {name} 中有此号码的明文，请从 .env 删除并部署。",
                f"The setting {name} holds this number in plain: take it out of .env, and deploy.",
            )


_RECEIPT_DAYS = tables.RECEIPTS.time_to_live // _DAYS
_ALWAYS: tuple[Bilingual, ...] = (
    (
        "日志服务中的日志：掩码号码与 verification_id，保留到 logstore 的保存时间为止。",
        "Logs (SLS): masked numbers and verification ids, as long as the log store keeps them.",
    ),
    (
        "阿里云短信服务与运营商的记录：阿里云可查 30 天（scripts/ops records），由其自行保存。",
        "The records of Aliyun's SMS service and of carriers: Aliyun shows 30 days (scripts/ops "
        "records), and keeps them by its own rules.",
    ),
    (
        "已用的人机验证令牌（散列）与近期送达统计（散列）：其中没有号码，1 天后过期。",
        "Hashes of captcha tokens and of messages for delivery figures: no number is in them, and "
        "they age out in a day.",
    ),
    (
        f"无法解析而搁置的回执：号码已掩码，无法归到某个号码，{_RECEIPT_DAYS} 天后过期。",
        f"Pushes that nobody understood: numbers in them are masked, so they cannot be told to be "
        f"about one; they age out in {_RECEIPT_DAYS} days.",
    ),
    (
        "Tablestore 备份与导出（如有），以及正在拉取的 MNS 消息。",
        "Backups and exports of Tablestore, if you make any, and messages waiting in MNS queues.",
    ),
)
