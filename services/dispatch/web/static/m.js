// The technician's page: shows what the telephone keeps, keeps what he does, and has it sent when it can be.

import { bringAbout, bringHeld, bringNames, bringWorkTypes } from "./m-about.js";
import { askInTime } from "./m-alone.js";
import { closingView } from "./m-closing.js";
import { dayOf, withActions } from "./m-day.js";
import { ask, say, sayMany } from "./m-dom.js";
import { extraView } from "./m-extra.js";
import { shownOf } from "./m-photo.js";
import { forgetHere, pushFoot } from "./m-push.js";
import { tryAgain } from "./m-queue.js";
import { Store } from "./m-store.js";
import { Sync } from "./m-sync.js";
import { unsentView } from "./m-unsent.js";
import { dayView, visitView, zoneOf } from "./m-visit.js";
import { tell } from "./shell.js";

const view = document.getElementById("view");
const badge = document.getElementById("badge");
const banner = document.getElementById("banner");
const signIn = view.dataset.signIn;
const TOUCHED = 400;
const MOST_PICTURES = 8;
const store = await opened();
const sync = new Sync(store);

let actions = [];
let visits = [];
let shown = "";
let kept = false;
let touched = 0;
let drawing = 0;
let arriving = false;
let askWell = () => {};

const page = {
  signIn,
  now: () => sync.now(),
  offline: () => sync.state === "offline",
  drawAnew: () => show(),
  send: () => sync.run(),
  /** Of two touches in one the second is not meant for the button that took the place of the first. */
  step: (carried, verb) => (performance.now() < touched ? null : act(carried, verb)),
  async again(refused, early) {
    await tryAgain(store, refused, { early });
    await changed();
    sync.run();
  },
  /** An attachment of the visit's request. */
  async photo(carried, file) {
    const picture = await shownOf(file);
    const key = picturesOf(carried.visit.id);
    const before = (await store.get(key)) ?? [];
    if (picture && before.length < MOST_PICTURES) await store.set(key, [...before, picture]);
    const at = sync.now().toISOString();
    const path = `/v1/tickets/${encodeURIComponent(carried.visit.ticket_id)}/attachments`;
    return keepDone(carried, "photo", { at, path, file, name: nameOf(carried.visit, at), body: {} });
  },
  /** A word for those who have the request in hand. */
  async note(carried) {
    const text = await ask({ title: say("note-title"), text: say("note-text"), label: say("note-label"), yes: say("note-keep") });
    if (!text) return;
    const at = sync.now().toISOString();
    const path = `/v1/tickets/${encodeURIComponent(carried.visit.ticket_id)}/notes`;
    await keepDone(carried, "note", { at, path, body: { text, public: false, occurred_at: at } });
  },
  /** What was done by mistake and is not sent, so that nobody knows of it. */
  async takeBack(action) {
    await sync.alone(async () => {
      const kept = await store.actions(action.by);
      if (kept.some(({ n }) => n === action.n)) await store.drop(action);
    });
    await changed();
  },
  /** A report that was refused is a draft again, as it was typed. */
  async correct(action) {
    await store.set(draftOf(action.visit), action.told);
    await store.drop(action);
    await changed();
    location.hash = `c/${action.visit}`;
  },
  async remove(refused) {
    const sure = await ask({ title: say("remove-title"), text: say("remove-text"), yes: say("remove"), danger: true });
    if (sure === null) return;
    await store.drop(...refused);
    await changed();
  },
};

function nameOf({ number }, at) {
  return `${number} ${at.slice(0, 19).replaceAll(":", "-")}.jpg`;
}

async function opened() {
  try {
    return await Store.open();
  } catch (error) {
    warn("no-store");
    throw error;
  }
}

function warn(what) {
  banner.textContent = say(what);
  banner.hidden = false;
}

/** Keep what he did with when he did it, show it, and have it sent. */
async function act(carried, verb, body = {}, draft = null) {
  const { visit } = carried;
  const more = await asked(carried, verb);
  if (more === null) return;
  const last = Math.max(0, ...actions.filter((each) => each.visit === visit.id).map((each) => Date.parse(each.at)));
  const at = new Date(Math.max(+sync.now(), last)).toISOString();
  await keepDone(carried, verb, {
    at,
    path: `/v1/visits/${encodeURIComponent(visit.id)}/${verb}`,
    told: draft?.told,
    body: { ...body, ...more, occurred_at: at, on_behalf_of: sync.day.technician.id },
  }, draft?.key);
}

