// A visit in the list of the day, and by itself with all that it takes to make it.

import { aloneCard, goesAlong } from "./m-alone.js";
import { found, labelOf } from "./m-checklist.js";
import { codesButton } from "./m-codes.js";
import { inOrder, nextStep, otherSteps } from "./m-day.js";
import { date, dayName, h, say, sayMany, span, time } from "./m-dom.js";
import { camera } from "./m-photo.js";

const LOOK = {
  "en-route": "running", arrived: "running", started: "running", paused: "risk", closed: "done",
};
const ON_SITE = new Set(["arrived", "started", "paused", "closed"]);
const APPLE = /iPhone|iPad|Macintosh/.test(navigator.userAgent);

export function photosOf({ waiting }) {
  return waiting.filter(({ file }) => file).length;
}

export function zoneOf({ site }) {
  return site?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The day: what is next with all that one has to know of it, then the rest by days. */
export function dayView(visits, page) {
  const { todo, over } = inOrder(visits);
  const [next, ...others] = todo;
  const days = grouped(others, (each) => dayOfVisit(each, page));
  return [
    h("h1", { tabindex: -1, class: next ? "unseen" : null }, say("my-visits")),
    next ? nextCard(next, page) : emptyDay(over),
    ...[...days].map(([day, each]) => [h("h2", { class: "day" }, day), each.map((one) => row(one))]),
    over.length > 0 && [h("h2", { class: "day" }, say("over")), over.map((one) => row(one))],
  ];
}

function emptyDay(over) {
  return h("p", { class: "empty" },
    h("strong", {}, say(over.length ? "all-done" : "nothing-planned")), say("nothing-planned-hint"));
}

function dayOfVisit(each, page) {
  const { planned_start: start } = each.visit;
  return start ? dayName(start, zoneOf(each), page.now()) : say("whenever");
}

function grouped(things, by) {
  const groups = new Map();
  for (const each of things) groups.set(by(each), [...(groups.get(by(each)) ?? []), each]);
  return groups;
}

function nextCard(carried, page) {
  const { visit } = carried;
  return h("section", { class: "card next", "aria-labelledby": "next" },
    head(carried, page),
    h("h2", { id: "next" }, h("a", { href: `#v/${visit.id}` }, visit.summary)),
    where(carried),
    crew(carried),
    accessNotes(carried),
    visit.parts?.length > 0 && parts(carried),
    h("p", {}, h("a", { class: "button wide", href: `#v/${visit.id}` }, say("all-about-it"))),
    steps(carried, page));
}

function row(carried) {
  const { visit, site } = carried;
  return h("a", { class: "card row-visit", href: `#v/${visit.id}` },
    h("span", { class: "when" }, visit.planned_start && time(visit.planned_start, zoneOf(carried))),
    h("span", { class: "what" },
      h("strong", {}, site?.name ?? visit.site_id), h("span", { class: "quiet" }, visit.summary)),
    state(carried));
}

function head(carried, page) {
  const { visit } = carried;
  const zone = zoneOf(carried);
  return h("div", { class: "head" },
    h("span", { class: "when" }, visit.planned_start && [
      dayName(visit.planned_start, zone, page.now()), " ",
      h("strong", {}, span(visit.planned_start, visit.planned_end, zone)),
    ]),
    state(carried));
}

export function state(carried) {
  const { visit, waiting, refused, gone } = carried;
  const unanswered = goesAlong(carried) && ["planned", "dispatched"].includes(visit.state);
  return h("span", { class: "states" },
    refused.length > 0 && h("span", { class: "state breached" }, say("needs-a-look")),
    waiting.length > 0 && h("span", { class: "state risk" }, say("not-sent")),
    gone ? h("span", { class: "state" }, say("not-yours"))
      : h("span", { class: `state ${LOOK[visit.state] ?? ""}` }, say(unanswered ? "you-go-along" : `state.${visit.state}`)));
}

/** A visit whole, and the step that comes next within reach of the thumb. */
export function visitView(carried, page) {
  const { visit } = carried;
  return [
    h("p", {}, h("a", { class: "back", href: "#" }, say("back-to-day"))),
    h("section", { class: "card" },
      head(carried, page),
      h("h1", { tabindex: -1 }, visit.summary),
      h("p", { class: "quiet" }, [visit.number, visit.priority, carried.customer].filter(Boolean).join(" · ")),
      carried.gone && h("p", { class: "said risk" }, say("gone-hint")),
      visit.state === "cancelled" && h("p", { class: "said risk" }, say("cancelled-hint")),
      where(carried), contact(carried), crew(carried), accessNotes(carried), !goesAlong(carried) && codesButton(carried)),
    section("briefing", visit.briefing.map(({ question, answer }) =>
      h("div", { class: "fact" }, h("dt", {}, question), h("dd", {}, answer))), "dl"),
    visit.checklist?.length > 0 && section("checklist", visit.checklist.map((item) => h("li", {}, labelOf(item))), "ul"),
    visit.parts?.length > 0 && section("parts-to-take", [parts(carried)]),
    machine(carried),
    section("earlier", carried.earlier.map((each) => earlier(each, zoneOf(carried))), "ul"),
    visit.report && report(carried),
    !carried.gone && !goesAlong(carried) && !(carried.crew?.length > 0) && aloneCard(carried, page, zoneOf(carried)),
    ON_SITE.has(visit.state) && h("section", { class: "card" },
      camera(photosOf(carried), (file) => page.photo(carried, file)),
      h("button", { type: "button", class: "wide", id: `note-${visit.id}`, on: { click: () => page.note(carried) } }, say("note")),
      h("a", { class: "button wide", href: `#n/${visit.id}` }, say("extra"))),
    steps(carried, page),
  ];
}

function section(name, children, tag = "div") {
  if (children.length === 0) return null;
  return h("section", { class: "card", "aria-labelledby": name },
    h("h2", { id: name }, say(name)), h(tag, {}, ...children));
}

function where({ visit, site }) {
  if (visit.remote) return h("p", { class: "where" }, say("remote"));
  if (!site) return h("p", { class: "where" }, visit.site_id);
  const text = [site.address, `${site.postcode} ${site.commune}`];
  const at = `${site.latitude},${site.longitude}`;
  const named = encodeURIComponent(`${site.name}, ${text.join(", ")}`);
  const map = APPLE ? `https://maps.apple.com/?daddr=${at}&q=${named}` : `geo:${at}?q=${at}(${named})`;
  return h("a", { class: "where", href: map, rel: "noreferrer" },
    h("span", { class: "pin", "aria-hidden": "true" }, "➤"),
    h("span", {}, h("strong", {}, site.name), h("span", {}, text.join(", ")),
      h("span", { class: "small" }, say("open-map"))));
}

function contact({ contact: person }) {
  if (!person) return null;
  const name = [person.name, person.role].filter(Boolean).join(", ");
  if (!person.phone) return h("p", { class: "fact" }, h("span", { class: "quiet" }, say("ask-for")), name);
  return h("a", { class: "where", href: `tel:${person.phone.replace(/[^+\d]/g, "")}` },
    h("span", { class: "pin", "aria-hidden": "true" }, "✆"),
    h("span", {}, h("strong", {}, name), h("span", {}, person.phone), h("span", { class: "small" }, say("call"))));
}

/** Who is there, too: he is called by a touch where his number is known. */
function crew({ crew: others = [] }) {
  return others.map(({ name, phone, leads }) => {
    const role = say(leads ? "leads" : "goes-with-you");
    if (!phone) return h("p", { class: "fact" }, h("span", { class: "quiet" }, role), " ", name);
    return h("a", { class: "where", href: `tel:${phone.replace(/[^+\d]/g, "")}` },
      h("span", { class: "pin", "aria-hidden": "true" }, "✆"),
      h("span", {}, h("span", { class: "quiet" }, role), h("strong", {}, name), h("span", { class: "small" }, phone)));
  });
}

function accessNotes({ visit, site }) {
  const access = visit.access ?? site?.access;
  if (!access || visit.remote) return null;
  const facts = [
    access.instructions && ["access", access.instructions],
    access.parking && ["parking", access.parking],
    access.escort && ["escort", say("escort-needed")],
    access.badge_lead_minutes && ["badge", sayMany("badge-lead", access.badge_lead_minutes)],
    access.lone_work && ["lone-work", say("alone-here")],
    access.permits?.length > 0 && ["permits", access.permits.join(", ")],
  ].filter(Boolean);
  return facts.length === 0 ? null : h("dl", { class: "facts" }, facts.map(([name, text]) =>
    h("div", { class: "fact" }, h("dt", {}, say(name)), h("dd", {}, text))));
}

/** What is set aside for the visit and where; until that is known, what it wants and the van has of it. */
function parts({ visit, van, names, held: setAside = [] }) {
  if (setAside.length > 0) {
    return h("ul", { class: "parts" }, setAside.map(({ sku, quantity, location, instead_of: wanted }) => h("li", {},
      h("strong", {}, `${quantity} × ${names[sku] ?? sku}`), " ",
      wanted && h("span", { class: "quiet small" }, say("instead-of", { name: names[wanted] ?? wanted })), " ",
      place(location))));
  }
  return h("ul", { class: "parts" }, visit.parts.map(({ sku, quantity }) => {
    const held = van.find((each) => each.sku === sku)?.on_hand ?? 0;
    return h("li", {},
      h("strong", {}, `${quantity} × ${names[sku] ?? sku}`), " ",
      held >= quantity
        ? h("span", { class: "state done" }, say("in-van"))
        : h("span", { class: "state risk" }, say("not-in-van", { held })));
  }));
}

function place(location) {
  const [kind, name] = location.split(":");
  if (kind === "van") return h("span", { class: "state done" }, say("in-van"));
  if (kind === "cupboard") return h("span", { class: "state done" }, say("at-site"));
  return h("span", { class: "state risk" }, say("at-depot", { place: name }));
}

function machine(carried) {
  const { description, asset, before = [] } = carried.about ?? {};
  return [
    description && section("description", [h("p", { class: "as-typed" }, description)]),
    asset && section("machine", [
      h("p", {}, h("strong", {}, asset.name), ` ${[asset.manufacturer, asset.model].filter(Boolean).join(" ")}`),
      asset.serial && h("p", {}, h("span", { class: "quiet" }, say("serial")), " ", asset.serial),
      asset.warranty_until && h("p", {}, say("warranty", { date: date(asset.warranty_until, "UTC") })),
      before.length > 0 && h("ul", {}, before.map((each) => h("li", {},
        `${date(each.opened_at, zoneOf(carried))} · ${each.summary}`,
        each.resolution?.work_done && h("span", { class: "quiet" }, ` — ${each.resolution.work_done}`)))),
    ]),
  ];
}

function earlier(visit, zone) {
  const told = visit.report ?? {};
  return h("li", {},
    `${date(visit.ended_at ?? visit.updated_at, zone)} · ${visit.summary}`,
    told.outcome && ` · ${say(`outcome.${told.outcome}`)}`,
    visit.report_version && [" · ", pdf(visit)],
    [told.cause, told.work_done].some(Boolean)
      && h("span", { class: "quiet" }, ` — ${[told.cause, told.work_done].filter(Boolean).join(" · ")}`));
}

function report({ visit }) {
  const { outcome, cause, work_done: done } = visit.report;
  return section("report", [
    h("p", {}, h("strong", {}, say(`outcome.${outcome}`))),
    cause && h("p", {}, cause), done && h("p", { class: "as-typed" }, done),
    checked(visit),
    visit.report_version && h("p", {}, pdf(visit)),
  ].filter(Boolean));
}

function checked({ checklist = [], report: { checklist: answers = [] } }) {
  const items = new Map(checklist.map((item) => [item.id, item]));
  const known = answers.filter(({ item }) => items.has(item));
  return known.length > 0 && h("dl", {}, known.map(({ item, answer }) => h("div", { class: "fact" },
    h("dt", {}, labelOf(items.get(item))), h("dd", {}, found(items.get(item), answer)))));
}

function pdf({ id }) {
  return h("a", { href: `/v1/visits/${encodeURIComponent(id)}/report`, target: "_blank", rel: "noreferrer" }, say("report-pdf"));
}

function steps(carried, page) {
  const { visit } = carried;
  const next = nextStep(visit);
  const others = otherSteps(visit);
  if (carried.gone && visit.state !== "closed") return h("div", { class: "steps" }, step(carried, page, "close", false));
  const may = (verb) => verb !== null && (visit.possible?.includes(verb) ?? true);
  if (goesAlong(carried)) {
    return may("decline") ? h("div", { class: "steps" }, step(carried, page, "decline", false)) : null;
  }
  if (!next) return null;
  return h("div", { class: "steps" },
    others.map((verb) => step(carried, page, verb, false)), step(carried, page, next, true));
}

function step(carried, page, verb, main) {
  const { visit } = carried;
  const name = verb === "start" && visit.state === "paused" ? "go-on"
    : carried.gone ? "close-gone" : verb === "close" && !main && visit.state === "arrived" ? "could-not" : verb;
  const look = { id: `${main ? "next-step" : verb}-${visit.id}`, class: main ? "main big" : "big" };
  return verb === "close"
    ? h("a", { ...look, class: `button ${look.class}`, href: `#c/${visit.id}` }, say(`step.${name}`))
    : h("button", { ...look, type: "button", on: { click: () => page.step(carried, verb) } }, say(`step.${name}`));
}
