"""One ticket, for whom it exists."""

from contracts.audience import Viewer
from contracts.refusal import NotFound
from infra.chassis.runtime import Kept, Runtime
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets


async def visible_ticket(run: Runtime, id: str, viewer: Viewer) -> Kept[Ticket]:
    """The ticket, or the 404 that is also given for somebody else's."""
    kept = await run.read(Tickets, id)
    if kept is None or not viewer.sees(kept.value.parties):
        raise NotFound("ticket", id)
    return kept
