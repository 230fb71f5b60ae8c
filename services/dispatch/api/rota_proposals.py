"""``/v1/rota/proposals``: who is on call when, proposed fairly, and written once somebody applies it."""

import asyncio
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.calendars import Interval, known_zone
from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Id, Level
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.agreements import limits_of_people
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.rota_proposal import (
    A_YEAR,
    Asked,
    Candidate,
    Every,
    RotaProposal,
    Seen,
    propose,
    turns_of,
)
from services.dispatch.domain.technician import Technician
from services.dispatch.store.rota import Proposals, Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.propose_rota import ApplyProposal, KeepProposal
from services.dispatch.views.rota_proposals import ProposalView, proposal_view

router = APIRouter(prefix="/v1/rota/proposals", tags=["rota"])

Proposer = Annotated[Principal, allow("rota:propose")]
MOST_DAYS: Mapping[Every, int] = {Every.DAY: 100, Every.WEEK: 52 * 7}
"""Loads are compared over a year, so that nothing is proposed beyond one."""


LONGEST_REST = timedelta(days=1)
"""No daily rest between two turns is longer (``Limits.under``)."""


class ProposalBody(Body):
    """Turns of a day or a week from ``from`` to ``to``, handed over at an hour of the zone.

    At most 100 days of turns of a day, 52 weeks of turns of a week.

    ``exceptional``: why one clear day of notice has to be enough (L3121-12). ``seed`` decides between those
    who bear the same.
    """

    from_day: date = Field(alias="from")
    to_day: date = Field(alias="to")
    every: Every = Every.WEEK
    handover: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "18:00"
    time_zone: Annotated[str, AfterValidator(known_zone)] = "Europe/Paris"
    agency: Id | None = None
    territory: Id | None = None
    skills: dict[Id, Level] = Field(default_factory=dict)
    respond_within_minutes: int | None = Field(default=None, ge=1, le=24 * 60)
    exceptional: Annotated[str, said(400)] | None = None
    seed: int = Field(default=0, ge=0, le=2**31)

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        days = (self.to_day - self.from_day).days
        most = MOST_DAYS[self.every]
        if not 0 < days <= most:
            raise InvalidValue(
                f"give a `to` that is later than `from`, by at most {most} days",
                f"donnez un `to` postérieur à `from`, d'au plus {most} jours",
            )
        return self

    def turns(self) -> list[Interval]:
        handover = time.fromisoformat(self.handover)
        return turns_of(self.from_day, self.to_day, self.every, handover, self.time_zone)


@router.post("", status_code=201)
async def propose_rota(
    body: ProposalBody,
    principal: Proposer,
    cause: Caused,
    key: Idempotency,
    run: Run,
    response: Response,
) -> ProposalView:
    """Propose a rota: nothing is written in it before it is applied."""
    now, turns = run.clock.now(), body.turns()
    filters = {"agency": body.agency, "territory": body.territory}
    query = {name: value for name, value in filters.items() if value is not None}
    people = await run.find(Technicians, query, limit=0)
    if not people:
        raise Refusal(
            "nobody-to-call",
            Text(
                "No technician is of this agency and territory: correct them.",
                "Aucun technicien n'est de cette agence et de ce territoire : corrigez-les.",
            ),
        )
    candidates = await _candidates(run, people, turns)
    asked = Asked(now, body.skills, body.exceptional is not None, body.seed)
    proposed = await asyncio.to_thread(propose, turns, candidates, asked)
    seen = tuple(Seen(kept.value.id, kept.version) for kept in people)

    def keeping(id: str) -> KeepProposal:
        return KeepProposal(
            RotaProposal(
                id,
                proposed,
                seen,
                principal.actor,
                now,
                body.territory,
                body.respond_within_minutes,
                body.exceptional,
            )
        )

    created = await run.create(keeping, cause, key)
    response.headers["Location"] = f"/v1/rota/proposals/{created.id}"
    return await _answer(run, created.id, response)


@router.get("/{id}")
async def read_proposal(id: Id, principal: Proposer, run: Run, response: Response) -> ProposalView:
    return await _answer(run, id, response)


@router.post("/{id}/apply")
async def apply_proposal(
    id: Id,
    principal: Proposer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> ProposalView:
    """Write its entries, `<id>-1` and so on: all, or none where somebody has changed since."""
    await run.do(IfUnchanged(ApplyProposal(id), Proposals, id, expected), cause, key)
    return await _answer(run, id, response)


async def _answer(run: Runtime, id: str, response: Response) -> ProposalView:
    kept = await run.read(Proposals, id)
    if kept is None:
        raise NotFound("rota proposal", id)
    response.headers["ETag"] = etag(kept.version)
    return proposal_view(kept.value)


async def _candidates(run: Runtime, people: list[Kept[Technician]], turns: list[Interval]) -> list[Candidate]:
    """Everybody with his periods on call of the year, those just before the first turn, and those to come."""
    limits = await limits_of_people(run, [kept.value for kept in people])
    query = {
        "technician_id": {"$in": [kept.value.id for kept in people]},
        "to_at": {"$gt": min(turns[-1][1] - A_YEAR, turns[0][0] - LONGEST_REST)},
        "withdrawn": False,
    }
    known: dict[str, list[RotaEntry]] = {}
    for entry in await run.find(Rota, query, limit=0):
        known.setdefault(entry.value.technician_id, []).append(entry.value)
    return [
        Candidate(kept.value, limits[kept.value.id], tuple(known.get(kept.value.id, ()))) for kept in people
    ]
