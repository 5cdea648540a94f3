// The last requests to the doors, whoever sent them, as a table.

import { element, make } from "../elements.js";
import { clockTime } from "../format.js";

const SHOWN = 12;

export function renderTraffic(requests) {
  element("traffic-empty").hidden = requests.length > 0;
  element("traffic").hidden = requests.length === 0;
  element("traffic-body").replaceChildren(...requests.slice(0, SHOWN).map(row));
}

function row({ at, method, door, asked, status, answer, log, milliseconds }) {
  const code = status < 400 ? (answer.delivery ?? "") : (answer.code ?? "");
  const reason = log.reason && log.reason !== code ? ` · ${log.reason}` : "";
  const line = make(
    "tr",
    status < 400 ? "" : "refused-row",
    make("td", "", clockTime(new Date(at * 1000))),
    make("td", "", make("code", "", doorInWords(method, door, log.kind))),
    make("td", "", log.phone ?? asked.scene ?? ""),
    make("td", "wraps", make("b", "", String(status)), ` ${code}${reason}`),
    make("td", "figure", `${milliseconds} ms`),
  );
  if (answer.detail) line.title = answer.detail;
  return line;
}

function doorInWords(method, door, kind = "…") {
  const path = door.replace("{kind}", kind).replace("{secret}", "…");
  return method === "POST" ? path : `${method} ${path}`;
}
