// The day as a Gantt: rows are drawn where they are seen, and the one that has the focus.

import { clock, dayShort, el, hour, say, toneOf, words } from "./board-text.js";
import { lanes } from "./board-lanes.js";
import { crewOf } from "./board-model.js";

const ROW = 46;
const BESIDE = 4;
const AHEAD = 600;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOUR_WIDE = 80;
const NARROW = 54;

export class Gantt {
  constructor(board) {
    this.board = board;
    this.box = document.getElementById("gantt");
    this.hours = this.box.querySelector(".hours");
    this.body = this.box.querySelector(".rows");
    this.now = el("div", { class: "now-line", "aria-hidden": "true" });
    this.rows = [];
    this.drawn = new Map();
    this.box.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.soon()).observe(this.box);
    this.body.addEventListener("click", (event) => {
      const bar = event.target.closest(".bar");
      if (bar) board.choose(bar.dataset.id);
    });
    this.body.addEventListener("dblclick", (event) => {
      const bar = event.target.closest(".bar");
      if (bar) board.move(bar.dataset.id);
    });
    this.body.addEventListener("focusin", (event) => {
      const bar = event.target.closest(".bar");
      if (bar) board.choose(bar.dataset.id);
    });
    this.box.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Pixels from the left edge of the day to an instant, and back. */
  x(at) { return ((at - this.board.from) / HOUR) * this.perHour; }
  at(x) { return this.board.from + (x / this.perHour) * HOUR; }

  /** Take in what the board knows now. */
  update() {
    const { board } = this;
    this.perHour = board.days === 1 ? HOUR_WIDE : 8;
    this.width = this.x(board.to);
    const by = grouped(board.planned());
    this.rows = board.crew().map((technician) => {
      const visits = (by.get(technician.id) ?? []).sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
      const bars = lanes(visits);
      return { technician, bars, looks: this.#looks(bars) };
    });
    if (board.narrowed()) this.rows = this.rows.filter((row) => row.bars.length || !board.visitsNarrowed());
    this.box.setAttribute("aria-rowcount", this.rows.length);
    this.body.style.height = `${this.rows.length * ROW}px`;
    this.body.style.width = `calc(var(--name) + ${this.width}px)`;
    this.hours.style.width = this.body.style.width;
    this.body.style.setProperty("--hour", `${board.days === 1 ? this.perHour : this.perHour * 24}px`);
    document.getElementById("gantt-none").hidden = this.rows.length > 0 || !board.loaded;
    this.box.hidden = this.rows.length === 0;
    this.#ticks();
    this.draw();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - BESIDE);
    const last = Math.min(this.rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + BESIDE);
    const [left, right] = [this.box.scrollLeft, this.box.scrollLeft + this.box.clientWidth];
    const seen = [this.at(left), this.at(right)];
    const span = [this.at(left - AHEAD), this.at(right + AHEAD)];
    const focused = document.activeElement?.closest?.(".gantt-row")?.dataset.id;
    const focusedVisit = this.body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const wanted = new Map();
    this.rows.forEach((row, n) => {
      if ((n >= first && n < last) || row.technician.id === focused) wanted.set(row.technician.id, [row, n]);
    });
    for (const [id, line] of this.drawn) {
      if (!wanted.has(id)) { line.box.remove(); this.drawn.delete(id); }
    }
    let before = null;
    for (const [id, [row, n]] of wanted) {
      const known = this.drawn.get(id);
      const kept = known?.row.looks === row.looks && known.row.technician === row.technician
        && known.span[0] <= seen[0] && known.span[1] >= seen[1];
      const box = kept ? known.box : this.#row(row, span, known?.box);
      box.style.transform = `translateY(${n * ROW}px)`;
      box.setAttribute("aria-rowindex", n + 1);
      if (!kept) this.drawn.set(id, { box, row, span });
      if (before ? before.nextElementSibling !== box : this.body.firstElementChild !== box) {
        if (before) before.after(box); else this.body.prepend(box);
      }
      before = box;
    }
    if (this.now.parentElement !== this.body) this.body.append(this.now);
    this.tick();
    if (focusedVisit && document.activeElement?.dataset?.id !== focusedVisit) this.#bar(focusedVisit)?.focus({ preventScroll: true });
    this.#rove();
  }

  /** Bring the line of the present to where it is. */
  tick() {
    const now = this.board.now();
    this.now.hidden = now < this.board.from || now >= this.board.to;
    this.now.style.left = `calc(var(--name) + ${this.x(now)}px)`;
  }

  /** Scroll to a visit's bar, and put the focus there when asked. */
  reveal(id, focus = false) {
    const n = this.rows.findIndex((row) => row.bars.some((bar) => bar.visit.id === id));
    if (n < 0) return false;
    const { visit } = this.rows[n].bars.find((bar) => bar.visit.id === id);
    const top = n * ROW;
    const room = this.box.clientHeight - this.hours.offsetHeight;
    if (top < this.box.scrollTop || top + ROW > this.box.scrollTop + room) this.box.scrollTop = Math.max(0, top - room / 2);
    const [left, right] = [this.x(visit.start), this.x(visit.end)];
    const seen = this.box.clientWidth - this.#name();
    if (left < this.box.scrollLeft || right > this.box.scrollLeft + seen) this.box.scrollLeft = Math.max(0, left - 80);
    this.draw();
    if (focus) this.#bar(id)?.focus({ preventScroll: true });
    return true;
  }

