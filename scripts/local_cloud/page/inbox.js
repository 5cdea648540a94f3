// The drawn phone: every SMS in the local outbox, newest first.

import { moment, phoneNumber } from "./format.js";
import { languageTag, text } from "./texts.js";

const PAUSE_MS = 1_000;
const PATIENCE_MS = 5_000;
const SHOWN_AT_MOST = 30;

const list = document.getElementById("messages");
const announcement = document.getElementById("announcement");

/**
 * Watch the outbox. `mayFill(message)` says whether the form waits for that message's code,
 * `fill(message, code)` puts it there, `onAway(away)` hears whether the service answers.
 */
export class Inbox {
  #items = new Map();
  #messages = [];
  #seen = null;
  #received = "";
  #latest = 0;
  #timer = 0;

  constructor({ mayFill, fill, onAway }) {
    Object.assign(this, { mayFill, fill, onAway });
    document.addEventListener("visibilitychange", () => this.refresh());
    this.refresh();
  }

  /** Look now, and from now on once a second; not at all while nobody can see the page. */
  async refresh() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const turn = ++this.#latest;
    const received = await readOutbox();
    if (turn !== this.#latest) return; // a later look is under way
    this.onAway(received === null);
    if (received !== null && received !== this.#received) {
      this.#received = received;
      this.#messages = JSON.parse(received).slice(0, SHOWN_AT_MOST);
      this.render();
      this.#announceNews();
    }
    this.#timer = setTimeout(() => this.refresh(), PAUSE_MS);
  }

  render() {
    document.getElementById("inbox-empty").hidden = this.#messages.length > 0;
    list.hidden = this.#messages.length === 0;
    const items = new Map(this.#messages.map((message) => [message.biz_id, this.#item(message)]));
    for (const [id, item] of this.#items) if (!items.has(id)) item.remove();
    this.#items = items;
    // Items that stay are not moved, so that a focused button keeps the focus.
    [...items.values()].forEach((item, place) => {
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    });
  }

  #item(message) {
    const item = this.#items.get(message.biz_id) ?? this.#newItem(message);
    const part = (name) => item.querySelector(name);
    const at = new Date(message.at * 1000);
    item.dataset.state = message.state;
    part("time").dateTime = at.toISOString();
    part("time").textContent = moment(at);
    const to = text("to", { phone: phoneNumber(message.phone) });
    part(".to").textContent = `${to} · ${message.provider}`;
    part(".state").textContent = text(message.state, { reason: message.err_code });
    part("button").textContent = text("fill", { code: codeIn(message.text) });
    part("button").hidden = !this.mayFill(message);
    item.classList.toggle("fillable", this.mayFill(message));
    return item;
  }

  #newItem(message) {
    const item = make("li", "message");
    const header = make("div", "sender");
    header.append(make("strong", "", message.sign_name), make("time"));
    const bubble = make("p", "bubble");
    const code = codeIn(message.text);
    const [before, after] = splitAround(message.text, code);
    bubble.append(before, make("strong", "", code), after);
    bubble.lang = "zh-CN";
    const fill = make("button", "fill");
    fill.type = "button";
    const footer = make("p", "about");
    footer.append(make("span", "state"), make("span", "to"));
    item.append(header, bubble, fill, footer);
    item.addEventListener("click", () => {
      const selecting = !getSelection().isCollapsed; // somebody is copying text
      if (this.mayFill(message) && !selecting) this.fill(message, code);
    });
    if (this.#seen !== null) item.classList.add("new");
    return item;
  }

  #announceNews() {
    const ids = this.#messages.map((message) => message.biz_id);
    const news = this.#messages.find(({ biz_id: id }) => this.#seen && !this.#seen.has(id));
    if (news) {
      announcement.textContent = text("new_message", { text: news.text });
      announcement.lang = languageTag();
      list.scrollTop = 0;
    }
    this.#seen = new Set(ids);
  }
}

/** Return the outbox as it came, or null where the service did not answer properly. */
async function readOutbox() {
  try {
    const response = await fetch("/_local/outbox", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Find the code in a message; the sign name in front may have digits of its own. */
function codeIn(message) {
  return message.replace(/^【.*?】/, "").match(/(?<!\d)\d{4,8}(?!\d)/)?.[0] ?? "";
}

function splitAround(message, code) {
  const start = code ? message.lastIndexOf(code) : message.length;
  return [message.slice(0, start), message.slice(start + code.length)];
}

function make(tag, className = "", content = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}
