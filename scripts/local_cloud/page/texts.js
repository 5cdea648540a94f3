// The page's language: Chinese at first, or what was chosen last.

import { CONSOLE } from "./words/console.js";
import { FORM } from "./words/form.js";
import { STEPS } from "./words/steps.js";

export const TEXTS = {
  zh: { ...FORM.zh, ...CONSOLE.zh, ...STEPS.zh },
  en: { ...FORM.en, ...CONSOLE.en, ...STEPS.en },
};

let language = localStorage.getItem("language") === "en" ? "en" : "zh";

/** The language as Accept-Language and `lang` attributes write it. */
export const languageTag = () => ({ zh: "zh-CN", en: "en" })[language];

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
}

/** Return a text, its {braces} filled from the facts. */
export function text(name, facts = {}) {
  return TEXTS[language][name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
}

/** Return a text, or what stands in for one that is not there. */
export function textOr(name, instead) {
  return Object.hasOwn(TEXTS[language], name) ? text(name) : instead;
}

/** Write the current language into every element that names its text. */
export function translatePage() {
  document.documentElement.lang = languageTag();
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
}
