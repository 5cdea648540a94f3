// The step before a send that tells people from programs. A real page has the captcha service's
// own widget here; these two only look alike, and the local stand-ins take what they yield.

import { text } from "./texts.js";

const THINKING_MS = 600;
const END = 100;

/** A captcha in its place: solved once for each token, and anew after that. */
export class Captcha {
  #place;
  #kind = null; // aliyun, turnstile, or null where none is asked for
  #scenes = new Set();
  #demanded = false; // the service wants one although the scene does not need it
  #state = ""; // then thinking, then solved
  #turn = 0;

  #token;

  constructor(place, { onSolved }) {
    this.#place = place;
    this.onSolved = onSolved;
  }

  /** Take over what the doors ask for: {captcha, captcha_scenes}. */
  configure({ captcha, captcha_scenes: scenes }) {
    this.#scenes = new Set(scenes);
    if (captcha === this.#kind) return;
    this.#kind = captcha;
    this.renew();
  }

  /** Return what a send in this scene passes on: a token once it is solved, else nothing. */
  tokenFor(scene) {
    return this.neededFor(scene) ? this.#token : undefined;
  }

  neededFor(scene) {
    return this.#kind !== null && (this.#demanded || this.#scenes.has(scene));
  }

  /** Ask for one from now on, until a send is accepted. */
  demand(wanted) {
    this.#demanded = wanted;
  }

  /** Forget the token, as each works once, and offer a new captcha. */
  renew() {
    this.#turn += 1;
    this.#state = "";
    this.#token = undefined;
    this.#place.replaceChildren(...(this.#kind ? [this.#widget(), this.#explanation()] : []));
    this.render();
  }

  /** Write the texts in the current language. */
  render() {
    if (!this.#kind) return;
    this.#place.dataset.state = this.#state;
    const label = this.#state || (this.#kind === "aliyun" ? "slide" : "human");
    this.#place.querySelector(".captcha-label").textContent = text(`captcha_${label}`);
    this.#place.querySelector(".hint").textContent = text(`captcha_${this.#kind}`);
  }

  focus() {
    this.#place.querySelector("input")?.focus();
  }

  #widget() {
    return this.#kind === "aliyun" ? this.#slider() : this.#tickBox();
  }

  #slider() {
    const slider = input("range", { min: 0, max: END, value: 0 });
    const place = make("label", "captcha slider", make("span", "captcha-label"), slider, make("span", "knob"));
    const move = (value) => {
      slider.value = value;
      place.style.setProperty("--done", value / END);
    };
    slider.addEventListener("input", () => {
      if (this.#state) return move(END);
      move(slider.value);
      if (Number(slider.value) === END) this.#think(slider);
    });
    slider.addEventListener("change", () => {
      if (!this.#state && slider.matches(":not(:focus-visible)")) move(0); // let go too early
    });
    return place;
  }

  #tickBox() {
    const box = input("checkbox");
    box.addEventListener("click", (event) => {
      if (this.#state) event.preventDefault();
      else this.#think(box);
    });
    return make("label", "captcha tick-box", box, make("span", "captcha-label"));
  }

  #explanation() {
    return make("p", "hint");
  }

  #think(widget) {
    const turn = this.#turn;
    this.#state = "thinking";
    widget.setAttribute("aria-busy", "true");
    this.render();
    setTimeout(() => {
      if (turn !== this.#turn) return;
      this.#token = `local-${crypto.randomUUID()}`;
      this.#state = "solved";
      widget.removeAttribute("aria-busy");
      this.render();
      this.onSolved();
    }, THINKING_MS);
  }
}

/** Ask what the doors want; a page that is not told shows no captcha. */
export async function askForCaptcha() {
  try {
    const response = await fetch("/_local/page");
    if (response.ok) return await response.json();
  } catch {
    // The service is away, which the page says already.
  }
  return { captcha: null, captcha_scenes: [] };
}

function input(type, attributes = {}) {
  return Object.assign(document.createElement("input"), { type, autocomplete: "off", ...attributes });
}

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}
