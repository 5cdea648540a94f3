// The product's HTTP API, as any web client would call it.

import { callsBetween, readCalls } from "./console/calls.js";
import { languageTag } from "./texts.js";

const PATIENCE_MS = 15_000; // the service itself ends every request within 10 s

/** The last request and its answer, for the panel. */
export const lastExchange = new EventTarget();

let requestsUnderWay = 0;

/** Say whether a request of the form is under way, so that nobody else spoils its figures. */
export const underWay = () => requestsUnderWay > 0;

let unansweredSend = { body: "", key: "" };

/**
 * Ask for a code. Resolves to {ok, answer}, answer being the response or the problem document;
 * rejects where no answer came. What was left unanswered is repeated under the same key, so that
 * pressing the button again cannot cause a second SMS.
 */
export async function sendCode(request) {
  const body = JSON.stringify(request);
  const key = unansweredSend.body === body ? unansweredSend.key : crypto.randomUUID();
  unansweredSend = { body, key };
  const result = await post("/send-code", request, { "Idempotency-Key": key });
  unansweredSend = { body: "", key: "" };
  return result;
}

/** Hand in a code. Resolves and rejects as sendCode does. */
export function verifyCode(request) {
  return post("/verify-code", request);
}

async function post(path, request, extraHeaders = {}) {
  const headers = {
    "Content-Type": "application/json",
    "Accept-Language": languageTag(),
    ...extraHeaders,
  };
  const exchange = { path, headers, request };
  requestsUnderWay += 1;
  const before = await readCalls();
  const started = performance.now();
  try {
    const response = await fetch(path, {
      method: "POST",
      headers,
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    exchange.status = response.status;
    exchange.id = response.headers.get("X-Fc-Request-Id");
    exchange.answer = await response.json();
    return { ok: response.ok, answer: exchange.answer };
  } finally {
    exchange.milliseconds = Math.round(performance.now() - started);
    exchange.calls = callsBetween(before, await readCalls());
    requestsUnderWay -= 1;
    lastExchange.dispatchEvent(new CustomEvent("change", { detail: exchange }));
  }
}
