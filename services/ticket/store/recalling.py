"""Notes from before tickets kept their words are read once, so that they are found as well."""

import asyncio
from dataclasses import replace

from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Document
from services.ticket.domain.noted import Noted
from services.ticket.lookup.words import kept_of
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline

AT_ONCE = 100
MOST_LINES = 10_000
SECONDS = 60.0


async def keep_recalling(run: Runtime) -> None:
    """Not at start only: while a release rolls out its predecessor still writes tickets without."""
    while True:
        await recall(run)
        await asyncio.sleep(SECONDS)


async def recall(run: Runtime) -> int:
    """Read the notes of the tickets whose notes nobody has read; of how many."""
    stored, last, recalled = run.collection(Tickets.name), "", 0
    while True:
        unread: Document = {"noted.unread": True, "_id": {"$gt": last}, "erased": {"$ne": True}}
        found = await stored.find(unread).sort("_id", 1).limit(AT_ONCE).to_list(None)
        for document in found:
            recalled += await _recall(run, document)
        if len(found) < AT_ONCE:
            return recalled
        last = found[-1]["_id"]


async def _recall(run: Runtime, document: Document) -> int:
    """As an upgrade does: the ticket keeps its version, and whoever is changing it meanwhile wins."""
    asked = {"ticket_id": document["_id"], "event": "ticket-noted"}
    lines = await run.find(Timeline, asked, sort=(("n", 1),), limit=MOST_LINES)
    noted = Noted()
    for line in (kept.value for kept in lines):
        noted = noted.with_note(kept_of(line.text or ""), public=line.public)
    body = Tickets.encode(replace(Tickets.decode(document), noted=noted))
    as_read = {name: document.get(name) for name in ("_id", "version", "epoch", "schema")}
    found = {name: body[name] for name in ("noted", "words")}
    done = await run.collection(Tickets.name).update_one(as_read, {"$set": found})
    return done.modified_count
