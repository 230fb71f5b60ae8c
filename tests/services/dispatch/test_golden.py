"""The messages that other services have published are still understood."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.catalogue import CATALOGUE, decode
from contracts.dispatch.events import CancelledBecause, VisitCancelled
from contracts.envelope import Envelope, read_envelope
from contracts.examples import Golden, golden
from contracts.ticket.events import (
    TicketChange,
    TicketFact,
    TicketHeld,
    TicketNoted,
    TicketOpened,
    TicketResumed,
    VisitsRequested,
)
from contracts.values import Answer, Priority, VisitState, Window
from infra.chassis.http.api_keys import ApiKeys
from services.dispatch.app import HANDLERS
from services.dispatch.store.copies import Assets, Contacts, Contracts, Customers, Parts, Sites, StockLevels
from services.dispatch.store.visits import Visits
from services.dispatch.stream.ticket_lifecycle import on_ticket_noted
from tests.services.dispatch.sample import Firm, need, site, technician

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOLDEN = {message.name: message for message in golden("dispatch")}
COPIES = {
    copy.model.TYPE: copy
    for copy in (ApiKeys, Assets, Contacts, Contracts, Customers, Parts, Sites, StockLevels)
}


def take_in(firm: Firm, message: Golden) -> None:
    envelope = read_envelope(message.topic, message.key, message.headers)
    fact = decode(envelope, message.value)
    firm.run(HANDLERS[type(fact)](fact, envelope))  # type: ignore[index]


def envelope_of(name: str) -> Envelope:
    message = GOLDEN[name]
    return read_envelope(message.topic, message.key, message.headers)


def asked(name: str) -> TicketOpened | VisitsRequested:
    message = GOLDEN[name]
    event = decode(read_envelope(message.topic, message.key, message.headers), message.value)
    assert isinstance(event, TicketOpened | VisitsRequested)
    return event


def firm_for(event: TicketOpened | VisitsRequested) -> Firm:
    return Firm(sites=tuple(site(each.site_id) for each in event.visits))


@pytest.mark.parametrize("name", ["TicketOpened", "VisitsRequested"])
def test_the_visits_asked_for_are_stored_once(name: str) -> None:
    event = asked(name)
    firm = firm_for(event)
    for _ in range(2):
        take_in(firm, GOLDEN[name])
    stored = {visit.id: visit for visit in firm.all(Visits)}
    assert set(stored) == {each.visit_id for each in event.visits}
    for each in event.visits:
        visit = stored[each.visit_id]
        assert (visit.state, visit.priority) == (VisitState.WAITING, event.priority)
        assert (visit.ticket_id, visit.customer_id) == (event.ticket_id, event.customer_id)
        assert (visit.need.skills, visit.need.parts) == (each.skills, each.parts)
        assert visit.origin is not None


def test_a_note_changes_no_visit() -> None:
    firm = firm_for(asked("TicketOpened"))
    take_in(firm, GOLDEN["TicketOpened"])
    before = firm.all(Visits)
    take_in(firm, GOLDEN["TicketNoted"])
    assert firm.all(Visits) == before


def test_visits_say_what_their_corrected_ticket_says() -> None:
    event = asked("TicketOpened")
    firm = firm_for(event)
    take_in(firm, GOLDEN["TicketOpened"])
    wish = Window(from_at=NOON, to_at=NOON + timedelta(hours=2))
    change = TicketChange(fields=("summary", "confidential"), preferred_windows=(wish,))
    noted = TicketNoted(
        **{name: getattr(event, name) for name in TicketFact.model_fields}
        | {"summary": "Payslips", "confidential": True, "on_site_contact_id": "zoe"},
        note_id="n1",
        public=True,
        change=change,
    )
    firm.run(on_ticket_noted(noted, envelope_of("TicketNoted")))
    for visit in firm.all(Visits):
        assert (visit.need.summary, visit.confidential, visit.on_site_contact_id) == ("Payslips", True, "zoe")
        assert visit.need.preferred_windows == (wish,)
        assert visit.need.briefing == event.answers
    told = (Answer(question="Plugged in?", answer="yes"),)
    answered = noted.model_copy(update={"change": change.model_copy(update={"answers": told})})
    firm.run(on_ticket_noted(answered, envelope_of("TicketNoted")))
    assert {visit.need.briefing for visit in firm.all(Visits)} == {told}


def test_withdrawn_visits_are_cancelled() -> None:
    firm = firm_for(asked("TicketOpened"))
    take_in(firm, GOLDEN["TicketOpened"])
    take_in(firm, GOLDEN["VisitsWithdrawn"])
    [cancelled] = firm.told(VisitCancelled)
    assert cancelled.reason in CancelledBecause
    assert firm.visit(cancelled.visit_id).state is VisitState.CANCELLED


def test_another_priority_counts_for_the_ticket_s_visits() -> None:
    firm = firm_for(asked("TicketOpened"))
    take_in(firm, GOLDEN["TicketOpened"])
    take_in(firm, GOLDEN["TicketReprioritised"])
    assert {visit.priority for visit in firm.all(Visits)} == {Priority.P2}


def test_a_site_on_hold_is_not_visited_until_it_is_resumed() -> None:
    messages = (GOLDEN["TicketHeld"], GOLDEN["TicketResumed"])
    held, resumed = (decode(read_envelope(*each[1:4]), each.value) for each in messages)
    assert isinstance(held, TicketHeld)
    assert isinstance(resumed, TicketResumed)
    firm = Firm(sites=(site(held.held_sites[0]),))
    visit_id = f"{held.ticket_id}-9"
    firm.ask(need(visit_id, site_id=held.held_sites[0]), ticket_id=held.ticket_id)
    take_in(firm, GOLDEN["TicketHeld"])
    assert firm.visit(visit_id).held is (held.until is None)
    assert firm.visit(visit_id).not_before_at == held.until
    take_in(firm, GOLDEN["TicketResumed"])
    assert (firm.visit(visit_id).held, firm.visit(visit_id).not_before_at) == (False, None)


def test_a_shortage_takes_the_visit_back() -> None:
    event = asked("TicketOpened")
    firm = Firm(technician("tech-lea"), sites=(site(),))
    firm.ask(need(event.visits[0].visit_id), ticket_id=event.ticket_id)
    firm.plan()
    take_in(firm, GOLDEN["PartsShort"])
    visit = firm.visit(event.visits[0].visit_id)
    assert (visit.state, visit.shortages) == (VisitState.WAITING, 1)


def test_every_message_is_either_a_fact_that_is_handled_or_a_state_that_is_copied() -> None:
    types = {read_envelope(*message[1:4]).type for message in GOLDEN.values()}
    copied = {copy.model.TYPE for copy in COPIES.values()} | {copy.model.ERASED for copy in COPIES.values()}
    assert types == {model.TYPE for model in HANDLERS} | copied
    consumed = {
        type
        for topic in CATALOGUE.topics
        for type, readers in topic.consumers.items()
        if "dispatch" in readers
    }
    assert types == consumed


def test_every_state_reads_back_from_its_copy() -> None:
    for message in GOLDEN.values():
        envelope = read_envelope(message.topic, message.key, message.headers)
        if envelope.type in COPIES:
            copy = COPIES[envelope.type]
            state = decode(envelope, message.value)
            assert copy.decode({"_id": envelope.subject, **copy.encode(state)}) == state
