// A message's story as steps in time; each says only what a door, its log or the carrier said.

import { text, textOr } from "../texts.js";

const GATES = ["caller", "ip", "captcha", "captcha_code", "sequence", "sequence_numbers"]; // in the log
const OF_A_PUSH = ["kind", "secret_number", "entries", "messages"]; // not of one report in it
const REPORT_AFTER = 5; // seconds within which a report that is not lost has come

/**
 * Return steps, oldest first: {at, mark, title, facts}. `told` is what GET /messages answered,
 * `now` in UTC seconds. Marks are done, good, bad and wait.
 */
export function stepsOf(story, { told, now }) {
  const steps = [
    ...sending(story),
    ...story.repeats.map((request) => step(request.at, "done", text("step_repeated"), request.log)),
    ...carrier(story, { told, now }),
    ...story.guesses.map(guess),
  ];
  if (story.replacedBy) steps.push(step(story.replacedBy.at, "done", text("step_replaced")));
  steps.sort((one, other) => one.at - other.at);
  return [...steps, ...ending(story, now)];
}

export const isVerified = ({ guesses }) => guesses.some(({ status }) => status === 200);

function sending({ send, message }) {
  if (!send) {
    return message ? [step(message.at, "done", text("step_before", { provider: message.provider }))] : [];
  }
  const { provider, provider_code: code, outcome, reason, ...more } = send.log;
  const scene = textOr(send.asked.scene, send.asked.scene);
  const asked = step(send.at, "done", text("step_asked", { scene }), {}, send.request_id);
  const passed = step(send.at, "done", text("step_passed"), only(more, GATES));
  const handedAt = message?.at ?? send.at + send.milliseconds / 1000;
  if (provider === "test_number") {
    return [asked, passed, step(handedAt, "done", text("step_test_number"))];
  }
  const unlogged = "?"; // LOG_LEVEL leaves such lines out
  const facts = {
    provider: provider ?? message?.provider ?? unlogged,
    code: code ?? reason?.replace("provider:", "") ?? unlogged,
  };
  const rest = { biz_id: message?.biz_id, ...without(more, GATES) };
  if (send.status !== 200) {
    return [asked, passed, step(handedAt, "bad", text("step_refused", facts), { outcome, ...rest })];
  }
  if (send.answer.delivery !== "unconfirmed") {
    return [asked, passed, step(handedAt, "good", text("step_handed", facts), rest)];
  }
  const unanswered = step(handedAt, "wait", text("step_unconfirmed", facts), rest);
  return [asked, passed, unanswered, ...(message ? [step(message.at, "done", text("step_there"))] : [])];
}

const only = (facts, names) => pick(facts, (name) => names.includes(name));
const without = (facts, names) => pick(facts, (name) => !names.includes(name));

function pick(facts, wanted) {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => wanted(name)));
}

function carrier({ message, reports }, { told, now }) {
  const steps = reports.map(({ request, report }, place) => {
    const taken = request.status === 200;
    const facts = { count: place + 1, status: request.status, code: report.err_code };
    const title = text(taken ? "step_report" : "step_report_refused", facts);
    return step(request.at, taken ? (report.success ? "good" : "bad") : "wait", title, notable(request.log));
  });
  if (message && message.state !== "accepted") {
    const title = text(`step_carrier_${message.state}`, { code: message.err_code });
    steps.unshift(step(message.reported_at, message.state === "delivered" ? "good" : "bad", title));
    const waited = now - message.reported_at > REPORT_AFTER;
    if (reports.length === 0) steps.push(...withoutPush(told, message, waited));
  }
  return steps;
}

/** What is worth telling of a push: nothing where every entry was as it should be. */
function notable(log) {
  return pick(without(log, OF_A_PUSH), (name) => log[name] !== 0);
}

/** The carrier is done, and nothing was pushed: a queue or a question told, or nobody did. */
function withoutPush(told, message, waited) {
  if (told?.reported_at) {
    const at = Math.max(Date.parse(told.reported_at) / 1000, message.reported_at);
    return [step(at, "done", text("step_learned", { code: told.code }))];
  }
  return waited ? [step(message.reported_at, "wait", text("step_no_report"))] : [];
}

function guess({ at, status, answer, log }) {
  if (status === 200) return step(at, "good", text("step_verified"), log);
  const known = { wrong: "step_wrong", not_live: "step_not_live" }[log.reason];
  const title = known ? text(known) : text("step_guess_refused", { code: answer.code ?? status });
  return step(at, "bad", title, log);
}

function ending(story, now) {
  const { send, replacedBy } = story;
  if (isVerified(story) || replacedBy || send?.status !== 200) return [];
  const end = send.at + (send.answer.expires_in ?? 0);
  return end > now
    ? [step(end, "wait", text("step_waiting"))]
    : [step(end, "bad", text("step_expired"))];
}

function step(at, mark, title, facts = {}, requestId = "") {
  const { verification_id, phone, scene, outcome, ...rest } = facts;
  const said = { ...rest, ...(outcome && outcome !== "ok" && { outcome }) };
  return { at, mark, title, requestId, facts: Object.entries(said).filter(([, fact]) => fact !== undefined) };
}
