"""``/v1/views``: filters of tickets that somebody saved, and those that ship, to be read and run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, field_validator

from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.collection import by_index
from infra.chassis.workbook import XLSX
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.article_body import TitleBody
from services.ticket.api.browsing import browsed, conditions
from services.ticket.api.choosing import Choice, choice_of
from services.ticket.api.clocks import Terms
from services.ticket.api.exporting import Format, exported
from services.ticket.api.filters import Order, TicketFilters
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.view import SHIPPED_VIEWS, Asker, Sharing, View
from services.ticket.store.tickets import Tickets
from services.ticket.store.views import Views, readers_of
from services.ticket.usecases.put_view import DeleteView, PutView
from services.ticket.views.listing import ListView, TicketListView
from services.ticket.views.sheet import COLUMNS

router = APIRouter(prefix="/v1/views", tags=["views"])

Reader = Annotated[Principal, allow("views:read")]
Writer = Annotated[Principal, allow("views:write")]

MOST_COUNTED = 1_000
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""When the views that ship were changed: lists begin with them."""


class ViewBody(Body):
    """``filters`` are those of ``GET /v1/tickets``, ``columns`` those of its export (none: all)."""

    name: TitleBody
    filters: TicketFilters = Field(default_factory=TicketFilters)
    order: Order | None = None
    columns: Annotated[tuple[str, ...], Field(max_length=len(COLUMNS))] = ()
    shared: Literal[False] | Sharing = False

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        possible = [column.id for column in COLUMNS]
        if len(set(columns)) < len(columns) or not set(columns) <= set(possible):
            raise InvalidValue(
                f"each once, out of {', '.join(possible)}", f"chacune une fois, parmi {', '.join(possible)}"
            )
        return columns


class ViewView(BaseModel):
    """``yours``: you may change it. Views that ship have no owner."""

    id: str
    name: TitleBody
    filters: dict[str, Any]
    order: Order | None
    columns: tuple[str, ...]
    shared: Literal[False] | Sharing
    owner: str | None
    yours: bool
    updated_at: Instant


class ViewListView(ListView):
    items: list[ViewView]


class CountView(BaseModel):
    """``more``: there are more than ``count``, which is as far as is counted."""

    count: int
    more: bool


@dataclass(frozen=True)
class _Running:
    """A view with what it chooses now."""

    view: View
    chosen: Choice
    filters: TicketFilters

    @property
    def order(self) -> Any:
        return self.view.order

    def page(self, page: Page) -> Page:
        after = [each for each in (page.updated_after, self.filters.updated_after) if each is not None]
        states = tuple(map(str, self.filters.state))
        return replace(page, states=states, updated_after=max(after, default=None))


def asker_of(principal: Principal) -> Asker:
    subject = principal.subject or principal.actor
    steward = principal.role in ("admin", "customer-manager")
    return Asker(subject, None if principal.of_the_firm else principal.customer, steward)


def view_view(kept: Kept[View], asker: Asker) -> ViewView:
    view = kept.value
    return ViewView(
        id=view.id,
        name=TitleBody.of(view.name),
        filters=dict(view.filters),
        order=view.order,
        columns=view.columns,
        shared=view.shared or False,
        owner=view.owner or None,
        yours=bool(view.owner) and (view.is_of(asker) or asker.steward),
        updated_at=kept.updated_at,
    )


async def _visible(run: Runtime, id: str, asker: Asker) -> Kept[View]:
    """The view, or the 404 that is also given for another's."""
    kept = _shipped(asker).get(id) or await run.read(Views, id)
    if kept is None or not kept.value.exists_for(asker):
        raise NotFound("view", id)
    return kept


def _shipped(asker: Asker) -> Mapping[str, Kept[View]]:
    if asker.customer_id is not None:
        return {}
    return {view.id: Kept(view, 1, BEFORE_ALL) for view in SHIPPED_VIEWS}


async def _running(id: Id, principal: Annotated[Principal, allow("tickets:read")], run: Run) -> _Running:
    view = (await _visible(run, id, asker_of(principal))).value
    filters = TicketFilters.model_validate(dict(view.filters))
    return _Running(view, await choice_of(await viewer_of(principal, run), run, filters), filters)


