"""``POST /v1/contracts/preview``: what a contract would promise, before it is written."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Request
from pydantic import Field, model_validator

from contracts.text import InvalidValue
from contracts.values import HoldReason, Id, Impact, Language, Priority, Urgency
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.service import Caused, Run
from services.ticket.api.contract_body import ContractBody
from services.ticket.domain.contract_preview import Sample, SampleHold
from services.ticket.usecases.preview_contract import PreviewContract
from services.ticket.views.contract_preview import PreviewView, preview_view

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


class SampleHoldBody(Body):
    """Without ``until`` it goes on."""

    reason: HoldReason
    from_: datetime = Field(alias="from")
    until: datetime | None = None


class SampleBody(Body):
    """A fault that somebody might declare: of a ``priority``, or of an ``impact`` and an ``urgency``."""

    site: Id
    declared_at: datetime
    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    holds: Annotated[tuple[SampleHoldBody, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        judged = self.impact is not None and self.urgency is not None
        if (self.priority is None) != judged or (self.priority is not None and (self.impact or self.urgency)):
            raise InvalidValue(
                "give a priority, or an impact and an urgency",
                "donnez une priorité, ou un impact et une urgence",
            )
        for hold in self.holds:
            if hold.from_ < self.declared_at or (hold.until is not None and hold.until <= hold.from_):
                raise InvalidValue(
                    "a hold begins after the declaration and ends after it began",
                    "une attente commence après la déclaration et finit après son début",
                )
        return self

    def sample(self) -> Sample:
        holds = tuple(SampleHold(hold.reason, hold.from_, hold.until) for hold in self.holds)
        return Sample(self.site, self.declared_at, self.priority, self.impact, self.urgency, holds)


class PreviewBody(Body):
    """``id``: the contract that would change, without one a new one. Without samples some are chosen, the
    most urgent priority on the next Friday at 17:50 among them."""

    id: Id | None = None
    contract: ContractBody
    samples: Annotated[tuple[SampleBody, ...], Field(max_length=50)] = ()


@router.post("/preview", response_model=PreviewView)
async def preview_contract(
    body: PreviewBody,
    principal: Annotated[Principal, allow("contracts:write")],
    run: Run,
    cause: Caused,
    request: Request,
) -> PreviewView:
    """What these terms would promise, and what they would change. Nothing is kept of it."""
    case = PreviewContract(
        id=body.id,
        customer_id=body.contract.customer_id,
        terms=body.contract.terms(),
        samples=tuple(each.sample() for each in body.samples),
        applies_from=body.contract.applies_from,
        manager=principal.manager,
    )
    done = await run.do(case, cause)
    return preview_view(done.result, Language(call_of(request).language))
