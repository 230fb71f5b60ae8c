"""A technician closes his visit: the report is kept, the day says what really happened."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.checklists import ChecklistAnswer, answered_wrongly
from contracts.dispatch.events import ContactAttempt
from contracts.refusal import Refusal, illegal_transition
from contracts.text import Text
from contracts.values import Answer, Outcome, PartUsed, VisitState
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot
from services.dispatch.domain.lawful_exit import rest_lost
from services.dispatch.domain.report import IN_VAIN, Photo, Report, Signature
from services.dispatch.domain.rota import Call
from services.dispatch.domain.service_report import ServiceReport
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.store.labour import RestDebts
from services.dispatch.store.reports import Reports
from services.dispatch.store.rota import Rota
from services.dispatch.store.service_reports import ServiceReports
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.accompany import count_accompanied
from services.dispatch.usecases.addressed import addressed, happened_at
from services.dispatch.usecases.crewing import others_of
from services.dispatch.usecases.make_appointment import want
from services.dispatch.usecases.resting import rest_without, with_travel
from services.dispatch.usecases.settling import settle
from services.dispatch.usecases.telling import tell_next

SHORTEST_STAY = timedelta(minutes=1)


@dataclass(frozen=True)
class CloseVisit:
    """Closing twice with the same report changes nothing; with another one it is refused."""

    visit_id: str
    outcome: Outcome
    travel: Travel
    by: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    work_done: str = ""
    cause: str | None = None
    article_id: str | None = None
    article_worked: bool | None = None
    parts_used: tuple[PartUsed, ...] = ()
    travel_minutes: int | None = None
    kilometres: float | None = None
    waiting_minutes: int | None = None
    answers: tuple[Answer, ...] = ()
    signature: Signature | None = None
    signature_refused: str | None = None
    contact_attempts: tuple[ContactAttempt, ...] = ()
    found: str = ""
    remaining: str = ""
    photos: tuple[Photo, ...] = ()
    checklist: tuple[ChecklistAnswer, ...] = ()
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), Ref(Reports, self.visit_id), Ref(ServiceReports, self.visit_id))

    def decide(self, unit: Unit) -> str:
        visit = self._addressed(unit)
        known = unit.get(Reports, self.visit_id)
        if visit.state is VisitState.CLOSED and known is not None:
            if known != self._report(visit, self._ended_at or known.ended_at):
                raise illegal_transition("visit", visit.state, "close", visit.possible)
            return visit.id
        for said in (self.occurred_at, self.started_at, *(tried.at for tried in self.contact_attempts)):
            happened_at(unit, said, visit)
        _check_answers(visit, self.checklist)
        ended = happened_at(unit, self._ended_at, visit)
        report = self._report(visit, ended)
        closed, facts = visit.closed(report)
        unit.save(Visits, closed, *facts, at=ended)
        unit.put(Reports, report)
        unit.put(ServiceReports, ServiceReport(visit.id, wanted_at=unit.now))
        if report.outcome in IN_VAIN and visit.state is not VisitState.CANCELLED:
            want(unit, visit)
        technician = unit.get(Technicians, report.technician_id)
        if technician is not None:
            came = report.started_at or report.arrived_at or ended
            if report.arrived_at is not None:
                came = min(came, report.arrived_at)
            way = _way_there(visit, technician, came)
            slot = Slot(visit.id, came, max(ended, came + SHORTEST_STAY), way, visit.where)
            _book_lost_rest(unit, visit, technician, slot, self.travel)
            with_him = others_of(unit, closed, technician.id)
            days = settle(unit, technician, closed, slot, self.travel)
            if closed.plan is not None:
                unit.save(Visits, replace(closed, plan=replace(closed.plan, days=days)))
            _note_call(unit, technician, slot, self.travel)
            for each in with_him:
                his = replace(each.slot, start_at=slot.start_at, end_at=slot.end_at)
                _note_call(unit, each.technician, his, self.travel)
        if report.outcome not in IN_VAIN:
            count_accompanied(unit, closed, report.apprentices, ended)
        tell_next(unit, technician)
        for id in visit.companions:
            tell_next(unit, unit.get(Technicians, id))
        return visit.id

    @property
    def _ended_at(self) -> datetime | None:
        return self.ended_at or self.occurred_at

    def _addressed(self, unit: Unit) -> Visit:
        known = unit.get(Visits, self.visit_id)
        if known is not None and self.by in known.told_before:
            return known
        return addressed(unit, self.visit_id, self.by)

    def _report(self, visit: Visit, ended_at: datetime) -> Report:
        return Report(
            id=visit.id,
            ticket_id=visit.ticket_id,
            customer_id=visit.customer_id,
            technician_id=self.by or visit.technician_id or "",
            outcome=self.outcome,
            ended_at=ended_at,
            started_at=self.started_at or visit.started_at,
            arrived_at=visit.arrived_at,
            work_done=self.work_done,
            cause=self.cause,
            article_id=self.article_id,
            article_worked=self.article_worked,
            parts_used=self.parts_used,
            travel_minutes=self.travel_minutes,
            kilometres=self.kilometres,
            waiting_minutes=self.waiting_minutes,
            answers=self.answers,
            signature=self.signature,
            signature_refused=self.signature_refused,
            contact_attempts=self.contact_attempts,
            found=self.found,
            remaining=self.remaining,
            photos=self.photos,
            checklist=self.checklist,
            companions=visit.companions if self.by in (None, visit.technician_id) else (),
            apprentices=visit.apprentices if self.by in (None, visit.technician_id) else (),
        )


def _check_answers(visit: Visit, answers: tuple[ChecklistAnswer, ...]) -> None:
    wrong = answered_wrongly(visit.need.checklist, answers)
    if wrong is not None:
        raise Refusal(
            "not-on-the-checklist",
            Text(
                f"{wrong.answer!r} is no answer to {wrong.item!r}: each item of `checklist` is answered "
                "once, as its kind has it.",
                f"{wrong.answer!r} ne répond pas à {wrong.item!r} : chaque point de `checklist` reçoit une "
                "réponse, selon son type.",
            ),
            item=wrong.item,
            checklist=[each.id for each in visit.need.checklist],
        )


def _way_there(visit: Visit, technician: Technician, came: datetime) -> int:
    """Seconds from setting out to coming, as they were if he said that he left, else as planned."""
    left = visit.departed_at if visit.technician_id == technician.id else None
    if left is not None and left <= came:
        return round((came - left).total_seconds())
    return visit.plan.travel_seconds if visit.plan is not None else 0


def _book_lost_rest(unit: Unit, visit: Visit, technician: Technician, slot: Slot, travel: Travel) -> None:
    """By a way out he worked in his rest: in what it is by now, for calls may have come after the plan."""
    way_out = visit.exit_of(technician.id)
    if way_out is None:
        return
    set_out = slot.start_at - timedelta(seconds=slot.travel_seconds)
    rest = rest_without(unit, technician, visit.id, set_out, slot.end_at, travel)
    others = unit.where(RestDebts, "technician_id", technician.id)
    debt = rest_lost(visit.id, way_out, rest, set_out, others)
    if debt is not None:
        unit.put(RestDebts, debt)


def _note_call(unit: Unit, technician: Technician, slot: Slot, travel: Travel) -> None:
    """What he is called out for outside his shifts, or in his rest, is noted where he was on call."""
    came = slot.start_at
    period = next((each for each in technician.on_call if each.from_at <= came < each.to_at), None)
    if period is None or technician.available(came, came + SHORTEST_STAY):
        return
    entry = unit.get(Rota, period.id)
    if entry is not None:
        unit.save(Rota, entry.called(Call(slot.visit_id, *with_travel(slot, technician, travel))))
