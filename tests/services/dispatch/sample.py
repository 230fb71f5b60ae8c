"""A few technicians around Toulouse and a ticket of one visit, given to a world."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contracts.calendars import WEEKDAYS
from contracts.envelope import Envelope, event_id
from contracts.inventory.states import SiteChanged
from contracts.ticket.events import TicketOpened, VisitNeed
from contracts.ticket.sla import Aim, ClockState, SlaFact
from contracts.values import Channel, Impact, Point, Priority, TicketKind, Urgency, WeeklyWindows
from infra.chassis.store.unit import UseCase
from services.dispatch.domain.plan import OPEN
from services.dispatch.domain.technician import Shifts, Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.known_travel import KnownTravel
from services.dispatch.planning.reasons import against
from services.dispatch.planning.roster import Roster
from services.dispatch.store.copies import Sites
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.stream.ticket_lifecycle import on_ticket_opened
from services.dispatch.usecases.plan_visit import FailVisit, Planned, PlanVisit
from tests.world import MONDAY_NINE, World

TOULOUSE = Point(latitude=43.604, longitude=1.444)
BLAGNAC = Point(latitude=43.636, longitude=1.390)
MURET = Point(latitude=43.461, longitude=1.327)
PARIS = Point(latitude=48.857, longitude=2.352)

OFFICE_HOURS: WeeklyWindows = dict.fromkeys(WEEKDAYS[:5], (("08:00", "18:00"),))
ALWAYS: WeeklyWindows = dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))


def technician(id: str, **changes: Any) -> Technician:
    known = Technician(
        id=id,
        name=id.title(),
        skills={"network": 2, "hardware": 3},
        time_zone="Europe/Paris",
        shifts=Shifts(OFFICE_HOURS, OFFICE_HOURS),
        home=TOULOUSE,
    )
    return replace(known, **changes)


def site(id: str = "capitole", point: Point = BLAGNAC, **changes: Any) -> SiteChanged:
    known = SiteChanged(
        site_id=id,
        customer_id="pasteur",
        name=id.title(),
        address="1 rue de la Paix",
        postcode="31000",
        commune="Toulouse",
        latitude=point.latitude,
        longitude=point.longitude,
        time_zone="Europe/Paris",
        holidays="FR",
    )
    return known.model_copy(update=changes)


def need(visit_id: str = "t1-1", **changes: Any) -> VisitNeed:
    return VisitNeed(
        visit_id=visit_id,
        **{"site_id": "capitole", "skills": {"network": 1}, "duration_minutes": 30, **changes},
    )


def ticket_opened(*needs: VisitNeed, ticket_id: str = "t1", **changes: Any) -> TicketOpened:
    told: dict[str, Any] = {
        "ticket_id": ticket_id,
        "number": "T-1",
        "customer_id": "pasteur",
        "summary": "No network",
        "requester_id": "dr-martin",
        "site_ids": ("capitole",),
        "kind": TicketKind.INCIDENT,
        "category": "network-down",
        "priority": Priority.P1,
        "visits": needs or (need(f"{ticket_id}-1"),),
        "impact": Impact.HIGH,
        "urgency": Urgency.HIGH,
        "channel": Channel.API,
        "declared_at": MONDAY_NINE,
        "opened_at": MONDAY_NINE,
    }
    return TicketOpened(**{**told, **changes})


def envelope(subject: str = "t1", at: datetime = MONDAY_NINE, type: str = "ticket-opened") -> Envelope:
    return Envelope(
        topic="ticket.lifecycle.v1",
        source="/astreinte/ticket/lifecycle",
        id=f"{subject}:1",
        type=type,
        major=1,
        subject=subject,
        key=subject,
        sequence=1,
        occurred_at=at,
        recorded_at=at,
        actor="dr-martin",
        correlation_id="c-1",
        customer="pasteur",
    )


def sla_fact(model: type[SlaFact], due_at: datetime | None = None, **changes: Any) -> SlaFact:
    """A word on the clock of t1's that says by when service has to be restored."""
    told: dict[str, Any] = {
        "ticket_id": "t1",
        "number": "T-1",
        "customer_id": "pasteur",
        "summary": "No network",
        "site_ids": ("capitole",),
        "site_id": "capitole",
        "contract_id": "pasteur-2026",
        "contract_revision": 1,
        "target": "repair",
        "aim": Aim.RESTORE,
        "priority": Priority.P3,
        "state": ClockState.RUNNING if due_at else ClockState.PAUSED,
        "starts_at": MONDAY_NINE,
        "due_at": due_at,
    }
    return model(**{**told, **changes})


def sla_envelope(event: SlaFact, n: int, *, epoch: int = 0) -> Envelope:
    """The envelope of the ``n``-th word on the ticket's clocks."""
    return replace(
        envelope(event.ticket_id, type=event.TYPE),
        topic="ticket.sla.v1",
        source="/astreinte/ticket/sla",
        id=event_id(event.ticket_id, n, epoch),
        sequence=n,
        epoch=epoch,
    )


class Firm(World):
    """A world with technicians and a site, in which the machine plans as the service does."""

    def __init__(self, *technicians: Technician, sites: tuple[SiteChanged, ...] = ()) -> None:
        super().__init__()
        self.travel = KnownTravel()
        for each in technicians or (technician("anna"), technician("bruno", home=MURET)):
            self.give(Technicians, each)
        for place in sites or (site(),):
            self.give(Sites, place, place.site_id)

    def ask(self, *needs: VisitNeed, ticket_id: str = "t1", **changes: Any) -> Visit:
        """A ticket is opened; its first visit, waiting."""
        event = ticket_opened(*needs, ticket_id=ticket_id, **changes)
        self.run(on_ticket_opened(event, envelope(ticket_id)))
        return self.have(Visits, event.visits[0].visit_id)

    def roster(self) -> Roster:
        """The snapshot that the machine would have now."""
        roster = Roster(self.clock.now(), self.travel)
        for each in self.all(Technicians):
            roster.put_technician(each)
        for visit in sorted(self.all(Visits), key=lambda visit: visit.state not in OPEN):
            roster.put_visit(visit)
        for day in self.all(Days):
            roster.put_day(day, 1)
        return roster

    def plan(self) -> None:
        """Plan every waiting visit, one after the other."""
        for visit in self.all(Visits):
            if visit.state in ("waiting", "failed") and not visit.held:
                self.plan_one(self.have(Visits, visit.id))

    def plan_one(self, visit: Visit) -> None:
        roster, now = self.roster(), self.clock.now()
        best = roster.best(visit, now)
        use_case: UseCase[Any]
        if best is None:
            reasons = tuple(each.ruled_out() for each in against(roster, visit, now, (), 0))
            self.do(FailVisit(visit.id, reasons))
            return
        use_case = PlanVisit(
            visit.id,
            best.technician_id,
            best.start_at,
            best.end_at,
            best.travel_seconds,
            roster.travel,
            best.travel_source,
            best.beside,
        )
        assert self.do(use_case) is Planned.DONE

    def visit(self, id: str = "t1-1") -> Visit:
        return self.have(Visits, id)

    def pass_minutes(self, minutes: float) -> datetime:
        self.advance(timedelta(minutes=minutes))
        return self.clock.now()

    def slots(self, technician_id: str, date: str = "2026-03-02") -> list[str]:
        """The visits of one day in order, as ``id from-to`` in UTC."""
        days = [day for day in self.all(Days) if day.id == f"{technician_id}:{date}"]
        return [
            f"{slot.visit_id} {slot.start_at:%H:%M}-{slot.end_at:%H:%M}" for day in days for slot in day.slots
        ]
