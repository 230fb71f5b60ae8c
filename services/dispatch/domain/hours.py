"""A technician's month for the payroll: what he worked, when, on call or not, and the rest he is owed.

Everything is in whole minutes: instants are cut to the minute they lie in, so that sums are their parts'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.calendars import Interval, intersect, merge, subtract, total
from services.dispatch.domain.labour_limits import Limits
from services.dispatch.domain.lawful_exit import RestDebt
from services.dispatch.domain.local_days import dates_between, day_of, midnight
from services.dispatch.domain.on_call_load import is_holiday
from services.dispatch.domain.rests import Timesheet, nights, rests_owed_with
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Technician

NIGHT_BEGINS = 21
"""Work from 21:00 to 06:00 is by night where no agreement says otherwise (L3122-20)."""

SUNDAY = 6
LOOKED_BACK = timedelta(days=8)
"""What was before the month and still owes rest in it."""


class Kind(StrEnum):
    """``ordinary``: shifts less absences and rests owed. ``on-call``: called out, its travel included.
    ``beyond-shift``: visits outside shifts, or in a rest owed, by somebody who was not called by a rota."""

    ORDINARY = "ordinary"
    ON_CALL = "on-call"
    BEYOND_SHIFT = "beyond-shift"


@dataclass(frozen=True)
class Made:
    """A visit that he made, from coming to the end; its travel is not in it."""

    visit_id: str
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class Piece:
    """A stretch of work that no other piece shares. ``entry_id`` is the rota entry's by which he was called.

    ``travel_minutes`` of a call are in its ``minutes``; of other work they are not told apart.
    """

    kind: Kind
    from_at: datetime
    to_at: datetime
    minutes: int
    night_minutes: int
    sunday_minutes: int
    holiday_minutes: int
    visit_ids: tuple[str, ...]
    travel_minutes: int = 0
    entry_id: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A period on call within the month, shifts taken off: ``minutes`` is what the allowance is for."""

    entry_id: str
    from_at: datetime
    to_at: datetime
    minutes: int
    visit_ids: tuple[str, ...]


@dataclass(frozen=True)
class Hours:
    """``until`` is the end of the month, or now. Rests are in minutes: booked in the month, given back by
    absences that ended in it, and owed still at its end; ``rest_taken_minutes`` is what he had free of his
    shifts after calls and other work outside them."""

    until: datetime
    pieces: tuple[Piece, ...]
    waiting: tuple[Waiting, ...]
    rest_taken_minutes: int
    rest_booked_minutes: int
    rest_given_back_minutes: int
    rest_owed_minutes: int
    debts: tuple[str, ...]

    def minutes(self, kind: Kind | None = None) -> int:
        return sum(piece.minutes for piece in self.pieces if kind in (None, piece.kind))


def month_of(month: str, zone: str) -> Interval:
    """``YYYY-MM`` by the clocks of the zone."""
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return midnight(first, zone), midnight(following, zone)


