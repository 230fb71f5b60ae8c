// The tree drawn from what is typed, and walked as the client will walk it.

import { ask, current } from "./admin.js";
import { labelOf } from "./form-reading.js";

const language = document.documentElement.lang;
const drawn = document.getElementById("tree");
const trying = document.getElementById("try");

function made(kind, text, className = "") {
  const found = document.createElement(kind);
  found.textContent = text;
  found.className = className;
  return found;
}

const words = (text) => text?.[language] || text?.fr || text?.en || "…";

function when(question, conditions) {
  const { yes, no, otherwise } = drawn.dataset;
  const called = (value) => words(question.choices?.[value]) === "…" ? ({ yes, no })[value] ?? value : words(question.choices[value]);
  return conditions.map((each) => [
    each.question ? `${each.question}:` : "",
    (each.is ?? []).map(called).join(" / "),
    each.at_least === undefined ? "" : `≥ ${each.at_least}`,
    each.at_most === undefined ? "" : `≤ ${each.at_most}`,
  ].filter(Boolean).join(" ")).join(" + ") || otherwise;
}

function branch(questions, id, above, seen) {
  const question = questions.get(id);
  if (!question) return made("span", `${id ?? ""}: ${drawn.dataset.missing}`, "state breached");
  if (above.includes(id)) return made("span", `${id}: ${drawn.dataset.round}`, "state breached");
  if (seen.has(id)) return made("span", `${id} (${drawn.dataset.seen})`, "quiet");
  seen.add(id);
  const box = made("div", "");
  box.append(made("strong", words(question.text)), made("span", ` ${id}`, "quiet small"));
  const list = document.createElement("ul");
  for (const each of question.branches ?? []) {
    const item = made("li", `${when(question, each.when ?? [])} → `);
    item.append(each.next ? branch(questions, each.next, [...above, id], seen) : made("span", drawn.dataset.end, "quiet"));
    list.append(item);
  }
  box.append(list);
  return box;
}

function draw() {
  const { body } = current();
  const questions = new Map((body.questions ?? []).map((each) => [each.id, each]));
  const seen = new Set();
  drawn.replaceChildren(branch(questions, body.first, [], seen));
  const never = [...questions.keys()].filter((each) => !seen.has(each));
  if (never.length) drawn.append(made("p", `${drawn.dataset.never} ${never.join(", ")}`, "said risk"));
}

// -- trying ---------------------------------------------------------------------------------

/** What the form calls what an answer fills in. */
function fillCalled(name) {
  const field = document.querySelector(`[data-whole] [data-key="fills"] [data-key="${CSS.escape(name)}"]`);
  return field ? labelOf(field).split(" › ").pop() : name;
}

async function walk(answers) {
  const shown = trying.querySelector("[data-shown]");
  const answer = await ask("POST", trying.dataset.path, { answers });
  if (!answer) return;
  const found = await answer.json();
  if (!answer.ok) { shown.replaceChildren(made("p", found.detail, "said risk")); return; }
  shown.replaceChildren();
  const question = found.next;
  if (question) {
    shown.append(made("p", words(question.text)));
    if (question.help) shown.append(made("p", words(question.help), "quiet small"));
    shown.append(...controls(question, (value) => walk({ ...found.answers, [question.id]: value })));
  } else {
    shown.append(made("p", trying.dataset.end, "said done"));
  }
  const says = Object.entries(found.fills).filter(([, value]) => value && Object.keys(value).length !== 0 || typeof value === "string");
  if (says.length) {
    const list = document.createElement("ul");
    list.append(...says.map(([name, value]) => made("li", `${fillCalled(name)}: ${typeof value === "object" ? JSON.stringify(value) : value}`)));
    shown.append(made("p", trying.dataset.says, "small quiet"), list);
  }
  const again = made("button", trying.dataset.begin, "plain");
  again.type = "button";
  again.addEventListener("click", () => walk({}));
  if (Object.keys(found.answers).length) shown.append(again);
}

function controls(question, given) {
  const choose = (text, value) => {
    const button = made("button", text);
    button.type = "button";
    button.addEventListener("click", () => given(value));
    return button;
  };
  const unknown = choose(trying.dataset.skip, null);
  if (question.kind === "choice") return [...Object.entries(question.choices).map(([id, text]) => choose(words(text), id)), unknown];
  if (question.kind === "yes-no") return [choose(trying.dataset.yes, "yes"), choose(trying.dataset.no, "no"), unknown];
  if (question.kind === "photo") return [unknown];
  const label = made("label", words(question.text));
  const input = document.createElement("input");
  if (question.kind === "number") input.type = "number";
  label.append(input);
  const go = made("button", trying.dataset.go, "main");
  go.type = "button";
  go.addEventListener("click", () => input.value && given(input.value));
  return [label, go, unknown];
}

const form = document.getElementById("reference");
form.addEventListener("reference:edited", () => {
  draw();
  trying?.querySelector("[data-shown]").replaceChildren(made("p", trying.dataset.unsaved, "quiet"));
});
form.addEventListener("reference:saved", () => {
  if (trying) walk({});
  const publish = document.getElementById("publish");
  if (publish) publish.disabled = false;
});
draw();
if (trying) walk({});
