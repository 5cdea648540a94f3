// The form as a product would have it: phone number, code, verified.

import { Captcha } from "./captcha.js";
import { element } from "./elements.js";
import { duration, phoneNumber } from "./format.js";
import { note, refusal, sentNote, show } from "./note.js";
import { Sends } from "./sends.js";
import { sendCode, verifyCode } from "./service.js";
import { text } from "./texts.js";

const phone = element("phone");
const code = element("code");

export class SignIn {
  #onChange;
  #sends = new Sends();
  #captcha = new Captcha(element("captcha"), { onSolved: () => forget("send-result") });
  #verified = null; // {request, answer} of the code that was accepted
  #busy = ""; // the id of the button whose request is under way

  constructor({ onChange }) {
    this.#onChange = onChange;
    on("send-form", "submit", () => this.#send());
    on("verify-form", "submit", () => this.#verify());
    on("again", "click", () => this.#tryAgain());
    on("restart", "click", () => this.#restart());
    phone.addEventListener("input", () => this.#startOver());
    code.addEventListener("input", () => forget("verify-result"));
    for (const radio of document.getElementsByName("scene")) {
      radio.addEventListener("change", () => this.#startOver());
    }
  }

  /** Ask for a captcha as the doors do: {captcha, captcha_scenes}. */
  askForCaptcha(wanted) {
    this.#captcha.configure(wanted);
    this.render();
  }

  /** Say whether this form holds the verification id of a code that is not spent. */
  waitsFor(verificationId) {
    return this.#sends.withId(verificationId) !== undefined;
  }

  /** Put a code in, switching to the number and scene that it was sent for. */
  fill(verificationId, value) {
    const { request } = this.#sends.withId(verificationId);
    phone.value = request.phone;
    document.querySelector(`[name=scene][value=${request.scene}]`).checked = true;
    this.#startOver();
    code.value = value;
    code.focus();
  }

  /** Forget every send and wait, because the service did. */
  forgetAll() {
    this.#sends = new Sends();
    this.#startOver();
  }

  render() {
    const { phone, scene } = asked();
    const open = this.#sends.for({ phone, scene });
    element("steps").hidden = this.#verified !== null;
    element("heading").textContent = text(scene);
    element("phone-hint").hidden = Boolean(open);
    element("send").className = open ? "secondary" : "primary";
    show("sent", open ? sentNote(open) : null);
    element("verify-form").hidden = !open;
    element("verify").textContent = text(this.#busy === "verify" ? "verifying" : scene);
    code.placeholder = "·".repeat(open?.answer.code_length ?? 0);
    this.#captcha.render();
    this.#renderVerified();
    this.renderWait();
  }

  /** Write the send button, which counts down until it may be used. */
  renderWait() {
    const button = element("send");
    const seconds = this.#sends.secondsToWait(phone.value);
    const label = this.#sendLabel(seconds);
    if (button.textContent !== label) button.textContent = label;
    // Not `disabled`: that would take the focus from a person who is on the button.
    button.setAttribute("aria-disabled", String(seconds > 0 || this.#busy !== ""));
    element("captcha").hidden = seconds > 0 || !this.#captcha.neededFor(asked().scene);
  }

  #sendLabel(seconds) {
    if (this.#busy === "send") return text("sending");
    if (seconds > 0) return text("send_in", { wait: duration(seconds) });
    return text(this.#sends.for(asked()) ? "send_again" : "send");
  }

  #renderVerified() {
    element("verified").hidden = this.#verified === null;
    if (this.#verified === null) return;
    const { request, answer } = this.#verified;
    const number = phoneNumber(answer.phone);
    element("verified-heading").textContent = text(`verified_${request.scene}`);
    element("verified-phone").textContent = text("verified_phone", { phone: number });
  }

  async #send() {
    if (this.#sends.secondsToWait(phone.value) > 0) return;
    const replaces = this.#sends.for(asked())?.answer.verification_id;
    const captcha = this.#captcha.tokenFor(asked().scene);
    const request = { ...asked(), ...(replaces && { replaces }), ...(captcha && { captcha }) };
    const result = await this.#during("send", "send-result", () => sendCode(request));
    if (!result) return; // a repetition has to be the same, captcha included
    const { ok, answer } = result;
    this.#captcha.renew();
    if (ok) {
      this.#captcha.demand(false);
      this.#sends.accepted(request, answer);
      this.#startOver();
      code.focus();
    } else {
      this.#sends.refused(request, answer);
      show("send-result", this.#refusalOfSend(answer));
      if (answer.code === "invalid_phone") reject(phone);
      this.render();
      if (answer.code.startsWith("captcha_")) this.#captcha.focus();
    }
    this.#onChange();
  }

  #refusalOfSend(problem) {
    if (problem.code === "captcha_required") this.#captcha.demand(true);
    return problem.code === "captcha_failed" ? refusal(problem, text("captcha_again")) : refusal(problem);
  }

  async #verify() {
    const { verification_id, code_length: length } = this.#sends.for(asked()).answer;
    if (code.value.replace(/\s/g, "").length !== length) {
      show("verify-result", note("refused", "", text("code_length", { length })));
      return reject(code);
    }
    const request = { ...asked(), verification_id, code: code.value };
    const result = await this.#during("verify", "verify-result", () => verifyCode(request));
    if (!result) return;
    const { ok, answer } = result;
    if (ok) {
      this.#sends.spent(request);
      this.#verified = { request, answer };
      this.render();
      element("verified-heading").focus();
    } else {
      show("verify-result", refusal(answer));
      reject(code);
    }
    this.#onChange();
  }

  async #tryAgain() {
    const { request } = this.#verified;
    const result = await this.#during("again", "again-result", () => verifyCode(request));
    if (!result) return;
    const { ok, answer } = result;
    const explanation = answer.code === "code_rejected" ? [text("again_refused")] : [];
    const outcome = ok
      ? note("refused", text("again_accepted_title"), text("again_accepted"))
      : refusal(answer, ...explanation);
    show("again-result", outcome);
  }

  #restart() {
    this.#startOver();
    phone.focus();
  }

  /** Begin anew with the phone and scene as they now are. */
  #startOver() {
    this.#verified = null;
    code.value = "";
    ["send-result", "verify-result", "again-result"].forEach(forget);
    this.render();
  }

  /** Run one request at a time; resolve to nothing where there was none, or no answer. */
  async #during(button, place, ask) {
    if (this.#busy) return undefined;
    this.#busy = button;
    element(button).setAttribute("aria-busy", "true");
    forget(place);
    this.render();
    try {
      return await ask();
    } catch {
      const advice = text(button === "send" ? "unanswered_send" : "unanswered_verify");
      show(place, note("warn", text("unanswered_title"), advice));
      return undefined;
    } finally {
      this.#busy = "";
      element(button).removeAttribute("aria-busy");
      this.render();
    }
  }
}

function asked() {
  const scene = document.querySelector("[name=scene]:checked").value;
  return { phone: phone.value.trim(), scene };
}

/** Remove an earlier result, and the mark on the field that it was about. */
function forget(place) {
  show(place, null);
  (place === "send-result" ? phone : code).removeAttribute("aria-invalid");
}

function reject(field) {
  field.setAttribute("aria-invalid", "true");
  field.focus();
  field.select();
}

function on(id, event, act) {
  element(id).addEventListener(event, (happening) => {
    happening.preventDefault();
    act();
  });
}
