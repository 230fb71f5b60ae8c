// The planner's board: it loads a day, follows what changes, and carries out what is decided.

import { api, Problem } from "./board-api.js";
import { candidates, help, moveForm } from "./board-dialogs.js";
import { dragging } from "./board-drag.js";
import { Gantt } from "./board-gantt.js";
import { chosenCard, printed, waitingList } from "./board-lists.js";
import { BoardMap } from "./board-map.js";
import { Model } from "./board-model.js";
import { clock, dateOf, dayLong, el, moment, say, standing, words } from "./board-text.js";
import { tell } from "./shell.js";

const SOON = 200;
const ANYWAY = 20_000;
const FRESH = 4_000;
const DAY = 86_400_000;
const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);

class Board extends Model {
  date = asked.get("date") ?? "";
  days = asked.get("days") === "7" ? 7 : 1;
  territory = asked.get("territory") ?? "";
  chosen = asked.get("visit");
  #done = [];
  #fresh = new Map();
  #actors = new Map();
  #loading = null;

  constructor() {
    super();
    for (const each of ["search", "skill", "state"]) this.filter[each] = asked.get(each) ?? "";
    this.gantt = new Gantt(this);
    this.map = new BoardMap(this);
    dragging(this, this.gantt);
  }

  // -- what is known

