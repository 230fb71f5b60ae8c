"""``/v1/plans``: what planning days anew has changed, and what it would change if somebody applied it."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints, model_validator

from contracts.dispatch.events import RevocationReason
from contracts.refusal import NotFound, Refusal, UnknownReference, illegal_transition
from contracts.text import InvalidValue, Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_ready
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.candidates import READING_THE_PLAN
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.api.visits import seen
from services.dispatch.assigner import Assigner
from services.dispatch.domain.plan import MOVABLE, UNPLANNED
from services.dispatch.domain.replan import Away, Replan, ReplanState, Why
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.today.groups import (
    Group,
    neighbours,
    room_group,
    stand_ins,
    worth_a_look,
)
from services.dispatch.planning.today.proposal import Proposal
from services.dispatch.store.replans import Replans
from services.dispatch.usecases.replan_days import ApplyReplan, ProposeReplan
from services.dispatch.views.plans import PlanPage, PlanView, plan_view

Reader = Annotated[Principal, allow("plans:read")]
Writer = Annotated[Principal, allow("plans:write")]


class AwayBody(Body):
    """Somebody who would not be there: ``kind`` as in an absence."""

    technician_id: Id
    from_at: datetime = Field(alias="from")
    to_at: datetime = Field(alias="to")
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")] = "sick"


class ReplanBody(Body):
    """One of three: make room for a visit; do without somebody; better days around a technician."""

    visit_id: Id | None = None
    away: AwayBody | None = None
    technician_id: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.visit_id, self.away, self.technician_id)) != 1:
            raise InvalidValue(
                "give one of `visit_id`, `away` and `technician_id`",
                "donnez l'un de `visit_id`, `away` et `technician_id`",
            )
        return self


def plans_router(assigner: Assigner) -> APIRouter:
    """Proposals come from the assigner's snapshot."""
    router = APIRouter(prefix="/v1/plans", tags=["plans"])
    roster, replanner = assigner.roster, assigner.replanner

    @router.get("")
    async def list_plans(
        page: Annotated[Page, paged(ReplanState)],
        principal: Reader,
        run: Run,
        visit: Annotated[Id | None, Query(description="For the sake of this visit")] = None,
    ) -> PlanPage:
        """What was planned anew, by the service or by somebody, and what is proposed."""
        query = page.filter(visit_id=visit)
        found = await run.find(Replans, query, sort=page.sort, limit=page.fetch)
        return PlanPage(**page.of(found, plan_view))

    @router.post("", status_code=201)
    async def propose_plan(
        body: ReplanBody,
        principal: Writer,
        cause: Caused,
        key: Idempotency,
        run: Run,
        response: Response,
    ) -> PlanView:
        """What it would change and gain; nothing changes before it is applied."""
        if not assigner.loaded.is_set():
            raise not_ready(READING_THE_PLAN)
        now = run.clock.now()
        away: Away | None = None
        if body.visit_id is not None:
            visit = (await seen(run, body.visit_id, principal)).value
            if visit.state not in MOVABLE | UNPLANNED:
                raise illegal_transition("visit", visit.state, "assign", visit.possible)
            group = await replanner.refreshed(run, room_group(roster, visit, now))
            found = await _room_for(group, visit, now)
        elif body.away is not None:
            away = Away(_known(body.away.technician_id), body.away.from_at, body.away.to_at, body.away.kind)
            roster.technicians[away.technician_id].with_absence(away.absence)  # refuses what is no stretch
            await replanner.learn_of(run, away.technician_id)
            his = _without(away)
            group = await replanner.refreshed(run, stand_ins(roster, away.technician_id, his, now))
            found = await replanner.look(group, his, now)
        else:
            assert body.technician_id is not None, "one of three is given"
            group = neighbours(roster, _known(body.technician_id), now)
            group = await replanner.refreshed(run, group)
            found = await replanner.look(group, worth_a_look(roster, group, now), now)
        if found is None or not found.changes:
            raise Refusal(
                "nothing-better",
                Text(
                    "No plan was found that is better than what is planned.",
                    "Aucun plan meilleur que celui en place n'a été trouvé.",
                ),
            )

        def proposing(id: str) -> ProposeReplan:
            return ProposeReplan(
                Replan(
                    id,
                    Why.ASKED,
                    found.changes,
                    found.gained,
                    now,
                    principal.actor,
                    visit_id=body.visit_id,
                    away=away,
                )
            )

        created = await run.create(proposing, cause, key)
        response.headers["Location"] = f"/v1/plans/{created.id}"
        return await _answer(run, created.id, response)

    @router.get("/{id}")
    async def read_plan(id: Id, principal: Reader, run: Run, response: Response) -> PlanView:
        return await _answer(run, id, response)

    @router.post("/{id}/apply")
    async def apply_plan(
        id: Id,
        principal: Writer,
        cause: Caused,
        key: Idempotency,
        expected: IfMatch,
        run: Run,
        response: Response,
    ) -> PlanView:
        """Do it: all, or nothing where one of the visits has changed since."""
        await run.do(IfUnchanged(ApplyReplan(id, roster.travel), Replans, id, expected), cause, key)
        return await _answer(run, id, response)

    def _known(technician_id: str) -> str:
        if technician_id not in roster.technicians:
            raise UnknownReference("technician", technician_id)
        return technician_id

    def _without(away: Away) -> list[Visit]:
        """His visits of that time as they would be without him."""
        held = {slot.visit_id for slot in roster.slots(away.technician_id)}
        visits = (roster.visits[id] for id in sorted(held) if id in roster.visits)
        return [
            visit.taken_back(RevocationReason.ABSENCE)[0]
            for visit in visits
            if visit.plan is not None
            and visit.plan.start_at < away.to_at
            and away.from_at < visit.plan.end_at
        ]

    async def _room_for(group: Group, visit: Visit, now: datetime) -> Proposal | None:
        """Of two plans, one that keeps to what people have been told and one that need not, the better."""
        tried = [await replanner.look(group, [visit], now, loose=loose) for loose in (False, True)]
        makes = [
            each
            for each in tried
            if each and any(change.visit_id == visit.id and change.after for change in each.changes)
        ]
        return max(makes, key=lambda each: each.gained.total, default=None)

    return router


async def _answer(run: Runtime, id: str, response: Response) -> PlanView:
    kept = await run.read(Replans, id)
    if kept is None:
        raise NotFound("plan", id)
    response.headers["ETag"] = etag(kept.version)
    return plan_view(kept)
