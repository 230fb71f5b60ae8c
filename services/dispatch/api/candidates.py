"""``/v1/visits/{id}/candidates``: who could make a visit, and why not the others."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from contracts.refusal import illegal_transition
from contracts.text import Text
from contracts.values import Id, Language
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_ready
from infra.chassis.service import Run
from services.dispatch.api.visits import seen
from services.dispatch.assigner import Assigner
from services.dispatch.domain.plan import OPEN
from services.dispatch.domain.promise import arrival_for
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.fitness import preference
from services.dispatch.planning.insertion import LATE_COST
from services.dispatch.planning.reasons import Against, advantage, against
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.costs import risk_minutes, waiting_minute
from services.dispatch.views.travel import TravelView, travel_view

READING_THE_PLAN = Text(
    "The plan is being read: try again in a second.",
    "Le plan est en cours de lecture : réessayez dans une seconde.",
)

Planner = Annotated[Principal, allow("visits:candidates")]


class CostsView(BaseModel):
    """In minutes of travel: the detour; that a deadline is missed; ``risk``: that it may be, the more the
    less time is left until it and the more until the start; that people wait; and what speaks against who
    makes it (another territory, parts that are not on the van, skills above what is needed). ``preference``
    is negative for whom the client prefers, positive for who does not speak his language."""

    travel: float
    late: float
    risk: float
    waiting: float
    fit: float
    preference: float


class BesideView(BaseModel):
    """Who would be there beside the one who leads, and his own way there."""

    technician_id: str
    name: str
    travel_minutes: int
    travel: TravelView


class CandidateView(BaseModel):
    """``cost`` is the sum of ``costs``: whoever has the least comes first. Where it takes two, ``companions``
    are who would go with him; the costs are those of both."""

    technician_id: str
    name: str
    planned_start: datetime
    planned_end: datetime
    arrival_from: datetime
    arrival_to: datetime
    travel_minutes: int
    travel: TravelView
    added_travel_minutes: float
    late_minutes: float
    cost: float
    costs: CostsView
    companions: tuple[BesideView, ...]
    reason: str


class AgainstView(BaseModel):
    technician_id: str
    name: str
    rule: str
    detail: str


class CandidatesView(BaseModel):
    """The best technicians, and for each of the others the first reason against."""

    items: tuple[CandidateView, ...]
    others: tuple[AgainstView, ...]
    next: None = None


def candidates_router(assigner: Assigner) -> APIRouter:
    """Candidates come from the assigner's snapshot."""
    router = APIRouter(tags=["visits"])

    @router.get("/v1/visits/{id}/candidates")
    async def read_candidates(
        id: Id,
        principal: Planner,
        run: Run,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=50)] = 3,
    ) -> CandidatesView:
        """The best technicians with their reasons, and for each of the others the first reason against."""
        visit = (await seen(run, id, principal)).value
        if visit.state not in OPEN:
            raise illegal_transition("visit", visit.state, "assign", visit.possible)
        if not assigner.loaded.is_set():
            raise not_ready(READING_THE_PLAN)
        await assigner.know_stock(run, visit)
        roster, now = assigner.roster, run.clock.now()
        language = Language(call_of(request).language)
        found = roster.candidates(visit, now)
        if not found and visit.promised is not None:
            # By hand it may go beyond what was promised, where nobody can keep it.
            visit = replace(visit, promised=None)
            found = roster.candidates(visit, now)
        others = against(roster, visit, now, found, limit)
        return CandidatesView(
            items=tuple(candidate_view(each, visit, roster, now, language) for each in found[:limit]),
            others=tuple(against_view(each, roster, language) for each in others),
        )

    return router


def candidate_view(
    candidate: Candidate, visit: Visit, roster: Roster, now: datetime, language: Language
) -> CandidateView:
    arrival_from, arrival_to = arrival_for(visit, candidate.start_at)
    on_van = roster.stock.carries(candidate.technician_id, visit)
    names = tuple(roster.technicians[each.technician_id].name for each in candidate.beside)
    wished = preference(roster.technicians[candidate.technician_id], visit)
    return CandidateView(
        technician_id=candidate.technician_id,
        name=roster.technicians[candidate.technician_id].name,
        planned_start=candidate.start_at,
        planned_end=candidate.end_at,
        arrival_from=arrival_from,
        arrival_to=arrival_to,
        travel_minutes=round(candidate.travel_seconds / 60),
        travel=travel_view(candidate.travel_seconds, candidate.travel_source),
        added_travel_minutes=candidate.added_travel_minutes,
        late_minutes=candidate.late_minutes,
        cost=candidate.cost,
        costs=_costs(candidate, visit, now, wished),
        companions=tuple(
            BesideView(
                technician_id=each.technician_id,
                name=roster.technicians[each.technician_id].name,
                travel_minutes=round(each.travel_seconds / 60),
                travel=travel_view(each.travel_seconds, each.travel_source),
            )
            for each in candidate.beside
        ),
        reason=advantage(candidate, visit, language, on_van=on_van, names=names),
    )


def _costs(candidate: Candidate, visit: Visit, now: datetime, wished: float) -> CostsView:
    late = LATE_COST[visit.priority] * candidate.late_minutes
    risk = LATE_COST[visit.priority] * risk_minutes(visit, candidate.start_at, now)
    waiting = waiting_minute(visit) * (candidate.start_at - now).total_seconds() / 60
    fit = candidate.cost - candidate.added_travel_minutes - late - risk - waiting - wished
    return CostsView(
        travel=candidate.added_travel_minutes,
        late=round(late, 1),
        risk=round(risk, 1),
        waiting=round(waiting, 1),
        fit=round(fit, 1),
        preference=wished,
    )


def against_view(reason: Against, roster: Roster, language: Language) -> AgainstView:
    return AgainstView(
        technician_id=reason.technician_id,
        name=roster.technicians[reason.technician_id].name,
        rule=reason.rule,
        detail=reason.text(language),
    )
