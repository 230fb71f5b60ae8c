// An address that is right is written to again.

for (const button of document.querySelectorAll("[data-again]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await fetch(button.dataset.again, { method: "DELETE", headers: { "Idempotency-Key": crypto.randomUUID() } });
    if (answer.ok || answer.status === 404) location.reload();
    else button.disabled = false;
  });
}
