// What waits for a decision, and the visit that is chosen.

import { crewOf } from "./board-model.js";
import { clock, dueSaid, el, length, moment, say, standing, toneOf, words } from "./board-text.js";

export function waitingList(board) {
  const list = document.getElementById("waits");
  const rows = board.waiting();
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const before = [...list.querySelectorAll(".wait")].findIndex((each) => each.dataset.id === focused);
  document.getElementById("waits-count").textContent = rows.length || "";
  document.getElementById("waits-none").hidden = rows.length > 0 || !board.loaded;
  const now = board.now();
  list.replaceChildren(...rows.map((visit) => {
    const tone = toneOf(visit, now);
    const why = visit.held ? words.held : visit.not_before > now ? say(words.until, { time: moment(visit.not_before, board.zone, now) })
      : visit.attention ? words.attention[visit.attention] ?? visit.attention : words.states[visit.state];
    return el("li", {}, el("button", {
      type: "button", class: "wait", "data-id": visit.id, tabindex: "-1", "aria-pressed": String(board.chosen === visit.id), onclick: () => board.choose(visit.id),
    },
    el("span", { class: "first" }, el("span", { class: `state ${tone}` }, dueSaid(visit, now)), el("strong", {}, visit.priority), el("span", { class: "small quiet" }, visit.number)),
    el("span", { class: "summary" }, visit.summary),
    el("span", { class: "small quiet" }, [visit.site, visit.commune].filter(Boolean).join(", ")),
    el("span", { class: "small" }, why, visit.technician_id ? ` · ${standing(visit, board)}` : "")));
  }));
  const buttons = [...list.querySelectorAll(".wait")];
  const stop = buttons.find((each) => each.dataset.id === board.chosen) ?? buttons[0];
  if (stop) stop.tabIndex = 0;
  if (focused) (buttons.find((each) => each.dataset.id === focused) ?? buttons[Math.min(before, buttons.length - 1)])?.focus({ preventScroll: true });
}

export function chosenCard(board) {
  const box = document.getElementById("chosen");
  const visit = board.visits.get(board.chosen);
  if (!visit) return;
  const now = board.now();
  const within = (from, to) => (from === null ? null : `${moment(from, board.zone, now)}–${clock(to, board.zone)}`);
  const line = (name, ...value) => (value.some(Boolean) ? el("div", {}, el("dt", {}, name), el("dd", {}, ...value)) : null);
  const act = (text, key, go, on, main) => el("button", { type: "button", class: main ? "main" : null, "aria-keyshortcuts": key, disabled: !on, onclick: go }, text);
  const assignable = visit.possible.includes("assign");
  const focused = box.contains(document.activeElement) ? document.activeElement.getAttribute("aria-keyshortcuts") : null;
  box.replaceChildren(
    el("p", { class: "first" }, el("span", { class: `state ${toneOf(visit, now)}` }, words.tones[toneOf(visit, now)]), el("strong", {}, visit.priority), el("span", { class: "quiet" }, visit.number),
      visit.pinned ? el("span", { class: "small" }, `⚑ ${words.pinned}`) : ""),
    el("h2", {}, visit.summary),
    el("dl", {},
      line(words.site, [visit.site, visit.commune].filter(Boolean).join(", ")),
      line(words.who, visit.technician_id ? [board.nameOf(visit.technician_id), board.besideIn(visit)].filter(Boolean).join(" ") : words.nobody, ` (${words.states[visit.state]})`),
      line(words.when, visit.technician_id ? within(visit.start, board.endOf(visit)) : null),
      line(words.due, visit.due ? el("time", { title: moment(visit.due, visit.time_zone, now) + ` ${visit.time_zone}` }, `${dueSaid(visit, now)} (${moment(visit.due, board.zone, now)})`) : words.noDeadline),
      line(words.arrival, visit.technician_id ? within(visit.arrival_from, visit.arrival_to) : null),
      line(words.appointment, within(visit.appointment_from, visit.appointment_to)),
      line(words.takes, length(visit.duration_minutes * 60_000)),
      line(words.needs, [visit.technicians > 1 ? say(words.together, { n: visit.technicians }) : null, ...visit.skills, visit.parts ? say(words.parts, { n: visit.parts }) : null].filter(Boolean).join(", "))),
    visit.report_version ? el("p", {}, el("a", { href: `/v1/visits/${encodeURIComponent(visit.id)}/report`, target: "_blank", rel: "noreferrer" }, words.report)) : "",
    visit.attention ? el("p", { class: "said risk small" }, words.attention[visit.attention] ?? visit.attention) : "",
    el("div", { class: "acts" },
      visit.attention === "no-sign-of-life" ? act(words.heIsWell, "w", () => board.well(visit.id), true, true) : "",
      act(words.candidates, "a", () => board.candidates(visit.id), assignable, visit.attention !== "no-sign-of-life"),
      act(words.move, "m", () => board.move(visit.id), assignable),
      act(visit.pinned ? words.unpin : words.pin, "p", () => board.pin(visit.id), visit.possible.includes("pin"))),
  );
  if (focused) box.querySelector(`[aria-keyshortcuts="${focused}"]`)?.focus({ preventScroll: true });
}

/** What a printer gets: everybody's visits as a list. */
export function printed(board, title) {
  const table = document.getElementById("printed");
  table.caption.textContent = title;
  const by = new Map();
  for (const each of board.planned()) for (const id of crewOf(each)) by.set(id, [...(by.get(id) ?? []), each]);
  table.tBodies[0].replaceChildren(...board.crew().map((technician) => el("tr", {},
    el("th", { scope: "row" }, technician.name),
    el("td", {}, ...(by.get(technician.id) ?? []).sort((a, b) => a.start - b.start).map((each) =>
      el("div", {}, `${moment(each.start, board.zone, board.days === 1 ? board.from + 43_200_000 : 0)}–${clock(board.endOf(each), board.zone)}  ${each.number}  ${each.priority}  ${each.site}, ${each.commune}: ${each.summary} (${words.states[each.state]})`))))));
}
