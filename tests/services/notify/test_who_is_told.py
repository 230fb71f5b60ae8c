"""Which events make a message, for whom, and that each change is told once."""

from datetime import timedelta

import pytest

from contracts.dispatch.events import (
    CancelledBecause,
    DispatchDeclined,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    RevocationReason,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.notify.events import NotificationFailed
from contracts.refusal import UnknownReference
from contracts.ticket.agreed import QuoteSent
from contracts.ticket.events import (
    ClientReminded,
    TicketCancelled,
    TicketClosed,
    TicketNoted,
    TicketOpened,
    TicketResolved,
)
from contracts.ticket.repairs import RepairProgressed, RepairStage
from infra.chassis.store.unit import Entry
from services.notify.domain.delivery import DeliveryState
from services.notify.domain.message import MessageKind
from services.notify.store.copies import Contacts, Sites, Technicians
from services.notify.store.deliveries import Deliveries
from tests.services.notify.people import ANNE, LEA, Office, at, example, moved


def told(office: Office) -> list[tuple[str, str]]:
    """Template and recipient of every message queued, oldest first."""
    return sorted((d.message.kind.value, d.message.recipient.id) for d in office.all(Deliveries))


def test_a_dispatched_technician_is_told_and_the_requester_learns_the_window() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    assert told(office) == [("technician-dispatched", "tech-lea"), ("visit-planned", "contact-anne")]


def test_the_same_event_twice_makes_one_message() -> None:
    office = Office()
    event = moved(TechnicianDispatched, at(9, 30))
    envelope = office.hears(event)
    before = told(office)
    office.hears_again(event, envelope)
    assert told(office) == before


def test_a_plan_that_is_then_dispatched_is_told_to_the_requester_once() -> None:
    office = Office()
    office.hears(moved(VisitPlanned, at(9, 30)))
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    assert told(office) == [("technician-dispatched", "tech-lea"), ("visit-planned", "contact-anne")]


def test_a_planned_technician_is_not_told_before_he_is_dispatched() -> None:
    office = Office()
    office.hears(moved(VisitPlanned, at(9, 30)))
    office.hears(moved(VisitRescheduled, at(11)))
    assert [who for _, who in told(office)] == ["contact-anne", "contact-anne"]


def test_moving_a_dispatched_visit_tells_both_the_new_time() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(moved(VisitRescheduled, at(11)))
    assert ("technician-rescheduled", "tech-lea") in told(office)
    assert ("visit-rescheduled", "contact-anne") in told(office)


def test_a_start_moved_within_the_promised_window_is_told_to_the_technician_alone() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    before = told(office)
    promised = moved(VisitRescheduled, at(9, 30))
    window = {"arrival_from": promised.arrival_from, "arrival_to": promised.arrival_to}
    office.hears(moved(VisitRescheduled, at(9, 40)).model_copy(update={**window, "within_window": True}))
    assert told(office) == sorted([*before, ("technician-rescheduled", "tech-lea")])


def test_a_reschedule_that_changes_nothing_for_anybody_is_silent() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    before = told(office)
    office.hears(moved(VisitRescheduled, at(9, 30)))
    assert told(office) == before


def test_giving_a_dispatched_visit_to_somebody_else_calls_the_first_off_once() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(example(DispatchRevoked, reason=RevocationReason.NO_ANSWER))
    office.hears(moved(VisitRescheduled, at(9, 30), technician="tech-marc"))
    office.hears(moved(TechnicianDispatched, at(9, 30), technician="tech-marc"))
    assert told(office) == [
        ("technician-dispatched", "tech-lea"),
        ("technician-dispatched", "tech-marc"),
        ("technician-revoked", "tech-lea"),
        ("visit-planned", "contact-anne"),
    ]


def test_a_technician_is_called_off_even_when_only_the_reassignment_says_so() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(moved(VisitRescheduled, at(9, 30), technician="tech-marc"))
    assert ("technician-revoked", "tech-lea") in told(office)


def test_who_declined_is_not_called_off() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(example(DispatchDeclined))
    office.hears(example(DispatchRevoked, reason=RevocationReason.REASSIGNED))
    assert "technician-revoked" not in dict(told(office))


def test_a_revocation_of_somebody_else_leaves_the_technician_in_charge() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(example(DispatchRevoked, technician_id="tech-marc"))
    assert "technician-revoked" not in dict(told(office))


def test_a_withdrawn_visit_is_called_off_on_both_sides() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(example(VisitCancelled, reason=CancelledBecause.WITHDRAWN))
    assert ("technician-revoked", "tech-lea") in told(office)
    assert ("visit-cancelled", "contact-anne") in told(office)


def test_the_requester_who_cancelled_is_told_by_the_ticket_only() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(example(VisitCancelled, reason=CancelledBecause.TICKET_CANCELLED))
    office.hears(example(TicketCancelled))
    assert [kind for kind, who in told(office) if who == "contact-anne"] == [
        "ticket-cancelled",
        "visit-planned",
    ]


def test_a_promise_that_nobody_can_keep_is_taken_back() -> None:
    office = Office()
    office.hears(example(DispatchFailed))
    assert told(office) == []
    office.hears(moved(VisitPlanned, at(9, 30)))
    office.hears(example(DispatchFailed))
    office.hears(moved(VisitPlanned, at(9, 30)))
    assert [kind for kind, _ in told(office)] == ["visit-delayed", "visit-planned", "visit-planned"]


def test_a_departure_is_told_while_it_is_news() -> None:
    office = Office()
    office.hears(example(TechnicianEnRoute))
    assert told(office) == [
        ("technician-en-route", "contact-anne"),
        ("technician-en-route", "contact-bruno"),
    ]


def test_a_departure_learned_of_hours_later_is_not_told() -> None:
    office = Office()
    office.hears(example(TechnicianEnRoute), occurred_at=office.clock.now() - timedelta(hours=3))
    assert told(office) == []


def test_a_closed_visit_planned_again_is_a_new_promise() -> None:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    office.hears(example(InterventionClosed))
    office.hears(moved(VisitRescheduled, at(9, 30), technician="tech-marc"))
    assert [kind for kind, _ in told(office)].count("visit-planned") == 2
    assert "technician-revoked" not in dict(told(office))


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (TicketOpened, MessageKind.TICKET_RECEIVED),
        (ClientReminded, MessageKind.CLIENT_REMINDED),
        (QuoteSent, MessageKind.QUOTE_SENT),
        (RepairProgressed, MessageKind.REPAIR_PROGRESSED),
        (TicketResolved, MessageKind.TICKET_RESOLVED),
        (TicketClosed, MessageKind.TICKET_CLOSED),
        (TicketCancelled, MessageKind.TICKET_CANCELLED),
    ],
)
def test_the_requester_follows_his_ticket(model: type[TicketOpened], kind: MessageKind) -> None:
    office = Office()
    office.hears(example(model))
    assert told(office) == [(kind.value, "contact-anne")]


