"""The timeline rides in the ticket until it is long, and nothing of it is ever missing."""

from contracts.dispatch import events as visits
from infra.chassis.store.unit import Cause, Unit
from services.ticket.domain.ticket import TAIL_AT_MOST, TAIL_MOVES_AT
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.usecases.do_what_is_due import DoWhatIsDue
from services.ticket.usecases.note import NoteTicket
from tests.services.ticket.sample import AGENT, a_world, at, opened, timeline
from tests.services.ticket.visits import tell
from tests.world import World


def noted(world: World, count: int) -> None:
    for n in range(count):
        world.do(NoteTicket(ticket_id="t1", viewer=AGENT, text=f"note {n}", public=True))


def test_a_few_lines_stay_with_the_ticket_and_nothing_is_due() -> None:
    world = a_world()
    opened(world)
    noted(world, TAIL_MOVES_AT - 1)
    assert world.all(Timeline) == []
    assert world.have(Tickets, "t1").next_due is None


def test_a_long_tail_is_due_and_moves_to_the_collection() -> None:
    world = a_world()
    opened(world)
    noted(world, TAIL_MOVES_AT + 3)
    assert world.have(Tickets, "t1").next_due == world.clock.now()
    world.do(DoWhatIsDue("t1"))
    ticket = world.have(Tickets, "t1")
    assert (ticket.tail, ticket.next_due) == ((), None)
    assert [line.n for line in timeline(world)] == list(range(1, TAIL_MOVES_AT + 4))
    assert len(world.all(Timeline)) == TAIL_MOVES_AT + 3


def test_a_tail_never_grows_beyond_its_limit() -> None:
    world = a_world()
    opened(world)
    noted(world, TAIL_AT_MOST + 1)
    assert world.have(Tickets, "t1").tail == ()
    noted(world, 1)
    assert [line.text for line in timeline(world)][-2:] == [f"note {TAIL_AT_MOST}", "note 0"]


def test_a_command_that_moves_the_tail_changes_the_ticket_first() -> None:
    """The first document that a command changes is the one that remembers its Idempotency-Key."""
    world = a_world()
    opened(world)
    noted(world, TAIL_AT_MOST)
    unit = Unit(world.memory, now=world.clock.now(), cause=Cause("paul", "c-test"))
    NoteTicket(ticket_id="t1", viewer=AGENT, text="one too many", public=True).decide(unit)
    assert [change.kind for change in unit.changes] == [Tickets, *[Timeline] * (TAIL_AT_MOST + 1)]


def test_a_fact_of_a_visit_takes_the_tail_along() -> None:
    world = a_world()
    ticket = opened(world)
    noted(world, 2)
    tell(world, visits.TechnicianEnRoute, ticket, 1, at(9), technician_id="lea")
    assert [line.event for line in world.all(Timeline)] == [
        "ticket-noted",
        "ticket-noted",
        "technician-en-route",
    ]
    assert world.have(Tickets, "t1").tail == ()
