"""A client who does not answer is reminded on working days, and not waited for without end."""

from datetime import datetime, timedelta
from typing import Any

from contracts.ticket.events import ClientReminded, TicketResolved
from contracts.values import HoldReason, TicketState
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.tend import TendTicket
from services.ticket.views.ticket import ticket_view
from tests.services.ticket.sample import AGENT, PORTAL, a_world, at, opened
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}


def asked(
    *sites: str,
    hold_at: tuple[str, ...] = (),
    reason: str = "waiting-for-client",
    patience: Patience = USUAL,
) -> World:
    """A question to the client on Monday 2 March 2026 at 09:00 in Paris."""
    world = a_world()
    opened(world, *sites, patience=patience)
    world.do(HoldTicket(**HIS, reason=HoldReason(reason), sites=hold_at))
    return world


def now(world: World) -> Ticket:
    return world.have(Tickets, "t1")


def pass_until(world: World, until: datetime) -> None:
    while (due := next_due(now(world))) is not None and due <= until:
        world.clock.set(max(due, world.clock.now()))
        world.do(TendTicket("t1"))
    world.clock.set(until)


def reminders(world: World) -> list[tuple[int, datetime]]:
    return [
        (each.payload.reminder, each.envelope.occurred_at)
        for each in world.events
        if isinstance(each.payload, ClientReminded)
    ]


def test_he_is_reminded_after_one_three_and_five_working_days_at_the_hour_of_the_question() -> None:
    world = asked()
    pass_until(world, at(7, day=15))
    assert reminders(world) == [(1, at(8, day=3)), (2, at(8, day=5)), (3, at(8, day=9))]
    assert {each.resolves_at for each in world.told(ClientReminded)} == {at(8, day=16)}


def test_after_ten_working_days_the_request_counts_as_resolved_and_can_be_reopened() -> None:
    world = asked()
    pass_until(world, at(9, day=16))
    [resolved] = world.told(TicketResolved)
    assert resolved.cause == "no-answer"
    assert now(world).state is TicketState.RESOLVED
    assert next_due(now(world)) == at(8, day=23), "when his silence accepts that, too"
    world.do(ReopenTicket(ticket_id="t1", viewer=PORTAL, reason="J'étais absent", service="down"))  # type: ignore[arg-type]
    assert now(world).is_open


def test_who_reads_a_request_that_nobody_answered_for_learns_why_it_ended_in_his_language() -> None:
    world = asked()
    pass_until(world, at(9, day=16))
    shown = {
        language: ticket_view(now(world), PORTAL, language, updated_at=at(9)).resolution
        for language in ("fr", "en")
    }
    assert {language: said and said.work_done for language, said in shown.items()} == {
        "fr": "Sans réponse du client après plusieurs relances.",
        "en": "The client did not answer, though he was reminded.",
    }


def test_a_firm_says_when_it_reminds_and_for_how_long_it_waits() -> None:
    world = asked(patience=Patience(reminders=(2,), no_answer=3))
    pass_until(world, at(9, day=5))
    assert reminders(world) == [(1, at(8, day=4))]
    assert now(world).state is TicketState.RESOLVED


def test_who_is_reminded_of_nothing_is_waited_for_all_the_same() -> None:
    world = asked(patience=Patience(reminders=(), no_answer=1))
    pass_until(world, at(9, day=3))
    assert reminders(world) == []
    assert now(world).state is TicketState.RESOLVED


def test_his_answer_ends_the_reminders() -> None:
    world = asked()
    pass_until(world, at(9, day=3))
    world.do(NoteTicket(ticket_id="t1", viewer=PORTAL, text="Trois postes", public=True))
    pass_until(world, at(9, day=30))
    assert len(reminders(world)) == 1
    assert now(world).is_open


def test_a_new_question_is_reminded_of_from_the_start() -> None:
    world = asked()
    pass_until(world, at(9, day=5))
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT))
    pass_until(world, at(10, day=6))
    assert [n for n, _ in reminders(world)] == [1, 2, 1]


def test_reminders_that_were_missed_are_one() -> None:
    world = asked()
    world.clock.set(at(12, day=9))
    world.do(TendTicket("t1"))
    world.do(TendTicket("t1"))
    assert reminders(world) == [(3, at(12, day=9))]


def test_nobody_is_reminded_of_what_waits_for_somebody_else_or_ends_by_itself() -> None:
    world = asked(reason="waiting-for-vendor")
    pass_until(world, at(9, day=30))
    assert reminders(world) == []
    world = a_world()
    opened(world)
    until = world.clock.now() + timedelta(days=20)
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, until=until))
    pass_until(world, at(9, day=20))
    assert reminders(world) == []


def test_a_ticket_that_waits_at_one_of_its_sites_only_is_not_resolved() -> None:
    world = asked("nord", "sud", hold_at=("sud",))
    pass_until(world, at(9, day=30))
    assert [each.held_sites for each in world.told(ClientReminded)] == [("sud",)] * 3
    assert now(world).is_open
    assert next_due(now(world)) is None
