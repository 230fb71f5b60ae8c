"""Who of the customer's is told of a ticket besides those whom it names."""

from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.events import TicketNoted
from services.ticket.domain.correcting import correct
from services.ticket.domain.ticket import Step, Ticket

MAX_WATCHERS = 50


def watched(ticket: Ticket, contact_ids: tuple[str, ...], at: datetime) -> Step:
    """These follow it, too; whoever is told of it anyway, or follows it already, is told once."""
    told = ticket.requester_id or ticket.on_site_contact_id
    more = (id for id in contact_ids if id != told)
    watchers = tuple(dict.fromkeys((*ticket.watcher_ids, *more)))
    if len(watchers) > MAX_WATCHERS:
        raise Refusal(
            "too-many-watchers",
            Text(
                f"No more than {MAX_WATCHERS} people follow a ticket: take somebody off it first.",
                f"Pas plus de {MAX_WATCHERS} personnes suivent un ticket : retirez-en d'abord une.",
            ),
        )
    return correct(ticket, {"watcher_ids": watchers}, at)


def unwatched(ticket: Ticket, contact_id: str, at: datetime) -> Step:
    return correct(ticket, {"watcher_ids": tuple(id for id in ticket.watcher_ids if id != contact_id)}, at)


def absorbing(ticket: Ticket, duplicate: Ticket, at: datetime) -> Step:
    """A duplicate was merged into this open one: its people follow this one, and a note says what it said."""
    people: tuple[str | None, ...] = (
        duplicate.requester_id,
        duplicate.on_site_contact_id,
        *duplicate.watcher_ids,
    )
    if ticket.confidential:
        people = ()  # whoever told of it in his own words is not told of what is kept from him
    room = MAX_WATCHERS - len(ticket.watcher_ids)
    followers = tuple(dict.fromkeys(id for id in people if id is not None and id not in ticket.watcher_ids))
    after, _ = watched(ticket, followers[: max(0, room)], at)
    note_id = f"{ticket.id}:{ticket.lines + 1}"
    return after, ((at, after.fact(TicketNoted, note_id=note_id, public=not duplicate.confidential)),)


def said_there(duplicate: Ticket) -> str:
    """What the note about a merged duplicate says."""
    return f"{duplicate.number} : {duplicate.summary}\n{duplicate.description}".strip()