def hours_of(
    technician: Technician,
    month: str,
    visits: Sequence[Made],
    entries: Sequence[RotaEntry],
    debts: Sequence[RestDebt],
    limits: Limits,
    now: datetime,
) -> Hours:
    """The month by today's shifts and absences; what is to come is not in it.

    ``visits`` and ``entries`` reach ``LOOKED_BACK`` before the month, ``debts`` are all that he ever had.
    """
    start, end = month_of(month, technician.time_zone)
    until = max(start, min(end, _minute(now)))
    shifts = [_whole(each) for each in technician.working(start - LOOKED_BACK, until)]
    calls = [
        (_whole((call.from_at, call.to_at)), call.visit_id, entry)
        for entry in entries
        for call in entry.calls
    ]
    made = [(_whole((visit.from_at, visit.to_at)), visit.visit_id) for visit in visits]
    rests = _rests(technician, shifts, [each for each, *_ in calls], [each for each, _ in made], limits)
    worked = subtract(shifts, rests)

    pieces = []
    for stretch in intersect(worked, [(start, until)]):
        ids = tuple(id for each, id in made if intersect([each], [stretch]))
        pieces.append(_piece(technician, Kind.ORDINARY, stretch, ids))
    taken = list(worked)
    for stretch, id, entry in sorted(calls, key=lambda call: call[0]):
        on_site = [each for each, visit_id in made if visit_id == id]
        for part in intersect(subtract([stretch], taken), [(start, until)]):
            travel = _minutes([part]) - _minutes(intersect([part], on_site))
            pieces.append(_piece(technician, Kind.ON_CALL, part, (id,), travel, entry.id))
        taken.append(stretch)
    for stretch, id in sorted(made):
        for part in intersect(subtract([stretch], taken), [(start, until)]):
            pieces.append(_piece(technician, Kind.BEYOND_SHIFT, part, (id,)))
        taken.append(stretch)

    booked = [debt for debt in debts if start <= debt.from_at < until]
    given = [debt for debt in debts if debt.given_to_at is not None and start < debt.given_to_at <= until]
    owed = [
        debt
        for debt in debts
        if debt.from_at < until and (debt.given_to_at is None or debt.given_to_at > until)
    ]
    return Hours(
        until,
        tuple(sorted(pieces, key=lambda piece: piece.from_at)),
        tuple(_waiting(entry, shifts, (start, until)) for entry in entries if entry.to_at > start),
        _minutes(intersect(subtract(shifts, taken), [(start, until)])),
        _sum(booked),
        _sum(given),
        _sum(owed),
        tuple(sorted({debt.id for debt in (*booked, *given, *owed)})),
    )


def _rests(
    technician: Technician,
    shifts: Sequence[Interval],
    calls: Sequence[Interval],
    made: Sequence[Interval],
    limits: Limits,
) -> list[Interval]:
    """The rests after what he was called for or made outside his shifts, and after what he made in a rest."""
    outside = (*calls, *subtract(made, shifts))
    sheet = Timesheet(technician.time_zone, tuple(shifts), outside)

    def done_within(rests: Sequence[Interval]) -> list[Interval]:
        return [each for each in made if intersect(rests, [each])]

    return [_whole(stretch) for stretch, _ in rests_owed_with(sheet, done_within, limits)]


def _piece(
    technician: Technician,
    kind: Kind,
    stretch: Interval,
    visit_ids: tuple[str, ...],
    travel_minutes: int = 0,
    entry_id: str | None = None,
) -> Piece:
    zone = technician.time_zone
    days = list(dates_between(*stretch, zone))
    sundays = [day_of(day, zone) for day in days if day.weekday() == SUNDAY]
    holidays = [day_of(day, zone) for day in days if is_holiday(day, technician.holidays)]
    return Piece(
        kind,
        *stretch,
        _minutes([stretch]),
        _minutes(intersect([stretch], nights(*stretch, zone, NIGHT_BEGINS))),
        _minutes(intersect([stretch], sundays)),
        _minutes(intersect([stretch], holidays)),
        visit_ids,
        travel_minutes,
        entry_id,
    )


def _waiting(entry: RotaEntry, shifts: Iterable[Interval], month: Interval) -> Waiting:
    period = intersect([_whole((entry.from_at, entry.to_at))], [month])
    ids = tuple(call.visit_id for call in entry.calls if intersect([(call.from_at, call.to_at)], [month]))
    return Waiting(entry.id, entry.from_at, entry.to_at, _minutes(subtract(period, shifts)), ids)


def _sum(debts: Iterable[RestDebt]) -> int:
    return sum(int(debt.owed.total_seconds() // 60) for debt in debts)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _whole(stretch: Interval) -> Interval:
    return _minute(stretch[0]), _minute(stretch[1])


def _minutes(pieces: Iterable[Interval]) -> int:
    return int(total(merge(pieces)).total_seconds() // 60)
