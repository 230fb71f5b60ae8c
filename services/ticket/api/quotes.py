"""What is agreed with the client of one ticket: who pays, at which price, and which time does not count."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from contracts.refusal import NotFound
from contracts.values import Coverage, Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.ticket.api.answers import answer
from services.ticket.api.bodies import Name, Sites, VerbBody, Words
from services.ticket.api.finding import visible_ticket
from services.ticket.api.penalties_body import Currency
from services.ticket.api.verbs import Do
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.quote import QuoteLine
from services.ticket.store.quotes import Quotes
from services.ticket.usecases.correct_coverage import CorrectCoverage
from services.ticket.usecases.exclude_time import ExcludeTime
from services.ticket.usecases.quoting import ApproveQuote, RefuseQuote, SendQuote
from services.ticket.views.quote import QuoteView, quote_view
from services.ticket.views.ticket import TicketView

router = APIRouter(prefix="/v1/tickets/{id}", tags=["tickets"])

Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$")]
"""A decimal number in text: sums of money are exact."""


class CoverageBody(VerbBody):
    """Who pays instead, and why. Without ``sites``: at all of the ticket's."""

    coverage: Coverage
    reason: Words
    sites: Sites = ()


class ExclusionBody(VerbBody):
    """Without ``site`` at all of them, without ``target`` for every clock. ``agreed_by``: who agreed to it
    for the client."""

    from_: datetime = Field(alias="from")
    to: datetime
    reason: Annotated[str, said(280)]
    agreed_by: Name
    site: Id | None = None
    target: Id | None = None


class QuoteLineBody(Body):
    text: Annotated[str, said(500)]
    quantity: Amount
    unit_price: Amount

    def line(self) -> QuoteLine:
        return QuoteLine(self.text, self.quantity, self.unit_price)


class QuoteBody(VerbBody):
    """``valid_until``: the last moment at which the client can approve."""

    lines: Annotated[tuple[QuoteLineBody, ...], Field(min_length=1, max_length=200)]
    currency: Currency
    valid_until: datetime


class ApproveBody(VerbBody):
    """``purchase_order`` is the client's own number for it, ``quote`` the number of the one he read."""

    purchase_order: Annotated[str, said(128)]
    quote: Annotated[int, Field(ge=1)] | None = None
    note: Words | None = None


class RefuseBody(VerbBody):
    """``quote``: the number of the quote that he read."""

    reason: Words
    quote: Annotated[int, Field(ge=1)] | None = None


@router.post("/coverage", response_model=TicketView)
async def correct_coverage(
    do: Do, who: Annotated[Principal, allow("tickets:coverage")], body: CoverageBody
) -> Response:
    """Judge otherwise whether the work is in the contract; what was decided at first stays on record."""
    return await do(who, CorrectCoverage, body, coverage=body.coverage, reason=body.reason, sites=body.sites)


@router.post("/exclusions", response_model=TicketView)
async def exclude_time(
    do: Do, who: Annotated[Principal, allow("tickets:exclude")], body: ExclusionBody
) -> Response:
    """Time that does not count, as was agreed with the client: what was said of the clocks is corrected."""
    return await do(
        who,
        ExcludeTime,
        body,
        since=body.from_,
        until=body.to,
        reason=body.reason,
        agreed_by=body.agreed_by,
        site_id=body.site,
        target=body.target,
    )


@router.get("/quote", response_model=QuoteView)
async def read_quote(id: Id, who: Annotated[Principal, allow("tickets:read")], run: Run) -> Response:
    """The quote that was sent last, with those that it followed."""
    await visible_ticket(run, id, await viewer_of(who, run))
    kept = await run.read(Quotes, id)
    if kept is None:
        raise NotFound("quote", id)
    return answer(quote_view(kept.value, run.clock.now()), kept.version)


@router.post("/quote", response_model=TicketView)
async def send_quote(do: Do, who: Annotated[Principal, allow("tickets:quote")], body: QuoteBody) -> Response:
    """Tell the client what the work will cost; a quote that nobody has answered is replaced."""
    return await do(
        who,
        SendQuote,
        body,
        lines=tuple(each.line() for each in body.lines),
        currency=body.currency,
        valid_until=body.valid_until,
    )


@router.post("/approve", response_model=TicketView)
async def approve(do: Do, who: Annotated[Principal, allow("tickets:approve")], body: ApproveBody) -> Response:
    """Have the work done at the price of the quote."""
    given = {"purchase_order": body.purchase_order, "note": body.note, "quote": body.quote}
    return await do(who, ApproveQuote, body, **given)


@router.post("/refuse-quote", response_model=TicketView)
async def refuse(do: Do, who: Annotated[Principal, allow("tickets:approve")], body: RefuseBody) -> Response:
    """Not at that price."""
    return await do(who, RefuseQuote, body, reason=body.reason, quote=body.quote)
