"""``POST /v1/visits/{id}/<verb>``: what a technician does, himself or through a dispatcher."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field, StringConstraints, model_validator

from contracts.checklists import MOST_ITEMS, ChecklistAnswer
from contracts.dispatch.events import ContactAttempt, ContactChannel
from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Answer, Detail, Id, Outcome, PartUsed, Quantity
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.store.unit import UseCase
from services.dispatch.api.ordering import Order, Ordered
from services.dispatch.domain.report import Photo, Signature
from services.dispatch.planning.travel import Travel
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch, DeclineDispatch
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Pause, Start
from services.dispatch.views.visits import FirmVisitView, VisitView

router = APIRouter(tags=["visits"])

Reason = Annotated[str, said(500)]
Words = Annotated[str, StringConstraints(max_length=10_000)]
Serial = Annotated[str, said(100)]


class Step(Body):
    """``occurred_at``: when it happened, if not now. ``on_behalf_of``: for whom a dispatcher says it."""

    occurred_at: datetime | None = None
    on_behalf_of: Id | None = None


class Leaving(Step):
    """``early``: it is this visit, although it is planned for another day and others come before it."""

    early: bool = False


class Declining(Step):
    reason: Reason


class Pausing(Step):
    reason: Detail | None = None


class FittedPart(Body):
    sku: Id
    quantity: Quantity
    serial_in: Serial | None = None
    serial_out: Serial | None = None

    def part(self) -> PartUsed:
        return PartUsed(
            sku=self.sku, quantity=self.quantity, serial_in=self.serial_in, serial_out=self.serial_out
        )


class AnswerGiven(Body):
    question: Detail
    answer: Detail


class SignatureGiven(Body):
    name: Annotated[str, said(200)]
    role: Annotated[str, StringConstraints(max_length=200)] | None = None
    svg: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class SignatureRefused(Body):
    reason: Reason


class ContactTried(Body):
    at: datetime
    channel: ContactChannel


class PhotoShown(Body):
    """A picture for the service report: base64 of a small JPEG or PNG; ``sha256`` in hexadecimal of the
    whole one, which is an attachment of the ticket."""

    thumbnail: Annotated[str, StringConstraints(min_length=1, max_length=60_000, pattern="^[A-Za-z0-9+/=]+$")]
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None


class ItemAnswered(Body):
    """What was found at an item of the visit's checklist: a number as ``12.5``, ``yes`` or ``no``, one of
    its choices, or words."""

    item: Id
    answer: Annotated[str, said(500)]


class Closing(Step):
    """``ended_at`` is when the work ended: ``occurred_at``, or now, when it is absent. ``contact_attempts``:
    how he tried to reach somebody where nobody let him in. With neither ``signature`` nor
    ``signature_refused`` the client is asked to sign the report by a link."""

    outcome: Outcome
    started_at: datetime | None = None
    ended_at: datetime | None = None
    work_done: Words = ""
    cause: Detail | None = None
    article_id: Id | None = None
    article_worked: bool | None = None
    parts_used: tuple[FittedPart, ...] = Field(default=(), max_length=100)
    travel_minutes: int | None = Field(default=None, ge=0, le=10_000)
    kilometres: float | None = Field(default=None, ge=0, le=10_000)
    waiting_minutes: int | None = Field(default=None, ge=0, le=10_000)
    answers: tuple[AnswerGiven, ...] = Field(default=(), max_length=100)
    signature: SignatureGiven | None = None
    signature_refused: SignatureRefused | None = None
    contact_attempts: tuple[ContactTried, ...] = Field(default=(), max_length=20)
    found: Words = ""
    remaining: Words = ""
    photos: tuple[PhotoShown, ...] = Field(default=(), max_length=8)
    checklist: tuple[ItemAnswered, ...] = Field(default=(), max_length=MOST_ITEMS)

    @model_validator(mode="after")
    def _is_signed_or_not(self) -> Self:
        if self.signature is not None and self.signature_refused is not None:
            raise InvalidValue(
                "give a signature, or say why it was refused",
                "donnez une signature, ou dites pourquoi elle a été refusée",
            )
        return self

    def case(self, id: str, by: str | None, travel: Travel) -> CloseVisit:
        signature = self.signature
        return CloseVisit(
            visit_id=id,
            outcome=self.outcome,
            travel=travel,
            by=by,
            started_at=self.started_at,
            ended_at=self.ended_at,
            occurred_at=self.occurred_at,
            work_done=self.work_done,
            cause=self.cause,
            article_id=self.article_id,
            article_worked=self.article_worked,
            parts_used=tuple(part.part() for part in self.parts_used),
            travel_minutes=self.travel_minutes,
            kilometres=self.kilometres,
            waiting_minutes=self.waiting_minutes,
            answers=tuple(Answer(question=one.question, answer=one.answer) for one in self.answers),
            signature=Signature(signature.name, signature.svg, signature.role) if signature else None,
            signature_refused=self.signature_refused.reason if self.signature_refused else None,
            contact_attempts=tuple(
                ContactAttempt(at=one.at, channel=one.channel) for one in self.contact_attempts
            ),
            found=self.found,
            remaining=self.remaining,
            photos=tuple(Photo(one.thumbnail, one.sha256) for one in self.photos),
            checklist=tuple(ChecklistAnswer(item=one.item, answer=one.answer) for one in self.checklist),
        )


NO_WORDS = Step()
LEAVING = Leaving()
NO_REASON = Pausing()


def whose_step(principal: Principal, step: Step, id: str) -> str | None:
    """Whose step it is: a technician's own; a dispatcher's for whom he names or whoever has the visit."""
    if principal.role != "technician":
        return step.on_behalf_of
    if principal.subject is None or step.on_behalf_of not in (None, principal.subject):
        raise not_found("visit", id)
    return principal.subject


async def carry_out(
    order: Order, id: str, case: UseCase[str], principal: Principal, step: Step
) -> FirmVisitView | VisitView:
    """Run a step. A dispatcher, who sees the visit, is told when it is not that of whom he speaks for."""
    try:
        return await order.carry_out(id, case, principal)
    except NotFound:
        kept = await order.run.read(Visits, id)
        if principal.role == "technician" or step.on_behalf_of is None or kept is None:
            raise
        his = kept.value.technician_id
        raise Refusal(
            "not-his-visit",
            Text(
                f"This visit is not {step.on_behalf_of}'s but {his or 'nobody'}'s: correct on_behalf_of.",
                f"Cette visite n'est pas à {step.on_behalf_of} mais à {his or 'personne'} : "
                "corrigez on_behalf_of.",
            ),
            technician_id=his,
        ) from None


@router.post("/v1/visits/{id}/acknowledge")
async def acknowledge(
    id: Id,
    principal: Annotated[Principal, allow("visits:acknowledge")],
    order: Ordered,
    body: Step = NO_WORDS,
) -> FirmVisitView | VisitView:
    """I have seen it and will go."""
    by = whose_step(principal, body, id)
    return await carry_out(order, id, AcknowledgeDispatch(id, by, body.occurred_at), principal, body)


@router.post("/v1/visits/{id}/decline")
async def decline(
    id: Id, body: Declining, principal: Annotated[Principal, allow("visits:decline")], order: Ordered
) -> FirmVisitView | VisitView:
    """I will not go: somebody else is chosen. The visit as it is then is shown once more."""
    case = DeclineDispatch(id, body.reason, whose_step(principal, body, id), body.occurred_at)
    return await carry_out(order, id, case, principal, body)


@router.post("/v1/visits/{id}/depart")
async def depart(
    id: Id, principal: Annotated[Principal, allow("visits:depart")], order: Ordered, body: Leaving = LEAVING
) -> FirmVisitView | VisitView:
    """I am on my way. Refused (``too-early``) where it is for another day and he has others before it."""
    by = whose_step(principal, body, id)
    case = Depart(id, by, body.occurred_at, body.early, order.travel)
    return await carry_out(order, id, case, principal, body)


@router.post("/v1/visits/{id}/arrive")
async def arrive(
    id: Id, principal: Annotated[Principal, allow("visits:arrive")], order: Ordered, body: Leaving = LEAVING
) -> FirmVisitView | VisitView:
    """I am there."""
    by = whose_step(principal, body, id)
    case = Arrive(id, by, body.occurred_at, body.early, order.sign_minutes)
    return await carry_out(order, id, case, principal, body)


@router.post("/v1/visits/{id}/start")
async def start(
    id: Id, principal: Annotated[Principal, allow("visits:start")], order: Ordered, body: Step = NO_WORDS
) -> FirmVisitView | VisitView:
    """I begin, or go on."""
    by = whose_step(principal, body, id)
    return await carry_out(order, id, Start(id, by, body.occurred_at, order.travel), principal, body)


@router.post("/v1/visits/{id}/pause")
async def pause(
    id: Id, principal: Annotated[Principal, allow("visits:pause")], order: Ordered, body: Pausing = NO_REASON
) -> FirmVisitView | VisitView:
    """I interrupt the work; ``start`` goes on with it."""
    by = whose_step(principal, body, id)
    return await carry_out(order, id, Pause(id, by, body.occurred_at, body.reason), principal, body)


@router.post("/v1/visits/{id}/close")
async def close(
    id: Id,
    body: Closing,
    principal: Annotated[Principal, allow("visits:close")],
    _key: IdempotencyRequired,
    order: Ordered,
) -> FirmVisitView | VisitView:
    """I am done, whatever came of it."""
    case = body.case(id, whose_step(principal, body, id), order.travel)
    return await carry_out(order, id, case, principal, body)
