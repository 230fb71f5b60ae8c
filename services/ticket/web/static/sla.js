// The clocks are looked at anew when one of them tells something, and every half minute; "Why?" opens the drawer.

import { tell } from "./shell.js";

const SOON_MS = 400;
const AGAIN_MS = 30_000;
const clocks = () => document.getElementById("clocks");

function lookAgain() {
  if (clocks() && !document.hidden) htmx.trigger("#clocks", "refresh");
}

if (clocks()) {
  const stream = new EventSource("/v1/streams/sla");
  // What happened between the page and its stream, or while that was broken, was told to nobody.
  stream.onopen = lookAgain;
  let soon;
  for (const type of clocks().dataset.types.split(" ")) {
    stream.addEventListener(type, () => {
      if (type === "sla-breached") tell(clocks().dataset.breached);
      clearTimeout(soon);
      soon = setTimeout(lookAgain, SOON_MS);
    });
  }
  setInterval(lookAgain, AGAIN_MS);
  document.addEventListener("visibilitychange", lookAgain);
  addEventListener("pagehide", () => stream.close());
}

const drawer = document.getElementById("why");
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-close]")) drawer.close();
  const button = event.target.closest("[data-why]");
  if (!button) return;
  await htmx.ajax("GET", button.dataset.why, { target: "#why", swap: "innerHTML" });
  if (drawer.childElementCount) drawer.showModal();
});
drawer?.addEventListener("close", () => drawer.replaceChildren());
