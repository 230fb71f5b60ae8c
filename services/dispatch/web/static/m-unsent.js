// What is on the telephone only: what waits to be sent, and what the server did not take.

import { clock, h, say } from "./m-dom.js";

/** Both lists; ``page`` does what is asked of them. */
export function unsentView(actions, { page, state, day }) {
  const waiting = actions.filter((action) => action.state === "waiting");
  const refused = actions.filter((action) => action.state === "refused");
  return [
    h("p", {}, h("a", { class: "back", href: "#" }, say("back-to-day"))),
    h("h1", { tabindex: -1 }, say("unsent-title")),
    !(state === "sent" && refused.length > 0) && h("p", {}, say(`how.${state}`)),
    day && h("p", { class: "quiet" }, say("kept-offline", { time: clock(day.now) })),
    state === "signed-out" && h("p", {}, h("a", { class: "button main big", href: page.signIn }, say("sign-in"))),
    refused.length > 0 && h("section", { "aria-labelledby": "refused" },
      h("h2", { id: "refused" }, say("needs-a-look")), h("p", { class: "quiet" }, say("needs-a-look-hint")),
      groups(refused).map((each) => group(each, page))),
    (waiting.length > 0 || refused.length === 0) && h("section", { "aria-labelledby": "waiting" },
      h("h2", { id: "waiting" }, say("waiting")),
      waiting.length === 0
        ? h("p", { class: "empty" }, h("strong", {}, say("all-sent")), say("all-sent-hint"))
        : h("ol", { class: "card actions" }, waiting.map((action) => h("li", {}, line(action),
          isLast(action, waiting) && h("button", { type: "button", id: `back-${action.n}`, on: { click: () => page.takeBack(action) } }, say("take-back")))))),
    waiting.length > 0 && !["offline", "signed-out"].includes(state) && h("button", { type: "button", class: "big wide", on: { click: () => page.send() } }, say("send-now")),
  ];
}

/** What was done by mistake is taken back from its end: a visit's steps follow each other. */
function isLast(action, waiting) {
  return !action.file && waiting.findLast(({ visit, file }) => visit === action.visit && !file) === action;
}

function line(action) {
  return [h("strong", {}, clock(action.at, action.zone)), " ", say(`did.${action.verb}`),
    h("span", { class: "quiet" }, ` ${action.number} · ${action.where}`)];
}

function groups(refused) {
  const visits = new Map();
  for (const action of refused) visits.set(action.visit, [...(visits.get(action.visit) ?? []), action]);
  return [...visits.values()];
}

function group(actions, page) {
  const early = actions.some(({ problem }) => problem.type.endsWith("/too-early"));
  return h("article", { class: "card" },
    h("h3", {}, `${actions[0].number} · ${actions[0].where}`),
    h("ul", { class: "actions" }, actions.map((action, n) => h("li", {},
      h("strong", {}, clock(action.at, action.zone)), " ", say(`did.${action.verb}`), held(action),
      why(action.problem) !== (actions[n + 1] && why(actions[n + 1].problem))
        && h("p", { class: "said breached" }, why(action.problem))))),
    h("div", { class: "choices" },
      early && h("button", { type: "button", class: "main", on: { click: () => page.again(actions, true) } }, say("it-is-this-visit")),
      actions.filter(({ told }) => told).map((action) => h("button", { type: "button", on: { click: () => page.correct(action) } }, say("correct"))),
      h("button", { type: "button", on: { click: () => page.again(actions, false) } }, say("try-again")),
      h("button", { type: "button", class: "danger", on: { click: () => page.remove(actions) } }, say("remove"))));
}

function why({ status, title, detail }) {
  if (status === 404) return say("gone");
  return [title, detail].filter(Boolean).join(": ") || say("refused-unsaid", { status });
}

/** What a closing said, to be read to the dispatcher or copied. */
function held({ verb, body }) {
  if (verb !== "close") {
    const said = body.reason ?? body.text ?? body.summary;
    return said ? h("p", {}, said) : null;
  }
  const parts = body.parts_used.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(", ");
  return h("dl", { class: "facts" }, [
    ["how-it-ended", say(`outcome.${body.outcome}`)],
    ["cause", body.cause],
    ["work-done", body.work_done],
    ["parts-used", parts],
    ["kilometres", body.kilometres],
    ["travel-minutes", body.travel_minutes],
    ["signature", body.signature?.name ?? body.signature_refused?.reason],
  ].filter(([, text]) => text !== undefined && text !== "").map(([name, text]) =>
    h("div", { class: "fact" }, h("dt", {}, say(name)), h("dd", {}, `${text}`))));
}