@pytest.mark.parametrize("stage", list(RepairStage))
def test_a_client_is_told_when_his_machine_comes_and_goes_not_of_each_turn_of_a_screw(
    stage: RepairStage,
) -> None:
    office = Office()
    office.hears(example(RepairProgressed, stage=stage))
    wanted = stage.value in ("received", "ready", "returned", "disposed")
    assert told(office) == ([("repair-progressed", "contact-anne")] if wanted else [])


def test_a_note_is_mailed_to_nobody() -> None:
    office = Office()
    office.hears(example(TicketNoted))
    assert told(office) == []


def test_without_a_requester_the_one_who_waits_on_the_spot_is_told() -> None:
    office = Office()
    office.give(Contacts, ANNE.model_copy(update={"contact_id": "contact-bruno"}), "contact-bruno")
    office.hears(example(TicketOpened, requester_id=None))
    office.hears(moved(VisitPlanned, at(9, 30), requester_id=None))
    office.hears(example(TicketResolved, requester_id=None))
    assert told(office) == [
        ("ticket-received", "contact-bruno"),
        ("ticket-resolved", "contact-bruno"),
        ("visit-planned", "contact-bruno"),
    ]


def test_a_ticket_that_names_nobody_mails_nobody() -> None:
    office = Office()
    office.hears(example(TicketOpened, requester_id=None, on_site_contact_id=None))
    office.hears(moved(VisitPlanned, at(9, 30), requester_id=None, on_site_contact_id=None))
    assert told(office) == []


@pytest.mark.parametrize(
    ("kind", "id", "word"),
    [
        (Technicians, "tech-lea", "technician"),
        (Sites, "pasteur-nord", "site"),
        (Contacts, "contact-anne", "contact"),
    ],
)
def test_an_event_waits_for_whoever_its_messages_name(kind: object, id: str, word: str) -> None:
    office = Office()
    del office.memory.entries[kind.name, id]  # type: ignore[attr-defined]
    with pytest.raises(UnknownReference) as missing:
        office.hears(moved(TechnicianDispatched, at(9, 30)))
    assert (missing.value.kind, missing.value.id) == (word, id)
    assert told(office) == []


def test_who_was_erased_is_told_nothing_and_holds_nothing_up() -> None:
    office = Office()
    office.memory.entries[Contacts.name, "contact-anne"] = Entry(Contacts, "contact-anne", None, version=4)
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    assert told(office) == [("technician-dispatched", "tech-lea")]


def test_a_technician_without_address_leaves_a_failed_message_that_somebody_can_see() -> None:
    office = Office()
    office.give(Technicians, LEA.model_copy(update={"email": None}), "tech-lea")
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    [failed] = [d for d in office.all(Deliveries) if d.message.recipient.id == "tech-lea"]
    assert failed.state is DeliveryState.FAILED
    [fact] = office.told(NotificationFailed)
    assert (fact.recipient_id, fact.template) == ("tech-lea", "technician-dispatched")
    assert fact.reason.startswith("no-address")


def test_nothing_personal_is_kept_with_a_message() -> None:
    office = Office()
    office.hears(example(TicketOpened))
    office.hears(moved(TechnicianDispatched, at(9, 30)))
    kept = repr(office.all(Deliveries))
    for personal in (ANNE.name, ANNE.email, LEA.name, LEA.email):
        assert personal is not None
        assert personal not in kept


def test_who_follows_a_ticket_is_told_what_its_requester_is_told_and_nobody_twice() -> None:
    office = Office()
    office.give(Contacts, ANNE.model_copy(update={"contact_id": "contact-bob"}), "contact-bob")
    watchers = ("contact-bob", "contact-anne")
    office.hears(example(TicketResolved, watcher_ids=watchers, closes_at=at(9)))
    assert told(office) == [("ticket-resolved", "contact-anne"), ("ticket-resolved", "contact-bob")]
    assert {each.message.details.until_at for each in office.all(Deliveries)} == {at(9)}
