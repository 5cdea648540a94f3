// The time lines: one for each message, newest first, the newest open.

import { element, keepInOrder, make, write } from "../elements.js";
import { clockTime, moment, phoneNumber } from "../format.js";
import { text, textOr } from "../texts.js";
import { beganAt } from "./stories.js";
import { isVerified, stepsOf } from "./steps.js";
import { callsInWords } from "./calls.js";

const ASKED_UNOPENED = 6;

/**
 * Show `stories`. `told` answers what the service said of each, `report(message, success)` makes
 * the carrier report, `measured` is {request id: calls that were seen meanwhile}.
 */
export class TimeLines {
  #lines = new Map();
  #opened = ""; // what was opened for the person, not by them
  #stories;
  #told;
  #measured = new Map();
  #report;

  constructor(stories, told, { report }) {
    this.#stories = stories;
    this.#told = told;
    this.#report = report;
  }

  /** Keep what the services were asked for while a request was under way. */
  measured(requestId, calls) {
    this.#measured.set(requestId, calls);
  }

  /** Ask the service about the newest messages, and those whose lines are open; show its answers. */
  async ask() {
    const wanted = this.#stories.newest.flatMap((story, place) => {
      const open = this.#lines.get(story.id)?.open ?? false;
      return open || place < ASKED_UNOPENED ? [{ id: story.id, about: gist(story), again: open }] : [];
    });
    if (await this.#told.ask(wanted)) this.render();
  }

  render() {
    const stories = this.#stories.newest;
    element("lines-empty").hidden = stories.length > 0;
    this.#openNewest(stories[0]);
    const lines = stories.map((story) => this.#line(story));
    this.#lines = new Map(stories.map(({ id }, place) => [id, lines[place]]));
    keepInOrder(element("lines"), lines);
  }

  #openNewest(newest) {
    if (!newest || newest.id === this.#opened || this.#lines.has(newest.id)) return;
    const last = this.#lines.get(this.#opened);
    if (last) last.open = false;
    this.#opened = newest.id;
    this.#lines.set(newest.id, newLine(this.#stories, newest.id, this.#report)).get(newest.id).open = true;
  }

  #line(story) {
    const line = this.#lines.get(story.id) ?? newLine(this.#stories, story.id, this.#report);
    if (!line.dataset.listening) {
      line.dataset.listening = "yes";
      line.addEventListener("toggle", () => {
        this.render();
        this.ask();
      });
    }
    const told = this.#told.about(story.id);
    const part = (name) => line.querySelector(name);
    const { send, message } = story;
    const began = new Date(beganAt(story) * 1000);
    const scene = send ? textOr(send.asked.scene, send.asked.scene) : "";
    write(part(".line-phone"), phoneNumber(message?.phone ?? send.log.phone ?? ""));
    write(part(".line-scene"), scene);
    write(part("time"), moment(began));
    part("time").dateTime = began.toISOString();
    const state = isVerified(story) ? "verified" : told?.answer?.state;
    line.dataset.state = state ?? "";
    write(part(".badge"), state ? textOr(`state_${state}`, state) : "");
    if (line.open) this.#renderSteps(part(".steps"), story, told?.answer);
    renderTold(part(".told"), told);
    part(".report-now").hidden = message?.state !== "accepted";
    for (const place of line.querySelectorAll("[data-name]")) write(place, text(place.dataset.name));
    return line;
  }

  #renderSteps(place, story, answer) {
    const steps = stepsOf(story, { told: answer, now: Date.now() / 1000 });
    const start = beganAt(story);
    const items = steps.map((step) => {
      const item = make("li", step.mark);
      const at = make("time", "", clockTime(new Date(step.at * 1000)));
      at.dateTime = new Date(step.at * 1000).toISOString();
      at.title = `+${(step.at - start).toFixed(2)} s`;
      item.append(make("span", "step", step.title), at);
      const calls = this.#measured.get(step.requestId);
      if (calls) item.append(make("small", "", text("during", { calls: callsInWords(calls) })));
      if (step.facts.length) {
        const facts = step.facts.map(([name, fact]) => `${name}=${fact}`).join(" ");
        item.append(make("small", "facts", facts));
      }
      return item;
    });
    const now = make("ol", "", ...items);
    if (now.innerHTML !== place.innerHTML) place.replaceChildren(...items);
  }
}

function newLine(stories, id, report) {
  const line = make("details", "line");
  const summary = make("summary");
  summary.append(
    make("span", "line-phone"),
    make("span", "line-scene"),
    make("span", "badge"),
    make("time"),
  );
  const now = make("p", "report-now", named("span", "report_now"));
  for (const [name, success] of [["report_delivered", true], ["report_failed", false]]) {
    const button = named("button", name);
    button.type = "button";
    button.className = "small";
    button.addEventListener("click", () => {
      const story = stories.newest.find((one) => one.id === id);
      if (story?.message) report(story.message, success);
    });
    now.append(button);
  }
  line.append(summary, make("ol", "steps"), make("div", "told"), now);
  return line;
}

function named(tag, name) {
  const made = make(tag);
  made.dataset.name = name;
  return made;
}

function renderTold(place, told) {
  if (!told?.answer) return place.replaceChildren();
  const { state, reason, advice, title, detail, code } = told.answer;
  const head = text("told", { state: state ? textOr(`state_${state}`, state) : title });
  const body = state ? sentence(reason, advice) : detail;
  const now = [make("strong", "", head), make("p", "", body)];
  if (code) now.push(make("code", "", code));
  const fresh = make("div", "", ...now);
  if (fresh.innerHTML !== place.innerHTML) place.replaceChildren(...now);
}

/** The reason without a stop, then the advice, which has one. */
function sentence(reason, advice) {
  return text("told_reason", { reason, advice });
}

/** What changes as soon as anything about a message does. */
function gist({ send, message, guesses, reports, replacedBy }) {
  return [send?.number, message?.state, guesses.length, reports.length, Boolean(replacedBy)].join();
}
