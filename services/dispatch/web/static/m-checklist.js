// What is looked at on the spot, item by item; an answer that asks for more work says so at once.

import { h, say } from "./m-dom.js";

const { lang } = document.documentElement;

export const labelOf = (item) => (lang === "fr" ? item.fr : item.en);

/** The questions; ``told.checklist`` has the answers by item, ``changed()`` keeps them. */
export function checklistCard(visit, told, changed) {
  const items = visit.checklist ?? [];
  if (items.length === 0) return null;
  return h("section", { class: "card checklist", "aria-labelledby": "checklist" },
    h("h2", { id: "checklist" }, say("checklist")), items.map((item) => question(item, told, changed)));
}

/** The first item that has to be answered and is not. */
export function unanswered(visit, told) {
  return (visit.checklist ?? []).find((item) => !item.optional && !answerOf(item, told));
}

export function answersOf(visit, told) {
  return (visit.checklist ?? [])
    .map((item) => ({ item: item.id, answer: answerOf(item, told) }))
    .filter(({ answer }) => answer);
}

/** What was found, for who reads the visit later. */
export function found(item, answer) {
  return `${wordOf(answer)}${item.unit ? ` ${item.unit}` : ""}`;
}

function question(item, told, changed) {
  const beyond = h("p", { class: "said risk", role: "status", hidden: true });
  const show = () => {
    const wanted = isBeyond(item, answerOf(item, told)) && wantedOf(item);
    beyond.hidden = !wanted;
    beyond.textContent = wanted ? say("beyond", { wanted }) : "";
  };
  const set = (answer) => {
    told.checklist = { ...told.checklist, [item.id]: answer };
    show();
    return changed();
  };
  show();
  const label = `${labelOf(item)}${item.unit ? ` (${item.unit})` : ""}${item.optional ? ` – ${say("optional")}` : ""}`;
  if (item.kind === "number" || item.kind === "text") {
    const number = item.kind === "number";
    return h("div", { class: "item" }, h("label", {}, label, h("input", {
      id: `item-${item.id}`, type: number ? "number" : "text", step: number ? "any" : null,
      inputmode: number ? "decimal" : null, maxlength: number ? null : 500, autocomplete: "off",
      value: told.checklist?.[item.id] ?? "", on: { input: (event) => set(event.target.value) } })), beyond);
  }
  const answers = item.kind === "yes-no" ? ["yes", "no"] : item.choices;
  return h("fieldset", { class: "item" }, h("legend", {}, label),
    h("div", { class: "tiles" }, answers.map((answer) => h("label", { class: "choice" },
      h("input", {
        type: "radio", name: `item-${item.id}`, value: answer, checked: told.checklist?.[item.id] === answer,
        on: { change: () => set(answer) } }),
      h("span", {}, wordOf(answer))))), beyond);
}

function answerOf(item, told) {
  return `${told.checklist?.[item.id] ?? ""}`.trim();
}

function isBeyond(item, answer) {
  if (!answer) return false;
  if (item.kind !== "number") return item.right.length > 0 && !item.right.includes(answer);
  const number = Number(answer);
  return (item.least !== null && number < item.least) || (item.most !== null && number > item.most);
}

function wantedOf(item) {
  if (item.kind !== "number") return item.right.map(wordOf).join(` ${say("or")} `);
  const unit = item.unit ? ` ${item.unit}` : "";
  if (item.least !== null && item.most !== null) return `${item.least} – ${item.most}${unit}`;
  return item.least !== null ? `≥ ${item.least}${unit}` : `≤ ${item.most}${unit}`;
}

function wordOf(answer) {
  return { yes: say("yes"), no: say("no") }[answer] ?? answer;
}
