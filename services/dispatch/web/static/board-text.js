// What the board says: words from the page in the reader's language, times in the site's zone.

export const words = JSON.parse(document.getElementById("words").textContent);
const language = document.documentElement.lang;
const UNDER_WAY = new Set(["en-route", "arrived", "started", "paused"]);
const MINUTE = 60_000;
const RISK = 60 * MINUTE;
const formats = new Map();

/** A sentence with its places filled in. */
export function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function format(zone, options) {
  const key = `${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language === "fr" ? "fr" : "en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

export const clock = (at, zone) => format(zone, { hour: "2-digit", minute: "2-digit" }).format(at);
export const hour = (at, zone) => format(zone, { hour: "2-digit" }).format(at).replace(/\D/g, "");
export const dayShort = (at, zone) => format(zone, { weekday: "short", day: "numeric", month: "short" }).format(at);
export const dayLong = (at, zone) => format(zone, { weekday: "long", day: "numeric", month: "long" }).format(at);

/** YYYY-MM-DD where it is then. */
export function dateOf(at, zone) {
  const part = Object.fromEntries(format(zone, { year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(at).map((each) => [each.type, each.value]));
  return `${part.year}-${part.month}-${part.day}`;
}

/** The time, with its day where that is another one than ``now``'s. */
export function moment(at, zone, now) {
  const time = clock(at, zone);
  return dateOf(at, zone) === dateOf(now, zone) ? time : `${dayShort(at, zone)} ${time}`;
}

/** What a ``datetime-local`` field shows for an instant, and the instant that it names in a zone. */
export const toField = (at, zone) => `${dateOf(at, zone)}T${clock(at, zone)}`;
export function fromField(text, zone) {
  const asUtc = Date.parse(`${text}:00Z`);
  const offset = (at) => Date.parse(`${toField(at, zone)}:00Z`) - Math.floor(at / MINUTE) * MINUTE;
  const guess = asUtc - offset(asUtc);
  return asUtc - offset(guess);
}

/** ``1 h 05``, ``12 min``, whatever its sign. */
export function length(milliseconds) {
  const whole = Math.round(Math.abs(milliseconds) / MINUTE);
  const [d, h, m] = [Math.floor(whole / 1440), Math.floor(whole / 60) % 24, whole % 60];
  if (d) return say(words.days, { d, h });
  return h ? say(words.hours, { h, m: String(m).padStart(2, "0") }) : say(words.minutes, { m });
}

/** How long until the deadline, as people say it. */
export function dueSaid(visit, now) {
  if (!visit.due) return words.noDeadline;
  const left = visit.due - now;
  return left < 0 ? say(words.over, { time: length(Math.min(left, -MINUTE)) }) : say(words.in, { time: length(left) });
}

export const underWay = (visit) => UNDER_WAY.has(visit.state);
export const unplanned = (visit) => visit.state === "waiting" || visit.state === "failed";

/** The colour of a visit, which never stands without its word: one of ``words.tones``. */
export function toneOf(visit, now) {
  if (visit.state === "closed") return "done";
  if (visit.due && visit.due < now) return "breached";
  if (visit.late > 0 || visit.attention) return "risk";
  if (unplanned(visit) && visit.due && visit.due - now < RISK) return "risk";
  return underWay(visit) ? "running" : "waiting";
}

/** Who has it and when, in a few words. */
export function standing(visit, board) {
  const name = board.nameOf(visit.technician_id);
  if (unplanned(visit) || visit.start === null) return words.isWaiting;
  if (underWay(visit) || visit.state === "closed") return say(words.isState, { name, state: words.states[visit.state] });
  return say(words.isNow, { name, time: moment(visit.start, board.zone, board.now()) });
}

/** An element with its attributes and what is in it; texts are texts, never markup. */
export function el(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "onclick") made.addEventListener("click", value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...inside.filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}
