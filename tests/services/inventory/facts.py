"""Facts of visits as the dispatch service publishes them, and the inventory they fall on."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from contracts.dispatch.events import (
    CancelledBecause,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    RevocationReason,
    TechnicianArrived,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.dispatch.states import TechnicianChanged
from contracts.envelope import Envelope, Fact
from contracts.values import Outcome, PartNeed, PartUsed, Priority, TicketKind
from services.inventory.domain.part import Part
from services.inventory.domain.stock import StockLevel, level_id
from services.inventory.store.parts import Parts
from services.inventory.store.stock import Movements, StockLevels
from services.inventory.store.technicians import Technicians
from services.inventory.stream.visits import (
    on_dispatch_failed,
    on_dispatch_revoked,
    on_intervention_closed,
    on_technician_arrived,
    on_visit_cancelled,
    on_visit_planned,
    on_visit_rescheduled,
)
from services.inventory.usecases.receive_stock import ReceiveStock
from tests.world import MONDAY_NINE, World

HANDLERS: dict[type[Fact], Any] = {
    VisitPlanned: on_visit_planned,
    VisitRescheduled: on_visit_rescheduled,
    DispatchRevoked: on_dispatch_revoked,
    VisitCancelled: on_visit_cancelled,
    DispatchFailed: on_dispatch_failed,
    TechnicianArrived: on_technician_arrived,
    InterventionClosed: on_intervention_closed,
}

LEA_VAN, MARC_VAN, DEPOT = "van:lea", "van:marc", "depot:lyon"


class Visits:
    """Tells a world what happens to visits; numbers each visit's facts as dispatch would."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._sequences: dict[str, int] = {}

    def planned(self, visit: str, technician: str, *needs: tuple[str, int], **more: Any) -> Envelope:
        return self.tell(planned(visit, technician, *needs, **more))

    def rescheduled(self, visit: str, technician: str, *needs: tuple[str, int], **more: Any) -> Envelope:
        return self.tell(rescheduled(visit, technician, *needs, **more))

    def cancelled(self, visit: str) -> Envelope:
        return self.tell(VisitCancelled(**_whom(visit), reason=CancelledBecause.WITHDRAWN))

    def revoked(self, visit: str, technician: str, reason: RevocationReason) -> Envelope:
        return self.tell(DispatchRevoked(**_whom(visit), technician_id=technician, reason=reason))

    def failed(self, visit: str) -> Envelope:
        return self.tell(failed(visit))

    def closed(self, visit: str, technician: str, *used: PartUsed) -> Envelope:
        return self.tell(closed(visit, technician, *used))

    def tell(self, fact: Any, sequence: int | None = None) -> Envelope:
        """Hand a fact to its handler; ``sequence`` is the visit's next one unless it is given."""
        if sequence is None:
            sequence = self._sequences[fact.visit_id] = self._sequences.get(fact.visit_id, 0) + 1
        envelope = envelope_of(fact, sequence)
        self.world.run(HANDLERS[type(fact)](fact, envelope))
        return envelope


def envelope_of(fact: Any, sequence: int) -> Envelope:
    return Envelope(
        topic="dispatch.visits.v1",
        source="/astreinte/dispatch/visits",
        id=f"{fact.visit_id}:{sequence}",
        type=fact.TYPE,
        major=1,
        subject=fact.visit_id,
        key=fact.ticket_id,
        sequence=sequence,
        occurred_at=MONDAY_NINE,
        recorded_at=MONDAY_NINE,
        actor="lea",
        correlation_id="c-visit",
    )


def planned(
    visit: str, technician: str, *needs: tuple[str, int], starts_in: timedelta = timedelta(hours=1)
) -> VisitPlanned:
    return VisitPlanned(**_assignment(visit, technician, needs, starts_in))


def rescheduled(
    visit: str, technician: str, *needs: tuple[str, int], starts_in: timedelta = timedelta(hours=1)
) -> VisitRescheduled:
    return VisitRescheduled(
        **_assignment(visit, technician, needs, starts_in),
        previous_technician_id="lea",
        previous_start=MONDAY_NINE,
    )


def failed(visit: str) -> DispatchFailed:
    return DispatchFailed(**_whom(visit), priority=Priority.P2, summary="En panne")


def closed(visit: str, technician: str, *used: PartUsed) -> InterventionClosed:
    return InterventionClosed(
        **_whom(visit),
        technician_id=technician,
        outcome=Outcome.FIXED,
        started_at=MONDAY_NINE,
        ended_at=MONDAY_NINE + timedelta(hours=1),
        parts_used=used,
    )


def used(sku: str, quantity: int = 1, serial: str | None = None) -> PartUsed:
    return PartUsed(sku=sku, quantity=quantity, serial_in=serial)


def technician(id: str) -> TechnicianChanged:
    return TechnicianChanged(technician_id=id, name=id.title(), skills={})


def an_inventory() -> World:
    """A world that knows the technicians whose vans are used here."""
    world = World()
    for id in ("lea", "marc"):
        world.give(Technicians, technician(id), id)
    return world


def stocked(world: World, *levels: tuple[str, str, int]) -> None:
    """Receive parts, which are then known: ``(location, sku, quantity)``."""
    for location, sku, quantity in levels:
        world.give(Parts, Part(sku, sku))
        world.do(ReceiveStock(location, sku, quantity))


def level(world: World, location: str, sku: str) -> StockLevel:
    return world.have(StockLevels, level_id(location, sku))


def ledger(world: World, location: str, sku: str) -> list[tuple[str, int]]:
    """The movements of a level, oldest first."""
    lines = [each for each in world.all(Movements) if each.level_id == level_id(location, sku)]
    return [(line.kind.value, line.quantity) for line in sorted(lines, key=lambda line: number(line.id))]


def number(movement_id: str) -> int:
    return int(movement_id.rpartition("#")[2])


def _whom(visit: str) -> dict[str, Any]:
    return {
        "visit_id": visit,
        "ticket_id": f"ticket-of-{visit}",
        "number": "INC-000001",
        "customer_id": "pasteur",
        "site_id": "pasteur-nord",
    }


def _assignment(
    visit: str, technician: str, needs: Iterable[tuple[str, int]], starts_in: timedelta
) -> dict[str, Any]:
    start = MONDAY_NINE + starts_in
    return {
        **_whom(visit),
        "technician_id": technician,
        "planned_start": start,
        "planned_end": start + timedelta(hours=1),
        "arrival_from": start,
        "arrival_to": start + timedelta(minutes=30),
        "priority": Priority.P2,
        "kind": TicketKind.INCIDENT,
        "summary": "En panne",
        "category": "no-power",
        "skills": {"hardware": 1},
        "duration_minutes": 60,
        "parts": tuple(PartNeed(sku=sku, quantity=quantity) for sku, quantity in needs),
    }
