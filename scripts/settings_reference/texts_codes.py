"""The words for codes and limits."""

from __future__ import annotations

from scripts.settings_reference.words import Words

CODES = {
    "SCENES": Words("验证码的用途", "what codes are for; a code is good for its scene only"),
    "CODE_SECRETS": Words(
        "计算验证码摘要的密钥，新的在前，每个 16 个字符以上；"
        "用 `scripts/bootstrap --secrets` 生成，用 `scripts/ops secrets` 轮换",
        "key the digests of codes, newest first, 16 characters or more each. "
        "`scripts/bootstrap --secrets` makes them, `scripts/ops secrets` rotates them: an old one "
        "goes when its codes have expired",
    ),
    "NUMBER_SECRET": Words(
        "计算号码哈希的密钥。请留备份：换掉它，限额与名单就都清零了",
        "keys the hashes of numbers. Keep a copy: another one forgets limits and lists",
    ),
    "CODE_LENGTH": Words("验证码位数", "digits of a code"),
    "CODE_TTL": Words(
        "有效期，秒；已发出的验证码沿用发送时的设置",
        "seconds that a code is good for; a code keeps what it was sent under",
    ),
    "MAX_ATTEMPTS": Words(
        "每个验证码最多猜错几次；每天的猜测上限是发送次数乘以它",
        "wrong guesses at one code; times the messages a day, that is the "
        "[guess bound](#what-it-promises)",
    ),
    "TEST_NUMBERS": Words(
        "固定验证码的号码，有效至当天结束，从不真正发送短信：`13800138000=123456@2027-01-31`",
        "numbers with a fixed code until the end of a day, never sent to a carrier: "
        "`13800138000=123456@2027-01-31`",
    ),
}
LIMITS = {
    "LIMIT_PHONE": Words(
        "每个号码的短信数，滑动窗口；与阿里云自己的限制相同",
        "messages per number, rolling; Aliyun's own limits, so that it need not refuse",
    ),
    "PHONE_SHARE": Words(
        "同一地址最多用掉一个号码限额的多大部分；1 到 4 条的限额不分割",
        "which part of a number's limit one address may use; small counts (1 to 4) stay whole",
    ),
    "LIMIT_IP": Words(
        "每个地址；IPv6 按 /64 网段计。运营商 NAT 之后很多手机共用一个地址：正常用户被拒时请调高，"
        "并留意日志中的 `limit_ip`",
        "per address, an IPv6 network (/64) as one. Many phones share one address behind carrier "
        "NAT: raise it when honest users are refused, and watch `limit_ip` in the log",
    ),
    "LIMIT_DEVICE": Words("每个 `device_id`", "per `device_id`"),
    "LIMIT_TOTAL": Words(
        "全部短信的总量；可加上自然月（北京时间）：`5000/1d,100000/1mo`",
        "in all; add a month: `5000/1d,100000/1mo` (a calendar month of Beijing)",
    ),
    "LIMIT_REGION": Words(
        "每个目的地：`HK=100/1d;*=200/1d`。`*` 是大陆以外的各地区；大陆以 `LIMIT_TOTAL` 为准，"
        "除非写明 `CN`",
        "per destination: `HK=100/1d;*=200/1d`. `*` is every region but the mainland, for which "
        "`LIMIT_TOTAL` stands unless `CN` is named",
    ),
    "LIMIT_CALLER": Words(
        "每个 API 密钥的调用方，除非它有自己的限额",
        "per API key's caller, where it has no limit of its own",
    ),
    "LIMIT_GUESS": Words(
        "每个地址猜错的次数；猜对的不计", "wrong guesses per address; right ones do not count"
    ),
    "ALLOW_NUMBERS": Words(
        "自己测试人员的号码：只受 `LIMIT_ALLOWED` 与总量限制；"
        "`scripts/ops lists add allow` 无需重新部署",
        "your own testers' numbers: limited by `LIMIT_ALLOWED` and the caps only; "
        "`scripts/ops lists add allow` needs no deployment",
    ),
    "LIMIT_ALLOWED": Words(
        "允许名单与测试号码中每个号码的短信数，滑动窗口",
        "messages per allow-listed or test number, rolling",
    ),
    "SEQUENCE_GUARD": Words(
        "连号刷量：不看（`off`）、只记录（`observe`），或拦截（`enforce`，有人机验证时要求验证）",
        "numbers that march: look away (`off`), log (`observe`), or stop them (`enforce`; with "
        "the captcha where there is one); see [Numbers that march](#numbers-that-march)",
    ),
}
