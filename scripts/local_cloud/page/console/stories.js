// What is known of each message: the doors' requests about it, and what the carrier has of it.

const SHOWN_AT_MOST = 30;
const REMEMBERED_AT_MOST = 500;

export class Stories {
  #run = "";
  #last = 0;
  #stories = new Map(); // verification id -> story
  #requests = []; // newest first
  #messages = [];

  /** Where to ask for the requests that are not known yet. */
  address() {
    return `/_local/requests?run=${this.#run}&after=${this.#last}`;
  }

  /** Take what the front tells of requests to the doors. */
  learn({ run, last, requests }) {
    if (run !== this.#run) {
      this.#stories.clear();
      this.#requests = [];
      this.see(this.#messages);
    }
    this.#run = run;
    this.#last = last;
    for (const request of requests) this.#take(request);
    this.#requests = [...requests].reverse().concat(this.#requests).slice(0, REMEMBERED_AT_MOST);
  }

  /** Take the outbox: all messages that the carrier has. */
  see(messages) {
    this.#messages = messages;
    for (const story of this.#stories.values()) story.message = null;
    for (const message of messages.slice(0, REMEMBERED_AT_MOST)) {
      if (message.out_id) this.#story(message.out_id).message = message;
    }
  }

  /** The messages of which anything is known, newest first. */
  get newest() {
    return [...this.#stories.values()]
      .filter(({ send, message }) => send || message)
      .sort((one, other) => beganAt(other) - beganAt(one))
      .slice(0, SHOWN_AT_MOST);
  }

  /** The requests to the doors, newest first. */
  get requests() {
    return this.#requests;
  }

  #take(request) {
    const { door, asked, answer, log } = request;
    if (door === "/send-code") this.#takeSend(request, answer.verification_id ?? refusedId(log));
    if (door === "/verify-code" && asked.verification_id) {
      this.#story(asked.verification_id).guesses.push(request);
    }
    for (const report of request.reports) {
      if (report.out_id) this.#story(report.out_id).reports.push({ request, report });
    }
  }

  #takeSend(request, id) {
    if (!id) return;
    const story = this.#story(id);
    if (story.send) story.repeats.push(request);
    else story.send = request;
    const { replaces } = request.asked;
    if (replaces && request.status === 200) this.#story(replaces).replacedBy ??= request;
  }

  #story(id) {
    if (!this.#stories.has(id)) {
      this.#stories.set(id, {
        id,
        send: null,
        message: null,
        repeats: [],
        guesses: [],
        reports: [],
        replacedBy: null,
      });
    }
    return this.#stories.get(id);
  }
}

/** When a message's story began, in UTC seconds. */
export function beganAt({ send, message }) {
  return send?.at ?? message.at;
}

/** A send that a provider refused had a message; one that a gate stopped had none. */
function refusedId({ reason = "", verification_id: id }) {
  return reason.startsWith("provider:") ? id : undefined;
}
