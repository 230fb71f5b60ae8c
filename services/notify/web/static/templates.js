// Shows what a template would say while it is written, and keeps it once it is right.

import { tell } from "./shell.js";

const words = JSON.parse(document.getElementById("words").textContent);
const choose = document.getElementById("choose");
const form = document.getElementById("write");
const errors = document.getElementById("errors");
const RESTS = 400; // milliseconds without a key before it is shown anew

let waiting = 0;
let asked = 0;

choose.addEventListener("change", () => choose.submit());
choose.querySelector("button").hidden = true;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(preview, RESTS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  keep("PUT", written());
});
document.getElementById("original")?.addEventListener("click", () => keep("DELETE"));
await preview();

function written() {
  const { subject, body } = form.elements;
  return { subject: subject?.value ?? "", body: body.value };
}

async function preview() {
  asked += 1;
  const own = asked;
  const answer = await send("POST", `${form.dataset.path}/preview`, written());
  if (own !== asked || !answer?.ok) return;
  const seen = await answer.json();
  if (own !== asked) return;
  show(seen.errors);
  if (seen.errors.length > 0) return;
  document.getElementById("seen-subject").textContent = seen.subject;
  document.getElementById("seen-text").textContent = seen.text;
}

async function keep(method, body) {
  const { etag } = form.dataset;
  const asItWas = etag === "0" ? { "If-None-Match": "*" } : { "If-Match": `"${etag}"` };
  const answer = await send(method, form.dataset.path, body, asItWas);
  if (answer?.ok) {
    tell(words.saved);
    location.reload();
    return;
  }
  if (answer?.status === 412) return show([{ part: "", message: words.stale }]);
  const problem = await answer?.json().catch(() => null);
  show(problem?.errors ?? [{ part: "", message: problem?.detail ?? words.away }]);
}

function show(found) {
  errors.replaceChildren(...found.map(({ part, line, message }) => {
    const item = document.createElement("li");
    const how = part === "subject" ? words["subject-line"] : part === "body" ? words.line : "{message}";
    item.textContent = how.replace("{line}", line).replace("{message}", message);
    return item;
  }));
}

async function send(method, path, body, more = {}) {
  try {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), ...more };
    return await fetch(path, { method, headers, body: body && JSON.stringify(body), redirect: "manual" });
  } catch {
    return null;
  }
}
