// Stock is moved by the same requests as programs make: one key for each movement, however often it is sent.

import { tell } from "./shell.js";

const dialog = document.getElementById("move");
const form = dialog?.querySelector("form");
const trouble = document.getElementById("move-trouble");
let key;

function begin() {
  form.reset();
  trouble.replaceChildren();
  key = crypto.randomUUID();
  whereto();
  dialog.showModal();
}

function whereto() {
  const goes = form.elements.verb.value === "transfer";
  const field = form.elements.destination;
  field.closest("label").hidden = !goes;
  field.required = goes;
  for (const each of form.querySelectorAll("[data-for]")) {
    each.hidden = !each.dataset.for.split(" ").includes(form.elements.verb.value);
  }
}

function bodyOf({ verb, sku, location, destination, quantity, serials, reason, note, lot, expires_on }) {
  const named = serials.split("\n").map((each) => each.trim()).filter(Boolean);
  const body = { sku, quantity: Number(quantity), ...(named.length ? { serials: named } : {}) };
  if (verb === "transfer") return { ...body, origin: location, destination, ...(lot ? { lot } : {}) };
  if (verb === "count") return { ...body, location, ...(reason ? { reason } : {}), ...(note ? { note } : {}) };
  const lots = [{ lot, quantity: body.quantity, ...(expires_on ? { expires_on } : {}) }];
  return { ...body, location, ...(lot ? { lots } : {}) };
}

function complain(text, details = []) {
  const box = document.createElement("div");
  box.className = "said risk";
  box.textContent = [text, ...details].join(" ");
  trouble.replaceChildren(box);
}

async function send(event) {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  let answer;
  try {
    answer = await fetch(`/v1/stock/${fields.verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(bodyOf(fields)),
    });
  } catch {
    complain(form.dataset.lost);
    return;
  }
  if (!answer.ok) {
    const problem = await answer.json();
    // What was refused was not done: what is sent next is another movement.
    if (answer.status < 500) key = crypto.randomUUID();
    complain(problem.detail, (problem.errors ?? []).map((each) => each.detail));
    return;
  }
  dialog.close();
  tell(form.dataset.done);
  htmx.trigger("#supplies", "refresh");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-move]")) begin();
  if (event.target.closest("[data-close]")) dialog.close();
});
form?.addEventListener("submit", send);
form?.elements.verb.addEventListener("change", whereto);
