// Candidates with their reasons, the form that does what dragging does, and the help.

import { api } from "./board-api.js";
import { el, fromField, length, moment, say, toField, words } from "./board-text.js";

/** What a change would mean, as lines. */
export function meaning(found, board) {
  if (found.refused) {
    const other = board.visits.get(found.refused.visit_id);
    return [el("p", { class: "said breached" }, el("strong", {}, words.refused), " ", board.named(found.refused.detail),
      other ? ` (${other.number}, ${other.site})` : "")];
  }
  const against = [
    ...(found.late_minutes > 0 ? [say(words.lateBy, { time: length(found.late_minutes * 60_000) })] : []),
    ...found.warnings.map((each) => board.named(each.detail)),
    ...found.along.map((each) => say(words.along, { number: each.number })),
  ];
  const travel = found.travel ? el("p", { class: "quiet" }, say(words.travel, { time: length(found.travel.minutes * 60_000) })) : null;
  const beside = found.companions.length ? el("p", {}, board.besideIn(found)) : null;
  if (!against.length) return [el("p", { class: "said done" }, words.fits), beside, travel].filter(Boolean);
  return [el("div", { class: "said risk" }, el("strong", {}, words.warned), el("ul", {}, ...against.map((each) => el("li", {}, each)))), beside, travel].filter(Boolean);
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
}

/** Open the best three for a visit, the first one marked: Enter assigns. */
export async function candidates(board, visit) {
  const dialog = document.getElementById("candidates");
  const body = dialog.querySelector(".body");
  document.getElementById("candidates-title").textContent = say(words.candidatesFor, { number: visit.number });
  body.replaceChildren(el("p", { class: "quiet", role: "status" }, words.looking));
  dialog.dataset.visit = visit.id;
  if (!dialog.open) dialog.showModal();
  let found;
  try {
    found = await api.candidates(visit.id);
  } catch (error) {
    body.replaceChildren(el("p", { class: "said risk", role: "alert" }, error.message));
    return;
  }
  if (dialog.dataset.visit !== visit.id || !dialog.open) return;
  const now = board.now();
  const choose = (one) => async () => {
    dialog.close();
    // A start that is at once would be past when it arrives: then the service says when.
    const start = Date.parse(one.planned_start);
    await board.give(visit.id, one.technician_id, start > board.now() + 60_000 ? start : null);
  };
  const lines = found.items.map((one) => {
    const start = Date.parse(one.planned_start);
    return el("li", {}, el("button", { type: "button", class: "candidate", onclick: choose(one) },
      el("strong", {}, say(words.isNow, { name: one.name, time: moment(start, board.zone, now) })),
      one.late_minutes > 0 ? el("span", { class: "state breached" }, say(words.lateBy, { time: length(one.late_minutes * 60_000) })) : el("span", { class: "state done" }, words.tones.waiting),
      el("span", { class: "small quiet" }, one.reason)));
  });
  const room = el("div", { class: "room" }, el("button", { type: "button", onclick: () => makeRoom(board, visit, dialog, room) }, words.makeRoom),
    el("button", { type: "button", onclick: () => { dialog.close(); board.move(visit.id); } }, words.assignByHand));
  body.replaceChildren(
    lines.length ? el("ol", { class: "candidates" }, ...lines) : el("p", { class: "said risk" }, words.noCandidates),
    room,
    found.others.length ? el("details", { open: !lines.length }, el("summary", {}, say(words.others, { n: found.others.length })),
      el("ul", { class: "others small" }, ...found.others.map((each) => el("li", {}, el("span", {}, el("strong", {}, each.name), ` ${board.named(each.detail)}`),
        el("button", { type: "button", class: "plain", onclick: () => { dialog.close(); board.move(visit.id, each.technician_id); } }, words.anyway, el("span", { class: "unseen" }, ` ${each.name}`)))))) : "",
  );
  (body.querySelector(".candidate") ?? body.querySelector("button"))?.focus();
}

async function makeRoom(board, visit, dialog, box) {
  box.replaceChildren(el("p", { class: "quiet", role: "status" }, words.looking));
  try {
    const plan = await api.makeRoom(visit.id);
    const booked = (booking) => (booking ? say(words.isNow, { name: board.nameOf(booking.technician_id), time: moment(Date.parse(booking.start), board.zone, board.now()) }) : words.nobody);
    const apply = el("button", { type: "button", class: "main", onclick: async () => {
      dialog.close();
      await board.doing(visit, () => api.apply(plan.id));
    } }, words.apply);
    box.replaceChildren(el("p", {}, words.roomTitle),
      el("ul", {}, ...plan.changes.map((each) => el("li", {}, say(words.roomLine, { number: each.number, before: booked(each.before), after: booked(each.after) })))), apply);
    apply.focus();
  } catch (error) {
    box.replaceChildren(el("p", { class: "said risk", role: "alert" }, error.type === "nothing-better" ? words.noRoom : error.message));
  }
}

/** Technician and start by hand, with what it would mean as soon as either changes. */
export function moveForm(board, visit, technician = null) {
  const dialog = document.getElementById("move");
  const form = dialog.querySelector("form");
  const box = form.querySelector(".what-if");
  document.getElementById("move-title").textContent = say(words.moveTitle, { number: visit.number });
  form.technician.replaceChildren(...board.everybody().map((each) => el("option", { value: each.id }, each.territory ? `${each.name} (${each.territory})` : each.name)));
  form.technician.value = technician ?? visit.technician_id ?? board.suited(visit)?.id ?? form.technician.options[0]?.value ?? "";
  const next = Math.ceil((board.now() + 60_000) / 300_000) * 300_000;
  form.start.value = toField(visit.start !== null && visit.start > board.now() ? visit.start : next, board.zone);
  let asked = null;
  const look = async () => {
    asked?.abort();
    const here = (asked = new AbortController());
    const start = fromField(form.start.value, board.zone);
    if (Number.isNaN(start) || !form.technician.value) return;
    box.replaceChildren(el("p", { class: "quiet" }, words.checking));
    try {
      const found = await api.whatIf(visit.id, form.technician.value, start, here.signal);
      box.replaceChildren(...meaning(found, board));
      form.go.disabled = Boolean(found.refused);
    } catch (error) {
      if (error.name !== "AbortError") box.replaceChildren(el("p", { class: "said risk" }, error.message));
    }
  };
  form.technician.onchange = look;
  form.start.onchange = look;
  // Browsers open a calendar instead.
  form.start.onkeydown = (event) => {
    if (event.key !== "Enter" || form.go.disabled) return;
    event.preventDefault();
    form.requestSubmit(form.go);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const start = fromField(form.start.value, board.zone);
    dialog.close();
    board.give(visit.id, form.technician.value, start);
  };
  dialog.showModal();
  form.technician.focus();
  look();
}

export function help() {
  document.getElementById("helped").showModal();
}
