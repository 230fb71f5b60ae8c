"""Who goes with whom the dispatcher has chosen, where he leaves that open."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.values import Window
from services.dispatch.assigner import Assigner
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate

THEN = timedelta(seconds=59)
"""Starts are on whole minutes: within this there is no other."""


def lacks_companions(visit: Visit, lead_id: str) -> bool:
    """Whether those who are beside him now are too few, were he to lead."""
    return len([id for id in visit.companions if id != lead_id]) < visit.need.technicians - 1


def best_then(
    assigner: Assigner, visit: Visit, lead_id: str, start: datetime, now: datetime
) -> Candidate | None:
    """The best who can be there with him then, by the snapshot."""
    if not assigner.loaded.is_set() or lead_id not in assigner.roster.technicians:
        return None
    asked = replace(visit, promised=Window(from_at=start, to_at=start + THEN))
    found = assigner.roster.candidates(asked, now, only=lead_id, limit=1)
    return found[0] if found else None


def ids_of(candidate: Candidate | None) -> tuple[str, ...] | None:
    """Those who would be there beside who leads; None leaves it as it is."""
    return None if candidate is None else tuple(each.technician_id for each in candidate.beside) or None
