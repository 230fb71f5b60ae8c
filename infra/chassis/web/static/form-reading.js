// What a form says, as the JSON that the API takes, with the field of each JSON pointer.

const below = (field, selector) => [...field.querySelectorAll(selector)].filter((each) => each.parentElement.closest("[data-field]") === field);
const control = (field) => field.querySelector("[data-control]");
const steps = (text) => text.replaceAll("~", "~0").replaceAll("/", "~1");

/** "8-12, 14:00–18" → [["08:00","12:00"],["14:00","18:00"]]; what is not understood is left for the API to refuse. */
function windows(text) {
  return text.split(/[,;]/).map((each) => each.trim()).filter(Boolean)
    .map((each) => each.split(/\s*[-–—]\s*/).map((wall) => {
      const [, hours, minutes = "00"] = wall.match(/^(\d{1,2})(?:[:hH](\d{2})?)?$/) ?? [];
      return hours ? `${hours.padStart(2, "0")}:${minutes}` : wall;
    }));
}

function text(field) {
  const found = control(field).value.trim();
  return found === "" ? undefined : found;
}

function number(field) {
  const found = text(field);
  return found === undefined ? undefined : Number(found);
}

const READ = {
  text, long: text, choice: text, date: text, number,
  known: (field) => ({ true: true, false: false })[text(field)],
  flag: (field) => control(field).checked,
  moment: (field) => (text(field) ? new Date(text(field)).toISOString() : undefined),
  lines: (field) => {
    const found = control(field).value.split("\n").map((each) => each.trim()).filter(Boolean);
    return found.length ? found : undefined;
  },
  windows: (field) => (text(field) ? windows(text(field)) : undefined),
  ticks: (field) => {
    const found = [...field.querySelectorAll("input:checked")].map((each) => each.value);
    return found.length || field.dataset.needed !== undefined ? found : undefined;
  },
  object: (field, at, places) => Object.fromEntries(
    below(field, "[data-field]").map((each) => [each.dataset.key, read(each, `${at}/${steps(each.dataset.key)}`, places)]).filter(([, value]) => value !== undefined)),
  keyed: (field, at, places) => Object.fromEntries(Object.entries(READ.object(field, at, places)).filter(([, value]) => !Array.isArray(value) || value.length)),
  list: (field, at, places) => below(field, "[data-row] > [data-field]").map((each, n) => read(each, `${at}/${n}`, places)),
  map: (field, at, places) => Object.fromEntries(below(field, "[data-row] > [data-field]").map((each) => {
    const name = each.parentElement.querySelector(":scope > .key [data-name]").value.trim();
    return [name, read(each, `${at}/${steps(name)}`, places)];
  }).filter(([name, value]) => name !== "" || value !== undefined)),
  maybe: (field, at, places) => (field.querySelector("[data-switch]").checked
    ? read(field.querySelector(":scope > [data-inside] > [data-field]"), at, places) : undefined),
  either: (field, at, places) => {
    const n = Number(field.querySelector("[data-which]").value);
    return read(field.querySelectorAll(":scope > [data-variant]")[n].querySelector("[data-field]"), at, places);
  },
};
READ.week = READ.keyed;

function read(field, at, places) {
  places.set(at, field);
  return READ[field.dataset.field](field, at, places);
}

/** The JSON of the whole form, and the field of each of its pointers. */
export function bodyOf(whole) {
  const places = new Map();
  return { body: read(whole, "", places), places };
}

/** Each value that is no group, by its pointer; lists of plain values as one. */
export function flat(value, at = "", found = {}) {
  if (Array.isArray(value) && value.every((each) => typeof each !== "object" || Array.isArray(each))) {
    found[at] = value.map((each) => (Array.isArray(each) ? each.join("-") : each)).join(", ");
  } else if (value !== null && typeof value === "object") {
    for (const [name, each] of Object.entries(value)) flat(each, `${at}/${steps(name)}`, found);
  } else if (value !== undefined) found[at] = String(value);
  return found;
}

/** What a field is called, with the groups that it is in. */
export function labelOf(field) {
  const names = [];
  for (let at = field; at && at.dataset.whole === undefined; at = at.parentElement?.closest("[data-field]")) {
    const head = at.querySelector(":scope > legend, :scope > label");
    const name = at.getAttribute("aria-label") ?? [...(head?.childNodes ?? [])].filter((each) => each.nodeType === Node.TEXT_NODE || each.matches?.("label.check")).map((each) => each.textContent).join("").trim();
    const key = at.parentElement?.matches("[data-row]") ? at.parentElement.querySelector(":scope > .key [data-name]")?.value : "";
    const said = [name, key].filter(Boolean).join(" ");
    if (said && names[0] !== said) names.unshift(said);
  }
  return names.join(" › ");
}

/** Give a field what another of the same kind holds. */
export function fill(field, other) {
  if (!other || field.dataset.field !== other.dataset.field) return;
  if (field.dataset.field === "ticks") {
    const chosen = new Set([...other.querySelectorAll("input[checked], input:checked")].map((each) => each.value));
    for (const each of field.querySelectorAll("input")) each.checked = chosen.has(each.value);
    return;
  }
  const [mine, theirs] = [control(field), control(other)];
  if (!mine || !theirs) return;
  if (mine.type === "checkbox") mine.checked = theirs.checked; else mine.value = theirs.value;
}
