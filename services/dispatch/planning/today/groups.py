"""Which technicians' days are planned anew together, and with which visits."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from contracts.values import Point, VisitState
from services.dispatch.domain.plan import UNPLANNED
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.costs import waiting_minute
from services.dispatch.planning.today.member import Member, days_work, member_of

BLOCK = 12
ROOM = 8
"""So many are looked at together to make room for one visit."""

NEAR = 24
"""So many who can make it, and half as many others, are looked at first."""

OTHERS_EACH = 3
"""So many visits that might be made today, too, are looked at for each technician."""

STAND_INS_EACH, MOST_STAND_INS = 2, 20

LOOKS_AHEAD = timedelta(days=3)

Group = tuple[Member, ...]


def neighbours(roster: Roster, technician_id: str, now: datetime) -> Group:
    """Those who live nearest, himself included, and have something left of their day."""
    home = roster.technicians[technician_id].home
    near = _nearest(roster, roster.technicians, home, now)
    return tuple(_members(roster, near[: 2 * BLOCK], now)[:BLOCK])


def room_groups(roster: Roster, visit: Visit, now: datetime) -> list[Group]:
    """Three groups in which there may be room for a visit: those who can make it and are nearest; those who
    can and have least to do; and the nearest with those who could take over what they have."""
    ids = _nearest(roster, roster.technicians, visit.where, now)
    can = {id for id in ids if roster.allows(id, visit)}
    able = _members(roster, [id for id in ids if id in can][:NEAR], now)
    others = _members(roster, [id for id in ids if id not in can][: NEAR // 2], now)
    if not able:
        return []

    def away(member: Member) -> tuple[int, str]:
        return roster.travel.seconds(member.place, visit.where), member.technician.id

    near = sorted(able, key=away)
    idle = sorted(able, key=lambda each: (_booked_seconds(each), each.technician.id))
    mixed = sorted((*near[ROOM // 2 :], *others), key=away)[: ROOM // 2]
    found: dict[frozenset[str], Group] = {}
    for group in (near[:ROOM], idle[:ROOM], (*near[: ROOM // 2], *mixed)):
        found.setdefault(frozenset(each.technician.id for each in group), tuple(group))
    return list(found.values())


def stand_ins(roster: Roster, technician_id: str, visits: Iterable[Visit], now: datetime) -> Group:
    """Those who might make what somebody cannot: his neighbours, and for each visit the nearest who can."""
    home = roster.technicians[technician_id].home
    near = [id for id in _nearest(roster, roster.technicians, home, now) if id != technician_id]
    ids = dict.fromkeys(near[:BLOCK])
    for visit in visits:
        nearest = _nearest(roster, near, visit.where, now)
        able = (id for id in nearest if roster.allows(id, visit))
        ids.update(dict.fromkeys(islice(able, STAND_INS_EACH)))
    return tuple(_members(roster, ids, now)[:MOST_STAND_INS])


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


def _nearest(roster: Roster, ids: Iterable[str], point: Point | None, now: datetime) -> list[str]:
    """Those who have hours left today, by how far from there they live."""
    at = now.timestamp()
    working = [id for id in ids if days_work(roster.hours(id), at)]
    return sorted(working, key=lambda id: (roster.travel.seconds(roster.technicians[id].home, point), id))


def _members(roster: Roster, ids: Iterable[str], now: datetime) -> list[Member]:
    found = (member_of(roster, id, now.timestamp()) for id in ids)
    return [member for member in found if member is not None]


def _booked_seconds(member: Member) -> float:
    return sum((slot.end_at - slot.start_at).total_seconds() for slot in member.left)
