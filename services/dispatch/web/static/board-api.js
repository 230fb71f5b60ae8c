// What the board asks of the API, as everybody else may: a problem comes back as a ``Problem``.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.type = (body.type || "").replace("/problems/", "");
    this.body = body;
  }
}

async function call(path, options = {}) {
  const { body, version, ...rest } = options;
  const headers = { Accept: "application/json" };
  if (rest.method === "POST") {
    headers["Content-Type"] = "application/json";
    headers["Idempotency-Key"] = key();
  }
  if (version) headers["If-Match"] = `"${version}"`;
  const answer = await fetch(path, { ...rest, headers, body: rest.method === "POST" ? JSON.stringify(body ?? {}) : undefined });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  return answer.json();
}

// ``randomUUID`` is not there on plain HTTP by another name than localhost.
const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const visit = (id, rest) => `/v1/visits/${encodeURIComponent(id)}/${rest}`;
const post = (path, body, version) => call(path, { method: "POST", body, version });
const at = (time) => new Date(time).toISOString();

export const api = {
  day: (asked, signal) => call(`/board/day?${new URLSearchParams(asked)}`, { signal }),
  candidates: (id) => call(visit(id, "candidates?limit=3")),
  whatIf: (id, technician, start, signal) =>
    call(visit(id, `what-if?${new URLSearchParams({ technician_id: technician, start: at(start) })}`), { signal }),
  assign: ({ id, version }, technician, start) =>
    post(visit(id, "assign"), { technician_id: technician, ...(start ? { start: at(start) } : {}) }, version),
  reschedule: ({ id, version }, start) => post(visit(id, "reschedule"), { start: at(start) }, version),
  unassign: ({ id, version }) => post(visit(id, "unassign"), {}, version),
  pin: ({ id, version }, pinned) => post(visit(id, pinned ? "pin" : "unpin"), {}, version),
  well: ({ id, technician_id: whom }) => post(visit(id, "well"), { on_behalf_of: whom }),
  makeRoom: (id) => post("/v1/plans", { visit_id: id }),
  apply: (plan) => post(`/v1/plans/${encodeURIComponent(plan)}/apply`),
};
