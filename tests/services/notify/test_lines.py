"""What a line of a live stream says, and who it is fit for."""

import json

from contracts.dispatch.events import DispatchFailed, TechnicianArrived
from contracts.ticket.events import TicketNoted
from services.notify.domain.line import Audience, line_of_ticket, line_of_visit
from tests.contracts.messages import envelope_of
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


def test_a_note_that_is_not_public_stays_in_the_firm() -> None:
    public, private = (example(TicketNoted, public=public) for public in (True, False))
    assert Audience.CUSTOMER in line_of_ticket(public, envelope_of(public)).audience
    assert line_of_ticket(private, envelope_of(private)).audience == (Audience.FIRM,)


def test_a_confidential_ticket_is_for_those_in_confidence() -> None:
    event = example(TicketOpened, confidential=True)
    line = line_of_ticket(event, envelope_of(event))
    assert line.audience == (Audience.FIRM, Audience.CONFIDENT)
    assert line.requester_id == "contact-anne"


def test_an_opened_ticket_names_the_contracts_of_its_visits() -> None:
    event = example(TicketOpened)
    assert line_of_ticket(event, envelope_of(event)).contract_ids == ("pasteur-2026",)
