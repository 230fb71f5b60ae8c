// What other services know of the visits: the request's own words, the machine, what parts are called. It is
// asked for where there is a network and kept; where it cannot be had, the visit is shown without.

const FRESH = 30 * 60_000;
const SOON = 3 * 60_000;

/** Bring what is missing or old for these visits. True where something is different then. */
export async function bringAbout(store, visits) {
  const kept = (await store.get("about")) ?? {};
  const about = {};
  let changed = false;
  for (const { visit } of visits) {
    const known = kept[visit.ticket_id];
    about[visit.ticket_id] = known;
    if (known && Date.now() - known.at < FRESH) continue;
    const ticket = await got(`/v1/tickets/${visit.ticket_id}`);
    if (!ticket) continue;
    about[visit.ticket_id] = { at: Date.now(), description: ticket.description, ...await machine(ticket) };
    changed = true;
  }
  if (changed) await store.set("about", about);
  return changed;
}

async function machine({ id, asset }) {
  if (!asset) return {};
  const before = await got(`/v1/tickets?asset=${encodeURIComponent(asset)}&limit=6`);
  return {
    asset: await got(`/v1/assets/${encodeURIComponent(asset)}`),
    before: (before?.items ?? []).filter((each) => each.id !== id),
  };
}

/** What kinds of work there are, for what is asked for on the spot. */
export async function bringWorkTypes(store) {
  const kept = await store.get("work-types");
  if (kept && Date.now() - kept.at < FRESH) return false;
  const page = await got("/v1/work-types?limit=200");
  if (!page) return false;
  const items = page.items.map(({ id, name, kind }) => ({ id, name, kind }));
  await store.set("work-types", { at: Date.now(), items });
  return true;
}

/** What parts are called, by SKU: those of the van and of the visits. */
export async function bringNames(store, skus) {
  const names = (await store.get("names")) ?? {};
  const missing = skus.filter((sku) => !(sku in names));
  for (const sku of missing) {
    const part = await got(`/v1/parts/${encodeURIComponent(sku)}`);
    if (part) names[sku] = part.name;
  }
  if (missing.length > 0) await store.set("names", names);
  return missing.length > 0;
}

/** What the stock has set aside for the visits that want parts, and where: perhaps something else instead. */
export async function bringHeld(store, visits) {
  const kept = (await store.get("held")) ?? {};
  const held = {};
  let changed = false;
  for (const { visit } of visits) {
    if (!(visit.parts?.length > 0)) continue;
    const known = kept[visit.id];
    held[visit.id] = known;
    if (known && known.start === visit.planned_start && Date.now() - known.at < SOON) continue;
    const reservation = await got(`/v1/reservations/${encodeURIComponent(visit.id)}`);
    if (!reservation) continue;
    held[visit.id] = { at: Date.now(), start: visit.planned_start, lines: reservation.held };
    changed = true;
  }
  if (changed) await store.set("held", held);
  return changed;
}

async function got(path) {
  try {
    const answer = await fetch(path, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
