"""The messages that other services have published are still understood here."""

from datetime import date
from typing import Any

import pytest

from contracts.catalogue import decode, is_erasure, model_for
from contracts.dispatch.events import TechnicianArrived
from contracts.envelope import Fact, Payload, read_envelope
from contracts.examples import Golden, golden
from infra.chassis.http.api_keys import ApiKeys
from infra.chassis.store.collection import ReadCopy
from services.inventory.domain.maintenance_plan import ByCalendar, Every, MaintenancePlan
from services.inventory.domain.occurrence import Occurrence, OccurrenceState
from services.inventory.domain.repair_order import (
    Cover,
    Diagnosis,
    Estimate,
    EstimateLine,
    Intake,
    RepairOrder,
    RepairState,
    Way,
)
from services.inventory.domain.reservation import ReservationState
from services.inventory.store.contacts import Contacts
from services.inventory.store.contracts import Contracts
from services.inventory.store.customers import Customers
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.repairs import RepairOrders
from services.inventory.store.reservations import Reservations
from services.inventory.store.sites import Sites
from services.inventory.store.technicians import Technicians
from services.inventory.stream.tickets import (
    on_quote_approved,
    on_quote_refused,
    on_ticket_cancelled,
    on_ticket_resolved,
)
from tests.services.inventory.facts import HANDLERS, stocked
from tests.services.inventory.test_sites_and_assets import NORD
from tests.world import World

COPIES: dict[type[Payload], ReadCopy[Any]] = {
    copy.model: copy for copy in (ApiKeys, Customers, Contracts, Contacts, Technicians)
}
AFTERWARDS = {
    "VisitPlanned": ReservationState.RESERVED,
    "VisitRescheduled": ReservationState.RESERVED,
    "InterventionClosed": ReservationState.ISSUED,
    "VisitCancelled": ReservationState.NOTHING,
    "DispatchFailed": ReservationState.NOTHING,
    "DispatchRevoked": ReservationState.NOTHING,
}
OF_TICKETS: dict[str, tuple[Any, OccurrenceState]] = {
    "TicketResolved": (on_ticket_resolved, OccurrenceState.DONE),
    "TicketCancelled": (on_ticket_cancelled, OccurrenceState.SKIPPED),
}
ANSWERS: dict[str, tuple[Any, RepairState]] = {
    "QuoteApproved": (on_quote_approved, RepairState.APPROVED),
    "QuoteRefused": (on_quote_refused, RepairState.REFUSED),
}
STATES = [
    message
    for message in golden("inventory")
    if message.name not in {*AFTERWARDS, *OF_TICKETS, *ANSWERS, "TechnicianArrived"}
]


@pytest.mark.parametrize(("name", "state"), AFTERWARDS.items())
def test_a_golden_fact_does_what_it_should(name: str, state: ReservationState) -> None:
    [message] = [each for each in golden("inventory") if each.name == name]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, Fact)
    world = World()
    stocked(world, ("depot:lyon", "psu-550", 3))
    world.run(HANDLERS[type(fact)](fact, envelope))
    [reservation] = world.all(Reservations)
    assert (reservation.id, reservation.state) == (envelope.subject, state)


def test_a_golden_arrival_shows_the_codes_of_the_site() -> None:
    [message] = [each for each in golden("inventory") if each.name == "TechnicianArrived"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, TechnicianArrived)
    world = World()
    world.run(HANDLERS[TechnicianArrived](fact, envelope))
    [visit] = world.all(PlannedVisits)
    assert visit.id == envelope.subject
    assert visit.shows_codes(fact.technician_id, envelope.occurred_at)


@pytest.mark.parametrize("name", OF_TICKETS)
def test_what_becomes_of_a_ticket_becomes_of_the_maintenance_it_was_opened_for(name: str) -> None:
    [message] = [each for each in golden("inventory") if each.name == name]
    envelope = read_envelope(message.topic, message.key, message.headers)
    handler, state = OF_TICKETS[name]
    world = World()
    world.give(Sites, NORD)
    plan = MaintenancePlan("p", "pasteur", "Test", "check", ByCalendar(1, Every.MONTHS, "2026-03-10"))
    world.give(MaintenancePlans, plan)
    due = date(2026, 3, 2)
    asked = Occurrence("mo", "p", 1, "pasteur", NORD.id, ticket_id=envelope.key).due(due, (due, due), "UTC")
    world.give(Occurrences, asked)
    fact: Any = decode(envelope, message.value)
    world.run(handler(fact, envelope))
    assert world.have(Occurrences, "mo").state is state


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_client_says_to_a_quote_decides_about_his_repair(name: str) -> None:
    [message] = [each for each in golden("inventory") if each.name == name]
    envelope = read_envelope(message.topic, message.key, message.headers)
    handler, state = ANSWERS[name]
    fact: Any = decode(envelope, message.value)
    cents = round(float(fact.total) * 100)
    quoted = Diagnosis("?", Cover.CLIENT, Estimate((EstimateLine("Écran", 1, cents),), 30, fact.currency))
    intake = Intake(Way.POST, "Bon")
    world = World()
    order = RepairOrder(
        id="r",
        number="A1",
        asset_id="pc",
        asset_name="PC",
        customer_id=fact.customer_id,
        site_id="nord",
        intake=intake,
        state=RepairState.QUOTED,
        steps=(),
        ticket_id=fact.ticket_id,
        diagnosis=quoted,
    )
    world.give(RepairOrders, order)
    world.run(handler(fact, envelope))
    assert world.have(RepairOrders, "r").state is state


@pytest.mark.parametrize("message", STATES, ids=lambda message: message.name)
def test_a_golden_state_fits_its_read_copy(message: Golden) -> None:
    envelope = read_envelope(message.topic, message.key, message.headers)
    if is_erasure(envelope.topic, envelope.type):
        assert any(envelope.type == copy.model.ERASED for copy in COPIES.values())
        return
    model = model_for(envelope.topic, envelope.type)
    assert model is not None
    copy = COPIES[model]
    state = decode(envelope, message.value)
    assert copy.decode({"_id": envelope.subject, **copy.encode(state)}) == state
