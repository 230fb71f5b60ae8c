"""What a line of a live stream says, and who it is fit for."""

import json

import pytest

from contracts.audience import PUBLIC, SAYS_ITSELF, Reach, Viewer
from contracts.catalogue import CATALOGUE
from contracts.dispatch.events import (
    DispatchAcknowledged,
    DispatchDeclined,
    DispatchFailed,
    DispatchRevoked,
    TechnicianArrived,
    VisitFact,
)
from contracts.ticket.events import TicketFact, TicketNoted, TicketTaken
from contracts.ticket.sla import SlaBreached
from services.notify.domain.line import KEPT_DAYS, Line, Stream, line_of_ticket, line_of_visit
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


def test_what_was_said_of_clocks_can_be_read_for_400_days_after_it_left_the_topic() -> None:
    on_the_topic = CATALOGUE.topic_for(SlaBreached).retention_days or 0
    assert KEPT_DAYS[Stream.SLA] == on_the_topic + 400
    assert set(KEPT_DAYS) == set(Stream)


def test_a_moved_visit_concerns_both_technicians() -> None:
    event = example(VisitRescheduled)
    assert line_of_visit(event, envelope_of(event)).technician_ids == ("tech-lea", "tech-marc")


def test_a_visit_that_nobody_can_serve_concerns_no_technician() -> None:
    event = example(DispatchFailed)
    assert line_of_visit(event, envelope_of(event)).technician_ids == ()


CLINIC = "clinique-pasteur"
DISPATCHER = Viewer("d", Reach.FIRM)
MANAGER = Viewer("m", Reach.CUSTOMER, CLINIC, confidential=True)
EVERYBODY = (
    DISPATCHER,
    Viewer("k", Reach.CONTRACTS, contracts=("pasteur-2026",)),
    Viewer("l", Reach.CONTRACTS, contracts=("another",)),
    Viewer("p", Reach.CUSTOMER, CLINIC),
    MANAGER,
    Viewer("contact-anne", Reach.OWN, CLINIC),
    Viewer("contact-bruno", Reach.OWN, CLINIC),
    Viewer("contact-carl", Reach.OWN, CLINIC),
    Viewer("contact-paul", Reach.OWN, CLINIC),
    Viewer("contact-anne", Reach.OWN, "another"),
    Viewer("s", Reach.SITES, CLINIC, sites=("pasteur-nord",)),
    Viewer("tech-lea", Reach.VISITS),
    Viewer("tech-zoe", Reach.VISITS),
    Viewer("x", Reach.CUSTOMER, "another", confidential=True),
)
"""Bruno waits on the spot for what Anne asked for and Carl opened."""


WITHIN = {"d", "k"}
NAMED = {"contact-anne", "contact-bruno", "contact-carl"}


def readers(line: Line) -> set[str]:
    """The subjects that get a line; those of another customer are called ``another``."""
    return {
        viewer.subject if viewer.customer_id != "another" else "another"
        for viewer in EVERYBODY
        if selection_for(viewer, {}).matches(line.document())
    }


def test_a_visit_is_read_by_the_firm_its_customer_its_people_and_its_technician() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event))
    assert readers(line) == WITHIN | {"p", "m", "s", "tech-lea"} | NAMED


def test_a_note_that_is_not_public_stays_in_the_firm() -> None:
    public, private = (example(TicketNoted, public=public) for public in (True, False))
    assert readers(line_of_ticket(public, envelope_of(public))) == WITHIN | {"p", "m", "s"} | NAMED
    assert readers(line_of_ticket(private, envelope_of(private))) == WITHIN


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
    assert readers(line_of_visit(event, envelope_of(event))) == WITHIN | technicians


def test_the_agent_who_took_a_ticket_is_named_within_the_firm_only() -> None:
    event = example(TicketTaken)
    assert readers(line_of_ticket(event, envelope_of(event))) == WITHIN


def test_every_fact_that_is_public_reaches_the_customer_and_no_other_does() -> None:
    told = {
        type(fact)
        for fact in MESSAGES
        if isinstance(fact, TicketFact | VisitFact) and "p" in readers(_line_of(fact))
    }
    assert told == PUBLIC | set(SAYS_ITSELF)


def _line_of(fact: TicketFact | VisitFact) -> Line:
    if isinstance(fact, TicketFact):
        return line_of_ticket(fact, envelope_of(fact))
    return line_of_visit(fact, envelope_of(fact))


def test_a_confidential_ticket_is_for_those_it_names_and_those_in_confidence() -> None:
    event = example(TicketOpened, confidential=True)
    assert readers(line_of_ticket(event, envelope_of(event))) == WITHIN | {"m"} | NAMED
    visit = example(TechnicianArrived, confidential=True)
    assert readers(line_of_visit(visit, envelope_of(visit))) == WITHIN | {"m", "tech-lea"} | NAMED


def test_asking_for_another_customer_gives_nothing() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event)).document()
    mine, theirs = "clinique-pasteur", "another"
    assert selection_for(MANAGER, {"customer_id": [mine]}).matches(line)
    assert not selection_for(MANAGER, {"customer_id": [theirs]}).matches(line)


def test_filters_narrow_what_a_reader_gets() -> None:
    event = example(TechnicianArrived)
    line = line_of_visit(event, envelope_of(event)).document()
    for field, value in {
        "customer_id": "clinique-pasteur",
        "site_ids": "pasteur-nord",
        "contract_ids": "pasteur-2026",
        "ticket_id": event.ticket_id,
        "technician_ids": "tech-lea",
        "type": "technician-arrived",
    }.items():
        assert selection_for(DISPATCHER, {field: [value]}).matches(line)
        assert not selection_for(DISPATCHER, {field: ["another"]}).matches(line)


def test_every_fact_of_a_ticket_names_the_contracts_of_its_visits() -> None:
    for fact in MESSAGES:
        if isinstance(fact, TicketFact):
            assert line_of_ticket(fact, envelope_of(fact)).contract_ids == ("pasteur-2026",)
