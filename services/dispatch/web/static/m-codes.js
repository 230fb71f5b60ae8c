// What opens a site's doors: asked for on the spot, in sight for a minute, kept nowhere on the telephone.

import { clock, dayName, h, say } from "./m-dom.js";

const SHOWN = 60_000;

export function codesButton({ visit, site }) {
  if (visit.remote || visit.state === "cancelled") return null;
  return h("button", {
    type: "button", class: "wide", id: `codes-${visit.id}`, on: { click: () => show(visit.site_id, site?.time_zone) },
  }, say("codes"));
}

async function show(siteId, zone) {
  const what = h("div", { "aria-live": "polite" }, h("p", {}, say("codes-asking")));
  const dialog = h("dialog", { "aria-labelledby": "codes" },
    h("form", { method: "dialog" },
      h("h2", { id: "codes" }, say("codes-title")), what,
      h("div", { class: "choices" }, h("button", { value: "no" }, say("close")))));
  const over = new AbortController();
  const hide = () => dialog.close();
  dialog.addEventListener("close", () => { over.abort(); dialog.remove(); });
  // Out of sight is gone, be it into a pocket or behind another page.
  document.addEventListener("visibilitychange", hide, { signal: over.signal });
  window.addEventListener("hashchange", hide, { signal: over.signal });
  document.body.append(dialog);
  dialog.showModal();
  const { codes, why } = await asked(siteId, zone);
  if (over.signal.aborted) return;
  if (why) return what.replaceChildren(h("p", {}, why));
  const rest = h("p", { class: "quiet small", "aria-hidden": "true" });
  what.replaceChildren(h("dl", { class: "codes" }, codes.map(({ name, code, note }) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, code), note && h("span", { class: "quiet" }, note))))), rest);
  const until = Date.now() + SHOWN;
  // A telephone that slept may have missed any number of ticks.
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    rest.textContent = say("codes-hidden", { seconds });
    if (seconds <= 0) hide();
  };
  tick();
  const ticking = setInterval(tick, 1000);
  over.signal.addEventListener("abort", () => clearInterval(ticking));
}

/** The codes, or why there are none to be seen. */
async function asked(siteId, zone) {
  let answer;
  try {
    answer = await fetch(`/v1/sites/${encodeURIComponent(siteId)}/codes`, {
      redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return { why: say("codes-offline") };
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok) return body;
  if (answer.status === 404) return { why: say("codes-none") };
  if (answer.status === 403) return { why: body?.from ? say("codes-from", { time: `${dayName(body.from, zone, new Date())} ${clock(body.from, zone)}` }) : say("codes-not-now") };
  return { why: say("codes-failed", { why: body?.title ?? `${answer.status}` }) };
}
