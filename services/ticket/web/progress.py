"""How far a request has come, in as many steps as a client needs to know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.values import HoldReason, TicketState, VisitState, parse_rfc3339
from services.ticket.views.ticket import TicketView, VisitView
from services.ticket.views.timeline import LineView


class Stage(StrEnum):
    """What a parcel's label shows: where it is between being handed in and being there."""

    RECEIVED = "received"
    PLANNED = "planned"
    UNDER_WAY = "under-way"
    AT_WORK = "at-work"
    SOLVED = "solved"


_AT_WORK = (VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED)
_PLANNED = (VisitState.PLANNED, VisitState.DISPATCHED, VisitState.ACKNOWLEDGED)
_OVER = (VisitState.CLOSED, VisitState.CANCELLED)
_SOLVED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True)
class Progress:
    """``stages`` on its way, ``at`` the present one; ``coming`` is the visit that is expected next."""

    stages: tuple[Stage, ...]
    at: Stage
    coming: VisitView | None = None

    @property
    def position(self) -> int:
        return self.stages.index(self.at)


def progress_of(ticket: TicketView) -> Progress:
    """Without visits nobody is under way: then it is received, worked on and solved."""
    live = [visit for visit in ticket.visits if visit.state not in _OVER]
    on_site = bool(live) or any(visit.state is VisitState.CLOSED for visit in ticket.visits)
    stages = tuple(Stage) if on_site else (Stage.RECEIVED, Stage.AT_WORK, Stage.SOLVED)
    coming = min((each for each in live if each.arrival_from is not None), key=_expected, default=None)
    return Progress(stages, _stage(ticket, [visit.state for visit in live]), coming)


def _stage(ticket: TicketView, live: Sequence[VisitState]) -> Stage:
    """The furthest that anything of it has come, while it goes on."""
    if ticket.state in _SOLVED:
        return Stage.SOLVED
    if any(state in _AT_WORK for state in live):
        return Stage.AT_WORK
    if VisitState.EN_ROUTE in live:
        return Stage.UNDER_WAY
    if any(state in _PLANNED for state in live):
        return Stage.PLANNED
    return Stage.AT_WORK if ticket.state is TicketState.IN_PROGRESS else Stage.RECEIVED


def _expected(visit: VisitView) -> tuple[bool, datetime]:
    """Who is on his way comes before whoever is at work elsewhere, the soonest first."""
    assert visit.arrival_from is not None
    return visit.state in _AT_WORK, visit.arrival_from


def waits_for_client(ticket: TicketView) -> str | None:
    """What the client has to do for it to go on: ``confirm``, ``answer``, ``approve``; else None."""
    if ticket.state is TicketState.RESOLVED:
        return "confirm"
    reasons = {hold.reason for hold in ticket.holds}
    if HoldReason.WAITING_FOR_APPROVAL in reasons:
        return "approve"
    return "answer" if HoldReason.WAITING_FOR_CLIENT in reasons else None


def latest_first(lines: Sequence[LineView]) -> list[LineView]:
    """As they happened, what was learned late at its own place."""
    numbered = sorted(enumerate(lines), key=lambda each: (each[1].at, each[0]), reverse=True)
    return [line for _, line in numbered]


def windows_of(lines: Sequence[LineView]) -> dict[str, tuple[datetime, datetime]]:
    """By line: when somebody was expected, where it says so."""
    return {
        line.id: (parse_rfc3339(line.details["arrival_from"]), parse_rfc3339(line.details["arrival_to"]))
        for line in lines
        if {"arrival_from", "arrival_to"} <= line.details.keys()
    }
