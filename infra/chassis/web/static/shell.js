// What every page does: problems are brought to sight, and what changed is said to who does not see it.

const trouble = document.getElementById("trouble");

/** Say something to screen readers, without moving anybody's focus. */
export function tell(text) {
  const told = document.getElementById("told");
  told.textContent = "";
  requestAnimationFrame(() => { told.textContent = text; });
}

document.addEventListener("htmx:beforeRequest", () => { trouble.replaceChildren(); });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === trouble) trouble.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:sendError", () => {
  const box = document.createElement("div");
  box.className = "said risk";
  box.textContent = document.documentElement.lang === "fr"
    ? "Le serveur ne répond pas : rien n'a été envoyé, réessayez dans un instant."
    : "The server does not answer: nothing was sent, try again in a moment.";
  trouble.replaceChildren(box);
});

// Tabs that do not fit are scrolled: the present one is to be in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}
