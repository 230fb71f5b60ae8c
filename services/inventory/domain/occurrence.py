"""One time that a plan's work is to be done, at a site or to a machine, from being foreseen to being made."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from contracts.checklists import ChecklistAnswer, ChecklistItem
from services.inventory.domain.quiet_days import HORIZON, Because, Choice

LOOK_AT = time(5)
"""By the site's clocks: the day before is over, and nobody has set out yet."""


class OccurrenceState(StrEnum):
    UPCOMING = "upcoming"
    ASKED = "asked"
    DONE = "done"
    SKIPPED = "skipped"
    DROPPED = "dropped"


OVER = frozenset({OccurrenceState.DONE, OccurrenceState.SKIPPED})


@dataclass(frozen=True)
class Result:
    """What was found at an item; ``beyond``: it asks for more work."""

    item: str
    answer: str
    beyond: bool


@dataclass(frozen=True)
class Occurrence:
    """The ``n``-th of its plan at a site, or to the machine ``asset_id``. Days are ISO 8601.

    ``due_on`` is None while only a counter, at ``count_due``, will tell; ``counted`` is how far it was.
    ``since_on`` is when the one before was made, or cancelled (``since_skipped``), and ``since_due_on`` when
    that one was due. ``chosen_on`` is the day that its ticket asks for, chosen
    ``because``, and ``asset_ids`` the machines that it names; it takes ``minutes`` in the ``territory`` where
    it was then, and asks for the ``checklist`` as it was then. ``followed``: there is a later one.
    """

    id: str
    plan_id: str
    revision: int
    customer_id: str
    site_id: str
    asset_id: str | None = None
    n: int = 1
    state: OccurrenceState = OccurrenceState.UPCOMING
    due_on: str | None = None
    earliest_on: str | None = None
    latest_on: str | None = None
    since_on: str | None = None
    since_due_on: str | None = None
    since_skipped: bool = False
    count_due: int | None = None
    counted: int | None = None
    look_at: datetime | None = None
    chosen_on: str | None = None
    because: Because | None = None
    minutes: int = 0
    territory: str | None = None
    asset_ids: tuple[str, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    ticket_id: str | None = None
    done_on: str | None = None
    results: tuple[Result, ...] = ()
    follow_up_id: str | None = None
    followed: bool = False

    @property
    def target(self) -> str:
        """What has one at a time: its machine, or else its site."""
        return self.asset_id or self.site_id

    def due(self, on: date | None, span: tuple[date, date] | None, time_zone: str) -> "Occurrence":
        """Due on that day, within ``span``; None: nobody knows yet."""
        if on is None or span is None:
            return replace(self, due_on=None, earliest_on=None, latest_on=None, look_at=None)
        earliest, latest = span
        return replace(
            self,
            due_on=on.isoformat(),
            earliest_on=earliest.isoformat(),
            latest_on=latest.isoformat(),
            look_at=morning(earliest - HORIZON, time_zone),
        )

    def again(self, day: date, time_zone: str) -> "Occurrence":
        """No day is good enough yet: looked at again the next morning."""
        return replace(self, look_at=morning(day + timedelta(days=1), time_zone))

    def asked(
        self,
        choice: Choice,
        asset_ids: tuple[str, ...],
        minutes: int,
        territory: str | None,
        checklist: tuple[ChecklistItem, ...] = (),
    ) -> "Occurrence":
        return replace(
            self,
            state=OccurrenceState.ASKED,
            chosen_on=choice.day.isoformat(),
            because=choice.because,
            asset_ids=asset_ids,
            checklist=checklist,
            minutes=minutes,
            territory=territory,
            ticket_id=ticket_id_of(self.id),
            look_at=None,
        )

    def dropped(self) -> "Occurrence":
        """There is nothing to be done there any more."""
        return replace(self, state=OccurrenceState.DROPPED, look_at=None)

    def over(self, on: date, *, done: bool) -> "Occurrence":
        """Its ticket was resolved, or cancelled; what is over stays as it was."""
        if self.state in OVER:
            return self
        state = OccurrenceState.DONE if done else OccurrenceState.SKIPPED
        return replace(self, state=state, done_on=on.isoformat(), look_at=None)

    def answered(self, answers: tuple[ChecklistAnswer, ...]) -> "Occurrence":
        """With what was found; a later visit's answers replace those to the same items."""
        by_id = {each.id: each for each in self.checklist}
        new = {
            each.item: Result(each.item, each.answer, by_id[each.item].beyond(each.answer))
            for each in answers
            if each.item in by_id
        }
        kept = tuple(each for each in self.results if each.item not in new)
        return replace(self, results=(*kept, *new.values()))

    @property
    def beyond(self) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.beyond)


def occurrence_id(plan_id: str, target: str, n: int) -> str:
    """The same whoever makes it, so that two replicas make one."""
    return f"mo-{sha256(f'{plan_id}/{target}/{n}'.encode()).hexdigest()[:40]}"


def ticket_id_of(occurrence_id: str, after: str = "") -> str:
    """Of the ticket that an occurrence opens, or that opens ``after`` its visit."""
    return f"pm-{sha256(f'{occurrence_id}/{after}'.encode()).hexdigest()[:40]}"


def morning(day: date, time_zone: str) -> datetime:
    """When that day is looked at, there."""
    return datetime.combine(day, LOOK_AT, ZoneInfo(time_zone)).astimezone(UTC)