  /** Where the present, or the first shift, is in sight. */
  begin() {
    const now = this.board.now();
    const inside = now >= this.board.from && now < this.board.to;
    const starts = this.rows.flatMap((row) => row.technician.shifts.map((each) => each.from));
    const first = inside ? now - 2 * HOUR : Math.min(...starts, this.board.to) - HOUR / 2;
    this.box.scrollLeft = this.board.days === 1 ? this.x(first) : inside ? this.x(now) - 200 : 0;
  }

  /** The visit before or after one, along the row and on to the next. */
  beside(id, step) {
    const all = this.rows.flatMap((row) => row.bars.map((bar) => bar.visit.id));
    const n = all.indexOf(id);
    return n < 0 ? all[0] : all[n + step];
  }

  /** What is under a point: whose row, and which instant; null outside. */
  under(x, y) {
    const box = this.box.getBoundingClientRect();
    const top = box.top + this.hours.offsetHeight;
    if (x < box.left + this.#name() || x > box.right || y < top || y > box.bottom) return null;
    const row = this.rows[Math.floor((y - top + this.box.scrollTop) / ROW)];
    return row ? { technician: row.technician, at: this.at(x - box.left - this.#name() + this.box.scrollLeft) } : null;
  }

  /** Scroll while something is held near an edge. */
  edge(x, y) {
    const box = this.box.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) return;
    const pull = (at, low, high) => (at < low + 32 ? -12 : at > high - 32 ? 12 : 0);
    this.box.scrollBy(pull(x, box.left + this.#name(), box.right), pull(y, box.top + this.hours.offsetHeight, box.bottom));
  }

  /** Draw a shape of that length at a place in somebody's row, or take it away. */
  ghost(technician, start, length, tone) {
    this.shade ??= el("div", { class: "ghost", "aria-hidden": "true" });
    const n = this.rows.findIndex((row) => row.technician.id === technician);
    if (n < 0) { this.shade.remove(); return; }
    this.shade.dataset.tone = tone;
    this.shade.style.transform = `translateY(${n * ROW}px)`;
    this.shade.style.left = `calc(var(--name) + ${this.x(start)}px)`;
    this.shade.style.width = `${Math.max(8, (length / HOUR) * this.perHour)}px`;
    if (this.shade.parentElement !== this.body) this.body.append(this.shade);
  }

  /** All that a row's look depends on: what has not changed is not drawn again, under somebody's pointer. */
  #looks(bars) {
    const { board } = this;
    const now = board.now();
    const each = ({ visit, lane, of }) => [visit.id, visit.version, lane, of, toneOf(visit, now), Math.round(this.x(board.endOf(visit))), board.isFresh(visit.id)];
    return JSON.stringify([board.from, board.days, board.zone, ...bars.map(each)]);
  }

  #name() { return parseFloat(getComputedStyle(this.box).getPropertyValue("--name")) || 0; }
  #bar(id) { return this.body.querySelector(`.bar[data-id="${CSS.escape(id)}"]`); }

  #rove() {
    const bars = [...this.body.querySelectorAll(".bar")];
    const stop = bars.find((bar) => bar.dataset.id === this.board.chosen) ?? bars[0];
    for (const bar of bars) bar.tabIndex = bar === stop ? 0 : -1;
  }

  #key(event) {
    const id = event.target.closest?.(".bar")?.dataset.id;
    if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
    const n = this.rows.findIndex((row) => row.bars.some((bar) => bar.visit.id === id));
    const { visit } = this.rows[n].bars.find((bar) => bar.visit.id === id);
    let target = null;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const bars = this.rows[n].bars;
      target = bars[bars.findIndex((bar) => bar.visit.id === id) + (event.key === "ArrowRight" ? 1 : -1)];
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      let next = n + step;
      while (this.rows[next] && !this.rows[next].bars.length) next += step;
      target = this.rows[next]?.bars.reduce((a, b) => (Math.abs(b.visit.start - visit.start) < Math.abs(a.visit.start - visit.start) ? b : a));
    } else if (event.key === "Home" || event.key === "End") {
      target = this.rows[n].bars.at(event.key === "Home" ? 0 : -1);
    } else return;
    event.preventDefault();
    if (target) this.reveal(target.visit.id, true);
  }

