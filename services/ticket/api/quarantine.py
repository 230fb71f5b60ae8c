"""``/v1/quarantine``: mails that wait for somebody of the firm's to say what they are."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer
from services.ticket.domain.mail import Desk, MailState, ReceivedMail
from services.ticket.mail.taking import Taker
from services.ticket.store.mails import Mails
from services.ticket.usecases.quarantine_mail import decided_already
from services.ticket.usecases.receive_mail import Accepted
from services.ticket.views.quarantine import MailListView, MailView, mail_view

router = APIRouter(prefix="/v1/quarantine", tags=["tickets"])

Reader = Annotated[Principal, allow("quarantine:read")]
Decider = Annotated[Principal, allow("quarantine:decide")]


class AcceptBody(Body):
    """Whose it is. ``site_id``: where, if neither contact nor customer tells. ``category`` is needed where
    the mailbox that it came from is not set up any more."""

    customer_id: Id
    contact_id: Id | None = None
    site_id: Id | None = None
    category: Id | None = None


async def _taker(request: Request) -> Taker:
    taker: Taker = request.app.state.taker
    return taker


Taking = Annotated[Taker, Depends(_taker)]


@router.get("", response_model=MailListView)
async def list_quarantine(
    page: Paged,
    who: Reader,
    run: Run,
    request: Request,
    reason: Annotated[str | None, Query(max_length=64, description="Why it was not taken")] = None,
) -> Any:
    """The mails that wait, the one that came first first."""
    query = page.filter({"state": MailState.QUARANTINED.value}, reason=reason)
    found = await run.find(Mails, query, sort=page.sort, limit=page.fetch)
    language = call_of(request).language
    return page.of(found, lambda kept: mail_view(kept, language).model_dump(mode="json"))


@router.get("/{id}", response_model=MailView)
async def read_quarantined(id: Id, who: Reader, run: Run, request: Request) -> Response:
    return _answer(await _kept(run, id), request)


@router.post("/{id}/accept", response_model=MailView)
async def accept(
    id: Id,
    body: AcceptBody,
    who: Decider,
    run: Run,
    cause: Caused,
    key: Idempotency,
    taking: Taking,
    request: Request,
) -> Response:
    """It becomes a ticket of that customer's, or a note on the one that it answers, as of when it came.

    Accepted again it stays what it has become.
    """
    kept = await _kept(run, id)
    if kept.value.state in (MailState.REJECTED, MailState.EXPIRED):
        raise decided_already(kept.value)
    if kept.value.state is MailState.QUARANTINED:
        accepted = Accepted(customer_id=body.customer_id, contact_id=body.contact_id, site_id=body.site_id)
        desk: Desk | None = request.app.state.desks.get(kept.value.mailbox)
        if body.category is not None or desk is None:
            desk = Desk(name=kept.value.mailbox, category=body.category or "mail")
        await taking.accept(id, accepted, desk, cause)
    return _answer(await _kept(run, id), request)


@router.post("/{id}/reject", response_model=MailView)
async def reject(
    id: Id, who: Decider, run: Run, cause: Caused, key: Idempotency, taking: Taking, request: Request
) -> Response:
    """Nobody is told; its bytes go. The original stays in the mailbox."""
    await _kept(run, id)
    await taking.end(id, MailState.REJECTED, cause)
    return _answer(await _kept(run, id), request)


def _answer(kept: Kept[ReceivedMail], request: Request) -> Response:
    return answer(mail_view(kept, call_of(request).language), kept.version)


async def _kept(run: Run, id: str) -> Kept[ReceivedMail]:
    """A mail that is or was in quarantine."""
    kept = await run.read(Mails, id)
    if kept is None or kept.value.reason is None:
        raise NotFound("mail", id)
    return kept
