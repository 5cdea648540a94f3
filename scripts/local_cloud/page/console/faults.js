// Let a service behind the doors fail, once or more often, and see which failures are to come.

import { element, make, write } from "../elements.js";
import { text } from "../texts.js";
import { control } from "./control.js";

const CODES = {
  tablestore: ["OTSServerBusy", "OTSTimeout", "OTSInternalServerError", "OTSPartitionUnavailable"],
  dysms: ["isv.BUSINESS_LIMIT_CONTROL", "isv.AMOUNT_NOT_ENOUGH", "isp.SYSTEM_ERROR", "Throttling.User"],
  dypns: ["isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "Throttling.User"],
  captcha: ["InternalError", "NoPermission", "500"],
  sts: ["NoPermission", "InvalidSecurityToken.Expired"],
};
const OPERATIONS = {
  tablestore: ["BatchGetRow", "BatchWriteRow", "UpdateRow", "GetRow", "GetRange"],
  dysms: ["SendSms", "QuerySendDetails"],
  dypns: ["SendSmsVerifyCode"],
  captcha: ["VerifyIntelligentCaptcha", "siteverify"],
  sts: ["GetCallerIdentity"],
};
const WITH_MILLISECONDS = ["delay", "delay_after"];

const form = element("fault");

export class FaultPanel {
  #faults = [];
  #onChange;

  constructor({ onChange }) {
    this.#onChange = onChange;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tell(wish());
    });
    form.addEventListener("change", () => this.render());
    element("faults-clear").addEventListener("click", () => this.#tell({ clear: true }));
  }

  show(faults) {
    this.#faults = faults;
    this.render();
  }

  render() {
    const { service, effect } = chosen();
    element("fault-milliseconds").hidden = !WITH_MILLISECONDS.includes(effect);
    element("fault-error").hidden = effect !== "error";
    offer("fault-codes", CODES[service] ?? []);
    offer("fault-operations", OPERATIONS[service] ?? []);
    element("faults-none").hidden = this.#faults.length > 0;
    element("faults-clear").hidden = this.#faults.length === 0;
    const items = this.#faults.map(({ service, operation, effect, count }) => {
      const times = count < 0 ? text("fault_until_cleared") : text("fault_times", { count });
      return make("li", "", make("code", "", `${service} ${operation} ${effect}`), ` ${times}`);
    });
    element("faults").replaceChildren(...items);
  }

  async #tell(change) {
    const { ok, answer } = await control("faults", change);
    write(element("fault-problem"), ok ? "" : answer.error);
    this.#onChange();
  }
}

function wish() {
  const { service, operation, effect, count } = chosen();
  const value = { error: form.elements.error.value.trim(), delay: milliseconds(), delay_after: milliseconds() };
  const details = value[effect] === undefined ? "" : `:${value[effect]}`;
  return { service, operation: operation.trim() || "*", effect: effect + details, count: Number(count) };
}

const milliseconds = () => form.elements.milliseconds.value;

function chosen() {
  return Object.fromEntries(new FormData(form));
}

function offer(list, values) {
  const options = values.map((value) => Object.assign(make("option"), { value }));
  element(list).replaceChildren(...options);
}
