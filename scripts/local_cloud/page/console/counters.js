// The live counters: messages, verifications, refusals, and requests to the services behind.

import { element, make, write } from "../elements.js";
import { text } from "../texts.js";
import { total } from "./calls.js";

const SEND = "/send-code";
const VERIFY = "/verify-code";
const BAR_SECONDS = 10;
const BARS = 30;
const SVG = "http://www.w3.org/2000/svg";

export class Counters {
  #messages = [];
  #requests = { counts: {}, reasons: {} };
  #carrier = null;
  #calls = {};
  #stories;

  constructor(stories) {
    this.#stories = stories;
  }

  /** Take what was looked at: {messages, requests, carrier, calls}, as far as it is new. */
  take({ messages = this.#messages, requests = this.#requests, carrier = this.#carrier, calls = this.#calls }) {
    this.#messages = messages;
    this.#requests = requests;
    this.#carrier = carrier;
    this.#calls = calls;
  }

  render() {
    const { counts, reasons } = this.#requests;
    const inState = (state) => this.#messages.filter((message) => message.state === state).length;
    const refused = refusals(counts);
    const figures = {
      sent: this.#messages.length,
      delivered: inState("delivered"),
      failed: inState("failed"),
      waiting: inState("accepted"),
      verified: counts[VERIFY]?.ok ?? 0,
      wrong: reasons[VERIFY]?.wrong ?? 0,
      refused: total(refused),
    };
    for (const [name, figure] of Object.entries(figures)) write(element(`count-${name}`), String(figure));
    renderPairs(element("refused-codes"), refused, "refused_none");
    const { acknowledged = 0, refused_pushes: unacknowledged = 0, lost = 0, given_up = 0 } = this.#carrier ?? {};
    const reports = { acknowledged, unacknowledged, lost, given_up };
    const named = Object.entries(reports).map(([name, count]) => [text(`reports_${name}`), count]);
    renderPairs(element("report-counts"), Object.fromEntries(named));
    this.#renderCalls();
    renderBars(this.#stories.requests);
  }

  #renderCalls() {
    const rows = Object.entries(this.#calls).map(([service, operations]) => {
      const each = Object.entries(operations).map(([operation, count]) => `${operation} ${count}`);
      return make(
        "tr",
        "",
        make("th", "", service),
        make("td", "figure", String(total(operations))),
        make("td", "", each.join(" · ")),
      );
    });
    element("calls-body").replaceChildren(...rows);
  }
}

/** Return {code: count} of everything that send and verify refused. */
function refusals(counts) {
  const found = {};
  for (const door of [SEND, VERIFY]) {
    for (const [code, count] of Object.entries(counts[door] ?? {})) {
      if (code !== "ok") found[code] = (found[code] ?? 0) + count;
    }
  }
  return found;
}

function renderPairs(place, counts, none) {
  const items = Object.entries(counts).map(([name, count]) => {
    return make("li", "", `${name} `, make("b", "", String(count)));
  });
  if (items.length === 0 && none) items.push(make("li", "none", text(none)));
  place.replaceChildren(...items);
}

/** Draw sends and guesses of the last minutes, those refused apart. */
function renderBars(requests) {
  const now = Math.floor(Date.now() / 1000 / BAR_SECONDS);
  const bars = Array.from({ length: BARS }, () => ({ ok: 0, refused: 0 }));
  for (const { at, door, status } of requests) {
    const place = BARS - 1 - (now - Math.floor(at / BAR_SECONDS));
    if ((door === SEND || door === VERIFY) && bars[place]) bars[place][status < 400 ? "ok" : "refused"] += 1;
  }
  const highest = Math.max(1, ...bars.map(({ ok, refused }) => ok + refused));
  const shapes = bars.flatMap(({ ok, refused }, place) => [
    bar(place, 0, ok / highest, "ok"),
    bar(place, ok / highest, refused / highest, "refused"),
  ]);
  const drawing = element("bars");
  drawing.replaceChildren(...shapes.filter(Boolean));
  const sum = (name) => bars.reduce((all, each) => all + each[name], 0);
  const said = text("bars", { minutes: (BARS * BAR_SECONDS) / 60, ok: sum("ok"), refused: sum("refused") });
  drawing.setAttribute("aria-label", said);
  write(element("bars-text"), said);
}

function bar(place, from, height, kind) {
  if (height === 0) return null;
  const shape = document.createElementNS(SVG, "rect");
  const facts = { x: place * 4, y: (1 - from - height) * 32, width: 3, height: height * 32, class: kind };
  for (const [name, fact] of Object.entries(facts)) shape.setAttribute(name, fact);
  return shape;
}
