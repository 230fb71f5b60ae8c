// What the terms would promise, worked out by the API while they are being typed.

import { ask, current } from "./admin.js";
import { labelOf } from "./form-reading.js";

const form = document.getElementById("reference");
const box = document.getElementById("preview");
const shown = box.querySelector("[data-shown]");
let asked = 0;

function line(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function list(texts) {
  const made = document.createElement("ul");
  made.append(...texts.map((each) => line("li", each)));
  return made;
}

function nearest(places, pointer) {
  let at = pointer;
  while (at && !places.has(at)) at = at.slice(0, at.lastIndexOf("/"));
  return at ? labelOf(places.get(at)) : "";
}

async function preview() {
  const { id, body, places } = current();
  if (!body.customer_id) return;
  const mine = ++asked;
  const words = setTimeout(() => shown.replaceChildren(line("p", box.dataset.wait)), 300);
  const answer = await ask("POST", form.dataset.preview, { ...(id ? { id } : {}), contract: body });
  clearTimeout(words);
  if (mine !== asked) return;
  if (!answer) { shown.replaceChildren(line("p", box.dataset.away)); return; }
  const found = await answer.json();
  if (mine !== asked) return;
  if (!answer.ok) {
    const inside = (pointer) => (pointer ?? "").replace(/^\/contract/, "");
    const wrong = (found.errors ?? []).map((each) => [nearest(places, inside(each.pointer)), each.detail].filter(Boolean).join(": "));
    shown.replaceChildren(line("p", wrong.length ? box.dataset.notYet : found.detail), list(wrong));
    return;
  }
  const parts = [];
  if (found.applies_from) parts.push(line("p", box.dataset.from.replace("{day}", new Date(`${found.applies_from}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }))));
  parts.push(list(found.samples.flatMap((sample) => sample.targets.map((each) => each.sentence))));
  if (found.changes.length) {
    parts.push(line("h3", box.dataset.changed));
    parts.push(list(found.changes.map((each) => `${each.path}: ${text(each.before)} → ${text(each.after)}`)));
  }
  shown.replaceChildren(...parts);
}

function text(value) {
  if (value === null) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

form.addEventListener("reference:edited", preview);
form.addEventListener("reference:saved", () => location.reload());
preview();
