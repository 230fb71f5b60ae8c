// What the board knows: technicians and visits as they were last told, and what of it is asked for.

import { say, toneOf, underWay, unplanned, words } from "./board-text.js";

const DAY = 86_400_000;
const parse = (text) => (text ? Date.parse(text) : null);
const stretch = (each) => ({ ...each, from: Date.parse(each.from), to: Date.parse(each.to) });
const plain = (text) => (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function readVisit(row) {
  return {
    ...row,
    start: parse(row.start), end: parse(row.end), due: parse(row.due), late: row.late_minutes,
    arrival_from: parse(row.arrival_from), arrival_to: parse(row.arrival_to),
    appointment_from: parse(row.appointment_from), appointment_to: parse(row.appointment_to),
    not_before: parse(row.not_before),
    text: plain([row.number, row.summary, row.site, row.commune, row.priority].join(" ")),
  };
}

function readTechnician(row, told) {
  const read = { ...row, told, text: plain([row.name, row.id, row.territory].join(" ")) };
  for (const kind of ["shifts", "lunch", "on_call", "away", "rests"]) read[kind] = row[kind].map(stretch);
  return read;
}

/** Everybody who makes a visit, who leads first. */
export const crewOf = (visit) => [visit.technician_id, ...visit.companions, ...(visit.apprentices ?? [])];

export class Model {
  technicians = new Map();
  visits = new Map();
  filter = { search: "", skill: "", state: "" };
  loaded = false;
  from = 0;
  to = DAY;
  zone = "UTC";
  territory = "";
  territories = [];
  #seen = 0;
  #told = 0;

  /** Take in an answer of ``/board/day``; the visits whose technician or time it changed come back. */
  take(answer) {
    const [people, before] = [this.technicians, answer.complete ? new Map() : this.visits];
    if (answer.complete) [this.technicians, this.visits] = [new Map(), new Map()];
    this.#told = Date.parse(answer.now);
    this.#seen = performance.now();
    this.since = answer.as_of;
    [this.from, this.to, this.zone, this.territories] = [Date.parse(answer.from), Date.parse(answer.to), answer.time_zone, answer.territories];
    for (const row of answer.technicians) {
      // The same object as long as it says the same: its row is not drawn again.
      const [known, told] = [people.get(row.id), JSON.stringify(row)];
      this.technicians.set(row.id, known?.told === told ? known : readTechnician(row, told));
    }
    const moved = [];
    for (const row of answer.visits) {
      const [visit, known] = [readVisit(row), before.get(row.id)];
      if (known && known.version >= visit.version) continue;
      this.visits.set(visit.id, visit);
      if (!answer.complete && (!known || known.technician_id !== visit.technician_id || String(crewOf(known)) !== String(crewOf(visit)) || known.start !== visit.start || known.state !== visit.state)) moved.push(visit);
    }
    this.loaded = true;
    return moved;
  }

  /** The platform's time, which is not this machine's. */
  now() { return this.#told + (performance.now() - this.#seen); }
  nameOf(id) { return this.technicians.get(id)?.name ?? id ?? words.nobody; }
  /** Who is there beside somebody, who leads if nobody else is meant; or nothing. */
  besideIn(visit, whose = visit.technician_id) {
    const others = crewOf(visit).filter((id) => id && id !== whose);
    if (!others.length) return "";
    return say(words.withWho, { names: others.map((id) => this.nameOf(id)).join(", ") });
  }
  /** A sentence of the service with people's names and tickets' numbers for the ids in it. */
  named(text) {
    return text.replace(/[\w~-]+(?:\.[\w~-]+)*/g, (id) => this.visits.get(id)?.number ?? this.technicians.get(id)?.name ?? id);
  }
  everybody() { return [...this.technicians.values()].sort((a, b) => a.name.localeCompare(b.name)); }
  /** What is under way lasts at least until now. */
  endOf(visit) { return underWay(visit) ? Math.max(visit.end, Math.min(this.now(), this.to)) : visit.end; }
  /** Somebody who has all skills that it takes. */
  suited(visit) { return this.everybody().find((each) => visit.skills.every((skill) => skill in each.skills)); }

  narrowed() { return Boolean(this.filter.search || this.filter.skill || this.filter.state); }
  visitsNarrowed() { return Boolean(this.filter.state || (this.filter.search && !this.#searchesPeople())); }

  crew() {
    const { skill, search } = this.filter;
    const asked = plain(search);
    const people = [...this.technicians.values()].filter((each) => !skill || skill in each.skills);
    return asked && this.#searchesPeople() ? people.filter((each) => each.text.includes(asked)) : people;
  }

  /** The visits that have a place on the board. */
  planned() {
    const people = this.#searchesPeople();
    return [...this.visits.values()].filter((each) =>
      each.technician_id && each.start !== null && !unplanned(each) && each.state !== "cancelled"
      && crewOf(each).some((id) => this.technicians.has(id)) && this.endOf(each) > this.from && each.start < this.to && this.#fits(each, people));
  }

  /** Those that somebody has to decide on, what burns first at the top and what is on hold at the end. */
  waiting() {
    const asks = (each) => (unplanned(each) || each.attention) && !["closed", "cancelled"].includes(each.state);
    const here = (each) => !this.territory || each.territory === this.territory;
    return [...this.visits.values()].filter((each) => asks(each) && here(each) && this.#waits(each))
      .sort((a, b) => a.held - b.held || (a.due ?? Infinity) - (b.due ?? Infinity) || a.priority.localeCompare(b.priority) || a.number.localeCompare(b.number));
  }

  #searchesPeople() {
    const asked = plain(this.filter.search);
    return Boolean(asked) && [...this.technicians.values()].some((each) => each.text.includes(asked));
  }

  #waits(visit) {
    const { skill, search } = this.filter;
    return (!skill || visit.skills.includes(skill)) && (!search || visit.text.includes(plain(search)));
  }

  /** Whether a planned visit is asked for; who looks for people by name sees all of theirs. */
  #fits(visit, people) {
    const { state, search } = this.filter;
    if (search && !people && !visit.text.includes(plain(search))) return false;
    if (!state) return true;
    if (state === "running") return underWay(visit);
    if (state === "done") return visit.state === "closed";
    if (state === "asks") return Boolean(visit.attention);
    if (state === "late") return ["risk", "breached"].includes(toneOf(visit, this.now()));
    return ["planned", "dispatched", "acknowledged"].includes(visit.state);
  }
}
