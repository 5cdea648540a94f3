// How waits, phone numbers and times are written.

import { languageTag, text } from "./texts.js";

/** Write a wait as a person would say it. */
export function duration(seconds) {
  if (seconds < 120) return text("seconds", { count: seconds });
  if (seconds < 7200) return text("minutes", { count: Math.ceil(seconds / 60) });
  return text("hours", { count: Math.ceil(seconds / 3600) });
}

/** Write a mainland number in groups; any other as it is. */
export function phoneNumber(phone) {
  const groups = phone.match(/^(\+86)?(1\d{2})(\d{4})(\d{4})$/);
  return groups ? groups.slice(1).filter(Boolean).join(" ") : phone;
}

/** Write a moment: the time alone if it is today. */
export function moment(date) {
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(languageTag(), { ...day, ...time }).format(date);
}

/** Write a time of day to the second. */
export function clockTime(date) {
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(languageTag(), time).format(date);
}
