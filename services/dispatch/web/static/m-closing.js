// The report of a visit, in under a minute: what is typed is kept with every stroke until it is sent.

import { answersOf, checklistCard, labelOf, unanswered } from "./m-checklist.js";
import { beganAt, isUnbegun } from "./m-day.js";
import { h, say, time } from "./m-dom.js";
import { pad } from "./m-drawing.js";
import { camera } from "./m-photo.js";
import { scanned } from "./m-scan.js";
import { photosOf, zoneOf } from "./m-visit.js";

const WORKED = ["fixed", "workaround", "not-fixed", "part-dead"];
const IN_VAIN = ["no-access", "user-absent", "refused", "unsafe", "out-of-scope"];
const CHANNELS = ["phone", "doorbell", "reception"];

/** The form; ``draft`` is what was typed before, ``keep(draft)`` keeps it, ``close(body)`` closes the visit. */
export function closingView(carried, page, { draft, keep, close }) {
  const { visit, contact } = carried;
  const told = {
    outcome: "", work_done: "", cause: "", parts: {}, serials: {}, tried: [],
    kilometres: "", travel_minutes: minutesOf(visit), name: contact?.name ?? "", role: "", svg: "", refusal: "", found: "", remaining: "", later: false, checklist: {},
    ...draft,
  };
  const kept = h("p", { class: "quiet small", id: "draft" });
  const changed = async () => {
    kept.textContent = "";
    await keep({ ...told });
    kept.textContent = say("draft-kept");
  };
  const typed = (name) => ({ input: (event) => { told[name] = event.target.value; return changed(); } });
  const signed = pad(say("signature"), told.svg, () => { told.svg = signed.svg(); changed(); });
  const wrong = h("p", { class: "said breached", role: "alert", hidden: true });
  const inVain = h("div", {});
  const showInVain = () => inVain.replaceChildren(...(
    ["no-access", "user-absent"].includes(told.outcome) ? [attempts(told, page, zoneOf(carried), changed)] : []));

  const choice = (outcome) => h("label", { class: "choice" },
    h("input", {
      type: "radio", name: "outcome", value: outcome, checked: told.outcome === outcome, required: true,
      on: { change: () => { told.outcome = outcome; changed(); showInVain(); } },
    }),
    h("span", {}, say(`outcome.${outcome}`)));
  showInVain();

  const form = h("form", { class: "closing", novalidate: true, on: { submit: (event) => {
    event.preventDefault();
    const missing = whatIsMissing(told, visit);
    wrong.hidden = !missing;
    if (!missing) return close(reportOf(told, visit, page.now().toISOString()), told);
    wrong.textContent = missing === "missing.checklist"
      ? say(missing, { item: labelOf(unanswered(visit, told)) }) : say(missing);
    wrong.scrollIntoView({ block: "center" });
  } } },
  h("fieldset", { class: "card" }, h("legend", {}, say("how-it-ended")),
    h("div", { class: "tiles" }, WORKED.map(choice)),
    h("details", { open: IN_VAIN.includes(told.outcome) || visit.state === "arrived" },
      h("summary", {}, say("no-work")), h("div", { class: "tiles" }, IN_VAIN.map(choice))),
    inVain),
  checklistCard(visit, told, changed),
  h("section", { class: "card" },
    h("label", {}, say("found"), h("textarea", {
      id: "found", rows: 2, maxlength: 10000, on: typed("found") }, told.found)),
    h("label", {}, say("work-done"), h("textarea", {
      id: "work-done", maxlength: 10000, on: typed("work_done") }, told.work_done)),
    h("label", {}, say("cause"), h("input", { id: "cause", maxlength: 500, value: told.cause, on: typed("cause") })),
    h("label", {}, say("remaining"), h("textarea", {
      id: "remaining", rows: 2, maxlength: 10000, on: typed("remaining") }, told.remaining)),
    camera(photosOf(carried), (file) => page.photo(carried, file))),
  h("section", { class: "card", "aria-labelledby": "parts-used" },
    h("h2", { id: "parts-used" }, say("parts-used")), partsUsed(carried, told, changed)),
  h("section", { class: "card row" },
    h("label", {}, say("kilometres"), h("input", {
      id: "kilometres", type: "number", inputmode: "decimal", min: 0, max: 10000, step: "any",
      value: told.kilometres, on: typed("kilometres") })),
    h("label", {}, say("travel-minutes"), h("input", {
      id: "travel-minutes", type: "number", inputmode: "numeric", min: 0, max: 10000, step: 1,
      value: told.travel_minutes, on: typed("travel_minutes") }))),
  h("section", { class: "card", "aria-labelledby": "signature" },
    h("h2", { id: "signature" }, say("signature")),
    h("div", { class: "row" },
      h("label", {}, say("signed-by"), h("input", {
        id: "signed-by", maxlength: 200, autocomplete: "off", value: told.name, on: typed("name") })),
      h("label", {}, say("signed-as"), h("input", {
        id: "signed-as", maxlength: 200, autocomplete: "off", value: told.role, on: typed("role") }))),
    signed.drawing,
    h("button", { type: "button", on: { click: () => signed.clear() } }, say("sign-again")),
    h("details", { open: Boolean(told.refusal || told.later) }, h("summary", {}, say("nobody-signs")),
      h("label", { class: "choice" }, h("input", {
        id: "sign-later", type: "checkbox", checked: told.later,
        on: { change: (event) => { told.later = event.target.checked; return changed(); } } }),
      h("span", {}, say("sign-later"))),
      h("label", {}, say("why-not-signed"), h("input", {
        id: "refusal", maxlength: 500, value: told.refusal, on: typed("refusal") })))),
  wrong, kept,
  h("div", { class: "steps" }, h("button", { class: "main big", id: "close" }, say("step.close"))));

  return [
    h("p", {}, h("a", { class: "back", href: `#v/${visit.id}` }, say("back-to-visit"))),
    h("h1", { tabindex: -1 }, say("close-title")),
    h("p", { class: "quiet" }, visit.summary, began(carried)),
    form,
  ];
}

