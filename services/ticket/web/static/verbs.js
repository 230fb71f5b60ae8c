// Forms that do something to a ticket: <form data-send="/v1/…" data-said="…"> is sent to the API as JSON,
// <form data-file="/v1/…"> sends a file; afterwards the page's live part is loaded anew. Their method is
// "dialog", for which a browser does nothing: pressed before this has run, nothing that was written is lost.

import { reload } from "./live.js";
import { post, quiet, show, upload } from "./sending.js";
import { tell } from "./shell.js";

const keys = new WeakMap();

/** One key for what stands in a form now: pressed twice it is done once. */
function keyOf(form, content) {
  const known = keys.get(form);
  if (known?.content === content) return known.key;
  const key = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-");
  keys.set(form, { content, key });
  return key;
}

const READ = {
  boolean: (value) => value === "true" || value === "on",
  number: Number,
  time: (value) => new Date(value).toISOString(),
};

function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    const unsaid = !field.name || field.disabled || (field.type === "radio" && !field.checked);
    if (unsaid || (field.value === "" && !field.required)) continue;
    const value = field.type === "checkbox" ? String(field.checked) : field.value;
    body[field.name] = (READ[field.dataset.as ?? (field.type === "checkbox" ? "boolean" : "")] ?? String)(value);
  }
  return body;
}

/** A ticket is known to people by its number, to the API by its id; what is no number goes as it is. */
async function idOf(number) {
  const answer = await fetch(`/v1/tickets?limit=1&number=${encodeURIComponent(number)}`);
  const found = answer.ok ? (await answer.json()).items : [];
  return found[0]?.id ?? number;
}

async function send(form) {
  if (form.dataset.file) {
    const [file] = form.elements.file.files;
    const key = keyOf(form, `${file.name} ${file.size} ${file.lastModified}`);
    return upload(form.dataset.file, file, key, form.querySelector("progress"));
  }
  const body = bodyOf(form);
  const numbered = form.querySelector("[data-as=ticket]");
  if (numbered) body[numbered.name] = await idOf(numbered.value.trim());
  return post(form.dataset.send, body, keyOf(form, JSON.stringify(body)));
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.send && !form.dataset.file) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  quiet();
  try {
    await send(form);
    keys.delete(form);
    form.reset();
    const dialog = form.closest("dialog");
    dialog?.close();
    await reload();
    tell(form.dataset.said);
    if (!form.isConnected || dialog) document.querySelector("[data-tell]")?.focus();
  } catch (refused) {
    form.closest("dialog")?.close();
    show(refused);
  } finally {
    form.ariaBusy = null;
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
});
