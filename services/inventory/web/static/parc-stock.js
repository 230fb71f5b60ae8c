// A form of the stock's pages is the request that programs make: one key for each deed, however often it is sent.

import { tell } from "./shell.js";

const keys = new WeakMap();

function bodyOf(form) {
  const body = {};
  const lines = [];
  const came = {};
  for (const field of form.elements) {
    if (!field.name || field.value === "") continue;
    const number = field.type === "number" ? Number(field.value) : field.value;
    if (field.name.startsWith("line:")) lines.push({ sku: field.name.slice(5), quantity: number });
    else if (field.name.startsWith("serial:")) {
      const of = came[field.name.slice(7)] ??= [];
      if (field.checked) of.push(field.value);
    } else if ("list" in field.dataset) body[field.name] = listed(field.value);
    else body[field.name] = "cents" in field.dataset ? Math.round(number * 100) : number;
  }
  for (const line of lines) if (line.sku in came) line.serials = came[line.sku];
  if ("oneLine" in form.dataset) {
    const { origin, destination, ...line } = body;
    return { origin, destination, lines: [line] };
  }
  if (body.lot && "purchase" in form.dataset) {
    const { lot, expires_on, ...rest } = body;
    return { ...rest, lots: [{ lot, quantity: body.quantity, ...(expires_on && { expires_on }) }] };
  }
  if (form.dataset.lines === "receipt") {
    return { ...body, lines, ...(body.reason ? {} : { more_to_come: true }) };
  }
  if ("lines" in form.dataset) return { lines: lines.filter((each) => each.quantity) };
  return body;
}

/** Serial numbers as people write or scan them: one a line, or with commas between. */
function listed(text) {
  return text.split(/[\n,;]+/).map((each) => each.trim()).filter(Boolean);
}

/** Where every piece has its box, how many came is how many are ticked. */
function counted(box) {
  const boxes = [...box.form.elements].filter((each) => each.name === box.name);
  const number = box.form.elements[`line:${box.name.slice(7)}`];
  if (boxes.length === Number(number.max)) number.value = boxes.filter((each) => each.checked).length;
}

function complain(list, text, details = []) {
  const box = document.createElement("div");
  box.className = "said risk";
  box.textContent = [text, ...details].join(" ");
  const trouble = list.querySelector(".trouble");
  trouble.replaceChildren(box);
  trouble.scrollIntoView({ block: "nearest" });
}

async function send(form) {
  const list = form.closest("[data-lost]");
  const buttons = form.querySelectorAll("button");
  if (!keys.has(form)) keys.set(form, crypto.randomUUID());
  for (const each of buttons) each.disabled = true;
  try {
    const answer = await fetch(form.dataset.post, {
      method: form.dataset.method ?? "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": keys.get(form) },
      body: JSON.stringify(bodyOf(form)),
    });
    if (answer.ok) {
      tell(list.dataset.done);
      htmx.trigger(list, "refresh");
      return;
    }
    const problem = await answer.json();
    // What was refused was not done: what is sent next is another deed.
    if (answer.status < 500) keys.delete(form);
    complain(list, problem.detail, (problem.errors ?? []).map((each) => each.detail));
  } catch {
    complain(list, list.dataset.lost);
  }
  for (const each of buttons) each.disabled = false;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-post]");
  if (!form) return;
  event.preventDefault();
  send(form);
});

document.addEventListener("change", (event) => {
  if (event.target.name?.startsWith("serial:")) counted(event.target);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
