// All of somebody's tickets go to a colleague at the end of his shift: one after the other, and what is refused stays.

import { post, quiet, show } from "./sending.js";

const form = document.getElementById("all-mine");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  const progress = form.querySelector("progress");
  const body = { agent_id: form.elements.agent_id.value.trim() };
  if (form.elements.reason.value.trim()) body.reason = form.elements.reason.value.trim();
  const left = form.dataset.tickets.split(" ");
  progress.max = left.length;
  progress.value = 0;
  progress.hidden = false;
  button.disabled = true;
  quiet();
  try {
    while (left.length) {
      await post(`/v1/tickets/${left[0]}/hand-over`, body, `${form.dataset.key}-${left[0]}-${body.agent_id}`);
      left.shift();
      form.dataset.tickets = left.join(" ");
      progress.value += 1;
    }
    location.reload();
  } catch (refused) {
    show(refused);
    progress.hidden = true;
    button.disabled = false;
  }
});
