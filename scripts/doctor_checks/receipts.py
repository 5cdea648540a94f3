"""Whether the receipts door answers as Aliyun needs it: the right thing, in time, to nobody else.

Aliyun pushes a JSON array over HTTP, wants 200 and a number in `code`, and gives up after 700 ms
(help.aliyun.com 101508). Pushed here is an empty array, of which the door stores nothing; so the
store's part is not in the times, nor is Aliyun's own way to the functions.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from scripts.deployment import FRONT_URL
from scripts.doctor_checks.case import Case, is_loopback
from scripts.doctor_checks.check import Finding, failure, ok, skipped, warning
from scripts.doctor_checks.pushes import NO_ANSWER, Push, pushed
from shared.receipt_wiring import KINDS
from shared.setting_rules import QUEUE_KINDS

PATIENCE_MILLISECONDS = 700
NOT_FOUND = 404


def receipts(case: Case) -> Iterator[Finding]:
    """Push nothing to each kind, by http and https, with the newest secret and with a wrong one."""
    given = case.settings.receipt_secrets
    if not given:
        yield ok(
            "RECEIPT_SECRETS 未设置：不接收 HTTP 推送",
            "RECEIPT_SECRETS is not set: nothing is pushed",
        )
        return
    bases = addresses(case)
    if not bases:
        yield skipped(
            "不知道地址：用 --receipts-url https://<receipts 函数或域名>",
            "the address is not known: --receipts-url https://<function or domain>",
        )
        return
    reached = []
    for base in bases:
        first = pushed(case, base, KINDS[0], given[0].get_secret_value())
        if first.status == NO_ANSWER:
            yield _unreached(base, first, alone=len(bases) == 1)
        else:
            reached.append(base)
            yield from _door(case, base, first)
    if not reached and len(bases) > 1:
        yield failure(
            ("http 与 https 都没有应答", "neither http nor https answers"),
            (
                "检查域名解析、路由与触发器；函数网址在函数计算控制台",
                "look at DNS, the domain's routes and the trigger; the console of Function Compute "
                "shows the function's own address",
            ),
        )


def addresses(case: Case) -> list[str]:
    """Return where the door may answer: as asked for, else the local front, else the domain.

    Both http and https, as Aliyun's examples are http; one alone where a port is named.
    """
    domain = case.value("DOMAIN")
    given = case.wishes.receipts_url or case.value(FRONT_URL) or (domain and f"https://{domain}")
    if not given:
        return []
    url = urlsplit(given if "//" in given else f"https://{given}")
    before = url.path.partition("/receipts")[0].rstrip("/")
    both = ("https", "http") if url.port is None and not is_loopback(given) else (url.scheme,)
    return [f"{scheme}://{url.netloc}{before}" for scheme in both]


def _door(case: Case, base: str, first: Push) -> Iterator[Finding]:
    """Look at a door that answers; `first` is what may have been a cold start."""
    secret = case.settings.receipt_secrets[0].get_secret_value()
    scheme = urlsplit(base).scheme
    again = {kind: pushed(case, base, kind, secret) for kind in KINDS}
    refused = {kind: push for kind, push in {**again, KINDS[0]: first}.items() if not push.taken}
    if refused:
        yield _not_taken(scheme, refused)
        return
    stranger = pushed(case, base, QUEUE_KINDS[0], secrets.token_urlsafe(24))
    if stranger.status != NOT_FOUND:
        yield failure(
            (
                f"{scheme}：错误的密钥得到 {stranger.status}，而不是 404：谁都能写回执",
                f"{scheme}: a wrong secret gets {stranger.status}, not 404: anybody writes reports",
            ),
            (
                "确认地址指向 receipts 函数，而不是别的服务",
                "see that the address leads to the receipts function, and to nothing else",
            ),
        )
    yield _timed(scheme, first, [push.milliseconds for push in again.values()])


def _timed(scheme: str, first: Push, warm: Sequence[int]) -> Finding:
    slowest = max(warm)
    found = (
        f"{scheme}：首次 {first.milliseconds} ms（可能是冷启动），之后最慢 {slowest} ms，"
        f"上限 {PATIENCE_MILLISECONDS} ms（未含写库）",
        f"{scheme}: first {first.milliseconds} ms (maybe cold), then {slowest} ms at most, of "
        f"{PATIENCE_MILLISECONDS} (without the store)",
    )
    if slowest > PATIENCE_MILLISECONDS:
        return failure(
            found,
            (
                "给 receipts 函数更多 CPU，或改用 MNS 队列（RECEIPT_QUEUES）",
                "give the receipts function more cpu, or pull from queues (RECEIPT_QUEUES)",
            ),
        )
    if first.milliseconds > PATIENCE_MILLISECONDS:
        return warning(
            found,
            (
                "冷启动时的推送会在 1、5、10 分钟后重来；要避免，在 s.yaml 设 minInstances: 1",
                "a push into a cold start comes again after 1, 5 and 10 minutes; minInstances: 1 "
                "in s.yaml avoids that",
            ),
        )
    return ok(*found)


def _not_taken(scheme: str, refused: dict[str, Push]) -> Finding:
    kinds = ", ".join(f"{kind} {push.status or push.why}" for kind, push in refused.items())
    statuses = {push.status for push in refused.values()}
    if statuses & {301, 302, 307, 308}:
        return warning(
            (f"{scheme}：被重定向（{kinds}）", f"{scheme} is redirected ({kinds})"),
            (
                "阿里云是否跟随重定向没有文档：在控制台填 https 地址，并用其测试按钮确认",
                "whether Aliyun follows redirects is not documented: name the https address in "
                "the console, and try its test button",
            ),
        )
    if statuses == {NOT_FOUND}:
        advice = (
            "部署的 RECEIPT_SECRETS 与本机不同，或路径没有转到 receipts 函数：重新部署",
            "what is deployed has other RECEIPT_SECRETS, or the path leads elsewhere: deploy again",
        )
    else:
        advice = ("按请求时间查 receipts 函数的日志", "look at the log of the receipts function")
    return failure(
        (
            f"{scheme}：空的推送未被接收（{kinds}）",
            f"{scheme}: an empty push is not taken ({kinds})",
        ),
        advice,
    )


def _unreached(base: str, push: Push, *, alone: bool) -> Finding:
    scheme = urlsplit(base).scheme
    return (failure if alone else warning)(
        (f"{scheme}：没有应答（{push.why}）", f"{scheme} does not answer ({push.why})"),
        (
            "检查地址与端口；另一种协议可用时，在短信控制台填那一种",
            "check address and port; where the other scheme works, name that in the SMS console",
        ),
    )
