"""A technician's day: the slots that are taken. A double booking cannot be built, so none can be stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Point
from services.dispatch.domain.way import Source


@dataclass(frozen=True)
class Slot:
    """Time taken by a visit, its end excluded; ``travel_seconds`` is the way there, before ``start_at``.

    ``place`` None: the work needs nobody on the spot.
    """

    visit_id: str
    start_at: datetime
    end_at: datetime
    travel_seconds: int = 0
    place: Point | None = None
    travel_source: Source = Source.DEFAULT

    def overlaps(self, other: "Slot") -> bool:
        return self.start_at < other.end_at and other.start_at < self.end_at


class SlotTaken(Refusal):
    """The time asked for is not free."""

    def __init__(self, technician_id: str, slot: Slot, other: Slot) -> None:
        super().__init__(
            "slot-taken",
            Text(
                f"{technician_id} is at visit {other.visit_id} from {other.start_at.isoformat()} to "
                f"{other.end_at.isoformat()}: choose another start or another technician.",
                f"{technician_id} est à la visite {other.visit_id} de {other.start_at.isoformat()} à "
                f"{other.end_at.isoformat()} : choisissez un autre horaire ou un autre technicien.",
            ),
            technician_id=technician_id,
            visit_id=other.visit_id,
        )
        self.slot = slot
        self.other = other


@dataclass(frozen=True)
class TechnicianDay:
    """One date of one technician, in his zone. A slot over midnight is in both of its days.

    Slots are in the order of their starts and never overlap; a value that breaks this is refused
    when it is built. ``chase_at`` is when it is looked at for visits that nothing is heard of.
    """

    id: str
    technician_id: str
    date: str
    slots: tuple[Slot, ...] = ()
    chase_at: datetime | None = None

    def __post_init__(self) -> None:
        for slot in self.slots:
            if slot.end_at <= slot.start_at:
                raise ValueError(f"{self.id}: the slot of {slot.visit_id} ends before it starts")
        for before, after in zip(self.slots, self.slots[1:], strict=False):
            if after.start_at < before.end_at:
                raise SlotTaken(self.technician_id, after, before)
        if len({slot.visit_id for slot in self.slots}) != len(self.slots):
            raise ValueError(f"{self.id}: a visit has two slots")

    def placed(self, slot: Slot) -> "TechnicianDay":
        """With this slot, instead of an earlier one of the same visit; ``SlotTaken`` when it is not free."""
        others = tuple(each for each in self.slots if each.visit_id != slot.visit_id)
        for other in others:
            if slot.overlaps(other):
                raise SlotTaken(self.technician_id, slot, other)
        return replace(self, slots=tuple(sorted((*others, slot), key=lambda each: each.start_at)))

    def freed(self, visit_id: str) -> "TechnicianDay":
        """Without the slot of that visit."""
        return replace(self, slots=tuple(each for each in self.slots if each.visit_id != visit_id))

    def slot_of(self, visit_id: str) -> Slot | None:
        return next((each for each in self.slots if each.visit_id == visit_id), None)


def day_id(technician_id: str, date: str) -> str:
    return f"{technician_id}:{date}"


def empty_day(technician_id: str, date: str) -> TechnicianDay:
    return TechnicianDay(day_id(technician_id, date), technician_id, date)


def slots_of(days: Iterable[TechnicianDay]) -> tuple[Slot, ...]:
    """The slots of several days of one technician in order, one over midnight once."""
    slots = {slot.visit_id: slot for day in days for slot in day.slots}
    return tuple(sorted(slots.values(), key=lambda slot: slot.start_at))
