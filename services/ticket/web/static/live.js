// What changes on the server is loaded anew where it stands, and what it says is told once it says something else.
//
// <div data-streams="tickets visits" data-of="ticket=…" data-events="…" data-part="/…"> is the part; an
// element of it with [data-tell] is what is announced, one with [data-version] says how new it is.

import { tell } from "./shell.js";

const SETTLES_MS = 250;
const AGAIN_MS = [400, 1000, 2500];
const part = document.querySelector("[data-streams]");
let streams = [];
let due = 0;
let again = 0;
let asks = [];

function said() {
  return part.querySelector("[data-tell]")?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

function version() {
  return part.querySelector("[data-version]")?.dataset.version ?? "";
}

/** Load the part anew. */
export function reload() {
  const address = part.dataset.part ?? location.pathname + location.search;
  return htmx.ajax("GET", address, { source: part, target: part, swap: "innerHTML" });
}

/** A stream may tell of something before the page's own service has heard of it: then it is asked again. */
async function changed(since, left) {
  const field = document.activeElement;
  if (part.contains(field) && field.matches("input, select, textarea")) {
    // What somebody is writing there would be lost.
    part.addEventListener("focusout", soon, { once: true });
    return;
  }
  await reload();
  if (part.querySelector("[data-version]") && version() === since && left.length) {
    again = setTimeout(() => changed(since, left.slice(1)), left[0]);
  }
}

/** However much is told, it is loaded once a while. */
function soon(_, left = AGAIN_MS) {
  if (left.length > asks.length) asks = left;
  if (due) return;
  clearTimeout(again);
  due = setTimeout(() => {
    const left = asks;
    [due, asks] = [0, []];
    changed(version(), left);
  }, SETTLES_MS);
}

function listen() {
  const events = part.dataset.events.split(" ");
  streams = part.dataset.streams.split(" ").map((name) => {
    const stream = new EventSource(`/v1/streams/${name}?${part.dataset.of ?? ""}`);
    for (const event of [...events, "gap"]) stream.addEventListener(event, soon);
    // What happened between the page and its stream, or while that was broken, was told to nobody.
    stream.onopen = () => soon(null, []);
    return stream;
  });
}

function hush() {
  for (const stream of streams) stream.close();
  streams = [];
}

// A browser keeps few connections to one origin: a page that nobody looks at holds none of them.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hush();
  else if (!streams.length) {
    listen();
    soon();
  }
});
addEventListener("pagehide", hush);
if (part) {
  let last = said();
  part.addEventListener("htmx:afterSwap", () => {
    const now = said();
    if (now && now !== last) tell(now);
    last = now;
  });
  if (!document.hidden) listen();
}
