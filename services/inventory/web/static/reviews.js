// A doubtful inventory is decided by the same request as programs make, once however often it is sent.

import { tell } from "./shell.js";

const keys = new Map();

function bodyOf(button) {
  return button.name === "merge" ? { decision: "merge", asset_id: button.value } : { decision: button.name };
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-review]");
  if (!form) return;
  event.preventDefault();
  const list = document.getElementById("reviews");
  const body = JSON.stringify(bodyOf(event.submitter));
  const name = `${form.dataset.review} ${body}`;
  if (!keys.has(name)) keys.set(name, crypto.randomUUID());
  event.submitter.disabled = true;
  try {
    const answer = await fetch(`/v1/inventory/reviews/${form.dataset.review}/decide`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": keys.get(name) },
      body,
    });
    tell(answer.ok ? list.dataset.done : (await answer.json()).detail);
    htmx.trigger(list, "refresh");
  } catch {
    tell(list.dataset.lost);
    event.submitter.disabled = false;
  }
});
