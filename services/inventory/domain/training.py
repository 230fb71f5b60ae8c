"""A training of users: asked for, put on a day by its visit, told to those who come, held, and marked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.checklists import ChecklistAnswer, ChecklistItem, ItemKind
from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from services.inventory.domain.reservation import Position

REST = timedelta(minutes=10)
"""A plan that has not been changed for so long is told to people."""
MARKED_WITHIN = timedelta(days=14)
PREFIX = "tr-"
PRESENT, QUESTIONS = "present", "questions"
CHECKLIST = (
    ChecklistItem(
        id=PRESENT, fr="Nombre de personnes présentes", en="How many people came", kind=ItemKind.NUMBER
    ),
    ChecklistItem(
        id=QUESTIONS,
        fr="Questions posées, à reprendre",
        en="Questions asked, to come back to",
        kind=ItemKind.TEXT,
        optional=True,
    ),
)
"""What the technician answers when he closes, and nobody's name; his words stay in his report."""


class TrainingState(StrEnum):
    ASKED = "asked"
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


OVER = frozenset({TrainingState.HELD, TrainingState.CANCELLED})


@dataclass(frozen=True)
class Guest:
    """Somebody who comes and is no contact: he stands on the list and is not written to."""

    id: str
    name: str


@dataclass(frozen=True)
class Mark:
    """From 1 to 5, by one of the contacts."""

    contact_id: str
    mark: int
    comment: str | None
    given_at: datetime


@dataclass(frozen=True)
class Origin:
    """The renewal, by its ticket, that brought new machines of ``kind`` to the site."""

    ticket_id: str
    kind: str


