"""The messages that other services have published are still understood."""

from decimal import Decimal

import pytest

from contracts.catalogue import decode
from contracts.dispatch.events import VisitFact
from contracts.envelope import read_envelope
from contracts.examples import Golden, golden
from contracts.inventory.assets import AssetChanged, MaintenanceDue, TrainingAsked
from contracts.inventory.events import ReservationFact
from contracts.inventory.renewals import RenewalQuoted
from contracts.inventory.workshop import RepairOrderChanged
from contracts.ticket.agreed import QuoteSent
from contracts.ticket.repairs import RepairProgressed, RepairStage
from contracts.values import TicketKind
from infra.chassis.http.api_keys import ApiKeys
from services.ticket.app import HANDLERS
from services.ticket.domain.asked_work import AskedState
from services.ticket.store.asked_works import AskedWorks
from services.ticket.store.copies import Assets, Parts, Sites, Technicians
from services.ticket.store.tickets import Tickets
from tests.services.ticket.sample import a_world, opened, timeline

COPIES = {copy.model.TYPE: copy for copy in (ApiKeys, Sites, Assets, Parts, Technicians)}
GOLDEN = golden("ticket")
OTHERS = (AssetChanged, MaintenanceDue, RenewalQuoted, TrainingAsked, RepairOrderChanged)
OF_TICKETS = {model.TYPE for model in HANDLERS} - {model.TYPE for model in OTHERS}
FACTS = [message for message in GOLDEN if read_envelope(*message[1:4]).type in OF_TICKETS]


@pytest.mark.parametrize("message", FACTS, ids=lambda message: message.name)
def test_a_fact_leaves_a_line_in_the_timeline(message: Golden) -> None:
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, VisitFact | ReservationFact)
    world = a_world()
    opened(world, id=fact.ticket_id)
    handler = HANDLERS[type(fact)]
    world.run(handler(fact, envelope))
    line = timeline(world, fact.ticket_id)[0]
    assert (line.event, line.at, line.recorded_at) == (
        envelope.type,
        envelope.occurred_at,
        envelope.recorded_at,
    )
    assert line.actor == envelope.actor
    assert world.have(Tickets, fact.ticket_id).lines >= 1


def test_work_that_a_machine_asks_for_is_kept_once() -> None:
    [message] = [each for each in GOLDEN if each.name == "AssetChanged"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, AssetChanged)
    world = a_world()
    for _ in range(2):
        world.run(HANDLERS[AssetChanged](fact, envelope))
    [work] = world.all(AskedWorks)
    assert (work.id, work.state, work.asked_at) == (
        fact.asks[0].ticket_id,
        AskedState.WAITING,
        envelope.occurred_at,
    )


def test_work_that_a_plan_asks_for_is_kept_once_with_its_day_and_its_checklist() -> None:
    [message] = [each for each in GOLDEN if each.name == "MaintenanceDue"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, MaintenanceDue)
    world = a_world()
    for _ in range(2):
        world.run(HANDLERS[MaintenanceDue](fact, envelope))
    [work] = world.all(AskedWorks)
    assert (work.id, work.asset_id, work.window) == (fact.ticket_id, fact.asset_ids[0], fact.window)
    assert work.checklist == fact.checklist


def test_a_training_is_kept_once_as_what_it_is() -> None:
    [message] = [each for each in GOLDEN if each.name == "TrainingAsked"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, TrainingAsked)
    world = a_world()
    for _ in range(2):
        world.run(HANDLERS[TrainingAsked](fact, envelope))
    [work] = world.all(AskedWorks)
    assert (work.id, work.kind, work.window) == (fact.ticket_id, TicketKind.TRAINING, fact.window)
    assert work.checklist == fact.checklist


def test_renewals_to_be_quoted_are_kept_once_with_what_they_cost() -> None:
    [message] = [each for each in GOLDEN if each.name == "RenewalQuoted"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, RenewalQuoted)
    world = a_world()
    for _ in range(2):
        world.run(HANDLERS[RenewalQuoted](fact, envelope))
    [work] = world.all(AskedWorks)
    assert work.quote is not None
    assert (work.id, work.site_ids, work.quote.author) == (fact.ticket_id, fact.sites, envelope.actor)
    assert [(each.text, each.amount) for each in work.quote.lines] == [("Mise à niveau", Decimal("180.00"))]


def test_a_quoted_repair_is_quoted_in_its_ticket_and_shows_in_the_timeline() -> None:
    [message] = [each for each in GOLDEN if each.name == "RepairOrderChanged"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, RepairOrderChanged)
    assert fact.ticket_id is not None
    world = a_world()
    ticket = opened(world, id=fact.ticket_id)
    world.run(
        HANDLERS[RepairOrderChanged](fact.model_copy(update={"customer_id": ticket.customer_id}), envelope)
    )
    [sent], [told] = world.told(QuoteSent), world.told(RepairProgressed)
    assert (sent.total, sent.currency) == ("49.90", "EUR")
    assert (told.stage, told.repair_number) == (RepairStage.QUOTED, fact.number)
    assert {line.event for line in timeline(world, fact.ticket_id)} >= {"repair-progressed", "quote-sent"}


def test_a_repair_under_another_customers_ticket_is_told_to_nobody() -> None:
    [message] = [each for each in GOLDEN if each.name == "RepairOrderChanged"]
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    assert isinstance(fact, RepairOrderChanged)
    assert fact.ticket_id is not None
    world = a_world()
    opened(world, id=fact.ticket_id)
    foreign = fact.model_copy(update={"customer_id": "somebody-else"})
    world.run(HANDLERS[RepairOrderChanged](foreign, envelope))
    assert (world.told(QuoteSent), world.told(RepairProgressed)) == ([], [])


def test_every_message_is_either_a_fact_that_is_handled_or_a_state_that_is_copied() -> None:
    types = {read_envelope(*message[1:4]).type for message in GOLDEN}
    copied = {copy.model.TYPE for copy in COPIES.values()} | {copy.model.ERASED for copy in COPIES.values()}
    assert types == {model.TYPE for model in HANDLERS} | copied


def test_every_state_reads_back_from_its_copy() -> None:
    for message in GOLDEN:
        envelope = read_envelope(message.topic, message.key, message.headers)
        if envelope.type in COPIES:
            copy = COPIES[envelope.type]
            state = decode(envelope, message.value)
            assert copy.decode({"_id": envelope.subject, **copy.encode(state)}) == state
