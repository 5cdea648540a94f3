// Every word of the page, in Chinese and English.

const TEXTS = {
  zh: {
    other_language: "English",
    tagline: "本地试用",
    scene: "场景",
    sign_in: "登录",
    sign_up: "注册",
    reset_password: "重置密码",
    bind_phone: "绑定手机",
    phone: "手机号",
    phone_hint: "填任意大陆手机号即可：短信不会真的发出，只会出现在这一页的手机里。",
    captcha_slide: "向右滑到底，完成验证",
    captcha_human: "确认您是真人",
    captcha_thinking: "正在验证…",
    captcha_solved: "验证通过",
    captcha_aliyun: "真实页面在此放置阿里云验证码 2.0；这里是本地替身。",
    captcha_turnstile: "真实页面在此放置 Cloudflare Turnstile；这里是本地替身。",
    captcha_again: "请重新完成上面的验证。",
    send: "获取验证码",
    sending: "正在发送…",
    send_again: "重新获取验证码",
    send_in: "{wait}后可重新获取",
    sent: "已发往 {phone}，{minutes} 分钟内有效",
    unconfirmed_title: "尚未确认是否发出",
    unconfirmed: "短信服务商没有回应，短信可能已发出，也可能没有。收到了就可以直接使用；没有收到，请稍后重新获取。",
    code: "验证码",
    code_length: "请输入短信中的 {length} 位数字。",
    verifying: "正在验证…",
    verified_sign_in: "登录成功",
    verified_sign_up: "手机号已验证，可以注册",
    verified_reset_password: "手机号已验证，可以重置密码",
    verified_bind_phone: "手机号已绑定",
    verified_phone: "{phone} 已通过验证",
    again: "用同一个验证码再试一次",
    again_refused: "这正是应有的结果：一个验证码只能用一次。",
    again_accepted_title: "同一个验证码又通过了",
    again_accepted: "这不应该发生，请报告这个缺陷。",
    restart: "重新开始",
    unanswered_title: "没有收到服务的回答",
    unanswered_send: "请再试一次：重试会带上同一个 Idempotency-Key，不会多发一条短信。",
    unanswered_verify: "请再试一次。如果上次其实已通过，验证码已经用掉，需要重新获取。",
    away: "本地服务没有应答，正在重试。若已停止，请运行 scripts/serve，本页会自行恢复。",
    no_signal: "无服务",
    inbox: "短信",
    inbox_empty: "还没有短信。获取验证码后，短信会出现在这里。",
    new_message: "新短信：{text}",
    to: "发往 {phone}",
    fill: "填入 {code}",
    accepted: "运营商已接收",
    delivered: "已送达",
    failed: "未送达 {reason}",
    seconds: "{count} 秒",
    minutes: "{count} 分钟",
    hours: "{count} 小时",
    exchange: "最近一次请求",
    exchange_empty: "获取验证码或验证后，这里会显示请求与回答。",
    request: "请求",
    answer: "回答",
    no_answer: "（没有回答）",
  },
  en: {
    other_language: "中文",
    tagline: "Try it locally",
    scene: "Scene",
    sign_in: "Sign in",
    sign_up: "Sign up",
    reset_password: "Reset password",
    bind_phone: "Bind phone",
    phone: "Phone number",
    phone_hint: "Any mainland China mobile number will do: no real SMS is sent, it only appears in the phone on this page.",
    captcha_slide: "Slide to the right to verify",
    captcha_human: "I am human",
    captcha_thinking: "Verifying…",
    captcha_solved: "Verified",
    captcha_aliyun: "A real page has Alibaba Captcha 2.0 here; this is its local stand-in.",
    captcha_turnstile: "A real page has Cloudflare Turnstile here; this is its local stand-in.",
    captcha_again: "Solve the new one above.",
    send: "Send code",
    sending: "Sending…",
    send_again: "Send a new code",
    send_in: "Send again in {wait}",
    sent: "Sent to {phone}, valid for {minutes} min",
    unconfirmed_title: "Not confirmed",
    unconfirmed: "The SMS provider did not answer, so the message may or may not be on its way. If it arrives, its code works; if not, ask for a new one shortly.",
    code: "Code",
    code_length: "Enter the {length} digits from the message.",
    verifying: "Verifying…",
    verified_sign_in: "Signed in",
    verified_sign_up: "Phone verified, ready to sign up",
    verified_reset_password: "Phone verified, ready to reset",
    verified_bind_phone: "Phone bound",
    verified_phone: "{phone} is verified",
    again: "Try the same code again",
    again_refused: "Just as it should be: a code works only once.",
    again_accepted_title: "The same code was accepted again",
    again_accepted: "This should not happen. Please report it.",
    restart: "Start over",
    unanswered_title: "The service did not answer",
    unanswered_send: "Try again: it goes out with the same Idempotency-Key, so no second SMS is sent.",
    unanswered_verify: "Try again. If the code was accepted after all, it is spent and you need a new one.",
    away: "The local service does not answer; still trying. If it was stopped, run scripts/serve and this page recovers by itself.",
    no_signal: "No service",
    inbox: "Messages",
    inbox_empty: "No messages yet. Ask for a code and its SMS appears here.",
    new_message: "New message: {text}",
    to: "To {phone}",
    fill: "Fill in {code}",
    accepted: "Accepted by carrier",
    delivered: "Delivered",
    failed: "Not delivered {reason}",
    seconds: "{count} s",
    minutes: "{count} min",
    hours: "{count} h",
    exchange: "Last request",
    exchange_empty: "Send or verify a code to see the request and its answer here.",
    request: "Request",
    answer: "Answer",
    no_answer: "(no answer)",
  },
};

let language = localStorage.getItem("language") === "en" ? "en" : "zh";

/** The language as Accept-Language and `lang` attributes write it. */
export const languageTag = () => ({ zh: "zh-CN", en: "en" })[language];

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
}

/** Return a text, its {braces} filled from the facts. */
export function text(name, facts = {}) {
  return TEXTS[language][name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
}

/** Write the current language into every element that names its text. */
export function translatePage() {
  document.documentElement.lang = languageTag();
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
}
