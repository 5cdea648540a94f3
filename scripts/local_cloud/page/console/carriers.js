// The switches for the carriers: deliver, fail with a code, delay, lose, repeat, shuffle, stay silent.

import { element, write } from "../elements.js";
import { text } from "../texts.js";
import { control } from "./control.js";

const form = element("carrier");

/** The switches; each acts at once. `onChange` hears that the carriers behave anew. */
export class Carriers {
  #behaviour = null;
  #onChange;

  constructor({ onChange }) {
    this.#onChange = onChange;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => this.#tell(wish()));
    element("carrier-usual").addEventListener("click", () => this.#tell({ clear: true }));
  }

  /** The code with which messages fail. */
  get failureCode() {
    return this.#behaviour?.err_code ?? "";
  }

  show(behaviour) {
    this.#behaviour = behaviour;
    this.render();
  }

  render() {
    if (this.#behaviour === null) return;
    const { reports, delay, lose, fail, err_code: code, repeat, reorder } = this.#behaviour;
    setSwitch("fail", fail > 0);
    setSwitch("lose", lose > 0);
    setSwitch("repeat", repeat > 0);
    setSwitch("reorder", reorder);
    setSwitch("silent", !reports);
    setValue("delay", delay);
    setValue("err_code", code);
    if (fail > 0) setValue("fail_percent", percent(fail));
    if (lose > 0) setValue("lose_percent", percent(lose));
    if (repeat > 0) setValue("repeat_times", repeat);
    write(element("carrier-now"), inWords(this.#behaviour));
  }

  async #tell(change) {
    const { ok, answer } = await control("carrier", change);
    write(element("carrier-problem"), ok ? "" : answer.error);
    if (ok) this.show(answer.behaviour);
    else this.render();
    this.#onChange();
  }
}

/** Return what the switches say, in the endpoint's words. */
function wish() {
  const number = (name) => Number(form.elements[name].value);
  const on = (name) => form.elements[name].checked;
  return {
    fail: on("fail") ? number("fail_percent") / 100 : 0,
    err_code: form.elements.err_code.value.trim() || "SP_UNKNOWN_ERROR",
    delay: number("delay"),
    lose: on("lose") ? number("lose_percent") / 100 : 0,
    repeat: on("repeat") ? number("repeat_times") : 0,
    reorder: on("reorder"),
    reports: !on("silent"),
  };
}

/** Say how the carriers behave, in a sentence. */
function inWords({ reports, delay, lose, fail, err_code: code, repeat, reorder, to }) {
  const parts = [
    fail === 0 && text("now_delivered"),
    fail > 0 && text("now_fails", { percent: percent(fail), code }),
    text(reports ? "now_delay" : "now_silent", { seconds: delay }),
    lose > 0 && text("now_lost", { percent: percent(lose) }),
    repeat > 0 && text("now_repeated", { count: repeat }),
    reorder && text("now_shuffled"),
    to !== "push" && text(`now_to_${to}`),
  ];
  return text("now", { state: parts.filter(Boolean).join(text("comma")) });
}

const percent = (share) => Math.round(share * 100);

function setSwitch(name, on) {
  form.elements[name].checked = on;
  for (const detail of form.querySelectorAll(`[data-of=${name}]`)) detail.hidden = !on;
}

/** Write a value, but not into what somebody is writing. */
function setValue(name, value) {
  const field = form.elements[name];
  if (field !== document.activeElement) field.value = value;
}