function restTouch() {
  const rest = touched - performance.now();
  if (rest <= 0) return;
  const buttons = view.querySelectorAll(".steps > button");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  setTimeout(() => { for (const button of buttons) button.removeAttribute("aria-disabled"); }, rest);
}

async function keepDone(carried, verb, action, draft = null, pictures = []) {
  const { visit } = carried;
  touched = performance.now() + TOUCHED;
  try {
    const common = {
      by: sync.day.technician.id, visit: visit.id, state: "waiting", problem: null,
      number: visit.number, where: carried.site?.name ?? visit.site_id, zone: zoneOf(carried),
    };
    const key = crypto.randomUUID();
    await store.add([{ ...common, key, verb, ...action }, ...pictures.map((file) => ({
      ...common, key: crypto.randomUUID(), verb: "photo", at: action.at, body: {}, after: key, file, name: nameOf(visit, action.at),
    }))], draft);
  } catch (error) {
    warn("not-kept");
    throw error;
  }
  await changed();
  tell(say(`did.${verb}`));
  sync.run();
}

/** What a step needs to be asked first: more of its body, or null where he thinks better of it. */
async function asked(carried, verb) {
  if (verb === "decline") {
    const reason = await ask({ title: say("decline-title"), text: say("decline-text"), label: say("reason"), yes: say("step.decline"), danger: true });
    return reason === null ? null : { reason };
  }
  const { planned_start: start } = carried.visit;
  const zone = zoneOf(carried);
  if (!["depart", "arrive"].includes(verb) || !start || dayOf(start, zone) === dayOf(sync.now(), zone)) return {};
  if (Date.parse(start) < +sync.now()) return {};
  const sure = await ask({ title: say("early-title"), text: say("early-text"), yes: say("it-is-this-visit") });
  return sure === null ? null : { early: true };
}

/** Read again what is kept, and show it. */
async function changed() {
  const { day } = sync;
  actions = day ? await store.actions(day.technician.id) : [];
  const about = (await store.get("about")) ?? {};
  const names = (await store.get("names")) ?? {};
  const held = (await store.get("held")) ?? {};
  const workTypes = (await store.get("work-types"))?.items ?? [];
  visits = withActions(day?.visits ?? [], actions, day?.sign_minutes).map((each) => ({
    ...each, van: day.van, names, workTypes, about: about[each.visit.ticket_id],
    held: held[each.visit.id]?.lines ?? [],
  }));
  showStanding();
  await show();
  askWell();
}

function showStanding() {
  const waiting = actions.filter((action) => action.state === "waiting").length;
  const refused = actions.length - waiting;
  const state = sync.state === "offline" ? "offline" : sync.state === "signed-out" ? "signed-out" : "";
  badge.textContent = [
    state && say(`badge.${state}`),
    waiting > 0 ? sayMany("unsent", waiting) : !state && !refused && say("all-sent"),
    refused > 0 && sayMany("to-look-at", refused),
  ].filter(Boolean).join(" · ");
  badge.className = `state ${refused || state === "signed-out" ? "breached" : waiting || state ? "risk" : "done"}`;
  badge.dataset.state = sync.state;
  if (actions.length > 0) navigator.setAppBadge?.(actions.length).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
  badge.dataset.offline = kept && sync.day ? "ready" : "";
  document.getElementById("session").hidden = sync.state !== "signed-out";
}

const routes = {
  v: (id) => one(id, (carried) => visitView(carried, page)),
  c: (id) => one(id, closing),
  n: (id) => one(id, extra),
  unsent: () => unsentView(actions, { page, state: sync.state, day: kept ? sync.day : null }),
};

function one(id, how) {
  const carried = visits.find((each) => each.visit.id === id);
  if (carried) return how(carried);
  return unknown();
}

function draftOf(visit) {
  return `draft:${sync.day.technician.id}:${visit}`;
}

