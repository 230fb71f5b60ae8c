"""``POST /v1/tickets/{id}/<verb>``: what is done to a ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch
from infra.chassis.http.idempotency import Idempotency, IdempotencyRequired
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.jobs import Done
from infra.chassis.store.unit import UseCase
from services.ticket.api.answers import answer
from services.ticket.api.bodies import (
    CancelBody,
    HandOverBody,
    HoldBody,
    NoteBody,
    ReopenBody,
    RequalifyBody,
    ResolveBody,
    ResumeBody,
    StartBody,
    TriageBody,
    VerbBody,
    WatchBody,
    WorklogBody,
    WorklogCorrectionBody,
)
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.kin import kin_of
from services.ticket.api.prepaid import shown_prepaid
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.ticket import Ticket
from services.ticket.store.revisions import Revisions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.correct_work import CorrectWork
from services.ticket.usecases.hand_over import HandOverTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.log_work import LogWork
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.requalify import RequalifyTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.restore import RestoreService
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.start import StartWork
from services.ticket.usecases.take import TakeTicket
from services.ticket.usecases.triage import TriageTicket
from services.ticket.usecases.watch import UnwatchTicket, WatchTicket
from services.ticket.views.ticket import ResolvedView, TicketView, ticket_view, together_view

router = APIRouter(prefix="/v1/tickets/{id}", tags=["tickets"])


@dataclass(frozen=True)
class Doing:
    """One verb on one ticket: runs its command for the caller and answers with the ticket."""

    id: str
    run: Run
    cause: Caused
    key: KeyedBy | None
    expected: IfMatch
    request: Request
    terms: Revisions

    async def __call__(
        self, principal: Principal, verb: Callable[..., UseCase[Any]], body: VerbBody, **given: Any
    ) -> Response:
        viewer = await viewer_of(principal, self.run)
        command = verb(
            ticket_id=self.id,
            viewer=viewer,
            occurred_at=body.occurred_at,
            expected=self.expected,
            **given,
        )
        done = await self.run.do(command, self.cause, self.key)
        kept = await self._kept(done)
        language = call_of(self.request).language
        clocks = await shown_clocks(self.terms, [kept.value], self.run.clock.now())
        sla = clocks.get(kept.value.id)
        kin = await kin_of(self.run, viewer, kept.value)
        left = (await shown_prepaid(self.run, self.terms, [kept.value], viewer)).get(kept.value.id)
        at = kept.updated_at
        shown = ticket_view(kept.value, viewer, language, updated_at=at, sla=sla, kin=kin, prepaid=left)
        if isinstance(done.result, dict):
            together = together_view(done.result, language)
            shown = ResolvedView.model_construct(**dict(shown), together=together)
        return answer(shown, kept.version)

    async def _kept(self, done: Done[Any]) -> Kept[Ticket]:
        """The ticket as the command left it; read where a repetition or no change says nothing of it."""
        if isinstance(done.result, Ticket) and done.version is not None and done.stored_at is not None:
            return Kept(done.result, done.version, done.stored_at)
        kept = await self.run.read(Tickets, self.id)
        if kept is None:
            raise NotFound("ticket", self.id)
        return kept


async def _doing(
    id: Id, run: Run, cause: Caused, key: Idempotency, expected: IfMatch, request: Request, terms: Terms
) -> Doing:
    return Doing(id, run, cause, key, expected, request, terms)


async def _doing_with_key(
    id: Id,
    run: Run,
    cause: Caused,
    key: IdempotencyRequired,
    expected: IfMatch,
    request: Request,
    terms: Terms,
) -> Doing:
    return Doing(id, run, cause, key, expected, request, terms)


Do = Annotated[Doing, Depends(_doing)]
DoWithKey = Annotated[Doing, Depends(_doing_with_key)]
NOTHING = VerbBody()


@router.post("/take", response_model=TicketView)
async def take(
    do: Do, who: Annotated[Principal, allow("tickets:take")], body: VerbBody = NOTHING
) -> Response:
    return await do(who, TakeTicket, body)


@router.post("/hand-over", response_model=TicketView)
async def hand_over(
    do: Do, who: Annotated[Principal, allow("tickets:hand-over")], body: HandOverBody
) -> Response:
    return await do(who, HandOverTicket, body, agent_id=body.agent_id, reason=body.reason)


@router.post("/triage", response_model=TicketView)
async def triage(
    do: Do, who: Annotated[Principal, allow("tickets:triage")], body: TriageBody | None = None
) -> Response:
    told = body or TriageBody()
    return await do(
        who,
        TriageTicket,
        told,
        impact=told.impact,
        urgency=told.urgency,
        category=told.category,
        on_site=told.on_site,
    )


@router.post("/requalify", response_model=TicketView)
async def requalify(
    do: Do, who: Annotated[Principal, allow("tickets:requalify")], body: RequalifyBody
) -> Response:
    return await do(
        who,
        RequalifyTicket,
        body,
        impact=body.impact,
        urgency=body.urgency,
        category=body.category,
        agreed_by=body.agreed_by,
        reason=body.reason,
    )


@router.post("/start", response_model=TicketView)
async def start(do: Do, who: Annotated[Principal, allow("tickets:start")], body: StartBody) -> Response:
    return await do(who, StartWork, body, mode=body.mode)


@router.post("/restore", response_model=TicketView)
async def restore(
    do: Do, who: Annotated[Principal, allow("tickets:restore")], body: VerbBody = NOTHING
) -> Response:
    return await do(who, RestoreService, body)


@router.post("/hold", response_model=TicketView)
async def hold(do: Do, who: Annotated[Principal, allow("tickets:hold")], body: HoldBody) -> Response:
    return await do(who, HoldTicket, body, reason=body.reason, until=body.until, sites=body.sites)


@router.post("/resume", response_model=TicketView)
async def resume(
    do: Do, who: Annotated[Principal, allow("tickets:resume")], body: ResumeBody | None = None
) -> Response:
    told = body or ResumeBody()
    return await do(who, ResumeTicket, told, sites=told.sites)


@router.post("/resolve", response_model=ResolvedView)
async def resolve(do: Do, who: Annotated[Principal, allow("tickets:resolve")], body: ResolveBody) -> Response:
    return await do(
        who,
        ResolveTicket,
        body,
        work_done=body.work_done,
        cause=body.cause,
        article_id=body.article_id,
        article_worked=body.article_worked,
        children=body.children,
    )


@router.post("/close", response_model=TicketView)
async def close(
    who: Annotated[Principal, allow("tickets:close")], do: DoWithKey, body: VerbBody = NOTHING
) -> Response:
    return await do(who, CloseTicket, body)


@router.post("/reopen", response_model=TicketView)
async def reopen(do: Do, who: Annotated[Principal, allow("tickets:reopen")], body: ReopenBody) -> Response:
    return await do(who, ReopenTicket, body, reason=body.reason, service=body.service, sites=body.sites)


@router.post("/cancel", response_model=TicketView)
async def cancel(do: Do, who: Annotated[Principal, allow("tickets:cancel")], body: CancelBody) -> Response:
    return await do(who, CancelTicket, body, reason=body.reason, duplicate_of=body.duplicate_of)


@router.post("/notes", response_model=TicketView)
async def notes(do: Do, who: Annotated[Principal, allow("tickets:note")], body: NoteBody) -> Response:
    more = {"public": body.public, "also_children": body.also_children}
    return await do(who, NoteTicket, body, text=body.text, **more)


@router.post("/watch", response_model=TicketView)
async def watch(
    do: Do, who: Annotated[Principal, allow("tickets:watch")], body: WatchBody | None = None
) -> Response:
    """Somebody of the customer's is told of it, too."""
    told = body or WatchBody()
    return await do(who, WatchTicket, told, contact_id=told.contact)


