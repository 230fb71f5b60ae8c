// Whether this telephone is told of visits while the page is closed. It is asked on a touch, never by itself.

import { h, say } from "./m-dom.js";
import { tell } from "./shell.js";

const SUBSCRIPTIONS = "/v1/push/subscriptions";

/** What stands at the foot of the page: a button to be told here, or to be told no more; nothing where it cannot be. */
export async function pushFoot() {
  const place = h("div", { id: "tell-here", class: "tell-here" });
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return place;
  const answer = await asked("GET", "/v1/push/key");
  if (!answer?.ok) return place;
  const { key } = await answer.json();
  if (!key) return place;
  const there = await navigator.serviceWorker.ready;
  await draw(place, there, key);
  return place;
}

/** Nobody is told on a telephone that he has left. */
export async function forgetHere() {
  const there = await navigator.serviceWorker?.getRegistration("/m");
  const known = await there?.pushManager?.getSubscription();
  if (known) await leave(known);
}

async function draw(place, there, key) {
  const known = await there.pushManager.getSubscription();
  if (known && Notification.permission === "granted") {
    place.replaceChildren(
      h("p", { class: "quiet" }, say("told-here")),
      h("button", { type: "button", on: { click: () => stop(place, there, key, known) } }, say("tell-me-no-more")));
  } else if (Notification.permission === "denied") {
    place.replaceChildren(h("p", { class: "quiet" }, say("told-nowhere")));
  } else {
    place.replaceChildren(
      h("button", { type: "button", on: { click: () => start(place, there, key) } }, say("tell-me-here")));
  }
}

async function start(place, there, key) {
  if (await Notification.requestPermission() === "granted") {
    try {
      const made = await there.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      const answer = await asked("POST", SUBSCRIPTIONS, made.toJSON());
      if (!answer?.ok) await made.unsubscribe();
      tell(say(answer?.ok ? "told-here" : "tell-me-failed"));
    } catch {
      tell(say("tell-me-failed"));
    }
  }
  await draw(place, there, key);
}

async function stop(place, there, key, known) {
  await leave(known);
  await draw(place, there, key);
}

async function leave(known) {
  const answer = await asked("POST", SUBSCRIPTIONS, known.toJSON());
  if (answer?.ok) await asked("DELETE", `${SUBSCRIPTIONS}/${(await answer.json()).id}`);
  await known.unsubscribe();
}

async function asked(method, path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  try {
    return await fetch(path, {
      method, headers, body: body && JSON.stringify(body), redirect: "manual", signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return null;
  }
}
