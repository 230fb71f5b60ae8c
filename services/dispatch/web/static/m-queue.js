// What was done without a network is sent in order, once each, and nothing of it is lost.
//
// An action: {n, key, by, visit, verb, path, body or file, after, at, state: "waiting" | "refused", problem}. ``key`` is its
// Idempotency-Key: where an answer did not come back, the same request is sent again and done once. ``after`` is the
// key of what opens the request that a picture belongs to: until then it has no ``path``.

const LATER = new Set([408, 425, 429, 502, 503, 504]);

/** What an answer means: "sent", "refused" for good, "signed-out", "wait" (all do), or "hold" (its visit does). */
export function verdict(status, type = "") {
  if (status >= 200 && status < 300) return "sent";
  if (status === 401) return "signed-out";
  if (LATER.has(status) || type.endsWith("/idempotency-in-progress")) return "wait";
  return status >= 500 ? "hold" : "refused";
}

/**
 * Send what ``by`` did, oldest first. What is refused stays in the store with the reason, and the rest goes
 * on, of the same visit too: a closing counts although the visit was somebody else's by the time of a step.
 *
 * ``send(action)`` gives ``{status, body}`` or throws where there is no network. The result says how many
 * were sent and refused, and why it stopped, if it did: "offline", "signed-out" or "wait".
 */
export async function replay(store, by, send) {
  const result = { sent: 0, refused: 0, stopped: null };
  const held = new Set();
  const waiting = async (pictures) => (await store.actions(by))
    .filter(({ state, file, after }) => state === "waiting" && Boolean(file) === pictures && !after);
  const steps = await waiting(false);
  // Pictures are large and say nothing that a visit waits for.
  for await (const action of inTurn(steps, () => waiting(true))) {
    if (held.has(action.visit)) continue;
    let answer;
    try {
      answer = await send(action);
    } catch {
      return { ...result, stopped: "offline" };
    }
    const meaning = verdict(answer.status, answer.body?.type);
    if (meaning === "sent") {
      await store.settle(action, answer.body);
      result.sent += 1;
    } else if (meaning === "refused") {
      await store.put({ ...action, state: "refused", problem: problemOf(answer) });
      result.refused += 1;
    } else if (meaning === "hold") {
      held.add(action.visit);
      result.stopped = "wait";
    } else {
      return { ...result, stopped: meaning };
    }
  }
  return result;
}

async function* inTurn(steps, pictures) {
  yield* steps;
  yield* await pictures();
}

/** The refused actions of a visit wait again, in their old places; ``early``: it is that visit, whatever its day. */
export async function tryAgain(store, refused, { early = false } = {}) {
  const changed = refused.map((action) => {
    const again = { ...action, state: "waiting", problem: null };
    if (!early || !["depart", "arrive"].includes(action.verb)) return again;
    return { ...again, key: crypto.randomUUID(), body: { ...action.body, early: true } };
  });
  await store.put(...changed);
}

function problemOf({ status, body }) {
  const { type = "", title = "", detail = "" } = body ?? {};
  return { status, type, title, detail };
}
