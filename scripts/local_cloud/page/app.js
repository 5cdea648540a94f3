// The page's start: language, the phone's clock, the panel, and the form beside inbox and console.

import { askForCaptcha } from "./captcha.js";
import { callsInWords } from "./console/calls.js";
import { Console } from "./console/console.js";
import { element } from "./elements.js";
import { moment } from "./format.js";
import { Inbox } from "./inbox.js";
import { note, show } from "./note.js";
import { lastExchange } from "./service.js";
import { SignIn } from "./sign_in.js";
import { languageTag, switchLanguage, text, translatePage } from "./texts.js";
import { Watch } from "./watch.js";

let away = false;
let exchange = null;

const lookNow = () => watch.refresh();
const form = new SignIn({ onChange: () => lookNow().then(() => inbox.render()) });
const inbox = new Inbox({
  mayFill: (message) => form.waitsFor(message.out_id),
  fill: (message, code) => form.fill(message.out_id, code),
});
const controls = new Console({ onChange: lookNow, onEmptied: () => form.forgetAll() });
const outbox = {
  address: () => "/_local/outbox",
  news: (messages) => {
    inbox.show(messages);
    controls.see(messages);
  },
};
const watch = new Watch(
  { outbox, ...controls.sources },
  { onAway: learnWhetherAway, onLooked: () => controls.looked() },
);

element("language").addEventListener("click", () => {
  switchLanguage();
  render();
});

lastExchange.addEventListener("change", ({ detail }) => {
  exchange = detail;
  controls.measured(exchange);
  renderExchange();
});

function render() {
  translatePage();
  element("language").textContent = text("other_language");
  element("language").lang = languageTag() === "en" ? "zh-CN" : "en";
  form.render();
  inbox.render();
  controls.render();
  renderService();
  renderExchange();
  tick();
}

function learnWhetherAway(now) {
  if (now === away) return;
  away = now;
  renderService();
  if (!away) learnCaptcha(); // the service may have been started anew with another
}

async function learnCaptcha() {
  form.askForCaptcha(await askForCaptcha());
}

function renderService() {
  show("away", away ? note("warn", "", text("away")) : null);
  element("signal").textContent = away ? text("no_signal") : "";
}

function renderExchange() {
  element("exchange-empty").hidden = exchange !== null;
  element("exchange-body").hidden = exchange === null;
  if (exchange === null) return;
  const { path, headers, request, status, answer, milliseconds, calls } = exchange;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  element("exchange-line").textContent = `${path} ${status ?? "–"} · ${milliseconds} ms`;
  element("exchange-request").textContent = [`POST ${path}`, ...lines, "", pretty(request)].join("\n");
  element("exchange-answer").textContent = answer
    ? `HTTP ${status}\n\n${pretty(answer)}`
    : [status && `HTTP ${status}`, text("no_answer")].filter(Boolean).join("\n\n");
  element("exchange-calls").textContent = calls ? text("during", { calls: callsInWords(calls) }) : "";
}

function pretty(value) {
  return JSON.stringify(value, null, 2);
}

function tick() {
  element("clock").textContent = moment(new Date());
  form.renderWait();
}

render();
learnCaptcha();
lookNow();
setInterval(tick, 500);