/** The pictures that a report shows, small. */
function picturesOf(visit) {
  return `pictures:${sync.day.technician.id}:${visit}`;
}

async function closing(carried) {
  const draft = draftOf(carried.visit.id);
  return closingView(carried, page, {
    draft: await store.get(draft),
    keep: store.draft(draft),
    close: async (body, told) => {
      const photos = (await store.get(picturesOf(carried.visit.id))) ?? [];
      await act(carried, "close", { ...body, photos }, { key: draft, told });
      location.hash = "";
    },
  });
}

async function extra(carried) {
  const draft = `extra:${sync.day.technician.id}:${carried.visit.id}`;
  return extraView(carried, {
    draft: await store.get(draft),
    keep: store.draft(draft),
    open: async (body, pictures) => {
      const at = sync.now().toISOString();
      await keepDone(carried, "open", { at, path: "/v1/tickets", body: { ...body, occurred_at: at } }, draft, pictures);
      location.hash = `v/${carried.visit.id}`;
    },
  });
}

function unknown() {
  const gone = document.getElementById("gone").content.cloneNode(true);
  return [...gone.childNodes];
}

/** Draw the view of the address; what he is typing into is left alone. */
async function show({ moved = false } = {}) {
  arriving ||= moved;
  drawing += 1;
  const own = drawing;
  const [name, id = ""] = location.hash.slice(1).split(/\/(.*)/s);
  const typing = ["c", "n"].includes(name) && !arriving && view.querySelector("form");
  if (typing || (!sync.day && name !== "unsent")) return;
  const nodes = await (routes[name] ?? (() => dayView(visits, page)))(decodeURIComponent(id));
  if (own !== drawing) return;
  const made = document.createElement("div");
  made.append(...nodes.flat(3).filter(Boolean));
  if (made.innerHTML === shown && !arriving) return;
  shown = made.innerHTML;
  const focused = view.contains(document.activeElement) ? document.activeElement.id : "";
  view.replaceChildren(...made.childNodes);
  view.setAttribute("aria-busy", "false");
  restTouch();
  if (arriving) {
    arriving = false;
    window.scrollTo(0, 0);
    view.querySelector("h1")?.focus();
  } else if (focused) document.getElementById(focused)?.focus();
}

async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/m/sw.js", { scope: "/m" });
  await navigator.serviceWorker.ready;
  // What is not sent must not be thrown away to make room for somebody else's pages.
  navigator.storage?.persist?.().catch(() => {});
  kept = (await caches.match("/m", { ignoreVary: true })) !== undefined;
  showStanding();
}

/** Nothing of the clients' stays behind; what is not sent does, until he signs in again. */
async function signOut(event) {
  event.preventDefault();
  const form = event.target;
  if (!navigator.onLine) return warn("sign-out-offline");
  const waiting = actions.filter((action) => action.state === "waiting").length;
  if (waiting > 0) {
    const sure = await ask({ title: say("sign-out-title"), text: sayMany("sign-out-text", waiting), yes: say("sign-out") });
    if (sure === null) return;
  }
  await forgetHere().catch(() => {});
  await store.forget("day", "about", "held");
  for (const name of await caches.keys()) await (await caches.open(name)).delete("/m");
  form.submit();
}

sync.addEventListener("change", async () => {
  await changed();
  if (sync.state !== "sent" || !sync.day) return;
  const more = [await bringHeld(store, sync.day.visits)];
  const held = Object.values((await store.get("held")) ?? {}).flatMap((each) => each?.lines ?? []);
  const skus = [...sync.day.van, ...held, ...sync.day.visits.flatMap(({ visit }) => visit.parts ?? [])].map(({ sku }) => sku);
  more.push(
    await bringAbout(store, sync.day.visits), await bringNames(store, [...new Set(skus)]), await bringWorkTypes(store),
  );
  if (more.some(Boolean)) await changed();
  badge.dataset.about = "ready";
});
window.addEventListener("hashchange", () => show({ moved: true }));
document.querySelector("form.who")?.addEventListener("submit", signOut);
document.getElementById("foot").append(...document.querySelectorAll(".top > form"));
askWell = askInTime(() => visits, page);
await sync.start();
await changed();
await keepPage();
document.getElementById("foot").prepend(await pushFoot());
