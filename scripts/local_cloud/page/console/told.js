// What the product itself says of messages: GET /messages/{verification_id}, asked gently.

import { languageTag } from "../texts.js";
import { underWay } from "../service.js";

const SHORTEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const AT_ONCE = 2;
const FINAL = ["delivered", "failed", "expired"];

export class Told {
  #answers = new Map(); // verification id -> {status, answer, about, language, at, pause}

  /** Return the last answer, or undefined. */
  about(id) {
    return this.#answers.get(id);
  }

  forget() {
    this.#answers.clear();
  }

  /**
   * Ask about some messages: [{id, about, again}], `about` changing with what is known of one. One
   * that is not at its end is asked about `again`, after ever longer pauses. Resolves to whether
   * anything was asked.
   */
  async ask(wanted) {
    const due = wanted.filter((one) => this.#due(one)).slice(0, AT_ONCE);
    if (due.length === 0 || underWay() || document.hidden) return false;
    await Promise.all(due.map((one) => this.#ask(one)));
    return true;
  }

  #due({ id, about, again }) {
    const known = this.#answers.get(id);
    if (!known || known.about !== about || known.language !== languageTag()) return true;
    return again && !FINAL.includes(known.answer?.state) && Date.now() - known.at > known.pause;
  }

  async #ask({ id, about }) {
    const language = languageTag();
    const headers = { "Accept-Language": language };
    const before = this.#answers.get(id);
    const pause =
      before?.about === about ? Math.min(before.pause * 2, LONGEST_PAUSE_MS) : SHORTEST_PAUSE_MS;
    const found = { about, language, at: Date.now(), pause };
    try {
      const response = await fetch(`/messages/${encodeURIComponent(id)}`, { headers });
      Object.assign(found, { status: response.status, answer: await response.json() });
    } catch {
      Object.assign(found, { status: 0, answer: null });
    }
    this.#answers.set(id, found);
  }
}
