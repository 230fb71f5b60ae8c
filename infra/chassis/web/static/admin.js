// A form is read back into the JSON that the API takes, saved by the API's own request, and told what the API said of it.

import { tell } from "./shell.js";
import { bodyOf, fill, flat, labelOf } from "./form-reading.js";

const form = document.getElementById("reference");
const trouble = document.getElementById("form-trouble");
const state = document.getElementById("form-state");
const whole = form?.querySelector("[data-whole]");
const newId = document.getElementById("new-id");
let known = form ? bodyOf(whole).body : undefined;
let version = form?.dataset.version;
let key = crypto.randomUUID();
let proposed = "";
let leaving = false;

const language = document.documentElement.lang;
const json = { "Content-Type": "application/json", "Accept-Language": language };

/** Ask the API; null where no server answers. */
export async function ask(method, path, body, headers = {}) {
  try {
    return await fetch(path, { method, headers: { ...json, ...headers }, body: body && JSON.stringify(body) });
  } catch {
    return null;
  }
}

function idOf() {
  return form.dataset.id || newId?.value.trim() || "";
}

function said(kind, text) {
  const box = document.createElement("div");
  box.className = `said ${kind}`;
  box.textContent = text;
  trouble.replaceChildren(box);
  box.scrollIntoView({ block: "center" });
}

function clear() {
  trouble.replaceChildren();
  for (const each of form.querySelectorAll(".wrong")) { each.hidden = true; each.textContent = ""; }
  for (const each of form.querySelectorAll("[aria-invalid]")) { each.removeAttribute("aria-invalid"); each.removeAttribute("aria-describedby"); }
}

function mark(field, text) {
  const wrong = [...field.querySelectorAll(".wrong")].find((each) => each.parentElement === field);
  if (!wrong) return null;
  wrong.id ||= `wrong-${crypto.randomUUID()}`;
  wrong.textContent = wrong.textContent ? `${wrong.textContent} ${text}` : text;
  wrong.hidden = false;
  for (let at = field; at && at !== form; at = at.parentElement) {
    if (at.tagName === "DETAILS") at.open = true;
    if (at.dataset?.inside !== undefined || at.dataset?.variant !== undefined) at.hidden = false;
  }
  const control = field.querySelector(":scope > label > [data-control], :scope > label > input");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-describedby", wrong.id);
  return control ?? wrong;
}

/** The field that a JSON pointer of a problem speaks of, or the nearest group around it. */
function placeOf(places, pointer) {
  let at = pointer;
  while (at && !places.has(at)) at = at.slice(0, at.lastIndexOf("/"));
  return at ? places.get(at) : undefined;
}

function show(problem, places) {
  const loose = [];
  let marked = 0;
  let first = null;
  for (const each of problem.errors ?? []) {
    const field = each.pointer ? placeOf(places, each.pointer) : undefined;
    const control = field && mark(field, each.detail);
    if (control) { marked += 1; first ??= control; } else loose.push(each.detail);
  }
  // A refusal that names something is shown where that was named.
  if (problem.id && !problem.errors) {
    for (const [, field] of places) {
      const control = field.querySelector(":scope > label > [data-control]");
      if (control && control.value.split("\n").includes(String(problem.id))) { first ??= mark(field, problem.detail); break; }
    }
  }
  const head = marked ? form.dataset.refused.replace("{n}", marked) : problem.detail;
  said("breached", [head, ...loose].join(" "));
  (first ?? trouble).focus?.();
}

async function save(event) {
  event?.preventDefault();
  clear();
  const { body, places } = bodyOf(whole);
  const id = idOf();
  if (newId && (!id || !newId.checkValidity()) && form.dataset.method === "PUT") {
    const control = mark(newId.closest(".field"), newId.closest("label").querySelector(".hint").textContent);
    control.focus();
    return;
  }
  const condition = version && version !== "0" ? { "If-Match": `"${version}"` } : { "If-None-Match": "*" };
  const path = form.dataset.method === "POST" ? form.dataset.api : `${form.dataset.api}/${encodeURIComponent(id)}`;
  const answer = await ask(form.dataset.method, path, body, { ...condition, "Idempotency-Key": key });
  if (!answer) { said("risk", form.dataset.lost); return; }
  if (answer.status < 500) key = crypto.randomUUID();
  if (answer.ok) { await saved(answer, body, id); return; }
  if (answer.status === 401) { said("risk", form.dataset.signedOut); return; }
  if (answer.status === 412 && form.dataset.id) { await conflict(); return; }
  show(await answer.json(), places);
}

