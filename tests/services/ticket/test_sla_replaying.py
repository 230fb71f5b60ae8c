"""Every clock worked out again: a silent edit, and a fact that is not on the stream, come to light."""

from dataclasses import replace
from typing import Any

from contracts.ticket.sla import SlaBreached, SlaFact
from infra.chassis.runtime import Runtime
from services.ticket.cli.replaying import replayed, still_true
from services.ticket.domain.sla_replaying import Difference, differences
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.tend import TendTicket
from tests.services.ticket.running import Firm
from tests.services.ticket.sample import a_world, at, give_contract, opened
from tests.world import World


def breached() -> World:
    """A ticket an hour of whose clock has passed, and three more."""
    world = a_world()
    give_contract(world, "c1")
    opened(world)
    world.clock.set(at(12))
    world.do(TendTicket("t1"))
    return world


def found(world: World, ticket: Ticket | None = None, leave_out: type[Any] | None = None) -> list[Difference]:
    published = {
        each.envelope.sequence: each.payload
        for each in world.events
        if isinstance(each.payload, SlaFact) and not (leave_out and isinstance(each.payload, leave_out))
    }
    revisions = {each.id: each for each in world.all(ContractRevisions)}
    return list(differences(ticket or world.have(Tickets, "t1"), revisions, published))


def test_what_was_said_is_what_the_log_says() -> None:
    assert found(breached()) == []


def test_a_log_edited_behind_everybodys_back_shows() -> None:
    world = breached()
    ticket = world.have(Tickets, "t1")
    assert ticket.sla is not None
    opening = replace(ticket.sla.log[0], at=at(11, 30))
    edited = replace(ticket, sla=replace(ticket.sla, log=(opening, *ticket.sla.log[1:])))
    told = found(world, edited)
    assert ("not said", "sla-corrected at 2026-03-02T12:00:00+00:00") in [(d.said, d.computed) for d in told]
    assert any(d.said.startswith("breached") and d.computed.startswith("running") for d in told)


def test_a_fact_that_is_not_on_the_stream_shows() -> None:
    told = found(breached(), leave_out=SlaBreached)
    assert ("nothing as number 5", "sla-breached") in [(each.said, each.computed) for each in told]


def test_what_a_restore_took_back_is_not_held_against_the_tickets() -> None:
    [first, *_] = [each.payload for each in breached().events if isinstance(each.payload, SlaFact)]
    published = {1: (0, first), 2: (7, first), 3: (0, first), 4: (7, first)}
    assert still_true(published, told=2, epoch=7).keys() == {1, 2, 4}, "4 is told and nowhere: that shows"


async def test_a_services_own_tickets_are_as_they_were_said(firm: Firm) -> None:
    ticket = await firm.open(firm.nord, firm.sud)
    run: Runtime = firm.service.app.state.runtime
    result = await replayed(run.db, None)
    assert ticket["sla"]
    assert result.tickets >= 1
    assert result.clocks >= len(ticket["sla"])
    assert result.differences == []
