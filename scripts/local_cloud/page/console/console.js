// The console: time lines, counters, switches and failures, fed by one watch.

import { element } from "../elements.js";
import { text } from "../texts.js";
import { Carriers } from "./carriers.js";
import { control } from "./control.js";
import { Counters } from "./counters.js";
import { FaultPanel } from "./faults.js";
import { Stories } from "./stories.js";
import { TimeLines } from "./time_lines.js";
import { Told } from "./told.js";
import { renderTraffic } from "./traffic.js";

/** `onChange` hears that something was changed here, `onEmptied` that everything was forgotten. */
export class Console {
  #stories = new Stories();
  #told = new Told();
  #counters = new Counters(this.#stories);
  #carriers;
  #faults;
  #lines;

  constructor({ onChange, onEmptied }) {
    this.#carriers = new Carriers({ onChange });
    this.#faults = new FaultPanel({ onChange });
    this.#lines = new TimeLines(this.#stories, this.#told, {
      report: async ({ biz_id }, success) => {
        const failure = success ? {} : { err_code: this.#carriers.failureCode };
        await control("report", { biz_id, success, ...failure });
        onChange();
      },
    });
    element("empty-all").addEventListener("click", async () => {
      if (!confirm(text("empty_sure"))) return;
      const { ok } = await control("reset", {});
      if (!ok) return;
      this.#told.forget();
      onEmptied();
      onChange();
    });
  }

  /** What to look at, once a second, as Watch takes it. */
  get sources() {
    const at = (path) => () => `/_local/${path}`;
    return {
      requests: {
        address: () => this.#stories.address(),
        news: (requests) => {
          this.#stories.learn(requests);
          this.#counters.take({ requests });
        },
      },
      carrier: {
        address: at("carrier"),
        news: (carrier) => {
          this.#counters.take({ carrier });
          this.#carriers.show(carrier.behaviour);
        },
      },
      calls: { address: at("calls"), news: (calls) => this.#counters.take({ calls }) },
      faults: { address: at("faults"), news: (faults) => this.#faults.show(faults) },
    };
  }

  /** Take the outbox, which the drawn phone shows too. */
  see(messages) {
    this.#stories.see(messages);
    this.#counters.take({ messages });
  }

  /** Keep what the services were asked for during a request of the form. */
  measured({ id, calls }) {
    if (id && calls) this.#lines.measured(id, calls);
  }

  /** Show what is new, and ask the service about messages. */
  looked() {
    this.#renderFigures();
    return this.#lines.ask();
  }

  render() {
    this.#carriers.render();
    this.#faults.render();
    this.#renderFigures();
  }

  #renderFigures() {
    this.#lines.render();
    this.#counters.render();
    renderTraffic(this.#stories.requests);
  }
}
