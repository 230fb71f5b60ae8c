// The days as they are with what was done and is not sent yet. Nothing here asks or draws anything.

export const AFTER = {
  acknowledge: "acknowledged",
  depart: "en-route",
  arrive: "arrived",
  start: "started",
  pause: "paused",
  close: "closed",
  decline: "declined",
};
const SAID_AT = { depart: "departed_at", arrive: "arrived_at", start: "started_at", close: "ended_at" };
const SIGNS = new Set(["start", "pause"]);
const OVER = new Set(["closed", "cancelled", "declined"]);
const UNDER_WAY = new Set(["en-route", "arrived", "started", "paused"]);
const UNBEGUN = new Set(["no-access", "user-absent", "refused", "unsafe", "out-of-scope"]);

/**
 * The visits that a telephone carries, each as it is after what waits to be sent. Of one that is ``gone`` to
 * somebody else the server took no step, and yet he made them.
 */
export function withActions(carried, actions, minutes) {
  return carried.map((each) => {
    const own = actions.filter((action) => action.visit === each.visit.id);
    const waiting = own.filter((action) => action.state === "waiting");
    let visit = { ...each.visit, sign_minutes: minutes };
    const refused = own.filter((action) => action.state === "refused");
    const made = each.gone ? own.filter(({ state, verb }) => state === "waiting" || verb !== "close") : waiting;
    for (const action of made) visit = after(visit, action);
    return { ...each, visit, waiting, refused };
  });
}

function aloneAfter({ alone, sign_minutes: minutes }, { verb, at }) {
  if (verb === "not-alone") return null;
  if (verb === "alone") return alone ?? { since: at, every_minutes: minutes ?? 30, last_sign: at, told: null };
  return alone && { ...alone, last_sign: at, told: null };
}

function after(visit, action) {
  if (["alone", "well", "not-alone"].includes(action.verb)) return { ...visit, alone: aloneAfter(visit, action) };
  const changed = { ...visit, state: AFTER[action.verb] ?? visit.state };
  const said = SAID_AT[action.verb];
  if (said && !changed[said]) changed[said] = action.at;
  if (action.verb === "arrive" && visit.access?.lone_work) changed.alone ??= aloneAfter(visit, { ...action, verb: "alone" });
  if (changed.alone && SIGNS.has(action.verb)) changed.alone = { ...changed.alone, last_sign: action.at, told: null };
  if (action.verb === "close") changed.report = action.body;
  return changed;
}

/** The one step that comes next, or null where there is none. */
export function nextStep(visit) {
  switch (visit.state) {
    case "planned":
    case "dispatched": return "acknowledge";
    case "acknowledged": return visit.remote ? "start" : "depart";
    case "en-route": return "arrive";
    case "arrived": return "start";
    case "paused": return "start";
    case "started": return "close";
    default: return null;
  }
}

/** What can be done instead. */
export function otherSteps(visit) {
  switch (visit.state) {
    case "planned":
    case "dispatched":
    case "acknowledged": return ["decline"];
    case "arrived": return ["close"];
    case "paused": return ["close"];
    case "started": return ["pause"];
    default: return [];
  }
}

/** What is under way, then what is planned, each in time; and what is over. */
export function inOrder(visits) {
  const begin = ({ visit }) => visit.planned_start ?? visit.updated_at;
  const sorted = [...visits].sort((one, other) =>
    UNDER_WAY.has(other.visit.state) - UNDER_WAY.has(one.visit.state)
    || Date.parse(begin(one)) - Date.parse(begin(other)));
  return {
    todo: sorted.filter(({ visit, gone }) => !gone && !OVER.has(visit.state)),
    over: sorted.filter(({ visit, gone }) => gone || OVER.has(visit.state)),
  };
}

/** When the work began, as a report has to say it: work that was done began at the latest when it ended. */
export function beganAt(visit, outcome, ended) {
  if (visit.started_at) return visit.started_at;
  return UNBEGUN.has(outcome) ? null : visit.arrived_at ?? ended;
}

export function isUnbegun(outcome) {
  return UNBEGUN.has(outcome);
}

/** The day on which something is, where it is: ``2026-03-02``. */
export function dayOf(at, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(at));
}
