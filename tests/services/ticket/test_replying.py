"""A client hold ends at the client's reply, whatever form it comes in."""

from typing import Any

import pytest

from contracts.ticket.events import TicketNoted, TicketResumed
from contracts.values import HoldReason, TicketState
from infra.chassis.store.unit import UseCase
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.change import ChangeTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.note import NoteTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, at, opened
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}
THEIRS: dict[str, Any] = {"ticket_id": "t1", "viewer": PORTAL}


def held(reason: HoldReason = HoldReason.WAITING_FOR_CLIENT) -> World:
    world = a_world()
    opened(world, "nord", "sud")
    world.clock.set(at(9))
    world.do(HoldTicket(**HIS, reason=reason, until=at(18) if reason is HoldReason.APPOINTMENT else None))
    world.clock.set(at(10))
    return world


@pytest.mark.parametrize(
    "reply",
    [
        NoteTicket(**THEIRS, text="Le poste est libre à midi", public=True),
        ChangeTicket(**THEIRS, changes={"description": "Le poste du bureau 12"}, new_id="new"),
    ],
)
def test_what_the_client_writes_ends_the_wait_for_him_at_that_instant(reply: UseCase[Any]) -> None:
    world = held()
    world.do(reply)
    assert world.have(Tickets, "t1").state is not TicketState.ON_HOLD
    assert world.have(Tickets, "t1").holds == ()
    [resumed] = [each for each in world.events if isinstance(each.payload, TicketResumed)]
    assert resumed.payload.resumed_sites == ("nord", "sud")  # type: ignore[union-attr]
    assert resumed.envelope.occurred_at == at(10)
    assert len(world.told(TicketNoted)) == 1


@pytest.mark.parametrize(
    ("reason", "writes"),
    [
        (HoldReason.WAITING_FOR_CLIENT, NoteTicket(**HIS, text="relance", public=True)),
        (HoldReason.WAITING_FOR_VENDOR, NoteTicket(**THEIRS, text="toujours rien ?", public=True)),
        (HoldReason.APPOINTMENT, NoteTicket(**THEIRS, text="à ce soir", public=True)),
    ],
)
def test_no_other_wait_ends_and_no_word_of_the_firms_ends_it(reason: HoldReason, writes: NoteTicket) -> None:
    world = held(reason)
    world.do(writes)
    assert world.have(Tickets, "t1").state is TicketState.ON_HOLD
    assert not world.told(TicketResumed)


def test_a_reply_from_before_the_question_ends_nothing() -> None:
    world = a_world()
    opened(world)
    world.clock.set(at(9, 5))
    world.do(HoldTicket(**HIS, reason=HoldReason.WAITING_FOR_CLIENT, occurred_at=at(9)))
    world.do(NoteTicket(**THEIRS, text="merci", public=True, occurred_at=at(8, 55)))
    assert world.have(Tickets, "t1").state is TicketState.ON_HOLD
