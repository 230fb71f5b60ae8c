"""Which technicians' days are planned anew together, and with which visits."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from contracts.values import VisitState
from services.dispatch.domain.plan import UNPLANNED
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.costs import waiting_minute
from services.dispatch.planning.today.member import Member, member_of

BLOCK = 12
ABLE, OTHERS = 12, 6
"""So many who can make a visit, and others, are looked at together to make room for it."""

OTHERS_EACH = 3
"""So many visits that might be made today, too, are looked at for each technician."""

STAND_INS_EACH, MOST_STAND_INS = 2, 20

LOOKS_AHEAD = timedelta(days=3)

Group = tuple[Member, ...]


def neighbours(roster: Roster, technician_id: str, now: datetime) -> Group:
    """Those who live nearest, himself included, and have something left of their day."""
    near = roster.by_distance(roster.technicians[technician_id].home)
    return tuple(islice(_members(roster, near, now), BLOCK))


def room_group(roster: Roster, visit: Visit, now: datetime) -> Group:
    """Those in whose days there may be room for a visit: the nearest who can make it, and the nearest others,
    who could take over what those have."""
    ids = roster.by_distance(visit.where)
    can = {id for id in ids if roster.allows(id, visit)}
    able = tuple(islice(_members(roster, (id for id in ids if id in can), now), ABLE))
    others = _members(roster, (id for id in ids if id not in can), now)
    return (*able, *islice(others, OTHERS)) if able else ()


def stand_ins(roster: Roster, technician_id: str, visits: Iterable[Visit], now: datetime) -> Group:
    """Those who might make what somebody cannot: his neighbours, and for each visit the nearest who can."""
    near = (id for id in roster.by_distance(roster.technicians[technician_id].home) if id != technician_id)
    found = {each.technician.id: each for each in islice(_members(roster, near, now), BLOCK)}
    for visit in visits:
        able = (
            id
            for id in roster.by_distance(visit.where)
            if id != technician_id and id not in found and roster.allows(id, visit)
        )
        found.update(
            (each.technician.id, each) for each in islice(_members(roster, able, now), STAND_INS_EACH)
        )
    return tuple(found.values())[:MOST_STAND_INS]


def worth_a_look(roster: Roster, members: Sequence[Member], now: datetime) -> list[Visit]:
    """Visits that the members might make today beside theirs, most urgent first: what nobody has, and what
    they have on one of the next days and have not been told of."""
    ids = {each.technician.id for each in members}
    until = now + LOOKS_AHEAD
    found = [
        visit
        for visit in roster.visits.values()
        if not visit.held
        and (
            visit.state in UNPLANNED
            or (
                visit.state is VisitState.PLANNED
                and visit.technician_id in ids
                and visit.plan is not None
                and now < visit.plan.start_at < until
            )
        )
    ]
    found.sort(key=lambda visit: (-waiting_minute(visit), -visit.late_by.total_seconds(), visit.id))
    chosen: list[Visit] = []
    for visit in found:
        if len(chosen) == OTHERS_EACH * len(members):
            break
        if any(roster.allows(id, visit) for id in ids):
            chosen.append(visit)
    return chosen


def _members(roster: Roster, ids: Iterable[str], now: datetime) -> Iterator[Member]:
    for id in ids:
        member = member_of(roster, id, now.timestamp())
        if member is not None:
            yield member