async function saved(answer, body, id) {
  known = body;
  version = answer.headers.get("ETag")?.replaceAll('"', "") ?? version;
  state.textContent = form.dataset.saved;
  tell(form.dataset.saved);
  const { warnings = [], secret, id: made } = await answer.json();
  if (!form.dataset.id) {
    if (secret) await shownOnce(secret);
    leaving = true;
    location.assign(`${form.dataset.page}/${encodeURIComponent(id || made)}`);
    return;
  }
  if (warnings.length) said("risk", warnings.map((each) => each.detail).join(" "));
  form.dispatchEvent(new CustomEvent("reference:saved", { bubbles: true }));
}

/** Shows a secret until somebody says that he kept it. */
function shownOnce(secret) {
  const box = document.getElementById("once").content.cloneNode(true);
  box.querySelector("[data-secret]").textContent = secret;
  const kept = box.querySelector("[data-kept]");
  trouble.replaceChildren(box);
  kept.focus();
  return new Promise((resolve) => { kept.addEventListener("click", () => { trouble.replaceChildren(); resolve(); }, { once: true }); });
}

/** A button that asks the API for something else than saving: publish, test, rotate, end. */
async function does(button) {
  const { verb, path, body, ask: question, done, then } = button.dataset;
  if (question && !window.confirm(question)) return;
  const condition = button.dataset.conditional === undefined ? {} : { "If-Match": `"${version}"` };
  button.disabled = true;
  const answer = await ask(verb, path, body ? JSON.parse(body) : undefined, { ...condition, "Idempotency-Key": crypto.randomUUID() });
  button.disabled = false;
  if (!answer) { said("risk", form.dataset.lost); return; }
  if (!answer.ok) {
    if (answer.status === 412) await conflict(); else show(await answer.json(), new Map());
    return;
  }
  version = answer.headers.get("ETag")?.replaceAll('"', "") ?? version;
  const { secret } = answer.status === 204 ? {} : await answer.json();
  if (secret) await shownOnce(secret);
  if (then) { leaving = true; location.assign(then); return; }
  said("done", done);
  tell(done);
  for (const each of document.querySelectorAll("[hx-trigger~='refresh']")) htmx.trigger(each, "refresh");
}

// -- somebody else was faster ---------------------------------------------------------------