Running = Annotated[_Running, Depends(_running)]


@router.put(
    "/{id}", response_model=ViewView, responses={201: {"model": ViewView, "description": "It is new"}}
)
async def put_view(
    id: Id, body: ViewBody, principal: Writer, run: Run, cause: Caused, key: Idempotency, expected: IfMatch
) -> Response:
    """Save it, for oneself or shared with one's side."""
    asker = asker_of(principal)
    if body.shared is not False:
        principal.require(f"views:share-{body.shared}")
        if (body.shared is Sharing.FIRM) != (asker.customer_id is None):
            raise _nobody_to_share_with()
    view = View(
        id=id,
        owner=asker.subject,
        customer_id=asker.customer_id,
        name=body.name.words(),
        filters=body.filters.model_dump(mode="json", exclude_defaults=True),
        order=body.order,
        columns=body.columns,
        shared=body.shared or None,
    )
    done = await run.do(PutView(view, asker, expected), cause, key)
    return await put_answer(
        run, Views, id, lambda kept: view_view(kept, asker), f"/v1/views/{id}", created=done.result
    )


@router.get("", response_model=ViewListView)
async def list_views(page: Paged, principal: Reader, run: Run) -> Any:
    """One's own and those shared with one's side; for the firm those that ship first."""
    asker = asker_of(principal)
    query = page.filter({"readers": {"$in": readers_of(asker)}})
    stored = await run.find(Views, query, sort=page.sort, limit=page.fetch)
    first = [kept for kept in _shipped(asker).values() if _comes_after(kept, page)]
    return page.of([*first, *stored], lambda kept: view_view(kept, asker).model_dump(mode="json"))


def _comes_after(kept: Kept[View], page: Page) -> bool:
    after = page.after is None or (kept.updated_at, kept.value.id) > page.after
    return after and (page.updated_after is None or kept.updated_at > page.updated_after)


@router.get("/{id}", response_model=ViewView)
async def read_view(id: Id, principal: Reader, run: Run, request: Request) -> Response:
    asker = asker_of(principal)
    kept = await _visible(run, id, asker)
    return not_modified(request, kept.version) or answer(view_view(kept, asker), kept.version)


@router.delete("/{id}", status_code=204)
async def delete_view(
    id: Id, principal: Writer, run: Run, cause: Caused, key: Idempotency, expected: IfMatch
) -> None:
    """Nobody has it any more; the tickets stay as they are."""
    await run.do(DeleteView(id, asker_of(principal), expected), cause, key)


@router.get("/{id}/tickets", response_model=TicketListView)
async def list_view_tickets(page: Paged, running: Running, run: Run, terms: Terms, request: Request) -> Any:
    """The tickets that it chooses now, of those that exist for the caller."""
    language = call_of(request).language
    return await browsed(run, terms, running.page(page), running.chosen, running.order, language)


@router.get("/{id}/count", response_model=CountView)
async def count_view_tickets(page: Paged, running: Running, run: Run) -> CountView:
    """How many these are, as far as a badge shows it."""
    more = conditions(running.chosen, running.order)
    query = running.chosen.query(replace(running.page(page), after=None), *more)
    found = {**by_index(Tickets, query), "erased": {"$ne": True}}
    counted = await run.collection(Tickets.name).count_documents(found, limit=MOST_COUNTED + 1)
    return CountView(count=min(counted, MOST_COUNTED), more=counted > MOST_COUNTED)


@router.get(
    "/{id}/export",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, XLSX: {}}, "description": "A row for each ticket"}},
)
async def export_view_tickets(
    page: Paged, running: Running, run: Run, terms: Terms, request: Request, format: Format = "csv"
) -> Response:
    """All that it chooses, in its columns, in the order of their opening."""
    columns: Sequence[str] = running.view.columns
    more = conditions(running.chosen, running.order)
    return await exported(
        run, terms, running.page(page), running.chosen, more, call_of(request).language, format, columns
    )


def _nobody_to_share_with() -> Refusal:
    return Refusal(
        "nobody-to-share-with",
        Text(
            "The firm shares with `firm`, a customer with `customer`: each with his own side only.",
            "La société partage avec `firm`, un client avec `customer` : chacun avec les siens seulement.",
        ),
    )
