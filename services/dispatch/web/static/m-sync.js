// Keeps the telephone and the server together: sends what was done, then brings the days to come.

import { replay } from "./m-queue.js";

const PATIENCE = 20_000;
const EVERY = 60_000;
const FORGOTTEN_AFTER = 7 * 86_400_000;

/** Tells ``change`` whenever what is kept, or how the telephone stands with the server, is different. */
export class Sync extends EventTarget {
  /** "new" | "sent" | "sending" | "offline" | "signed-out" | "wait" */
  state = "new";
  day = null;
  #offset = 0;
  #running = false;
  #again = false;

  constructor(store) {
    super();
    this.store = store;
  }

  async start() {
    this.day = await this.store.get("day");
    this.#offset = (await this.store.get("offset")) ?? 0;
    if (this.day && +this.now() - Date.parse(this.day.now) > FORGOTTEN_AFTER) {
      await this.store.forget("day", "about");
      this.day = null;
    }
    for (const event of ["online", "offline"]) window.addEventListener(event, () => this.run());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.run(); });
    setInterval(() => { if (!document.hidden) this.run(); }, EVERY);
    this.run();
  }

  /** The time where the server is, which its own answers told: a telephone's clock may be wrong. */
  now() {
    return new Date(Date.now() + this.#offset);
  }

  /** Something on what is kept that must not meet a sending of it. */
  alone(what) {
    return together(what);
  }

  /** Once more, now; or as soon as what is running has ended. One window at a time. */
  async run() {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#again) {
        this.#again = false;
        await together(() => this.#once());
      }
    } finally {
      this.#running = false;
    }
  }

  async #once() {
    if (!navigator.onLine) return this.#is("offline");
    if (this.state !== "sent") this.#is("sending");
    let state = await this.#bring();
    if (state !== "sent") return this.#is(state);
    const { sent, refused, stopped } = await replay(this.store, this.day.technician.id, send);
    if (sent || refused) state = await this.#bring();
    return this.#is(stopped ?? state, true);
  }

  async #bring() {
    let answer;
    try {
      answer = await fetch("/m/visits.json", {
        redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) return "signed-out";
      if (!answer.ok) return "wait";
      this.day = await this.#withBegun(await answer.json());
    } catch {
      return "offline";
    }
    this.#offset = Date.parse(this.day.now) - Date.now();
    await this.store.set("offset", this.#offset);
    await this.store.set("day", this.day);
    return "sent";
  }

  /** What he is in the middle of stays in sight although it is somebody else's by now: he may have to close it. */
  async #withBegun(day) {
    const before = await this.store.get("day");
    if (before?.technician.id !== day.technician.id) return day;
    const begun = await this.store.begun(day.technician.id);
    const there = new Set(day.visits.map(({ visit }) => visit.id));
    const gone = before.visits.filter(({ visit }) =>
      begun.has(visit.id) && !there.has(visit.id) && !["closed", "cancelled"].includes(visit.state));
    return { ...day, visits: [...day.visits, ...gone.map((each) => ({ ...each, gone: true }))] };
  }

  async #is(state, changed = false) {
    const before = this.state;
    this.state = state;
    this.day = (await this.store.get("day")) ?? null;
    if (changed || state !== before) this.dispatchEvent(new Event("change"));
  }
}

async function send(action) {
  const form = action.file ? new FormData() : null;
  form?.append("file", action.file, action.name);
  const answer = await fetch(action.path, {
    method: "POST",
    redirect: "manual",
    headers: { "Idempotency-Key": action.key, ...(form ? {} : { "Content-Type": "application/json" }) },
    body: form ?? JSON.stringify(action.body),
    signal: AbortSignal.timeout(form ? 3 * PATIENCE : PATIENCE),
  });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

/** Two windows of the page never send at once. */
function together(what) {
  return navigator.locks ? navigator.locks.request("astreinte-m", what) : what();
}
