"""When somebody worked, so that no time of his is billed twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.calendars import Interval
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import rfc3339


@dataclass(frozen=True)
class Stretch:
    """``source_id`` is the worklog or the visit that tells of it."""

    source_id: str
    from_at: datetime
    to_at: datetime

    def meets(self, start: datetime, end: datetime) -> bool:
        return self.from_at < end and start < self.to_at


@dataclass(frozen=True)
class WorkedDay:
    """What a person worked on a day of UTC; the id is ``<day>:<person>``. What goes over midnight is on both
    days. ``cut`` are the visits of which something was left out, for he worked on something else."""

    id: str
    stretches: tuple[Stretch, ...] = ()
    cut: tuple[str, ...] = ()

    def elsewhere(self, source_id: str) -> tuple[Stretch, ...]:
        """What another source tells of."""
        return tuple(each for each in self.stretches if each.source_id != source_id)

    def telling(self, source_id: str, stretches: Iterable[Interval], *, cut: bool = False) -> "WorkedDay":
        """The day with what that source tells now in place of what it told before."""
        told = tuple(Stretch(source_id, start, end) for start, end in stretches)
        kept = sorted((*self.elsewhere(source_id), *told), key=lambda each: (each.from_at, each.source_id))
        others = tuple(each for each in self.cut if each != source_id)
        return WorkedDay(self.id, tuple(kept), (*others, source_id) if cut else others)

    def of(self, source_id: str) -> list[Interval]:
        """What that source tells."""
        return [(each.from_at, each.to_at) for each in self.stretches if each.source_id == source_id]


def day_ids(person_id: str, stretches: Iterable[Interval]) -> list[str]:
    """The days on which a person worked."""
    days = set[str]()
    for start, end in stretches:
        day, last = start.astimezone(UTC).date(), (end - timedelta(microseconds=1)).astimezone(UTC).date()
        while day <= last:
            days.add(f"{day.isoformat()}:{person_id}")
            day += timedelta(days=1)
    return sorted(days)


def work_overlaps(other: Stretch) -> Refusal:
    """The refusal of time that the same person is known to have worked on something else."""
    since, until = rfc3339(other.from_at), rfc3339(other.to_at)
    return Refusal(
        "work-overlaps",
        Text(
            f"The same person worked from {since} to {until} on {other.source_id}: correct one of the two.",
            f"La même personne a travaillé de {since} à {until} sur {other.source_id} : "
            "corrigez l'un des deux.",
        ),
        source=other.source_id,
        **{"from": since, "to": until},
    )