  #ticks() {
    const { board } = this;
    const marks = [];
    const step = board.days === 1 ? HOUR : DAY;
    for (let at = board.from, n = 0; at < board.to; n += 1) {
      const mark = el("span", {}, board.days === 1 ? hour(at, board.zone) : dayShort(at + HOUR, board.zone));
      mark.style.left = `calc(var(--name) + ${this.x(at)}px)`;
      marks.push(mark);
      at = board.from + step * (n + 1);
    }
    this.hours.replaceChildren(...marks);
  }

  #stretch(kind, each, text = "") {
    const made = el("div", { class: `stretch ${kind}`, "aria-hidden": "true" });
    made.style.left = `${this.x(each.from)}px`;
    const width = this.x(each.to) - this.x(each.from);
    made.style.width = `${width}px`;
    if (text && width > 50) made.append(el("span", {}, text));
    return made;
  }

  #row({ technician, bars }, span, old) {
    const { board } = this;
    const box = el("div", { class: "gantt-row", role: "row", "data-id": technician.id });
    const skills = Object.keys(technician.skills).join(", ");
    const header = el("div", { class: "name", role: "rowheader", title: skills },
      el("strong", {}, technician.name),
      el("span", { class: "quiet" }, [state(technician), count(bars.length), technician.territory].filter(Boolean).join(" · ")),
      el("span", { class: "unseen" }, ` ${hours(technician, board)}`));
    const cell = el("div", { class: "cell", role: "gridcell" });
    cell.style.width = `${this.width}px`;
    for (const each of technician.shifts) cell.append(this.#stretch("shift", each));
    for (const each of technician.lunch) cell.append(this.#stretch("lunch", each, words.lunch));
    for (const each of technician.on_call) cell.append(this.#stretch("on-call", each, words.onCall));
    for (const each of technician.rests) cell.append(this.#stretch("rest", each, words.rest));
    for (const each of technician.away) cell.append(this.#stretch("away", each, kind(each)));
    for (const bar of bars) {
      const end = board.endOf(bar.visit);
      if (end > span[0] && bar.visit.start < span[1]) cell.append(...this.#visit(bar, end, technician));
    }
    if (!bars.length) cell.append(el("span", { class: "unseen" }, words.noVisit));
    box.append(header, cell);
    old?.replaceWith(box);
    return box;
  }

  #visit({ visit, lane, of }, end, technician) {
    const { board } = this;
    const tone = toneOf(visit, board.now());
    const left = this.x(visit.start);
    const width = Math.max(6, this.x(end) - left - 1);
    const height = (ROW - 8) / of;
    const place = (element) => { element.style.top = `${4 + lane * height}px`; element.style.height = `${height - (of > 1 ? 1 : 0)}px`; };
    const when = `${clock(visit.start, board.zone)}–${clock(end, board.zone)}`;
    const label = [visit.number, visit.priority, when, words.states[visit.state], words.tones[tone], visit.pinned && words.pinned, board.besideIn(visit, technician.id), visit.site, visit.summary].filter(Boolean).join(", ");
    const bar = el("button", {
      type: "button", class: `bar ${tone}${visit.pinned ? " pinned" : ""}${of > 1 ? " low" : ""}`, tabindex: "-1", "data-id": visit.id,
      "data-state": visit.state, "aria-label": label, title: `${label} (${visit.time_zone === board.zone ? board.zone : `${clock(visit.start, visit.time_zone)} ${visit.time_zone}`})`,
      "aria-pressed": String(board.chosen === visit.id),
    });
    bar.append(el("span", { "aria-hidden": "true" }, width >= NARROW ? `${crewOf(visit).length > 1 ? "⚭ " : ""}${visit.commune || visit.site}` : ""));
    if (width >= NARROW) bar.append(el("small", { "aria-hidden": "true" }, visit.summary));
    bar.style.left = `${left}px`;
    bar.style.width = `${width}px`;
    place(bar);
    if (board.isFresh(visit.id)) bar.classList.add("fresh");
    const made = [bar];
    if (visit.travel_minutes > 0) {
      const way = el("div", { class: "travel", "aria-hidden": "true" });
      const long = (visit.travel_minutes / 60) * this.perHour;
      way.style.left = `${left - long}px`;
      way.style.width = `${long}px`;
      place(way);
      made.unshift(way);
    }
    return made;
  }
}

function grouped(visits) {
  const by = new Map();
  for (const each of visits) {
    for (const id of crewOf(each)) {
      if (!by.has(id)) by.set(id, []);
      by.get(id).push(each);
    }
  }
  return by;
}

const count = (n) => (n === 1 ? words.oneVisit : n ? say(words.visits, { n }) : "");

/** What matters about somebody's day before what he does in it. */
function state(technician) {
  const [away] = technician.away;
  if (away) return kind(away);
  if (technician.on_call.length) return words.onCall;
  return technician.shifts.length ? "" : words.off;
}

const kind = (away) => words.kinds[away.kind] ?? away.kind ?? words.away;

function hours(technician, board) {
  const said = technician.shifts.map((each) => say(words.shift, { from: clock(each.from, board.zone), to: clock(each.to, board.zone) }));
  if (!said.length) said.push(words.off);
  for (const each of technician.away) said.push(kind(each));
  if (technician.on_call.length) said.push(words.onCall);
  return said.join(", ");
}
