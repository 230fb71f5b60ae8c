// Forms and buttons send the same requests as programs do: one key for each, however often it is sent.

import { tell } from "./shell.js";

const keys = new WeakMap();

function keyOf(sender) {
  if (!keys.has(sender)) keys.set(sender, crypto.randomUUID());
  return keys.get(sender);
}

function valueOf(field, said) {
  if (field.dataset.as === "lines") return said.split("\n").map((each) => each.trim()).filter(Boolean);
  if (field.dataset.as === "cents") return Math.round(Number(said) * 100);
  if (field.type === "number") return Number(said);
  return field.dataset.as === "end-of-day" ? new Date(`${said}T23:59:59`).toISOString() : said;
}

/** Empty fields are not said, lists of ticks are whatever is ticked; ``place.room`` is a field of a part; a
 * number and a day are what they are.
 *
 * What stands in a ``data-row`` is one of a list: said where it has a text. */
function bodyOf(form) {
  const body = {};
  const rows = new Map();
  for (const field of form.elements) {
    if (field.type === "submit") continue;
    if (field.dataset.as === "list") {
      body[field.name] ??= [];
      if (field.checked) body[field.name].push(field.value);
      continue;
    }
    const said = field.name && !field.disabled ? field.value.trim() : "";
    if (!said) continue;
    const row = field.closest("[data-row]");
    if (row) {
      if (!rows.has(row)) rows.set(row, {});
      rows.get(row)[field.name] = field.type === "checkbox" ? field.checked : valueOf(field, said);
      continue;
    }
    const value = valueOf(field, said);
    const [part, name] = field.name.split(".");
    if (name) body[part] = { ...body[part], [name]: value };
    else body[part] = value;
  }
  for (const [row, said] of rows) if (said.text) (body[row.dataset.row] ??= []).push(said);
  const takes = form.dataset.takes && document.querySelector(form.dataset.takes);
  if (takes) body.advices = [...takes.querySelectorAll("[name=advices]:checked")].map(({ value }) => value);
  return body;
}

function complain(trouble, text, details = []) {
  const box = document.createElement("div");
  box.className = "said risk";
  box.textContent = [text, ...details].filter(Boolean).join(" ");
  trouble.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

async function sent(sender, path, body, trouble) {
  const key = { "Idempotency-Key": keyOf(sender) };
  const how = body instanceof FormData
    ? { headers: key, body }
    : { headers: { ...key, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, { method: sender.dataset.method ?? "POST", ...how });
  } catch {
    complain(trouble, sender.dataset.lost ?? trouble.dataset.lost);
    return null;
  }
  const told = await answer.json().catch(() => ({}));
  // What was refused was not done, and what was done is done: what is sent next is another request.
  if (answer.status < 500) keys.delete(sender);
  if (answer.ok) return told;
  complain(trouble, told.detail ?? answer.statusText, (told.errors ?? []).map((each) => each.detail));
  return null;
}

function settled(sender) {
  tell(sender.dataset.done);
  const part = sender.dataset.refreshes && document.querySelector(sender.dataset.refreshes);
  if (part) htmx.trigger(part, "refresh");
  else location.reload();
}

function show(form, secret) {
  const place = document.querySelector(form.dataset.secret);
  const box = document.createElement("div");
  box.className = "said done";
  const shown = document.createElement("code");
  shown.textContent = secret;
  box.append(`${form.dataset.secretSays} `, shown);
  place.replaceChildren(box);
}

/** What it would do, said and not done: the form stays as it is. */
function preview(form, button, told) {
  const box = document.createElement("div");
  box.className = `said ${told.recipients ? "done" : "risk"}`;
  const says = told.recipients ? button.dataset.says : button.dataset.saysNone;
  box.textContent = says.replace(/\{(\w+)\}/g, (_, name) => told[name]);
  form.querySelector(button.dataset.previews).replaceChildren(box);
  form.querySelector(".trouble").replaceChildren();
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  const body = form.querySelector("[type=file]") ? new FormData(form) : bodyOf(form);
  if (button.dataset.previews) body[button.name] = true;
  const told = await sent(form, form.dataset.path, body, form.querySelector(".trouble"));
  button.disabled = false;
  if (!told) return;
  if (button.dataset.previews) {
    preview(form, button, told);
    return;
  }
  form.closest("dialog")?.close();
  if (told.secret) show(form, told.secret);
  if (form.dataset.opens) return location.assign(form.dataset.opens + told.id);
  settled(form);
});

document.addEventListener("click", async (event) => {
  const opens = event.target.closest("[data-open]");
  if (opens) {
    const dialog = document.getElementById(opens.dataset.open);
    const form = dialog.querySelector("form");
    form.reset();
    keys.delete(form);
    dialog.querySelector(".trouble").replaceChildren();
    dialog.querySelector("[data-reach]")?.replaceChildren();
    if (opens.dataset.sends) form.dataset.path = opens.dataset.sends;
    if (opens.dataset.takes) form.dataset.takes = opens.dataset.takes;
    const about = dialog.querySelector("[data-about]");
    if (about) about.textContent = opens.dataset.says ?? "";
    fit(form);
    dialog.showModal();
    return;
  }
  event.target.closest("[data-close]")?.closest("dialog").close();
  const posts = event.target.closest("[data-post]");
  if (!posts || (posts.dataset.asks && !confirm(posts.dataset.asks))) return;
  posts.disabled = true;
  const told = await sent(posts, posts.dataset.post, {}, document.getElementById("trouble"));
  posts.disabled = false;
  if (told) settled(posts);
});

/** Only the sites of the client that is chosen. */
function fit(form) {
  const customer = form.elements.customer_id;
  const site = form.elements.site_id;
  if (!site || customer?.tagName !== "SELECT") return;
  let first = null;
  for (const option of site.options) {
    option.hidden = option.disabled = option.dataset.of !== customer.value;
    if (!option.hidden) first ??= option;
  }
  if (site.selectedOptions[0]?.hidden !== false) site.value = first?.value ?? "";
}

document.addEventListener("change", (event) => {
  if (event.target.dataset.goes !== undefined) event.target.form.requestSubmit();
  if (event.target.name === "customer_id") fit(event.target.form);
});
