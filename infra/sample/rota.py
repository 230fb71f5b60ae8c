"""Who is on call when: a technician of each agency for a week, from Monday morning to Monday morning."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.values import rfc3339
from infra.sample.calls import Call

PARIS = ZoneInfo("Europe/Paris")
CHANGES_AT = time(8, 0)
WEEKS = 3
"""So many are known at any time: everybody has been told more than fifteen days before."""

TURNS: Mapping[str, tuple[str, ...]] = {
    "lyon": ("karim", "sofia"),
    "nancy": ("mathilde", "paul"),
    "nantes": ("erwan", "nora"),
}
"""Who takes turns, by territory: who can do most of what is urgent."""


def rota(on: date, turns: Mapping[str, tuple[str, ...]] = TURNS) -> list[Call]:
    """The entries of the week of ``on`` and of those after it; the same for every day of a week."""
    monday = on - timedelta(days=on.weekday())
    return [call for n in range(WEEKS) for call in _week(monday + timedelta(weeks=n), turns)]


def _week(monday: date, turns: Mapping[str, tuple[str, ...]]) -> Iterator[Call]:
    year, week, _ = monday.isocalendar()
    for territory, people in turns.items():
        entry = {
            "technician_id": people[monday.toordinal() // 7 % len(people)],
            "from": _changes(monday),
            "to": _changes(monday + timedelta(weeks=1)),
            "territory": territory,
        }
        yield Call("PUT", f"/v1/rota/{territory}-{year}-w{week:02d}", entry)


def _changes(on: date) -> str:
    return rfc3339(datetime.combine(on, CHANGES_AT, PARIS))
