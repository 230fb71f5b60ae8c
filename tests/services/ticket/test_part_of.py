"""A month knows of which major incident a ticket was part when it was made, whatever was linked since."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.ticket.events import CancelReason
from services.ticket.domain.commitment import Month
from services.ticket.domain.part_of import PartOf, having_joined, having_left, known_major
from services.ticket.domain.penalties import Penalties, Per, Rule, Scale, penalties_of
from services.ticket.domain.tally import tally_of
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.majors import AttachTicket, DetachTicket
from tests.services.ticket.clocks import mon, on, opened, resolved, tue, wed
from tests.services.ticket.months import APRIL, MARCH, Ticket, a_ticket, in_month
from tests.services.ticket.sample import AGENT, a_world
from tests.services.ticket.sample import opened as opens
from tests.services.ticket.test_majors import declare
from tests.world import MONDAY_NINE, World

SCALE = Scale("EUR", (Rule("each", Per.INCIDENT, Decimal("50.00")),))
AS_OF = on("2026-04-20", "12:00")
BEFORE, AFTER, LATER = (AS_OF + timedelta(days=n) for n in (-1, 1, 2))


def late(id: str, major_id: str | None = None, *part_of: PartOf) -> Ticket:
    """Four hours were promised at nine: at 13:00 it is broken."""
    log = (opened(mon("09:00")), resolved(mon("15:00")))
    return a_ticket(*log, id=id, major_id=major_id, part_of=part_of)


def joins(ticket: Ticket, major_id: str, at: datetime) -> Ticket:
    return replace(ticket, major_id=major_id, part_of=having_joined(ticket, major_id, at))


def leaves(ticket: Ticket, at: datetime) -> Ticket:
    return replace(ticket, major_id=None, part_of=having_left(ticket, at))


def bill(*tickets: Ticket, month: Month = MARCH, as_of: datetime = AS_OF) -> Penalties:
    return penalties_of(SCALE, tally_of(in_month(*tickets, month=month, as_of=as_of)))


def test_what_joins_afterwards_is_paid_for_alone_in_the_month_as_it_was() -> None:
    first, alone = joins(late("t1"), "m1", BEFORE), late("t2")
    joined = joins(alone, "m1", AFTER)
    assert bill(first, joined) == bill(first, alone)
    assert bill(first, joined).total == Decimal("100.00")
    assert bill(first, joined, as_of=AFTER).total == Decimal("50.00")


def test_what_leaves_afterwards_is_paid_for_with_the_others_in_the_month_as_it_was() -> None:
    both = [joins(late(id), "m1", BEFORE) for id in ("t1", "t2")]
    left = [both[0], leaves(both[1], AFTER)]
    assert bill(*left) == bill(*both)
    assert bill(*left).total == Decimal("50.00")
    assert bill(*left, as_of=AFTER).total == Decimal("100.00")


def test_what_joined_left_and_joined_again_is_where_it_was_at_each_instant() -> None:
    ticket = joins(leaves(joins(late("t1"), "m1", BEFORE), AFTER), "m2", LATER)
    just_before = BEFORE - timedelta(milliseconds=1)
    seen = [known_major(ticket, at) for at in (just_before, BEFORE, AS_OF, AFTER, LATER)]
    assert seen == [None, "m1", "m1", None, "m2"]
    again = joins(leaves(joins(late("t1"), "m1", BEFORE), AFTER), "m1", LATER)
    assert [known_major(again, at) for at in (AS_OF, AFTER, LATER)] == ["m1", None, "m1"]


def test_what_was_linked_before_that_was_kept_is_as_it_is_now_and_keeps_when_it_leaves() -> None:
    linked = late("t1", "m1")
    assert known_major(linked, BEFORE) == "m1"
    left = leaves(linked, AFTER)
    assert left.part_of == (PartOf("m1", None, AFTER),)
    assert [known_major(left, at) for at in (BEFORE, AFTER)] == ["m1", None]
    assert known_major(late("t2"), BEFORE) is None


def test_what_left_after_it_was_paid_for_in_march_is_still_not_paid_for_again_in_april() -> None:
    before = joins(late("t1"), "m1", BEFORE)
    log = (opened(on("2026-04-01", "08:00")), resolved(on("2026-04-01", "13:00")))
    after = joins(a_ticket(*log, id="t2"), "m1", BEFORE)
    assert bill(leaves(before, AFTER), after, month=APRIL) == bill(before, after, month=APRIL)
    assert bill(leaves(before, AFTER), after, month=APRIL).total == 0


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["m1", "m2", None])), max_size=8),
    st.integers(0, 60),
    st.sampled_from(["m1", None]),
)
def test_nothing_that_is_recorded_later_changes_what_was_known(
    told: list[tuple[int, str | None]], as_of: int, from_before: str | None
) -> None:
    known_at = MONDAY_NINE + timedelta(hours=as_of)
    ticket = late("t1", from_before)
    known = from_before
    for hour, major in sorted(told, key=lambda each: each[0]):
        at = MONDAY_NINE + timedelta(hours=hour)
        if ticket.major_id is not None:
            ticket = leaves(ticket, at)
        if major is not None:
            ticket = joins(ticket, major, at)
        if at <= known_at:
            known = ticket.major_id
    assert known_major(ticket, known_at) == known
    assert sum(each.until is None for each in ticket.part_of) <= 1


def linked(*times: datetime) -> World:
    """A major incident with t1 in it; t1 is attached, detached, attached … at those instants."""
    world = a_world()
    opens(world)
    opens(world, "sud", id="t2")
    declare(world)
    for n, at in enumerate(times):
        world.clock.set(at)
        world.do((DetachTicket if n % 2 else AttachTicket)(id="m1", viewer=AGENT, ticket_id="t1"))
    return world


def test_who_attaches_and_detaches_leaves_the_instants_at_which_it_was_recorded() -> None:
    world = linked(mon("10:00"), tue("10:00"), wed("10:00"))
    assert world.have(Tickets, "t1").part_of == (
        PartOf("m1", mon("10:00"), tue("10:00")),
        PartOf("m1", wed("10:00")),
    )


def test_a_link_that_is_dated_back_was_not_known_before_it_was_told() -> None:
    world = linked()
    world.clock.set(tue("10:00"))
    world.do(AttachTicket(id="m1", viewer=AGENT, ticket_id="t1", occurred_at=mon("10:00")))
    assert world.have(Tickets, "t1").part_of == (PartOf("m1", tue("10:00")),)


def test_what_a_duplicate_repeats_is_part_of_its_major_incident_from_the_merge_on() -> None:
    world = linked(mon("10:00"))
    world.clock.set(tue("10:00"))
    merge = CancelTicket(ticket_id="t1", viewer=AGENT, reason=CancelReason.DUPLICATE, duplicate_of="t2")
    world.do(merge)
    assert known_major(world.have(Tickets, "t2"), mon("12:00")) is None
    assert known_major(world.have(Tickets, "t2"), tue("10:00")) == "m1"
