"""People who work on two requests, and correct what they said of it."""

from datetime import datetime, timedelta
from typing import Any

from contracts.dispatch import events as visits
from contracts.ticket.agreed import WorkLogged
from contracts.values import Outcome, WorklogKind
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.correct_work import CorrectWork
from services.ticket.usecases.log_work import LogWork
from tests.services.ticket.billing import on
from tests.services.ticket.sample import AGENT, a_world, give_contract, opened
from tests.services.ticket.visits import tell
from tests.world import World


def a_firm(billing: dict[str, Any] | None, **changes: Any) -> World:
    """Two requests opened on Monday at nine, under a contract that is billed so."""
    world = a_world()
    give_contract(world, "c1", billing=billing, **changes)
    opened(world)
    opened(world, id="t2")
    world.clock.set(on(31, 20))
    return world


def log(world: World, began: datetime, minutes: int, id: str = "t1", **said: Any) -> str:
    """Log work at the desk; its worklog's id."""
    told = {"kind": WorklogKind.REMOTE, "billable": True, "viewer": AGENT, **said}
    world.do(LogWork(ticket_id=id, began_at=began, occurred_at=began + timedelta(minutes=minutes), **told))
    return world.told(WorkLogged)[-1].worklog_id


def correct(world: World, worklog_id: str, began: datetime, minutes: int, **said: Any) -> None:
    told = {"kind": WorklogKind.REMOTE, "billable": True, "viewer": AGENT, "reason": "mal saisi", **said}
    ended = began + timedelta(minutes=minutes)
    world.do(CorrectWork(ticket_id="t1", worklog_id=worklog_id, began_at=began, occurred_at=ended, **told))


def close(
    world: World, started: datetime, minutes: int, id: str = "t1", *, at: datetime | None = None, **said: Any
) -> None:
    """Let dispatch tell that the first visit was closed."""
    ended = started + timedelta(minutes=minutes)
    ticket = world.have(Tickets, id)
    told = {"technician_id": "lea", "outcome": Outcome.FIXED, "arrived_at": started, **said}
    tell(
        world,
        visits.InterventionClosed,
        ticket,
        1,
        at or ended,
        **{"started_at": started, "ended_at": ended, **told},
    )
