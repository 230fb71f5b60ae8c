// "While I am here": something else that does not work, asked for on the spot.

import { h, say } from "./m-dom.js";
import { camera } from "./m-photo.js";
import { scanned } from "./m-scan.js";

const URGENCIES = ["high", "medium", "low"];
const language = document.documentElement.lang;

/** The form; ``open(body, pictures)`` opens the request, about another machine or person at the same site. */
export function extraView({ visit, site, workTypes, contact }, { draft, keep, open }) {
  const told = { summary: "", description: "", category: "", urgency: "medium", person: "", serial: "", pictures: [], ...draft };
  const typed = (name) => ({ input: (event) => { told[name] = event.target.value; keep({ ...told }); } });
  const named = workTypes.map(({ id, name, kind }) => ({ id, kind, name: name[language] ?? name.en ?? name.fr ?? id }))
    .sort((one, other) => one.name.localeCompare(other.name, language));

  return [
    h("p", {}, h("a", { class: "back", href: `#v/${visit.id}` }, say("back-to-visit"))),
    h("h1", { tabindex: -1 }, say("extra-title")),
    h("p", { class: "quiet" }, site?.name ?? visit.site_id),
    workTypes.length === 0 ? h("p", { class: "said risk" }, say("extra-later")) : h("form", {
      class: "card", on: { submit: (event) => { event.preventDefault(); open(bodyOf(told, named, visit, contact), told.pictures); } },
    },
    h("label", {}, say("extra-summary"), h("input", {
      id: "extra-summary", required: true, maxlength: 200, value: told.summary, on: typed("summary") })),
    h("label", {}, say("extra-category"), h("select", { id: "extra-category", required: true, on: typed("category") },
      h("option", { value: "" }, say("choose")),
      named.map(({ id, name }) => h("option", { value: id, selected: id === told.category }, name)))),
    h("fieldset", {}, h("legend", {}, say("extra-urgency")),
      URGENCIES.map((urgency) => h("label", { class: "choice" },
        h("input", { type: "radio", name: "urgency", value: urgency, checked: told.urgency === urgency, on: typed("urgency") }),
        h("span", {}, say(`urgency.${urgency}`))))),
    h("label", {}, say("extra-person"), h("input", {
      id: "extra-person", maxlength: 200, autocomplete: "off", value: told.person, on: typed("person") })),
    scanned(say("serial"), h("input", {
      id: "extra-serial", maxlength: 100, autocomplete: "off", value: told.serial, on: typed("serial") })),
    camera(told.pictures.length, (file) => { told.pictures = [...told.pictures, file]; return keep({ ...told }); }),
    h("label", {}, say("extra-description"), h("textarea", {
      id: "extra-description", maxlength: 10000, on: typed("description") }, told.description)),
    h("button", { class: "main big wide" }, say("extra-open"))),
  ];
}

function bodyOf(told, named, visit, contact) {
  return {
    kind: named.find(({ id }) => id === told.category)?.kind ?? "incident",
    summary: told.summary.trim(),
    description: [
      told.description.trim() || told.summary.trim(), told.serial.trim() && `${say("serial")} : ${told.serial.trim()}`,
    ].filter(Boolean).join("\n\n"),
    on_site_contact: told.person.trim() ? { name: told.person.trim() } : undefined,
    category: told.category,
    impact: "medium",
    urgency: told.urgency,
    sites: [visit.site_id],
    channel: "agent",
    declared_by: contact?.name,
  };
}
