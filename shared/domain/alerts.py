"""When the operator is warned, and told that sends are cut off: from counts, without I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from shared.domain.limits import DAY, Counter, caller_counters, counters
from shared.domain.policy import Policy
from shared.domain.rates import BEIJING, Rate, fixed_window
from shared.errors import Bilingual

WARNING, ALERT, REJECTED, SET_ASIDE = "warning", "alert", "rejected", "set_aside"
"""Part of a cap is used; all of it is, and sends are refused; a review refused what is in use; a
provider's messages do not arrive, and another one is asked first."""

TRIAL = "trial"
"""Somebody wants to see that alerts are shown (scripts/doctor --send-test-alert)."""

UNCOUNTED = frozenset({REJECTED, SET_ASIDE})
"""These count in no day's budget: caps, which strangers can fill, must not keep them untold."""

LATE_SECONDS = DAY
"""How long after its end a window is still looked at: what was crossed in its last minute, or
while the timer stood still, is told late rather than never."""

PER_DAY = Rate(20, DAY)
"""How many alerts are told in a day of Beijing time (Aliyun's console allows itself as many)."""

QUICK_TRIES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 60, 3600


@dataclass(frozen=True, slots=True)
class Cap:
    """One window of a cap; `who` is a region or a caller, `setting` what has to be changed."""

    counter: Counter
    starts: int
    who: str
    setting: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A cap of which a part was reached. Times are UTC seconds; `window` is such as `1d`.

    Of kind REJECTED it is a sign name or template instead, in `who`, and `detail` says why; of
    kind SET_ASIDE a provider, of whose last `limit` messages `count` arrived.
    """

    kind: str
    counter: str
    setting: str
    scope: str
    who: str
    count: int
    limit: int
    window: str
    starts: int
    ends: int
    raised_at: int
    detail: str = ""

    @property
    def key(self) -> str:
        """Return what there is once: a limit's window and the part of it that was reached.

        A limit that was raised is another limit, so it is warned of again.
        """
        return f"{self.counter}/{self.limit}/{self.kind}"

    @property
    def louder_key(self) -> str:
        """Return the key of the same limit's alert at 100 %."""
        return f"{self.counter}/{self.limit}/{ALERT}"

    @property
    def percent(self) -> int:
        """Return the part that was used, rounded down."""
        return self.count * 100 // self.limit

    def to_json(self) -> str:
        """Return the alert as it rests."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Alert:
        """Read what `to_json` wrote, of this version or a later one."""
        given = json.loads(text)
        return cls(**{each.name: given[each.name] for each in fields(cls) if each.name in given})


def caps(policy: Policy, regions: Iterable[str], *, now: float) -> list[Cap]:
    """Return every cap that the settings know, in its window now and in the one before."""
    found = []
    for who, setting, counter in _counters(policy, regions, now=now):
        if counter.is_cap:
            start, _ = fixed_window(counter.rate, now=now)
            found.append(Cap(counter, start, who, setting))
            before, _ = fixed_window(counter.rate, now=start - 1)
            (past,) = counters(counter.scope, who, [counter.rate], now=start - 1)
            if past.ends > now - LATE_SECONDS:
                found.append(Cap(past, before, who, setting))
    return found


def _counters(
    policy: Policy, regions: Iterable[str], *, now: float
) -> Iterator[tuple[str, str, Counter]]:
    """Yield who each counter counts, the setting of its limit, and the counter."""
    for counter in counters("total", "", policy.total_rates, now=now):
        yield "", "LIMIT_TOTAL", counter
    for region in dict.fromkeys(region.upper() for region in regions):
        for counter in counters("region", region, policy.rates_of_region(region), now=now):
            yield region, "LIMIT_REGION", counter
    for key in policy.api_keys:
        setting = "LIMIT_CALLER" if key.rates is None else "API_KEYS"
        for counter in caller_counters(policy, key.name, key.rates, now=now):
            yield key.name, setting, counter


def crossings(
    found: Iterable[Cap], counts: Mapping[Counter, int], *, warn_percent: int, now: float
) -> list[Alert]:
    """Return what the counts have crossed: of each window the alert, else the warning, if any.

    A full window needs no warning any more. A window that is over and holds more than its limit
    was counted under a higher one that has been lowered since: nobody was cut off.
    """
    crossed = []
    for cap in found:
        count, limit = counts.get(cap.counter, 0), cap.counter.limit
        if count > limit and cap.counter.ends <= now:
            continue
        if count >= limit:
            crossed.append(_alert(ALERT, cap, count, now=now))
        elif count * 100 >= limit * warn_percent:
            crossed.append(_alert(WARNING, cap, count, now=now))
    return crossed


def _alert(kind: str, cap: Cap, count: int, *, now: float) -> Alert:
    counter = cap.counter
    return Alert(
        kind=kind,
        counter=counter.key,
        setting=cap.setting,
        scope=counter.scope,
        who=cap.who,
        count=count,
        limit=counter.limit,
        window=str(counter.rate).partition("/")[2],
        starts=cap.starts,
        ends=counter.ends,
        raised_at=int(now),
    )


def daily_budget(*, now: float) -> Counter:
    """Return the counter of the alerts that were told today."""
    (counter,) = counters("alerts", "", [PER_DAY], now=now)
    return counter


def trial_alert(*, now: float) -> Alert:
    """Return an alert that alarms nobody."""
    moment = int(now)
    return Alert(TRIAL, TRIAL, "", TRIAL, "", 0, 1, "", moment, moment, moment)


_TRIAL_TEXT: Bilingual = (
    "【短信验证码】测试：告警可以送达，无需处理。",
    "SMS codes, test: alerts arrive here. Nothing to do.",
)


def pause_after(tries: int) -> int:
    """Return how many seconds an alert rests after so many tries whose outcome is open.

    A webhook that shows every alert and never says so must not be told each minute for a day;
    one that was down is told no later after its return than it was down.
    """
    if tries < QUICK_TRIES:
        return 0
    return int(min(_FIRST_PAUSE * 2 ** (tries - QUICK_TRIES), _LONGEST_PAUSE))


def iso(moment: float) -> str:
    """Return a moment in Beijing time, as ISO 8601 with its offset."""
    return datetime.fromtimestamp(moment, BEIJING).isoformat(timespec="seconds")


def text(alert: Alert) -> Bilingual:
    """Return what the operator reads: what happened, what follows, what to do."""
    if alert.kind == REJECTED:
        return _rejected(alert)
    if alert.kind == SET_ASIDE:
        return _set_aside(alert)
    if alert.kind == TRIAL:
        return _TRIAL_TEXT
    return _chinese(alert), _english(alert)


def _chinese(alert: Alert) -> str:
    name = {"total": "发送总量", "region": "地区", "caller": "调用方"}[alert.scope]
    name += f" {alert.who} " if alert.who else ""
    setting = f"{alert.setting}（{alert.limit}/{alert.window}）"
    used = f"已用 {alert.count}/{alert.limit}（{alert.percent}%）"
    until = f"{_minute(alert.ends)}（北京时间）"
    if alert.kind == ALERT:
        head = f"【短信验证码】告警：{name}上限已达到，已停止发送。"
        next_ = f"在 {until} 之前，超出的发送一律被拒绝（daily_cap_reached）。"
    else:
        head = f"【短信验证码】预警：{name}即将达到上限。"
        next_ = f"达到 100% 后，在 {until} 之前的发送将被拒绝（daily_cap_reached）。"
    advice = (
        f"若是正常用户增长，请调高 {alert.setting} 并重新部署；否则请查看日志中 event=send_code "
        "的 reason、ip、phone，找出来源，再启用验证码或收紧限额。"
    )
    return f"{head}{setting}{used}，周期自 {_minute(alert.starts)} 起。{next_}{advice}"


def _english(alert: Alert) -> str:
    name = {"total": "all sends", "region": "region", "caller": "caller"}[alert.scope]
    name += f" {alert.who}" if alert.who else ""
    used = (
        f"{alert.setting} ({alert.limit}/{alert.window}): {alert.count} of {alert.limit} used "
        f"({alert.percent}%) since {_minute(alert.starts)} Beijing time."
    )
    until = f"until {_minute(alert.ends)}"
    if alert.kind == ALERT:
        head = f"SMS codes, ALERT: the cap of {name} is reached and sends are cut off."
        next_ = f"Further sends are refused (daily_cap_reached) {until}."
    else:
        head = f"SMS codes, warning: {name} will soon reach the cap."
        next_ = f"At 100% sends are refused (daily_cap_reached) {until}."
    advice = (
        f"If these are your users, raise {alert.setting} and deploy again; if not, read reason, ip "
        "and phone of event=send_code in the log, and turn captcha on or tighten the limits."
    )
    return f"{head} {used} {next_} {advice}"


def _rejected(alert: Alert) -> Bilingual:
    chinese = {"sign": "签名", "template": "模板"}[alert.scope]
    english = {"sign": "sign name", "template": "template"}[alert.scope]
    why = alert.detail or "-"
    return (
        f"【短信验证码】告警：正在使用的{chinese} {alert.who} 未通过审核（{alert.setting}），"
        f"短信可能无法发送。原因：{why}。"
        f"请在短信控制台修改后重新提交，或更换 {alert.setting} 并重新部署。",
        f"SMS codes, ALERT: the {english} in use, {alert.who}, was rejected ({alert.setting}), so "
        f"messages may not be sent. Reason: {why}. Mend and submit it again in the SMS console, or "
        f"change {alert.setting} and deploy again.",
    )


def _set_aside(alert: Alert) -> Bilingual:
    arrived, until = f"{alert.count}/{alert.limit}", _minute(alert.ends)
    return (
        f"【短信验证码】告警：服务商 {alert.who} 最近的短信大量未送达（送达 {arrived}，"
        f"{alert.percent}%），{until}（北京时间）前优先使用其他服务商，之后逐步恢复。"
        "请用 scripts/ops health 与 scripts/ops stats 查看失败原因；若是签名或模板被运营商拦截，"
        "请在控制台处理。",
        f"SMS codes, ALERT: messages by {alert.who} do not arrive ({arrived} delivered, "
        f"{alert.percent}%); until {until} Beijing time others are asked first, and then it comes "
        "back by and by. scripts/ops health and scripts/ops stats tell why messages failed; if "
        "carriers block the sign name or the template, the console is where to mend it.",
    )


def _minute(moment: int) -> str:
    return datetime.fromtimestamp(moment, BEIJING).strftime("%Y-%m-%d %H:%M")