  /** Everything of the day or week that is asked for. */
  async load({ begin = false } = {}) {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    try {
      const answer = await api.day(this.#query(), signal);
      this.take(answer);
      if (answer.more) this.note("risk", words.more);
    } catch (error) {
      if (error.name !== "AbortError") this.#trouble(error);
      return;
    }
    this.date ||= dateOf(this.now(), this.zone);
    this.#shell();
    this.draw();
    if (begin) { this.gantt.begin(); this.map.fit(); }
  }

  /** What has changed since the last answer. */
  async refresh() {
    if (!this.loaded) return;
    let answer;
    try {
      answer = await api.day({ ...this.#query(), since: this.since });
    } catch (error) {
      this.#trouble(error);
      return;
    }
    if (answer.more) { await this.load(); return; }
    const moved = this.take(answer);
    for (const visit of moved) {
      const who = this.#actors.get(visit.id);
      const now = standing(visit, this);
      this.#fresh.set(visit.id, performance.now() + FRESH);
      if (this.#relevant(visit)) tell(say(who ? words.changedBy : words.changed, { number: visit.number, now, who }));
    }
    if (moved.length) setTimeout(() => this.draw(), FRESH + 50);
    this.draw();
  }

  /** Something happened, by whom if that was said. */
  heard(visitId, actor) {
    if (visitId) this.#actors.set(visitId, person(actor));
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, SOON);
  }

  isFresh(id) { return (this.#fresh.get(id) ?? 0) > performance.now(); }
  #relevant(visit) { return this.waiting().includes(visit) || this.planned().includes(visit); }

  #query() {
    return { ...(this.date ? { date: this.date } : {}), days: String(this.days), ...(this.territory ? { territory: this.territory } : {}) };
  }

  // -- what is drawn

  draw() {
    waitingList(this);
    this.gantt.update();
    chosenCard(this);
    this.map.update();
    $("undo").disabled = !this.#done.length;
  }

  choose(id, reveal = false) {
    if (this.chosen !== id) {
      this.chosen = id;
      for (const each of document.querySelectorAll(".bar, .wait")) each.setAttribute("aria-pressed", String(each.dataset.id === id));
      for (const each of document.querySelectorAll(".wait")) each.tabIndex = each.dataset.id === id ? 0 : -1;
      chosenCard(this);
      this.map.point();
    }
    if (reveal) this.gantt.reveal(id, true);
  }

  note(tone, text) {
    const close = el("button", { type: "button", class: "plain", "aria-label": words.dismiss, onclick: () => $("said").replaceChildren() }, "✕");
    $("said").replaceChildren(el("div", { class: `said ${tone}`, role: tone === "done" ? null : "alert" }, el("p", {}, text), close));
    if (tone === "done") tell(text);
  }

  #shell() {
    const from = dayLong(this.from + DAY / 2, this.zone);
    $("day-said").textContent = this.days === 7 ? say(words.week, { date: from }) : from;
    $("date").value = this.date;
    for (const each of document.querySelectorAll("[data-days]")) each.setAttribute("aria-pressed", String(Number(each.dataset.days) === this.days));
    options($("territory"), this.territories, this.territory);
    options($("skill"), [...new Set([...this.technicians.values()].flatMap((each) => Object.keys(each.skills)))].sort(), this.filter.skill);
    for (const each of ["search", "state"]) if (document.activeElement !== $(each)) $(each).value = this.filter[each];
    const kept = new URLSearchParams(Object.entries({ date: this.date, days: this.days === 7 ? "7" : "", territory: this.territory, ...this.filter }).filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}?${kept}`);
  }

  // -- what is decided

  candidates(id = this.chosen) {
    const visit = this.#mine(id);
    if (visit) candidates(this, visit);
  }

  move(id = this.chosen, technician = null) {
    const visit = this.#mine(id);
    if (visit) moveForm(this, visit, technician);
  }

  #mine(id) {
    const visit = this.visits.get(id);
    if (!visit) this.note("risk", words.chooseFirst);
    else if (!visit.possible.includes("assign")) this.note("risk", say(words.notPossible, { number: visit.number, state: words.states[visit.state] }));
    else return visit;
    return null;
  }

  /** Give a visit to somebody, at a time or when it is best. */
  async give(id, technician, start) {
    const visit = this.visits.get(id);
    const done = await this.doing(visit, () => (start && technician === visit.technician_id ? api.reschedule(visit, start) : api.assign(visit, technician, start)));
    if (!done) return;
    this.#done.push({ id, technician: visit.technician_id, start: visit.start });
    const said = this.#assigned(visit, done);
    const against = (done.warnings ?? []).map((each) => this.named(each.detail));
    this.note(against.length ? "risk" : "done", [said, ...against].join(" · "));
    this.draw();
    this.choose(id);
  }

  #assigned({ number }, done) {
    const time = moment(Date.parse(done.planned_start), this.zone, this.now());
    return say(words.assigned, { number, name: this.nameOf(done.technician_id), time });
  }

  async pin(id = this.chosen) {
    const visit = this.visits.get(id);
    if (!visit) { this.note("risk", words.chooseFirst); return; }
    if (!visit.possible.includes("pin")) { this.note("risk", say(words.notMovable, { number: visit.number, state: words.states[visit.state] })); return; }
    const pinned = !visit.pinned;
    if (await this.doing(visit, () => api.pin(visit, pinned))) this.note("done", say(pinned ? words.pinnedSaid : words.unpinnedSaid, { number: visit.number }));
  }

  /** Somebody has spoken to a technician who works alone. */
  async well(id) {
    const visit = this.visits.get(id);
    if (await this.doing(visit, () => api.well(visit))) this.note("done", say(words.heIsWellSaid, { number: visit.number }));
  }

  /** Take back the last assignment of this page. */
  async undo() {
    const last = this.#done.at(-1);
    const visit = this.visits.get(last?.id);
    if (!visit) { this.note("risk", words.nothingToUndo); return; }
    const start = last.start > this.now() ? last.start : null;
    const done = await this.doing(visit, () => (last.technician ? api.assign(visit, last.technician, start) : api.unassign(visit)));
    this.#done.pop();
    if (done) this.note("done", say(words.undone, { what: last.technician ? this.#assigned(visit, done) : say(words.backToWait, { number: visit.number }) }));
    this.draw();
  }

  /** Do something to a visit as it is shown. What has changed meanwhile is shown instead, and said. */
  async doing(visit, act) {
    try {
      const done = await act();
      await this.refresh();
      return done;
    } catch (error) {
      if (!(error instanceof Problem)) { this.#trouble(error); return null; }
      await this.refresh();
      const now = this.visits.get(visit.id);
      const changed = error.status === 412 || (now && now.version !== visit.version);
      if (changed) this.note("breached", say(words.conflict, { number: visit.number, now: standing(now ?? visit, this) }));
      else this.stays(visit, error.message);
      return null;
    }
  }

  /** Say why a visit stays as it is. */
  stays(visit, why) { this.note("breached", say(words.refusedSaid, { number: visit.number, why: this.named(why) })); }

  #trouble(error) {
    if (error.status === 401) this.note("breached", words.signedOut);
    else if (error instanceof Problem) this.note("breached", error.message);
    else this.note("breached", say(words.unreachable, { time: this.loaded ? clock(this.now(), this.zone) : "–" }));
  }
}

/** Whoever is named by an event, unless it is the platform itself. */
function person(actor) {
  const [kind, id] = (actor ?? "").split(":");
  return ["service", "event"].includes(kind) ? undefined : id || undefined;
}

function options(select, values, chosen) {
  const [all] = select.options;
  const named = !chosen || values.includes(chosen) ? values : [...values, chosen];
  select.replaceChildren(all, ...named.map((each) => el("option", { value: each }, each)));
  select.value = chosen;
}

const board = new Board();

// -- the tools

function go(step) {
  const at = step === 0 ? board.now() : Date.parse(`${board.date}T12:00:00Z`) + step * board.days * DAY;
  board.date = step === 0 ? dateOf(at, board.zone) : new Date(at).toISOString().slice(0, 10);
  board.load({ begin: true });
}
for (const each of document.querySelectorAll("[data-go]")) each.addEventListener("click", () => go(Number(each.dataset.go)));
for (const each of document.querySelectorAll("[data-days]")) {
  each.addEventListener("click", () => { board.days = Number(each.dataset.days); board.load({ begin: true }); });
}
$("date").addEventListener("change", () => { if ($("date").value) { board.date = $("date").value; board.load({ begin: true }); } });
$("territory").addEventListener("change", () => { board.territory = $("territory").value; board.load({ begin: true }); });
for (const each of ["search", "skill", "state"]) {
  $(each).addEventListener("input", () => { board.filter[each] = $(each).value; board.draw(); });
}
$("undo").addEventListener("click", () => board.undo());
$("help").addEventListener("click", help);
$("print").addEventListener("click", () => print());
addEventListener("beforeprint", () => printed(board, $("day-said").textContent));

// -- the keys: letters can be switched off, for voices and unsteady hands

const LETTERS = "board-letters";
$("single-keys").checked = localStorage.getItem(LETTERS) !== "off";
$("single-keys").addEventListener("change", (event) => localStorage.setItem(LETTERS, event.target.checked ? "on" : "off"));

function step(by) {
  const bar = document.activeElement?.closest?.(".bar");
  if (bar) {
    const next = board.gantt.beside(bar.dataset.id, by);
    if (next) board.gantt.reveal(next, true);
    return;
  }
  const waits = [...document.querySelectorAll(".wait")];
  const at = waits.findIndex((each) => each.dataset.id === board.chosen);
  const next = waits[at < 0 ? 0 : at + by];
  if (next) { board.choose(next.dataset.id); next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

const KEYS = {
  j: () => step(1), k: () => step(-1), a: () => board.candidates(), m: () => board.move(), p: () => board.pin(), u: () => board.undo(),
  "/": () => $("search").focus(), "?": help,
};
document.addEventListener("keydown", (event) => {
  const visit = event.target.closest?.(".bar, .wait");
  if (event.key === "Enter" && visit && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    board.choose(visit.dataset.id);
    board.candidates();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !$("single-keys").checked) return;
  if (event.target.closest("input, select, textarea") || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
$("search").addEventListener("keydown", (event) => { if (event.key === "Escape") { $("search").value = ""; board.filter.search = ""; board.draw(); $("search").blur(); } });

// -- what others do, as it happens

function live(on) {
  $("live").className = `state ${on ? "done" : "risk"}`;
  $("live").textContent = on ? words.live : words.notLive;
}
const stream = new EventSource("/v1/streams/visits");
stream.onopen = () => { live(true); board.heard(); };
stream.onerror = () => live(false);
function listen(type) {
  stream.addEventListener(type, (event) => {
    const said = JSON.parse(event.data);
    board.heard(said.data?.visit_id ?? said.subject, said.actor);
  });
}
for (const type of [
  "visit-planned", "visit-rescheduled", "technician-dispatched", "dispatch-acknowledged", "dispatch-declined", "dispatch-revoked", "technician-en-route", "technician-arrived",
  "intervention-started", "intervention-paused", "intervention-resumed", "intervention-closed", "visit-cancelled", "dispatch-failed", "dispatcher-asked", "sign-of-life-missed",
  "appointment-chosen", "service-report-made", "gap",
]) listen(type);
setInterval(() => board.refresh(), ANYWAY);

await board.load({ begin: true });
board.map.begin();
