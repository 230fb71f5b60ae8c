// Dragging a visit to somebody's row: what it would mean is said before it is dropped.
// The keys and the form do the same; fingers scroll, and use these.

import { clock, el, words } from "./board-text.js";
import { meaning } from "./board-dialogs.js";
import { api } from "./board-api.js";

const SNAP = 5 * 60_000;
const BEGINS = 5;
const STILL = 120;

export function dragging(board, gantt) {
  let held = null;

  document.addEventListener("pointerdown", (event) => {
    const from = event.target.closest?.(".bar, .wait");
    if (!from || event.button !== 0 || event.pointerType === "touch") return;
    const visit = board.visits.get(from.dataset.id);
    if (!visit?.possible.includes("assign")) return;
    const grip = from.classList.contains("bar") ? event.clientX - from.getBoundingClientRect().left : 0;
    held = { visit, x: event.clientX, y: event.clientY, grip, target: null, moved: false };
  });

  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    if (!held.moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < BEGINS) return;
    if (!held.moved) {
      held.moved = true;
      held.tip = el("div", { class: "drag-tip", role: "status" });
      document.body.append(held.tip);
      document.body.classList.add("dragging");
    }
    event.preventDefault();
    gantt.edge(event.clientX, event.clientY);
    held.tip.style.left = `${Math.min(event.clientX + 16, innerWidth - 300)}px`;
    const low = event.clientY > innerHeight / 2;
    held.tip.style.top = low ? "auto" : `${event.clientY + 20}px`;
    held.tip.style.bottom = low ? `${innerHeight - event.clientY + 20}px` : "auto";
    const under = gantt.under(event.clientX - held.grip, event.clientY);
    const target = under && { technician: leads(held.visit, under.technician), start: Math.round(under.at / SNAP) * SNAP };
    if (target?.technician.id === held.target?.technician.id && target?.start === held.target?.start) return;
    held.target = target;
    look(held);
  });

  /** In the row of who goes along it stays with the one who leads. */
  function leads(visit, technician) {
    return [...visit.companions, ...visit.apprentices].includes(technician.id) ? board.technicians.get(visit.technician_id) ?? technician : technician;
  }

  function look(drag) {
    clearTimeout(drag.timer);
    drag.asked?.abort();
    drag.found = null;
    if (!drag.target) {
      gantt.ghost(null);
      drag.tip.replaceChildren(drag.visit.number);
      return;
    }
    const { technician, start } = drag.target;
    const length = drag.visit.duration_minutes * 60_000;
    gantt.ghost(technician.id, start, length, "waiting");
    const title = el("strong", {}, `${technician.name}, ${clock(start, board.zone)}`);
    drag.tip.replaceChildren(title, el("p", { class: "quiet" }, words.checking));
    drag.timer = setTimeout(async () => {
      drag.asked = new AbortController();
      try {
        const found = await api.whatIf(drag.visit.id, technician.id, start, drag.asked.signal);
        if (held !== drag) return;
        drag.found = found;
        gantt.ghost(technician.id, start, length, found.refused ? "breached" : found.warnings.length || found.late_minutes ? "risk" : "done");
        drag.tip.replaceChildren(title, ...meaning(found, board));
      } catch (error) {
        if (error.name !== "AbortError" && held === drag) drag.tip.replaceChildren(title, el("p", {}, error.message));
      }
    }, STILL);
  }

  function letGo() {
    const drag = held;
    held = null;
    if (!drag?.moved) return null;
    clearTimeout(drag.timer);
    drag.asked?.abort();
    drag.tip.remove();
    gantt.ghost(null);
    document.body.classList.remove("dragging");
    // The click that ends a drag is not one on the bar.
    const swallow = (event) => event.stopPropagation();
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true));
    return drag;
  }

  document.addEventListener("pointerup", () => {
    const drag = letGo();
    if (!drag?.target) return;
    if (drag.found?.refused) board.stays(drag.visit, drag.found.refused.detail);
    else board.give(drag.visit.id, drag.target.technician.id, drag.target.start);
  });
  document.addEventListener("pointercancel", letGo);
  addEventListener("blur", letGo);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held) letGo(); });
}
