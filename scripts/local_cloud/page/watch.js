// Look at the local cloud once a second, and not at all while nobody can see the page.

const PAUSE_MS = 1_000;
const PATIENCE_MS = 5_000;

/**
 * Watch some addresses. `sources` is {name: {address(), news(answer)}}; `news` hears each answer
 * that differs from the one before. `onAway(away)` hears whether the service answers,
 * `onLooked()` that a look is over.
 */
export class Watch {
  #sources;
  #hears;
  #seen = new Map();
  #latest = 0;
  #timer = 0;

  constructor(sources, hears) {
    this.#sources = Object.entries(sources);
    this.#hears = hears;
    document.addEventListener("visibilitychange", () => this.refresh());
  }

  /** Look now, and from now on once a second. */
  async refresh() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const turn = ++this.#latest;
    const answers = await Promise.all(this.#sources.map(([, { address }]) => read(address())));
    if (turn !== this.#latest) return; // a later look is under way
    this.#timer = setTimeout(() => this.refresh(), PAUSE_MS);
    this.#hears.onAway(answers.includes(null));
    this.#sources.forEach(([name, { news }], place) => {
      const answer = answers[place];
      if (answer === null || answer === this.#seen.get(name)) return;
      this.#seen.set(name, answer);
      news(JSON.parse(answer));
    });
    this.#hears.onLooked();
  }
}

/** Return an answer as it came, or null where the service did not answer properly. */
async function read(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}
