"""What is done is entered in the ledger once, in the transaction that takes it in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.dispatch import events as visits
from contracts.refusal import NotFound, Refusal
from contracts.ticket.events import VolumeReached, WorkCorrected
from contracts.values import Outcome, PartUsed, WorklogKind
from services.ticket.domain.billing import money
from services.ticket.domain.consumption import totals_of
from services.ticket.domain.ledger import EntryKind, Flag
from services.ticket.store.ledger import Volumes
from services.ticket.usecases.correct_work import CorrectWork
from services.ticket.usecases.log_work import LogWork
from tests.services.ticket.billing import FORFAIT, PREPAID, REGIE, due, entries, month, on
from tests.services.ticket.sample import AGENT, a_world, give_contract, opened, timeline
from tests.services.ticket.visits import end, tell
from tests.world import World


def a_firm(billing: dict[str, Any] | None, **changes: Any) -> World:
    """A request opened on Monday at nine, under a contract that is billed so."""
    world = a_world()
    give_contract(world, "c1", billing=billing, **changes)
    opened(world)
    world.clock.set(on(31, 20))
    return world


def log(world: World, began: datetime, minutes: int, id: str = "t1", **said: Any) -> str:
    """Log work at the desk; its worklog's id."""
    told = {"kind": WorklogKind.REMOTE, "billable": True, "viewer": AGENT, **said}
    after = world.do(
        LogWork(ticket_id=id, began_at=began, occurred_at=began + timedelta(minutes=minutes), **told)
    )
    return f"{id}:{after.lines}"


def correct(world: World, worklog_id: str, began: datetime, minutes: int, **said: Any) -> None:
    told = {"kind": WorklogKind.REMOTE, "billable": True, "viewer": AGENT, "reason": "mal saisi", **said}
    ended = began + timedelta(minutes=minutes)
    world.do(
        CorrectWork(ticket_id="t1", worklog_id=worklog_id, began_at=began, occurred_at=ended, **told)
    )


def close(world: World, started: datetime, minutes: int, at: datetime | None = None, **said: Any) -> None:
    """Let dispatch tell that the first visit was closed."""
    ended = started + timedelta(minutes=minutes)
    [ticket] = [opened_ticket(world)]
    told = {"technician_id": "lea", "outcome": Outcome.FIXED, "arrived_at": started, **said}
    tell(
        world,
        visits.InterventionClosed,
        ticket,
        1,
        at or ended,
        started_at=started,
        ended_at=ended,
        **told,
    )


def opened_ticket(world: World) -> Any:
    from services.ticket.store.tickets import Tickets

    return world.have(Tickets, "t1")


def test_work_from_the_desk_is_entered_under_the_contract_with_its_proof() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), 20)
    [entry] = entries(world)
    assert (entry.contract_id, entry.contract_revision, entry.ticket_id) == ("c1", 1, "t1")
    assert (entry.real_minutes, entry.billed_minutes, money(entry.amount_cents)) == (20, 30, "30.00")
    assert (entry.person_id, entry.month, entry.proof) == (AGENT.subject, "2026-03", (worklog,))
    assert worklog in [line.id for line in timeline(world)]
