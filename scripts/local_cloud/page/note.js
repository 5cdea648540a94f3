// Short messages to the person: what happened, and what to do about it.

import { phoneNumber } from "./format.js";
import { text } from "./texts.js";

/** Return a note; `kind` is info, warn or refused. Texts are never read as HTML. */
export function note(kind, title, ...details) {
  const box = document.createElement("div");
  box.className = `note ${kind}`;
  box.lang = document.documentElement.lang; // stays when the page is switched to the other
  if (title) box.append(line("strong", title));
  for (const detail of details) box.append(line("p", detail));
  return box;
}

/** Return a note that gives a problem document in the service's own words. */
export function refusal({ title, detail, code }, ...more) {
  const box = note("refused", title, detail, ...more);
  box.append(line("code", code));
  return box;
}

/** Return a note about a send that was not refused, honest where its fate is unknown. */
export function sentNote({ request, answer }) {
  if (answer.delivery === "unconfirmed") {
    return note("warn", text("unconfirmed_title"), text("unconfirmed"));
  }
  const minutes = Math.max(1, Math.floor(answer.expires_in / 60));
  return note("info", "", text("sent", { phone: phoneNumber(request.phone), minutes }));
}

/** Put a note, or none, in its place; one that is there already is not announced again. */
export function show(place, box) {
  const { firstChild } = document.getElementById(place);
  if (box && firstChild?.isEqualNode(box)) return;
  document.getElementById(place).replaceChildren(...(box ? [box] : []));
}

function line(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}
