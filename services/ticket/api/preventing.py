"""``/v1/problems/{id}/prevention``: maintenance that is proposed against a known fault, and its tickets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from contracts.audience import Viewer
from contracts.refusal import Refusal
from contracts.values import Channel, Id, Impact, TicketKind, Urgency
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import new_id
from infra.chassis.store.unit import AlreadyExists
from services.ticket.api.bodies import Description, Summary, VerbBody
from services.ticket.api.problem_records import NOTHING, Act, Acting, Writer, visible_problem
from services.ticket.api.tickets import Numbering, patience_of
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.patience import Patience
from services.ticket.domain.prevention import Prevention
from services.ticket.store.numbers import Numbers
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.opening import Request as Asked
from services.ticket.usecases.prevent import AcceptPrevention, DeclinePrevention, ProposePrevention
from services.ticket.views.problem import ProblemView

router = APIRouter(prefix="/v1/problems/{id}/prevention", tags=["problems"])

Decider = Annotated[Principal, allow("problems:prevent")]


class PreventionBody(VerbBody):
    """``category`` is the work type, ``text`` what is to be done; the summary is the problem's title."""

    category: Id
    text: Description
    summary: Summary | None = None


@router.post("", response_model=ProblemView)
async def propose(act: Act, principal: Writer, body: PreventionBody) -> Response:
    """Propose it for the machines of the problem's model, at every site that has one."""
    given = {"category": body.category, "text": body.text, "summary": body.summary}
    return await act(principal, ProposePrevention, body.occurred_at, **given)


@router.post("/decline", response_model=ProblemView)
async def decline(act: Act, principal: Decider, body: VerbBody = NOTHING) -> Response:
    return await act(principal, DeclinePrevention, body.occurred_at)


@router.post("/accept", response_model=ProblemView)
async def accept(
    act: Act,
    principal: Decider,
    numbers: Numbering,
    patience: Annotated[Patience, Depends(patience_of)],
    body: VerbBody = NOTHING,
) -> Response:
    """Open a maintenance ticket for each customer, with a visit per site.

    The ids are kept with the acceptance before the first ticket is opened: whoever accepts it again gets the
    same tickets, and those that could not be opened the first time.
    """
    viewer = await viewer_of(principal, act.run)
    proposed = (await visible_problem(act.run, act.id, viewer)).value.prevention
    customers = () if proposed is None else proposed.customer_ids
    ids = tuple(new_id() for _ in customers)
    answer = await act(principal, AcceptPrevention, body.occurred_at, ids=ids)
    accepted = (await visible_problem(act.run, act.id, viewer)).value.prevention
    assert accepted is not None, "what is proposed was just accepted"
    refused: list[Refusal] = []
    for customer, ticket_id in sorted(accepted.tickets.items()):
        try:
            await _opened(act, accepted, customer, ticket_id, viewer, numbers, patience)
        except Refusal as refusal:
            refused.append(refusal)
    if refused:
        # The others have theirs: accepting it again opens what is missing.
        raise refused[0]
    return answer


async def _opened(
    act: Acting,
    accepted: Prevention,
    customer: str,
    ticket_id: str,
    viewer: Viewer,
    numbers: Numbers,
    patience: Patience,
) -> None:
    machines = ", ".join(accepted.assets_of(customer))
    asked = Asked(
        kind=TicketKind.MAINTENANCE,
        summary=accepted.summary,
        description=f"{accepted.text}\n{machines}",
        category=accepted.category,
        impact=Impact.LOW,
        urgency=Urgency.LOW,
        sites=accepted.sites_of(customer),
        customer_id=customer,
        channel=Channel.AGENT,
    )
    number = await numbers.next(act.run.clock.now().year)
    opening = OpenTicket(id=ticket_id, number=number, request=asked, viewer=viewer, patience=patience)
    try:
        await act.run.do(opening, act.cause)
    except AlreadyExists:
        return
