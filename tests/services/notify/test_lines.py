"""What a line of a live stream says, and who it is fit for."""

import json

import pytest

from contracts.audience import PUBLIC
from contracts.dispatch.events import (
    DispatchAcknowledged,
    DispatchDeclined,
    DispatchFailed,
    DispatchRevoked,
    TechnicianArrived,
    VisitFact,
)
from contracts.ticket.events import TicketFact, TicketNoted, TicketTaken
from infra.chassis.http.principal import Principal
from services.notify.domain.line import Line, line_of_ticket, line_of_visit
from services.notify.views.reading import selection_for
from tests.contracts.messages import MESSAGES, envelope_of
from tests.services.notify.people import TicketOpened, VisitRescheduled, example


def test_a_line_holds_the_whole_cloud_event_on_one_line() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event))
    assert "\n" not in line.data
    shown = json.loads(line.data)
    assert shown["specversion"] == "1.0"
    assert shown["type"] == line.type == "technician-arrived"
    assert (shown["source"], shown["subject"]) == ("/astreinte/dispatch/visits", event.visit_id)
    assert shown["datacontenttype"] == "application/json"
    assert shown["data"]["technician_id"] == "tech-lea"


def test_a_moved_visit_concerns_both_technicians() -> None:
    event = example(VisitRescheduled)
    assert line_of_visit(event, envelope_of(event)).technician_ids == ("tech-lea", "tech-marc")


def test_a_visit_that_nobody_can_serve_concerns_no_technician() -> None:
    event = example(DispatchFailed)
    assert line_of_visit(event, envelope_of(event)).technician_ids == ()


ALL_OF_ROLE: tuple[Principal, ...] = (
    Principal("d", "dispatcher"),
    Principal("p", "portal", "clinique-pasteur"),
    Principal("m", "customer-manager", "clinique-pasteur"),
    Principal("contact-anne", "requester", "clinique-pasteur"),
    Principal("contact-paul", "requester", "clinique-pasteur"),
    Principal("s", "site-contact", "clinique-pasteur"),
    Principal("tech-lea", "technician"),
    Principal("tech-zoe", "technician"),
    Principal("x", "customer-manager", "another"),
    Principal(None, "technician"),
)


def readers(line: Line) -> set[str]:
    """The subjects that get a line, where the site contact answers for Pasteur Nord."""
    sites = {"s": ["pasteur-nord"]}
    return {
        principal.subject or "nobody"
        for principal in ALL_OF_ROLE
        if selection_for(principal, sites.get(principal.subject or "", ()), {}).matches(line.document())
    }


def test_a_visit_is_read_by_the_firm_its_customer_its_people_and_its_technician() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event))
    assert readers(line) == {"d", "p", "m", "contact-anne", "s", "tech-lea"}


def test_a_note_that_is_not_public_stays_in_the_firm() -> None:
    public, private = (example(TicketNoted, public=public) for public in (True, False))
    assert readers(line_of_ticket(public, envelope_of(public))) == {"d", "p", "m", "contact-anne", "s"}
    assert readers(line_of_ticket(private, envelope_of(private))) == {"d"}


@pytest.mark.parametrize(
    ("own_business", "technicians"),
    [
        (DispatchFailed, set()),
        (DispatchDeclined, {"tech-lea"}),
        (DispatchRevoked, {"tech-lea"}),
        (DispatchAcknowledged, {"tech-lea"}),
    ],
)
def test_who_could_not_come_and_why_is_read_by_the_firm_and_the_technician_it_names(
    own_business: type[VisitFact], technicians: set[str]
) -> None:
    event = example(own_business)
    assert readers(line_of_visit(event, envelope_of(event))) == {"d"} | technicians


def test_the_agent_who_took_a_ticket_is_named_within_the_firm_only() -> None:
    event = example(TicketTaken)
    assert readers(line_of_ticket(event, envelope_of(event))) == {"d"}


def test_every_fact_that_is_public_reaches_the_customer_and_no_other_does() -> None:
    told = {
        type(fact)
        for fact in MESSAGES
        if isinstance(fact, TicketFact | VisitFact) and "p" in readers(_line_of(fact))
    }
    assert told == PUBLIC | {TicketNoted}


def _line_of(fact: TicketFact | VisitFact) -> Line:
    if isinstance(fact, TicketFact):
        return line_of_ticket(fact, envelope_of(fact))
    return line_of_visit(fact, envelope_of(fact))


def test_a_confidential_ticket_is_for_its_requester_and_those_in_confidence() -> None:
    event = example(TicketOpened, confidential=True)
    assert readers(line_of_ticket(event, envelope_of(event))) == {"d", "m", "contact-anne"}
    visit = example(TechnicianArrived, confidential=True)
    assert readers(line_of_visit(visit, envelope_of(visit))) == {"d", "m", "contact-anne", "tech-lea"}


def test_asking_for_another_customer_gives_nothing() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event)).document()
    mine, theirs = "clinique-pasteur", "another"
    manager = Principal("m", "customer-manager", mine)
    assert selection_for(manager, (), {"customer_id": [mine]}).matches(line)
    assert not selection_for(manager, (), {"customer_id": [theirs]}).matches(line)


def test_filters_narrow_what_a_reader_gets() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event)).document()
    dispatcher = Principal("d", "dispatcher")
    for field, value in {
        "customer_id": "clinique-pasteur",
        "site_ids": "pasteur-nord",
        "contract_ids": "pasteur-2026",
        "ticket_id": event.ticket_id,
        "technician_ids": "tech-lea",
        "type": "technician-arrived",
    }.items():
        assert selection_for(dispatcher, (), {field: [value]}).matches(line)
        assert not selection_for(dispatcher, (), {field: ["another"]}).matches(line)


def test_an_opened_ticket_names_the_contracts_of_its_visits() -> None:
    event = example(TicketOpened)
    assert line_of_ticket(event, envelope_of(event)).contract_ids == ("pasteur-2026",)
