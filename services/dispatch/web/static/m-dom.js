// Elements, words and times, as the page's language and the site's zone have them.

import { dayOf } from "./m-day.js";

const words = JSON.parse(document.getElementById("words").textContent);
const { lang } = document.documentElement;
const language = lang === "en" ? "en-GB" : lang;

/** A sentence of the page, with its blanks filled. */
export function say(name, values = {}) {
  if (!(name in words)) throw new Error(`no words for ${name}`);
  return words[name].replace(/\{(\w+)\}/g, (_, blank) => values[blank]);
}

export function sayMany(name, number) {
  return say(`${name}.${number === 1 ? "one" : "many"}`, { number });
}

/** An element. ``on`` are listeners by event; what is null or false is left out. */
export function h(tag, { on = {}, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  made.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function clock(at, zone) {
  return new Intl.DateTimeFormat(language, { timeZone: zone, hour: "2-digit", minute: "2-digit" })
    .format(new Date(at));
}

/** An instant for whoever taps it: its time on the page, the whole with its zone in its title. */
export function time(at, zone) {
  const whole = new Intl.DateTimeFormat(language, {
    timeZone: zone, dateStyle: "full", timeStyle: "long",
  }).format(new Date(at));
  return h("time", { datetime: at, title: whole }, clock(at, zone));
}

/** A day, written short. */
export function date(at, zone) {
  return new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: "medium" }).format(new Date(at));
}

export function span(from, to, zone) {
  return [time(from, zone), "–", time(to, zone)];
}

export function dayName(at, zone, now) {
  const day = dayOf(at, zone);
  if (day === dayOf(now, zone)) return say("today");
  if (day === dayOf(new Date(+now + 86_400_000), zone)) return say("tomorrow");
  const text = new Intl.DateTimeFormat(language, {
    timeZone: zone, weekday: "long", day: "numeric", month: "long",
  }).format(new Date(at));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Ask one thing over the page; what was typed, or "" where nothing is asked for; null where he thinks better of it. */
export function ask({ title, text = null, label = null, yes, danger = false }) {
  const field = label && h("textarea", { id: "asked", required: true, maxlength: 500 });
  const dialog = h("dialog", { "aria-labelledby": "asking" },
    h("form", { method: "dialog" },
      h("h2", { id: "asking" }, title),
      text && h("p", {}, text),
      field && h("label", {}, label, field),
      h("div", { class: "choices" },
        h("button", { value: "yes", class: danger ? "danger" : "main" }, yes),
        h("button", { value: "no", formnovalidate: true }, say("cancel")))));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? field?.value.trim() ?? "" : null);
    });
    dialog.showModal();
  });
}
