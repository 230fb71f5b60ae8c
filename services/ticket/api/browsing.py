"""A page of the tickets that somebody chose, in the order that he wants."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from infra.chassis.http.paging import NOT_OURS, Page
from infra.chassis.http.parameters import wrong_parameter
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import A_DATE, Document
from services.ticket.api.choosing import Choice
from services.ticket.api.clocks import shown_clocks
from services.ticket.api.filters import Order
from services.ticket.api.kin import parents_of
from services.ticket.api.prepaid import shown_prepaid
from services.ticket.api.searching import Search
from services.ticket.domain.ticket import Ticket
from services.ticket.store.revisions import Revisions
from services.ticket.store.searched import serial_of
from services.ticket.store.tickets import Tickets, queued_at
from services.ticket.views.ticket import ticket_view


@dataclass(frozen=True)
class _Place:
    id: str


@dataclass(frozen=True)
class _Listed:
    """A ticket in a list; ``level``: with its place in a search, where its words stand and its number."""

    kept: Kept[Ticket]
    level: int | None = None

    @property
    def value(self) -> _Place:
        ticket = self.kept.value
        return _Place(ticket.id if self.level is None else f"{self.level}.{serial_of(ticket.number)}")

    @property
    def updated_at(self) -> datetime:
        return self.kept.updated_at


async def browsed(
    run: Runtime, terms: Revisions, page: Page, chosen: Choice, order: Order | None, language: str
) -> Any:
    """The list's answer. Without an order the best come first where words are sought, the most urgent
    where due ones are, else the one changed longest ago."""
    ordered = _order(chosen, order)
    found: list[_Listed]
    if ordered == "best" and chosen.search is not None:
        found = await _ranked(run, page, chosen, chosen.search)
    else:
        if ordered == "due":
            page = page.by("queued_at", lambda each: queued_at(each.kept.value))
        query = chosen.query(page, *conditions(chosen, order))
        kept = await run.find(Tickets, query, sort=page.sort, limit=page.fetch)
        found = [_Listed(each) for each in kept]
    tickets, viewer = [each.kept.value for each in found], chosen.viewer
    clocks = await shown_clocks(terms, tickets, run.clock.now())
    prepaid = await shown_prepaid(run, terms, tickets, viewer)
    parents = await parents_of(run, viewer, tickets)

    def shown(each: _Listed) -> Any:
        ticket, at = each.kept.value, each.kept.updated_at
        sla, left, kin = clocks.get(ticket.id), prepaid.get(ticket.id), parents.get(ticket.id)
        view = ticket_view(ticket, viewer, language, updated_at=at, sla=sla, kin=kin, prepaid=left)
        return view.model_dump(mode="json", by_alias=True)

    return page.of(found, shown)


def conditions(chosen: Choice, order: Order | None) -> list[Document]:
    """What the tickets of that order meet beside the filters."""
    found = [] if chosen.search is None else [chosen.search.anywhere]
    return [*found, {"queued_at": A_DATE}] if _order(chosen, order) == "due" else found


def _order(chosen: Choice, order: Order | None) -> Order:
    return order or ("best" if chosen.search else "due" if chosen.due else "updated")


async def _ranked(run: Runtime, page: Page, chosen: Choice, search: Search) -> list[_Listed]:
    """Level by level, the newest of each first: what changes meanwhile keeps its place."""
    level, below = _place(page)
    unplaced = replace(page, after=None)
    found: list[_Listed] = []
    for n in range(level, len(search.levels)):
        older = [{"serial": {"$lt": below}}] if n == level and below is not None else []
        query = chosen.query(unplaced, search.levels[n], *older)
        wanted = page.fetch - len(found)
        kept = await run.find(Tickets, query, sort=(("serial", -1),), limit=wanted)
        found += (_Listed(each, n) for each in kept)
        if len(kept) == wanted:
            break
    return found


def _place(page: Page) -> tuple[int, int | None]:
    """Where the cursor of a search says that the last page ended."""
    if page.after is None:
        return 0, None
    level, point, serial = page.after[1].partition(".")
    if not (point and level.isdecimal() and serial.isdecimal()) or len(level) > 2 or len(serial) > 18:
        raise wrong_parameter(("cursor", NOT_OURS))
    return int(level), int(serial)
