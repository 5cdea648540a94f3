// What the form remembers: its live codes, and when each phone may be sent to again.

export class Sends {
  #live = new Map(); // the latest send of each phone and scene: {request, answer}
  #waits = new Map(); // phone -> the end of its wait, in ms since the epoch

  /** Return the latest send for a request's phone and scene, unless its code is spent. */
  for({ phone, scene }) {
    return this.#live.get(`${plain(phone)} ${scene}`);
  }

  withId(verificationId) {
    return [...this.#live.values()].find((send) => send.answer.verification_id === verificationId);
  }

  accepted(request, answer) {
    this.#live.set(`${plain(request.phone)} ${request.scene}`, { request, answer });
    this.#wait(request.phone, answer.resend_after);
  }

  refused(request, problem) {
    this.#wait(request.phone, problem.retry_after ?? 0);
  }

  spent({ phone, scene }) {
    this.#live.delete(`${plain(phone)} ${scene}`);
  }

  secondsToWait(phone) {
    return Math.ceil(((this.#waits.get(plain(phone)) ?? 0) - Date.now()) / 1000);
  }

  #wait(phone, seconds) {
    this.#waits.set(plain(phone), Date.now() + seconds * 1000);
  }
}

/** Drop what people type for the eye; the service itself reads all spellings alike. */
function plain(phone) {
  return phone.replace(/[\s-]/g, "");
}
