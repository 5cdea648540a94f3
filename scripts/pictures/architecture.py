"""Draw docs/pictures/architecture*.svg: what stands where, and what calls what.

python -m scripts.pictures.architecture writes both; a test holds them to this file, and the names
of functions and tables in them to the code. Text is large and the picture narrow, so that it can
be read on a phone; it has a ground of its own, so that it can be read on a dark page.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.deployment import ROOT
from scripts.pictures.shapes import STYLE, box, path, rect, text, tips
from shared.errors import Bilingual
from shared.storage import tables

FOLDER = ROOT / "docs" / "pictures"
FILES = {"architecture.zh-CN.svg": 0, "architecture.svg": 1}

WIDTH, HEIGHT = 780, 856
LEFT, HALF, WHOLE = 24, 216, 448
RIGHT, OUTSIDE = 540, 204
TRUNK, DROP = 506, 490

FUNCTIONS: Sequence[tuple[str, Bilingual]] = (
    ("send_code", ("发送验证码", "text a code")),
    ("receipts", ("接收推送的回执", "take reports")),
    ("verify_code", ("校验，只接受一次", "accept it, once")),
    ("receipts_mns", ("每分钟拉取回执", "pull reports")),
    ("messages", ("查询短信状态", "a message's state")),
    ("maintain", ("每分钟告警、补查", "alerts, each minute")),
)


def picture(language: int) -> str:
    """Return the picture; 0 is Chinese, 1 English."""
    title = ("fc-sms-verify 的架构", "The architecture of fc-sms-verify")[language]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>\n{STYLE}\n</style>",
        tips(),
        rect(1, 1, WIDTH - 2, HEIGHT - 2, "ground"),
        *_callers(language),
        *_functions(language),
        *_store(language),
        *_outside(language),
        *_lines(),
        *_legend(language),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _callers(language: int) -> list[str]:
    browsers = (("浏览器与 App", "Browsers, apps"), ("人机验证", "with a captcha"))
    backend = (("您的后端", "Your backend"), ("API 密钥", "with an API key"))
    entrance = (("API 网关 / HTTP 触发器", "API Gateway / HTTP trigger"), ("", ""))
    return [
        *box(LEFT, 24, HALF, 68, browsers, "area", language),
        *box(LEFT + WHOLE - HALF, 24, HALF, 68, backend, "area", language),
        *box(LEFT, 136, WHOLE, 48, entrance, "theirs", language),
    ]


def _functions(language: int) -> list[str]:
    found = [
        rect(LEFT, 228, WHOLE, 312, "area"),
        text(LEFT + 20, 258, ("函数计算", "Function Compute")[language], "head"),
    ]
    for place, (name, does) in enumerate(FUNCTIONS):
        x, y = LEFT + 16 + place % 2 * 212, 274 + place // 2 * 86
        found += [
            rect(x, y, 204, 72, "ours"),
            text(x + 14, y + 31, name, "name"),
            text(x + 14, y + 56, does[language], "small"),
        ]
    return found


def _store(language: int) -> list[str]:
    found = [
        rect(LEFT, 592, WHOLE, 186, "theirs"),
        text(LEFT + 20, 622, "Tablestore", "head"),
        text(LEFT + 140, 622, ("条件写、原子计数", "conditions, counters")[language], "small"),
    ]
    for place, table in enumerate(tables.ALL):
        x, y = LEFT + 20 + place % 3 * 144, 656 + place // 3 * 34
        found.append(text(x, y, table.suffix, "name"))
    return found


def _outside(language: int) -> list[str]:
    boxes: Sequence[tuple[int, int, tuple[Bilingual, Bilingual]]] = (
        (24, 68, (("STS", "STS"), ("角色的临时密钥", "keys of a role"))),
        (116, 68, (("人机验证", "Captcha"), ("阿里云、Turnstile", "Aliyun, Turnstile"))),
        (232, 92, (("短信服务、号码认证", "SMS, PNVS"), ("Dysms、Dypns", "Dysms, Dypns"))),
        (376, 48, (("运营商", "Carrier"), ("", ""))),
        (472, 48, (("用户手机", "The user's phone"), ("", ""))),
        (556, 68, (("MNS 队列", "MNS queues"), ("阿里云账号下", "in Aliyun's account"))),
        (648, 68, (("告警 Webhook", "Alert webhook"), ("钉钉、JSON", "DingTalk, JSON"))),
        (740, 68, (("日志服务", "Log Service"), ("每个请求一行", "a line per request"))),
    )
    found: list[str] = []
    for y, height, words in boxes:
        found += box(RIGHT, y, OUTSIDE, height, words, "theirs", language)
    return found


def _lines() -> list[str]:
    edge, middle = LEFT + WHOLE, RIGHT + OUTSIDE // 2
    return [
        path(f"M{LEFT + 108} 92 V132"),
        path(f"M{LEFT + WHOLE - 108} 92 V132"),
        path(f"M{LEFT + 118} 184 V224"),
        path(f"M{LEFT + 224} 540 V588", both=True),
        path(f"M{edge} 248 H{TRUNK} V58 H{RIGHT - 4}"),
        path(f"M{TRUNK} 150 H{RIGHT - 4}"),
        path(f"M{edge} 282 H{RIGHT - 4}"),
        path(f"M{middle} 324 V372"),
        path(f"M{middle} 424 V468"),
        path(f"M{edge} 500 H{TRUNK} V590 H{RIGHT - 4}"),
        path(f"M{edge} 522 H{DROP} V774 H{RIGHT - 4}"),
        path(f"M{DROP} 682 H{RIGHT - 4}"),
        path(f"M{middle + 30} 376 V328", back=True),
        path(f"M{RIGHT} 308 H{edge + 4}", back=True),
        path(f"M{RIGHT + OUTSIDE} 278 H{WIDTH - 16} V590 H{RIGHT + OUTSIDE + 4}", back=True),
    ]


def _legend(language: int) -> list[str]:
    y = 818
    return [
        path(f"M{LEFT} {y} H{LEFT + 44}"),
        text(LEFT + 58, y + 6, ("调用", "calls")[language], "small"),
        path(f"M{LEFT + 150} {y} H{LEFT + 194}", back=True),
        text(LEFT + 208, y + 6, ("送达回执的来路", "the way of reports")[language], "small"),
        text(TRUNK, 332, ("推送", "push")[language], "small", middle=True),
    ]


def write(folder: Path = FOLDER) -> None:
    """Write both pictures."""
    for name, language in FILES.items():
        (folder / name).write_text(picture(language), "utf-8")


if __name__ == "__main__":
    write()