@router.post("/unwatch", response_model=TicketView)
async def unwatch(
    do: Do, who: Annotated[Principal, allow("tickets:watch")], body: WatchBody | None = None
) -> Response:
    told = body or WatchBody()
    return await do(who, UnwatchTicket, told, contact_id=told.contact)


@router.post("/worklogs", response_model=TicketView)
async def worklogs(
    do: Do, who: Annotated[Principal, allow("tickets:worklog")], body: WorklogBody
) -> Response:
    return await do(
        who,
        LogWork,
        VerbBody(occurred_at=body.to),
        person_id=body.person,
        began_at=body.from_,
        kind=body.kind,
        billable=body.billable,
        text=body.text,
    )


@router.post("/worklogs/{worklog_id}/correct", response_model=TicketView)
async def correct_worklog(
    do: Do,
    who: Annotated[Principal, allow("tickets:correct-worklog")],
    worklog_id: Annotated[str, Path(max_length=100)],
    body: WorklogCorrectionBody,
) -> Response:
    """What was logged stays in the timeline; the ledger takes it back and enters how it was."""
    return await do(
        who,
        CorrectWork,
        VerbBody(occurred_at=body.to),
        worklog_id=worklog_id,
        began_at=body.from_,
        kind=body.kind,
        billable=body.billable,
        reason=body.reason,
    )
