// The page's start: language, the phone's clock, the panel, and the form beside its inbox.

import { askForCaptcha } from "./captcha.js";
import { moment } from "./format.js";
import { Inbox } from "./inbox.js";
import { note, show } from "./note.js";
import { lastExchange } from "./service.js";
import { SignIn } from "./sign_in.js";
import { languageTag, switchLanguage, text, translatePage } from "./texts.js";

const element = (id) => document.getElementById(id);
let away = false;
let exchange = null;

const form = new SignIn({ onChange: () => inbox.refresh().then(() => inbox.render()) });
const inbox = new Inbox({
  mayFill: (message) => form.waitsFor(message.out_id),
  fill: (message, code) => form.fill(message.out_id, code),
  onAway: (now) => {
    if (now === away) return;
    away = now;
    renderService();
    if (!away) learnCaptcha(); // the service may have been started anew with another
  },
});

element("language").addEventListener("click", () => {
  switchLanguage();
  render();
});

lastExchange.addEventListener("change", ({ detail }) => {
  exchange = detail;
  renderExchange();
});

function render() {
  translatePage();
  element("language").textContent = text("other_language");
  element("language").lang = languageTag() === "en" ? "zh-CN" : "en";
  form.render();
  inbox.render();
  renderService();
  renderExchange();
  tick();
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
  const { path, headers, request, status, answer, milliseconds } = exchange;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  element("exchange-line").textContent = `${path} ${status ?? "–"} · ${milliseconds} ms`;
  element("exchange-request").textContent = [`POST ${path}`, ...lines, "", pretty(request)].join("\n");
  element("exchange-answer").textContent = answer
    ? `HTTP ${status}\n\n${pretty(answer)}`
    : [status && `HTTP ${status}`, text("no_answer")].filter(Boolean).join("\n\n");
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
setInterval(tick, 500);
