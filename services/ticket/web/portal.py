"""``/portal``: the requests of whoever has it open, and each of them as it goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.audience import Viewer
from contracts.catalogue import CATALOGUE
from contracts.values import Id, Language, TicketState
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.paging import decode_cursor, encode_cursor
from infra.chassis.http.principal import Principal
from infra.chassis.http.roles import CUSTOMER_SIDE
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import Document
from infra.chassis.web.pages import asks_for_part
from services.ticket.api.articles import Known
from services.ticket.api.choosing import Choice, choice_of
from services.ticket.api.clocks import Terms
from services.ticket.api.filters import LONGEST_QUERY, TicketFilters
from services.ticket.api.finding import visible_ticket
from services.ticket.api.timeline import FIRST, read_timeline
from services.ticket.api.trying import suggestions
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.possible import OPEN
from services.ticket.domain.ticket import Ticket
from services.ticket.store.attachments import Attachments
from services.ticket.store.copies import Sites
from services.ticket.store.quotes import Quotes
from services.ticket.store.tickets import Tickets
from services.ticket.store.work_types import WorkTypes
from services.ticket.views.attachment import attachment_view
from services.ticket.views.quote import quote_view
from services.ticket.views.ticket import ticket_view
from services.ticket.views.timeline import LineView
from services.ticket.web.pages import PAGES
from services.ticket.web.progress import latest_first, progress_of, waits_for_client, windows_of

router = APIRouter(include_in_schema=False)
Client = Annotated[Principal, allow("screens:portal")]
Words = Annotated[str, Query(max_length=LONGEST_QUERY)]

MOST_OPEN = 200
"""Open requests shown at once, those that changed last: who has more seeks."""
OVER_AT_ONCE = 20
EVENTS = tuple(
    model.TYPE
    for topic in ("ticket.lifecycle.v1", "dispatch.visits.v1")
    for model in CATALOGUE.topic_named(topic).events
)
"""What streams may tell of a request: a browser listens to each by its name."""
NEWEST = (("updated_at", -1), ("_id", -1))


@dataclass(frozen=True)
class Place:
    """A site as a page names it."""

    id: str
    name: str
    where: str
    time_zone: str
    holidays: str


@router.get("/portal")
async def own_requests(
    request: Request, who: Client, run: Run, q: Words = "", before: str | None = None
) -> Response:
    """Those that go on first, and of them those that wait for an answer; then what is over."""
    viewer = await viewer_of(who, run)
    choice = await choice_of(viewer, run, TicketFilters(q=q.strip() or None))
    opened = [] if before else await _found(run, choice, [*OPEN, TicketState.RESOLVED], MOST_OPEN)
    over, after = await _over(run, choice, before)
    listed = [*opened, *over]
    places = await places_of(run, {site for each in listed for site in each.value.site_ids})
    rows = [_row(each, viewer, request) for each in opened]
    return PAGES.page(
        request,
        "portal-list.html" if asks_for_part(request) else "portal.html",
        q=q,
        before=before,
        waiting=[each for each in rows if each["waits"]],
        opened=[each for each in rows if not each["waits"]],
        over=[_row(each, viewer, request) for each in over],
        after=after,
        places=places,
        events=EVENTS,
        now=run.clock.now(),
    )


async def _over(run: Runtime, choice: Choice, before: str | None) -> tuple[list[Kept[Ticket]], str | None]:
    """What is over, a page of it, and where the next one begins."""
    more: list[Document] = []
    if before is not None:
        at, id = decode_cursor(before)
        more = [{"$or": [{"updated_at": {"$lt": at}}, {"updated_at": at, "_id": {"$lt": id}}]}]
    states = [TicketState.CLOSED, TicketState.CANCELLED]
    found = await _found(run, choice, states, OVER_AT_ONCE + 1, *more)
    shown = found[:OVER_AT_ONCE]
    last = shown[-1] if len(found) > OVER_AT_ONCE else None
    return shown, None if last is None else encode_cursor(last.updated_at, last.value.id)


async def _found(
    run: Runtime, choice: Choice, states: Iterable[TicketState], limit: int, *more: Document
) -> list[Kept[Ticket]]:
    sought = [] if choice.search is None else [choice.search.anywhere]
    query = {"$and": [*choice.clauses, *sought, *more, {"state": {"$in": list(states)}}]}
    found: list[Kept[Ticket]] = await run.find(Tickets, query, sort=NEWEST, limit=limit)
    return found


def _row(kept: Kept[Ticket], viewer: Viewer, request: Request) -> dict[str, Any]:
    shown = ticket_view(kept.value, viewer, call_of(request).language, updated_at=kept.updated_at)
    return {"ticket": shown, "waits": waits_for_client(shown), "progress": progress_of(shown)}


@router.get("/portal/requests/{id}")
async def one_request(
    id: Id, request: Request, who: Client, run: Run, terms: Terms, known: Known
) -> Response:
    """A request with all that can be done to it."""
    viewer = await viewer_of(who, run)
    kept = await visible_ticket(run, id, viewer)
    work_type = await run.read(WorkTypes, kept.value.category)
    language = Language(call_of(request).language)
    category = kept.value.category if work_type is None else work_type.value.name[language]
    told = await _told(id, request, who, run, known)
    return PAGES.page(request, "portal-request.html", category=category, events=EVENTS, **told)


@router.get("/portal/requests/{id}/live")
async def request_now(id: Id, request: Request, who: Client, run: Run, known: Known) -> Response:
    """The part of its page that changes with it."""
    return PAGES.page(request, "portal-live.html", **await _told(id, request, who, run, known))


async def _told(id: str, request: Request, who: Principal, run: Runtime, known: Any) -> dict[str, Any]:
    viewer = await viewer_of(who, run)
    kept = await visible_ticket(run, id, viewer)
    shown = ticket_view(kept.value, viewer, call_of(request).language, updated_at=kept.updated_at)
    places = await places_of(run, kept.value.site_ids)
    files = await run.find(
        Attachments, {"ticket_id": id, "removed_at": None, "public": True}, sort=(("_id", 1),), limit=200
    )
    quote = await run.read(Quotes, id)
    helps = (await suggestions(id, who, run, known, 1)).items if kept.value.is_open else []
    lines = latest_first(await lines_of(id, request, who, run))
    return {
        "ticket": shown,
        "version": kept.version,
        "progress": progress_of(shown),
        "waits": waits_for_client(shown),
        "places": places,
        "zone": next((each.time_zone for each in places.values()), "UTC"),
        "lines": lines,
        "windows": windows_of(lines),
        "ours": CUSTOMER_SIDE,
        "files": [attachment_view(each.value) for each in files],
        "quote": None if quote is None else quote_view(quote.value, run.clock.now()),
        "repair": helps[0].article if helps else None,
        "now": run.clock.now(),
    }


async def lines_of(id: str, request: Request, who: Principal, run: Runtime) -> list[LineView]:
    """Its whole timeline, as the API shows it to him."""
    lines: list[LineView] = []
    cursor: int | None = FIRST
    while cursor is not None:
        page = await read_timeline(id, who, run, request, Response(), 200, cursor)
        lines += page["items"]
        cursor = None if page["next"] is None else int(page["next"])
    return lines


async def places_of(run: Runtime, ids: Iterable[str]) -> dict[str, Place]:
    """Sites by their ids, as far as this service knows them."""
    return {each.id: each for each in await _places(run, {"_id": {"$in": sorted(ids)}})}


async def places_for(run: Runtime, viewer: Viewer) -> list[Place]:
    """The sites that whoever asks may raise a request for, by name."""
    return [each for each in await places_at(run, viewer.customer_id) if viewer.answers_for(each.id)]


async def places_at(run: Runtime, customer_id: str | None) -> list[Place]:
    """A customer's sites by name."""
    return sorted(await _places(run, {"customer_id": customer_id}), key=lambda each: each.name)


async def _places(run: Runtime, query: Document) -> list[Place]:
    named = {"name": 1, "address": 1, "postcode": 1, "commune": 1, "time_zone": 1, "holidays": 1}
    found = await run.collection(Sites.name).find(query, named).to_list(None)
    return [
        Place(
            each["_id"],
            each["name"],
            f"{each['address']}, {each['postcode']} {each['commune']}",
            each["time_zone"],
            each["holidays"],
        )
        for each in found
        if "name" in each
    ]
