"""The words for who may send, and for the captcha."""

from __future__ import annotations

from scripts.settings_reference.words import Words

ACCESS = {
    "ACCESS": Words(
        "谁可以发送：由前置的网关或触发器认证（`gateway`）、API 密钥（`api_key`），"
        "或每次发送都要人机验证（`captcha`）",
        "who may send: whom the gateway or trigger in front lets through (`gateway`), who has an "
        "API key (`api_key`), or whoever solves a captcha (`captcha`); see "
        "[Who may send](#who-may-send)",
        unset=("无：一律不发送", "none: nothing is sent"),
    ),
    "API_KEYS": Words(
        "调用方及其密钥的摘要，由 `scripts/ops keys new <名称>` 生成："
        '`{"shop": "<SHA-256>", "app": {"sha256": ["<新>", "<旧>"], "limit": "100/1d", '
        '"scenes": ["sign_in"]}}`',
        "the callers and the digests of their keys, as `scripts/ops keys new <name>` makes them: "
        '`{"shop": "<SHA-256>", "app": {"sha256": ["<new>", "<old>"], "limit": "100/1d", '
        '"scenes": ["sign_in"]}}`',
    ),
    "CLIENT_IP": Words(
        "以哪个地址计数：`peer`（FC 报告的对端地址）、`hops:<n>`（`X-Forwarded-For` 从右数第 n 个）"
        "或 `header:<名称>`。API 网关事件没有对端地址，不设置后两者之一就没有按地址的限额",
        "whose address counts: `peer` (what FC reports), `hops:<n>` (the n-th from the right of "
        "`X-Forwarded-For`) or `header:<name>`. API Gateway events have no peer: without `hops` or "
        "`header` there is no limit per address",
    ),
    "CORS_ORIGINS": Words(
        "可以直接调用的网页来源，例如 `https://app.example.com`",
        "web origins that may call, such as `https://app.example.com`",
    ),
}
CAPTCHA = {
    "CAPTCHA": Words(
        "用哪家人机验证：阿里云验证码 2.0（`aliyun`）或 Cloudflare Turnstile（`turnstile`）",
        "whose captcha: Alibaba Captcha 2.0 (`aliyun`) or Cloudflare's (`turnstile`); see "
        "[Captcha](#captcha)",
        needed_with="ACCESS=captcha",
    ),
    "CAPTCHA_SCENES": Words(
        "`ACCESS` 不是 `captcha` 时，仍需人机验证的场景",
        "scenes that need a captcha though `ACCESS` is another",
    ),
    "CAPTCHA_ON_FAILURE": Words(
        "人机验证服务没有应答时：拒绝（`refuse`），或放行（`allow`，其余限额仍然有效）",
        "while the captcha service does not answer: `refuse`, or `allow` within the limits",
    ),
    "ALIYUN_CAPTCHA_SCENE_IDS": Words(
        "控制台中的 SceneId：一个用于所有场景，或逐个指定：`sign_in=abc,reset_password=def`",
        "the console's SceneId for all scenes, or for each: `sign_in=abc,reset_password=def`",
        needed_with="CAPTCHA=aliyun",
    ),
    "ALIYUN_CAPTCHA_ENDPOINT": Words("验证码 2.0 的接入点", "where Captcha 2.0 is"),
    "TURNSTILE_SECRET": Words(
        "Turnstile 的密钥", "Turnstile's secret key", needed_with="CAPTCHA=turnstile"
    ),
    "TURNSTILE_HOSTNAMES": Words(
        "您网页的域名：来自别处的令牌会被拒绝。组件若设置了 `action`，必须与场景相同",
        "host names of your pages: a token from elsewhere is refused. A widget's `action`, if it "
        "sets one, must be the scene",
        unset=("任意", "any"),
    ),
    "TURNSTILE_ENDPOINT": Words("Turnstile 的接入点", "where Turnstile is"),
}
