// Who works alone says now and then that he is well. The telephone asks him, with or without a network.

import { clock, h, say, sayMany } from "./m-dom.js";

const ON_SITE = new Set(["arrived", "started", "paused"]);
const EVERY = 15_000;
const ASK_AGAIN = 60_000;

/** Whether another leads: he says what is done, and that they are well. */
export function goesAlong({ crew: others = [] }) {
  return others.some(({ leads }) => leads);
}

/** By when he is to say so; null where nobody waits for it. */
export function signDue({ visit }) {
  const { alone } = visit;
  if (!alone || !ON_SITE.has(visit.state)) return null;
  return new Date(Date.parse(alone.last_sign) + alone.every_minutes * 60_000);
}

/** What a visit says of it: one big button, or how to begin. */
export function aloneCard(carried, page, zone) {
  const { visit, site } = carried;
  if (!ON_SITE.has(visit.state) || visit.remote) return null;
  const due = signDue(carried);
  if (!due) {
    return h("section", { class: "card" },
      (visit.access ?? site?.access)?.lone_work && h("p", {}, say("alone-here")),
      step(carried, page, "alone", "wide"));
  }
  const over = due <= page.now();
  return h("section", { class: `card alone${over ? " over" : ""}`, "aria-labelledby": "alone" },
    h("h2", { id: "alone" }, say(over ? "alone-asked" : "alone-title")),
    h("p", {}, say(over ? "alone-over" : "alone-due", { time: clock(due, zone) })),
    page.offline() && h("p", { class: "said risk" }, say("alone-offline")),
    step(carried, page, "well", "main big wide"),
    step(carried, page, "not-alone", "wide"));
}

function step(carried, page, verb, look) {
  return h("button", {
    type: "button", class: look, id: `${verb}-${carried.visit.id}`, on: { click: () => page.step(carried, verb) },
  }, say(`step.${verb}`));
}

/** Ask whoever works alone and has not said in time that he is well. ``here()`` gives the visits as they are. */
export function askInTime(here, page) {
  let asking = null;
  let next = 0;
  const look = () => {
    const late = here().find((carried) => !goesAlong(carried) && (signDue(carried) ?? Infinity) <= page.now());
    if (!late) return asking?.close();
    if (asking || performance.now() < next) return;
    asking = question(late, page);
    asking.addEventListener("close", () => { asking.remove(); asking = null; next = performance.now() + ASK_AGAIN; });
    document.body.append(asking);
    asking.showModal();
    navigator.vibrate?.([400, 200, 400, 200, 400]);
    page.drawAnew();
  };
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  return look;
}

function question(carried, page) {
  const minutes = Math.max(1, Math.round((page.now() - Date.parse(carried.visit.alone.last_sign)) / 60_000));
  return h("dialog", { "aria-labelledby": "asked-well", class: "alone" },
    h("form", { method: "dialog", on: { submit: (event) => { if (event.submitter?.value === "well") page.step(carried, "well"); } } },
      h("h2", { id: "asked-well" }, say("alone-asked")),
      h("p", {}, sayMany("alone-since", minutes)),
      h("button", { value: "well", class: "main big wide" }, say("step.well")),
      h("button", { value: "later", class: "wide" }, say("alone-later"))));
}