async function theirs() {
  const answer = await fetch(`${form.dataset.page}/${encodeURIComponent(form.dataset.id)}`, { headers: { "Accept-Language": language } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("reference");
  const theirWhole = found.querySelector("[data-whole]");
  for (const each of theirWhole.querySelectorAll("[data-at]")) localTime(each);
  return { version: found.dataset.version, whole: theirWhole, ...bodyOf(theirWhole) };
}

async function byWhom() {
  const part = form.dataset.api.split("/").pop();
  const answer = await ask("GET", `/v1/audit/${form.dataset.service}?entity=${part}&id=${encodeURIComponent(form.dataset.id)}&limit=200`);
  const last = answer?.ok ? (await answer.json()).items.at(-1) : undefined;
  if (!last) return "";
  const when = new Date(last.at).toLocaleString(language);
  return document.getElementById("by-whom").content.textContent.replace("{who}", last.actor).replace("{when}", when);
}

const same = (one, another) => JSON.stringify(one) === JSON.stringify(another);
const fieldsOf = (group) => new Map([...group.querySelectorAll("[data-field]")].filter((each) => each.parentElement.closest("[data-field]") === group).map((each) => [each.dataset.key, each]));

/** Put theirs, rows and switches with them, where I changed nothing; the names of what both changed. */
function taken(mine, other) {
  const [ours, his] = [fieldsOf(whole), fieldsOf(other.whole)];
  const both = new Set();
  for (const name of new Set([...Object.keys(mine), ...Object.keys(other.body)])) {
    if (same(mine[name], other.body[name])) continue;
    if (!same(mine[name], known[name])) { both.add(name); continue; }
    const field = document.adoptNode(his.get(name));
    ours.get(name).replaceWith(field);
    htmx.process(field);
  }
  return both;
}

async function conflict() {
  const [other, who] = [await theirs(), await byWhom()];
  const box = document.getElementById("conflict").content.cloneNode(true);
  const { body: mine, places } = bodyOf(whole);
  const [base, their, my] = [flat(known), flat(other.body), flat(mine)];
  const changed = [...new Set([...Object.keys(their), ...Object.keys(my)])].filter((at) => their[at] !== my[at]);
  const rows = box.querySelector("[data-differences]");
  for (const at of changed) {
    const row = rows.insertRow();
    const name = labelOf(placeOf(places, at) ?? placeOf(other.places, at)) || at;
    for (const text of [name, their[at] ?? "–", my[at] ?? "–"]) row.insertCell().textContent = text;
  }
  box.querySelector("[data-who]").textContent = who;
  box.querySelector("[data-overwrite]").addEventListener("click", () => { version = other.version; save(); });
  box.querySelector("[data-take]").addEventListener("click", () => {
    const both = taken(mine, other);
    const unchanged = changed.filter((at) => my[at] === base[at] && both.has(at.split("/")[1]));
    // Rows differ inside what both changed: which belongs to which, only a person can say.
    const rows = unchanged.some((at) => !places.has(at) || !other.places.has(at));
    if (!rows) {
      for (const at of unchanged) fill(places.get(at), other.places.get(at));
      [version, known] = [other.version, other.body];
    }
    said(rows ? "risk" : "done", document.getElementById(rows ? "not-taken" : "taken").content.textContent);
    edited();
  });
  trouble.replaceChildren(box);
  trouble.scrollIntoView({ block: "start" });
  trouble.focus();
}

// -- while typing -----------------------------------------------------------------------------

function propose() {
  if (!newId || newId.value !== proposed) return;
  const name = whole.querySelector('[data-key="name"] [data-control]')?.value ?? "";
  proposed = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 64);
  newId.value = proposed;
}

/** Names that one part of the form gives are suggested where another names them. */
function suggest() {
  for (const list of document.querySelectorAll("datalist[id^='known-']")) {
    const group = whole.querySelector(`[data-key="${CSS.escape(list.id.slice(6))}"]`);
    const names = group?.querySelectorAll(':scope > [data-rows] > [data-row] > .key [data-name], :scope > [data-rows] > [data-row] > [data-field] > .fields > [data-key="id"] [data-control]');
    if (!names?.length) continue;
    list.replaceChildren(...[...names].filter((each) => each.value).map((each) => new Option(each.value, each.value)));
  }
}

/** Of everybody's things only the chosen customer's are offered. */
function narrow() {
  const owner = whole.querySelector(':scope [data-key="customer_id"] select')?.value;
  const offered = [...whole.querySelectorAll('[data-key="sites"] .options label')];
  const his = (each) => each.textContent.trim().startsWith(`${owner} · `);
  if (owner && offered.some(his)) for (const each of offered) each.hidden = !his(each) && !each.querySelector("input").checked;
}

let waiting;
function edited() {
  propose();
  suggest();
  narrow();
  state.textContent = JSON.stringify(bodyOf(whole).body) === JSON.stringify(known) ? "" : form.dataset.unsaved;
  clearTimeout(waiting);
  waiting = setTimeout(() => form.dispatchEvent(new CustomEvent("reference:edited", { bubbles: true, detail: bodyOf(whole) })), 400);
}

export function current() {
  return { id: form.dataset.id, ...bodyOf(whole) };
}

if (form) {
  for (const each of form.querySelectorAll("[data-at]")) localTime(each);
  known = bodyOf(whole).body;
  suggest();
  form.addEventListener("submit", save);
  form.addEventListener("input", edited);
  form.addEventListener("change", edited);
  form.addEventListener("htmx:afterSwap", (event) => { event.target.lastElementChild?.querySelector("input, select, textarea")?.focus(); edited(); });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && JSON.stringify(bodyOf(whole).body) !== JSON.stringify(known)) event.preventDefault();
  });
}

function localTime(control) {
  if (!control.dataset.at) return;
  const at = new Date(control.dataset.at);
  control.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-switch]")) target.closest("[data-field]").querySelector(":scope > [data-inside]").hidden = !target.checked;
  if (target.matches("[data-which]")) {
    target.closest("[data-field]").querySelectorAll(":scope > [data-variant]").forEach((each, n) => { each.hidden = String(n) !== target.value; });
  }
});
document.addEventListener("click", (event) => {
  const verb = event.target.closest("[data-verb]");
  if (verb) does(verb);
  const remove = event.target.closest("[data-remove]");
  if (!remove) return;
  const rows = remove.closest("[data-rows]");
  remove.closest("[data-row]").remove();
  (rows.querySelector("input, select, textarea") ?? rows.nextElementSibling)?.focus();
  edited();
});
