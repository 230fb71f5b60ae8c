"""The agenda: how far the clock may go at once."""

from datetime import UTC, datetime, timedelta

from infra.replay.agenda import STRIDE, Agenda
from infra.replay.plan import plan_incident
from infra.replay.playing import Playing
from tests.infra.replay.logs import MAPPING, incident, on_site, remote

START = datetime(2016, 2, 29, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def playing(number: str, minutes_later: int = 0) -> Playing:
    opened = f"29-02-2016 08:{minutes_later:02d}"
    rows = [{**row, "opened_at": opened} for row in remote(number)]
    return Playing(plan_incident(incident(*rows), MAPPING))


def test_rows_that_keep_books_are_taken_in_strides() -> None:
    agenda = Agenda()
    for n, minutes in enumerate((0, 4, 9, 30)):
        agenda.ticket(playing(f"INC{n}", minutes))
    assert agenda.target() == START + 9 * MINUTE < START + STRIDE
    tickets, visits = agenda.due(agenda.target())
    assert ([each.plan.number for each in tickets], visits) == (["INC0", "INC1", "INC2"], [])


def test_a_stride_ends_where_a_technician_does_something() -> None:
    agenda = Agenda()
    for n, minutes in enumerate((0, 4, 9)):
        agenda.ticket(playing(f"INC{n}", minutes))
    agenda.visit(START + 5 * MINUTE, "v-1")
    assert agenda.target() == START + 5 * MINUTE
    tickets, visits = agenda.due(agenda.target())
    assert (len(tickets), visits) == (2, ["v-1"])


def test_a_stride_ends_where_a_visit_is_asked_for() -> None:
    sent = Playing(plan_incident(incident(*on_site()), MAPPING))
    while not sent.steps[0].exact:
        sent.steps.popleft()
    agenda = Agenda()
    agenda.ticket(playing("INC9", 0))
    agenda.ticket(sent)
    assert agenda.target() == START
    agenda.due(START)
    assert agenda.target() == sent.steps[0].at


def test_a_ticket_is_entered_once() -> None:
    agenda, one = Agenda(), playing("INC1")
    agenda.ticket(one)
    agenda.ticket(one)
    assert agenda.due(START) == ([one], [])
    assert not agenda


def test_a_visit_that_is_due_twice_is_looked_at_once() -> None:
    agenda = Agenda()
    agenda.visit(START, "v-1")
    agenda.visit(START + MINUTE, "v-1")
    assert agenda.due(START + MINUTE) == ([], ["v-1"])


def test_a_ticket_that_waits_for_its_visit_is_not_on_the_agenda() -> None:
    waiting = Playing(plan_incident(incident(*on_site()), MAPPING))
    while waiting.steps[0].verb != "finish":
        waiting.steps.popleft()
    waiting.finished_at = START
    agenda = Agenda()
    agenda.ticket(waiting)
    assert not agenda
    waiting.visit_closed(START + 60 * MINUTE)
    agenda.ticket(waiting)
    assert agenda.first.at == waiting.steps[0].at
