"""Time that the client agrees not to count: a correction that says what it takes back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.agreed import TimeExcluded
from contracts.ticket.sla import ClockState, SlaBreached, SlaCorrected
from contracts.values import Language
from services.ticket.domain.sla_record import clocks_now
from services.ticket.domain.sla_replaying import differences
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.exclude_time import ExcludeTime
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.tend import TendTicket
from services.ticket.views.sla import explained_views
from tests.services.ticket.sample import AGENT, a_world, at, give_contract, opened, target, timeline
from tests.world import World


def a_late_ticket(*sites: str) -> World:
    """Opened at 8:00 with an hour for its response and four for its repair; now it is 9:30."""
    world = a_world()
    promised = (target(), target("repair", minutes=240))
    give_contract(world, "c1", targets={f"P{n}": promised for n in range(1, 6)})
    opened(world, *sites)
    world.clock.set(at(9, 30))
    world.do(TendTicket("t1"))
    return world


def exclude(world: World, since: datetime, until: datetime, **more: Any) -> Ticket:
    return world.do(
        ExcludeTime(
            ticket_id="t1",
            viewer=AGENT,
            since=since,
            until=until,
            reason="Site fermé",
            agreed_by="Mme Roux",
            **more,
        ),
        actor="julie",
    )


def readings(ticket: Ticket) -> dict[str, tuple[ClockState, datetime | None]]:
    assert ticket.sla is not None
    return {each.target: (each.reading.state, each.reading.due_at) for each in ticket.sla.clocks}


def nothing_differs(world: World) -> bool:
    revisions = {each.id: each for each in world.all(ContractRevisions)}
    return list(differences(world.have(Tickets, "t1"), revisions)) == []


def test_a_breach_that_is_left_out_is_taken_back_by_name() -> None:
    world = a_late_ticket()
    [breached] = world.told(SlaBreached)
    ticket = exclude(world, at(8, 30), at(9, 15))
    assert readings(ticket)["response"] == (ClockState.RUNNING, at(9, 45))
    corrections = {each.target: each for each in world.told(SlaCorrected)}
    taken_back = [(each.type, each.at) for each in corrections["response"].corrects]
    assert ("sla-breached", breached.breached_at) in taken_back
    assert corrections["response"].due_at == at(9, 45)
    [told] = world.told(TimeExcluded)
    assert (told.excluded_from, told.excluded_to, told.reason) == (at(8, 30), at(9, 15), "Site fermé")
    line = next(each for each in timeline(world) if each.event == "time-excluded")
    assert (line.actor, line.text) == ("julie", "Site fermé (Mme Roux)")
    assert nothing_differs(world)


def test_only_the_target_and_the_site_that_are_named_are_concerned() -> None:
    world = a_late_ticket("nord", "sud")
    ticket = exclude(world, at(8, 30), at(9), site_id="sud", target="response")
    assert ticket.sla is not None
    due = {each.name: each.reading.due_at for each in ticket.sla.clocks}
    assert due == {
        ("nord", "response"): at(9),
        ("nord", "repair"): at(12),
        ("sud", "response"): at(9, 30),
        ("sud", "repair"): at(12),
    }
    assert nothing_differs(world)


def test_the_explanation_says_what_was_agreed_in_the_readers_language() -> None:
    world = a_late_ticket()
    record = exclude(world, at(8, 30), at(9, 15)).sla
    assert record is not None
    revisions = {each.id: each for each in world.all(ContractRevisions)}
    clocks = clocks_now(record, revisions, world.clock.now())
    english, french = (
        explained_views(record, clocks, language)[0].intervals for language in (Language.EN, Language.FR)
    )
    assert [each.standing for each in english] == ["counted", "excluded", "counted"]
    assert english[1].sentence == (
        "Not counted, as was agreed: from Monday 2 March 2026 at 09:30 (the exclusion agreed with the "
        "client: Site fermé) to Monday 2 March 2026 at 10:15 (the end of the exclusion), 45 min."
    )
    assert french[1].sentence == (
        "Non compté, d'un commun accord : du lundi 2 mars 2026 à 09 h 30 (l'exclusion convenue avec le "
        "client : Site fermé) au lundi 2 mars 2026 à 10 h 15 (la fin de l'exclusion), soit 45 min."
    )
    lines = {line.id for line in timeline(world)}
    assert english[1].opened_by.line_id in lines


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (at(7), at(8, 30)),
        (at(9), at(10)),
        (at(9, 15), at(9)),
        (at(9), at(9)),
    ],
)
def test_what_lies_outside_the_tickets_life_is_refused(since: datetime, until: datetime) -> None:
    world = a_late_ticket()
    before = world.have(Tickets, "t1")
    with pytest.raises(Refusal) as caught:
        exclude(world, since, until)
    assert caught.value.slug == "exclusion-outside-the-ticket"
    assert world.have(Tickets, "t1") == before


def test_after_the_resolution_there_is_nothing_to_leave_out() -> None:
    world = a_late_ticket()
    world.do(ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="fait"))
    world.advance(timedelta(hours=2))
    with pytest.raises(Refusal) as caught:
        exclude(world, at(9), at(10))
    assert caught.value.slug == "exclusion-outside-the-ticket"
    assert readings(exclude(world, at(8, 15), at(9, 30)))["response"][0] is ClockState.MET
    assert nothing_differs(world)


def test_no_time_is_left_out_twice_for_the_same_clock() -> None:
    world = a_late_ticket("nord", "sud")
    exclude(world, at(8, 30), at(9), site_id="nord")
    for more in ({}, {"site_id": "nord"}, {"target": "repair"}):
        with pytest.raises(Refusal) as caught:
            exclude(world, at(8, 45), at(9, 15), **more)
        assert caught.value.slug == "exclusion-overlaps"
    exclude(world, at(8, 45), at(9, 15), site_id="sud")
    exclude(world, at(9), at(9, 15), site_id="nord")
    assert len(world.told(TimeExcluded)) == 3
    assert nothing_differs(world)


def test_what_is_not_there_is_named() -> None:
    world = a_late_ticket()
    with pytest.raises(UnknownReference, match="ouest"):
        exclude(world, at(8, 30), at(9), site_id="ouest")
    with pytest.raises(UnknownReference, match="gtr"):
        exclude(world, at(8, 30), at(9), target="gtr")
