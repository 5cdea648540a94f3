// The drawn phone: every SMS in the local outbox, newest first.

import { element, keepInOrder, make } from "./elements.js";
import { moment, phoneNumber } from "./format.js";
import { languageTag, text } from "./texts.js";

const SHOWN_AT_MOST = 30;

const list = element("messages");
const announcement = element("announcement");

/**
 * The inbox. `mayFill(message)` says whether the form waits for that message's code,
 * `fill(message, code)` puts it there.
 */
export class Inbox {
  #items = new Map();
  #messages = [];
  #seen = null;

  constructor({ mayFill, fill }) {
    Object.assign(this, { mayFill, fill });
  }

  /** Show what the outbox holds, newest first. */
  show(messages) {
    this.#messages = messages.slice(0, SHOWN_AT_MOST);
    this.render();
    this.#announceNews();
  }

  render() {
    element("inbox-empty").hidden = this.#messages.length > 0;
    list.hidden = this.#messages.length === 0;
    const items = new Map(this.#messages.map((message) => [message.biz_id, this.#item(message)]));
    this.#items = items;
    keepInOrder(list, [...items.values()]);
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

/** Find the code in a message; the sign name in front may have digits of its own. */
function codeIn(message) {
  return message.replace(/^【.*?】/, "").match(/(?<!\d)\d{4,8}(?!\d)/)?.[0] ?? "";
}

function splitAround(message, code) {
  const start = code ? message.lastIndexOf(code) : message.length;
  return [message.slice(0, start), message.slice(start + code.length)];
}