@dataclass(frozen=True)
class Training:
    """``contact_ids`` are invited by mail and, with ``guests``, fill the ``places``; ``materials`` are what
    is to be brought. ``wished_on`` is a day (ISO 8601).

    ``start_at`` to ``end_at`` is when its visit is planned, ``told_start_at`` to ``told_end_at`` in
    ``told_room`` what ``told_ids`` were told last, under ``sequence`` (it rises with each change, as
    calendars want it).
    ``tell_at`` and ``remind_at`` are when people are told next. ``came`` are the contacts and guests who were
    there, None while nobody has taken it down; ``present`` is how many the technician counted.
    ``visit_epoch`` and ``visit_sequence`` are those of the last fact applied: an older one changes nothing.
    """

    id: str
    customer_id: str
    site_id: str
    title: str
    category: str
    wished_on: str
    asked_by: str
    programme: str = ""
    materials: tuple[str, ...] = ()
    room: str | None = None
    places: int = 10
    contact_ids: tuple[str, ...] = ()
    guests: tuple[Guest, ...] = ()
    origin: Origin | None = None
    state: TrainingState = TrainingState.ASKED
    visit_id: str | None = None
    technician_id: str | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    told_ids: tuple[str, ...] = ()
    told_start_at: datetime | None = None
    told_end_at: datetime | None = None
    told_room: str | None = None
    sequence: int = 0
    tell_at: datetime | None = None
    remind_at: datetime | None = None
    held_at: datetime | None = None
    present: int | None = None
    came: tuple[str, ...] | None = None
    questions: str = ""
    marks: tuple[Mark, ...] = ()
    visit_epoch: int = 0
    visit_sequence: int = 0

    @property
    def ticket_id(self) -> str:
        return f"{PREFIX}{self.id}"

    @property
    def look_at(self) -> datetime | None:
        return min((each for each in (self.tell_at, self.remind_at) if each is not None), default=None)

    @property
    def invited(self) -> int:
        return len(self.contact_ids) + len(self.guests)

    @property
    def attended(self) -> int | None:
        """How many came: by the list where it was kept, or as the technician counted."""
        return self.present if self.came is None else len(self.came)

    @property
    def mean_mark(self) -> float | None:
        return sum(each.mark for each in self.marks) / len(self.marks) if self.marks else None

    def described(self, other: "Training", now: datetime) -> "Training":
        """With what may still be said otherwise of it; people who are new to it, or no more, are told."""
        if self.state in OVER:
            raise _over()
        after = replace(
            self,
            title=other.title,
            programme=other.programme,
            materials=other.materials,
            room=other.room,
            places=other.places,
            contact_ids=other.contact_ids,
            guests=other.guests,
        )
        seated(after)
        return after if after == self else after._to_tell(now)

    def planned(
        self, visit_id: str, technician_id: str, start: datetime, end: datetime, now: datetime
    ) -> "Training":
        after = replace(
            self,
            state=TrainingState.PLANNED,
            visit_id=visit_id,
            technician_id=technician_id,
            start_at=start,
            end_at=end,
        )
        return after._to_tell(now)

    def unplanned(self, now: datetime) -> "Training":
        """Nobody is sent there for now."""
        after = replace(self, state=TrainingState.ASKED, technician_id=None, start_at=None, end_at=None)
        return after._to_tell(now)

    def cancelled(self, now: datetime) -> "Training":
        after = replace(self, state=TrainingState.CANCELLED, start_at=None, end_at=None, remind_at=None)
        return replace(after, tell_at=now if self.told_start_at is not None else None)

    def held(self, at: datetime, answers: Iterable[ChecklistAnswer] = ()) -> "Training":
        said = {each.item: each.answer for each in answers}
        return replace(
            self,
            state=TrainingState.HELD,
            held_at=self.held_at or at,
            present=_whole(said.get(PRESENT)) if PRESENT in said else self.present,
            tell_at=None,
            remind_at=None,
        )

    def attendance(self, came: tuple[str, ...], questions: str | None, now: datetime) -> "Training":
        """Who was there, of those who were expected. It is taken from its first minute on."""
        begun = self.state is TrainingState.HELD or (self.start_at is not None and self.start_at <= now)
        if self.state is TrainingState.CANCELLED or not begun:
            raise Refusal(
                "training-not-begun",
                Text(
                    "Take down who came once it has begun.", "Notez les présents une fois qu'elle a commencé."
                ),
            )
        expected = {*self.contact_ids, *(each.id for each in self.guests)}
        for id in came:
            if id not in expected:
                raise UnknownReference("participant", id)
        said = self.questions if questions is None else questions.strip()
        return replace(self, came=tuple(dict.fromkeys(came)), questions=said)

    @property
    def asked_to_mark(self) -> tuple[str, ...]:
        """Contacts who came, as far as anybody knows."""
        return tuple(each for each in self.contact_ids if self.came is None or each in self.came)

    def marked(self, contact_id: str, mark: int, comment: str | None, now: datetime) -> "Training":
        """A mark, or another one, of somebody who was asked for it."""
        if self.state is not TrainingState.HELD or contact_id not in self.contact_ids:
            raise UnknownReference("participant", contact_id)
        others = tuple(each for each in self.marks if each.contact_id != contact_id)
        return replace(self, marks=(*others, Mark(contact_id, mark, comment, now)))

    def mark_of(self, contact_id: str) -> Mark | None:
        return next((each for each in self.marks if each.contact_id == contact_id), None)

    @property
    def untold(self) -> bool:
        """Whether people believe what is not so any more."""
        span = (self.start_at, self.end_at)
        if span != (self.told_start_at, self.told_end_at):
            return self.start_at is not None or self.told_start_at is not None
        elsewhere = self.told_start_at is not None and self.told_room != self.room
        return self.start_at is not None and (elsewhere or set(self.told_ids) != set(self.contact_ids))

    def after_position(self, position: Position) -> bool:
        return (self.visit_epoch, self.visit_sequence) < (position.epoch, position.sequence)

    def _to_tell(self, now: datetime) -> "Training":
        return replace(self, tell_at=now + REST if self.untold else None)


def seated(training: Training) -> None:
    """Refuses more people than there are places for."""
    if training.invited > training.places:
        raise Refusal(
            "too-many-participants",
            Text(
                f"There are {training.places} places for {training.invited} people: add places, or plan two.",
                f"{training.places} places pour {training.invited} personnes : ajoutez des places, "
                "ou prévoyez deux sessions.",
            ),
            places=training.places,
        )


def training_of(ticket_id: str) -> str | None:
    """The training whose ticket it is."""
    return ticket_id.removeprefix(PREFIX) if ticket_id.startswith(PREFIX) else None


def _whole(said: str | None) -> int | None:
    try:
        number = float((said or "").replace(",", "."))
    except ValueError:
        return None
    return int(number) if 0 <= number <= 10_000 else None


def _over() -> Refusal:
    return Refusal(
        "training-over",
        Text(
            "This training is over: ask for another one.",
            "Cette formation est passée ou annulée : demandez-en une autre.",
        ),
    )
