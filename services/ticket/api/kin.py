"""A ticket's parent and children, as far as they exist for the caller."""

import asyncio
from collections.abc import Mapping, Sequence

from contracts.audience import Viewer
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import by_index
from services.ticket.domain.major import GOING_ON
from services.ticket.domain.ticket import Ticket
from services.ticket.store.majors import Majors
from services.ticket.store.tickets import Tickets
from services.ticket.views.ticket import Kin
from services.ticket.views.visibility import TICKET


async def parents_of(run: Runtime, viewer: Viewer, tickets: Sequence[Ticket]) -> Mapping[str, Kin]:
    """By the id of each ticket whose parent the viewer may see: its id and number."""
    wanted = sorted({each.parent_id for each in tickets if each.parent_id is not None})
    if not wanted:
        return {}
    among = {"_id": {"$in": wanted}, "$and": [TICKET.among(viewer)]}
    numbers = {
        found["_id"]: found["number"]
        for found in await run.collection(Tickets.name).find(among, {"number": 1}).to_list(None)
    }
    return {
        each.id: Kin(parent_id=each.parent_id, parent_number=numbers[each.parent_id])
        for each in tickets
        if each.parent_id in numbers
    }


async def kin_of(run: Runtime, viewer: Viewer, ticket: Ticket) -> Kin:
    """Its parent, how many children it has, and the major incident that it may be part of."""
    mine = by_index(Tickets, {"parent_id": ticket.id})
    parents, children, major = await asyncio.gather(
        parents_of(run, viewer, [ticket]),
        run.collection(Tickets.name).count_documents({**mine, "$and": [TICKET.among(viewer)]}),
        suggested_major(run, viewer, ticket),
    )
    parent = parents.get(ticket.id, Kin())
    return Kin(parent.parent_id, parent.parent_number, children, major)


async def suggested_major(run: Runtime, viewer: Viewer, ticket: Ticket) -> str | None:
    """The newest major incident that may be what an open ticket is about: for who attaches it to say."""
    if not viewer.of_the_firm or ticket.major_id is not None or not ticket.is_open:
        return None
    likely = {
        "at_sites": {"$in": list(ticket.site_ids)},
        "state": {"$in": sorted(GOING_ON)},
        "of_categories": {"$in": [ticket.category, []]},
    }
    found = await run.find(Majors, likely, sort=(("updated_at", -1),), limit=1)
    return found[0].value.id if found else None