function began(carried) {
  const at = carried.visit.started_at ?? carried.visit.arrived_at;
  return at && [" · ", say("since"), " ", time(at, zoneOf(carried))];
}

function attempts(told, page, zone, changed) {
  const list = h("ul", {});
  const show = () => list.replaceChildren(...told.tried.map(({ at, channel }) =>
    h("li", {}, say(`tried.${channel}`), " ", time(at, zone))));
  show();
  return h("div", { class: "tried" }, h("p", {}, say("how-tried")), list,
    h("div", { class: "tiles" }, CHANNELS.map((channel) => h("button", {
      type: "button",
      on: { click: () => { told.tried.push({ at: page.now().toISOString(), channel }); changed(); show(); } },
    }, say(`tried.${channel}`)))));
}

function partsUsed({ visit, van, names, held = [] }, told, changed) {
  const needed = new Map();
  // A substitute that was set aside is what he fits, and of a kit its parts.
  for (const { sku, quantity } of held.length > 0 ? held : visit.parts ?? []) {
    needed.set(sku, (needed.get(sku) ?? 0) + quantity);
  }
  const rows = h("div", {});
  const shown = () => [...new Set([...needed.keys(), ...Object.keys(told.parts)])];
  const others = h("select", { id: "other-part", on: { change: (event) => {
    if (event.target.value) set(event.target.value, 1);
    event.target.value = "";
  } } });

  function set(sku, quantity) {
    told.parts[sku] = Math.max(0, quantity);
    changed();
    show();
  }
  function row(sku) {
    const used = told.parts[sku] ?? 0;
    const name = names[sku] ?? sku;
    return h("div", { class: "part" },
      h("span", { class: "name" }, name,
        needed.has(sku) && h("span", { class: "quiet small" }, ` ${say("planned-number", { number: needed.get(sku) })}`)),
      h("button", { type: "button", "aria-label": say("one-less", { name }), on: { click: () => set(sku, used - 1) } }, "−"),
      h("output", { "aria-label": name }, `${used}`),
      h("button", { type: "button", "aria-label": say("one-more", { name }), on: { click: () => set(sku, used + 1) } }, "+"),
      used === 1 && h("details", { open: Boolean(told.serials[sku]?.in || told.serials[sku]?.out) },
        h("summary", {}, say("serials")),
        h("div", { class: "row" }, serial(sku, "in"), serial(sku, "out"))));
  }
  function serial(sku, way) {
    return scanned(say(`serial-${way}`), h("input", {
      maxlength: 100, autocomplete: "off", value: told.serials[sku]?.[way] ?? "",
      on: { input: (event) => {
        told.serials[sku] = { ...told.serials[sku], [way]: event.target.value };
        changed();
      } },
    }));
  }
  function show() {
    const there = shown();
    rows.replaceChildren(...there.map(row));
    const left = van.filter(({ sku }) => !there.includes(sku));
    others.replaceChildren(h("option", { value: "" }, say("choose-part")),
      ...left.map(({ sku, on_hand: held }) => h("option", { value: sku }, `${names[sku] ?? sku} (${held})`)));
    others.parentElement?.toggleAttribute("hidden", left.length === 0);
  }
  const label = h("label", {}, say("another-part"), others);
  show();
  return [rows, shown().length === 0 && van.length === 0 && h("p", { class: "quiet" }, say("van-unknown")), label];
}

function minutesOf({ departed_at: from, arrived_at: to }) {
  const minutes = from && to ? Math.round((Date.parse(to) - Date.parse(from)) / 60_000) : 0;
  return minutes > 0 ? `${minutes}` : "";
}

function whatIsMissing(told, visit) {
  if (!told.outcome) return "missing.outcome";
  if (isUnbegun(told.outcome)) return null;
  if (told.outcome === "fixed" && unanswered(visit, told)) return "missing.checklist";
  if (!told.work_done.trim()) return "missing.work-done";
  if (visit.remote || told.later || told.refusal.trim()) return null;
  if (!told.svg) return "missing.signature";
  return told.name.trim() ? null : "missing.name";
}

function reportOf(told, visit, now) {
  const used = Object.entries(told.parts).filter(([, quantity]) => quantity > 0);
  const number = (text) => (text === "" || Number.isNaN(Number(text)) ? undefined : Number(text));
  const signature = told.svg && told.name.trim() && !told.later
    ? { name: told.name.trim(), role: told.role.trim() || undefined, svg: told.svg } : undefined;
  return {
    outcome: told.outcome,
    started_at: beganAt(visit, told.outcome, now) ?? undefined,
    found: told.found.trim(),
    work_done: told.work_done.trim(),
    remaining: told.remaining.trim(),
    cause: told.cause.trim() || undefined,
    parts_used: used.map(([sku, quantity]) => ({
      sku, quantity,
      serial_in: told.serials[sku]?.in?.trim() || undefined,
      serial_out: told.serials[sku]?.out?.trim() || undefined,
    })),
    kilometres: number(told.kilometres),
    travel_minutes: number(told.travel_minutes) === undefined ? undefined : Math.round(number(told.travel_minutes)),
    signature: told.refusal.trim() ? undefined : signature,
    signature_refused: told.refusal.trim() && !told.later ? { reason: told.refusal.trim() } : undefined,
    contact_attempts: told.tried,
    checklist: answersOf(visit, told),
  };
}
