"""A training goes by its visit, and people are told of it once its plan rests."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.checklists import ChecklistAnswer
from contracts.dispatch.events import InterventionClosed, VisitFact, VisitPlanned, VisitRescheduled
from contracts.inventory.assets import TrainingNews, TrainingTold
from contracts.values import Outcome
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.reservation import Position
from services.inventory.domain.site import Site
from services.inventory.domain.training import MARKED_WITHIN, OVER, Training
from services.inventory.store.sites import Sites
from services.inventory.store.trainings import Trainings

REMINDED_AT = time(9)
"""By the site's clocks, on the last day before it on which the site is open."""
BEFORE_AT_MOST = 14


@dataclass(frozen=True)
class FollowTraining:
    """A fact that comes after a later one changes nothing. Any that plans no visit takes its day away."""

    training_id: str
    fact: VisitFact
    position: Position

    def loads(self) -> Loads:
        return (Ref(Trainings, self.training_id),)

    def decide(self, unit: Unit) -> None:
        it, fact = unit.get(Trainings, self.training_id), self.fact
        if it is None or it.state in OVER or not it.after_position(self.position):
            return
        it = replace(it, visit_epoch=self.position.epoch, visit_sequence=self.position.sequence)
        match fact:
            case VisitPlanned() | VisitRescheduled():
                after = it.planned(
                    fact.visit_id, fact.technician_id, fact.planned_start, fact.planned_end, unit.now
                )
                unit.save(Trainings, after)
            case InterventionClosed() if fact.outcome is Outcome.FIXED:
                _hold(unit, it, fact.ended_at, fact.checklist)
            case InterventionClosed():
                unit.save(Trainings, it)
            case _:
                unit.save(Trainings, it.unplanned(unit.now))


@dataclass(frozen=True)
class SettleTraining:
    """Its ticket is resolved (``held``) or cancelled."""

    training_id: str
    at: datetime
    held: bool

    def loads(self) -> Loads:
        return (Ref(Trainings, self.training_id),)

    def decide(self, unit: Unit) -> None:
        it = unit.get(Trainings, self.training_id)
        if it is None or it.state in OVER:
            return
        if self.held:
            _hold(unit, it, self.at)
        else:
            unit.save(Trainings, it.cancelled(unit.now))


@dataclass(frozen=True)
class TellTraining:
    """What its people believe otherwise, and a reminder the working day before."""

    training_id: str

    def loads(self) -> Loads:
        return (Ref(Trainings, self.training_id),)

    def decide(self, unit: Unit) -> None:
        it, now = unit.get(Trainings, self.training_id), unit.now
        if it is None or it.look_at is None or it.look_at > now:
            return
        facts: tuple[TrainingTold, ...] = ()
        if it.tell_at is not None and it.tell_at <= now:
            it, facts = _told(it, unit.get(Sites, it.site_id), now)
        if it.remind_at is not None and it.remind_at <= now:
            if it.start_at is not None and it.start_at > now and it.told_ids and not facts:
                facts = _all(_news(it, TrainingNews.REMINDED, it.told_ids, it.start_at, it.end_at))
            it = replace(it, remind_at=None)
        unit.save(Trainings, it, *facts)


def _told(it: Training, site: Site | None, now: datetime) -> tuple[Training, tuple[TrainingTold, ...]]:
    it = replace(it, tell_at=None, sequence=it.sequence + 1)
    before, start, end = it.told_start_at, it.start_at, it.end_at
    if start is None or end is None:
        off = _all(_news(it, TrainingNews.CALLED_OFF, it.told_ids, before, it.told_end_at))
        return replace(it, told_ids=(), told_start_at=None, told_end_at=None, remind_at=None), off
    same_time = (before, it.told_end_at) == (start, end)
    same = same_time and it.told_room == it.room
    stay = tuple(each for each in it.contact_ids if each in it.told_ids)
    new = tuple(each for each in it.contact_ids if each not in it.told_ids)
    gone = tuple(each for each in it.told_ids if each not in it.contact_ids)
    facts = _all(
        _news(it, TrainingNews.INVITED, new, start, end),
        None if same else _news(it, TrainingNews.MOVED, stay, start, end),
        _news(it, TrainingNews.CALLED_OFF, gone, before, it.told_end_at),
    )
    remind_at = it.remind_at if same_time else _reminder(site, start, now)
    told = replace(
        it,
        told_ids=it.contact_ids,
        told_start_at=start,
        told_end_at=end,
        told_room=it.room,
        remind_at=remind_at,
    )
    return told, facts


def _reminder(site: Site | None, start: datetime, now: datetime) -> datetime | None:
    """None where that moment has passed: they have just been told."""
    if site is None:
        return None
    zone = ZoneInfo(site.time_zone)
    day = start.astimezone(zone).date()
    for back in range(1, BEFORE_AT_MOST):
        before = day - timedelta(days=back)
        if site.open_on(before) is not None:
            at = datetime.combine(before, REMINDED_AT, zone).astimezone(UTC)
            return at if at > now else None
    return None


def _hold(unit: Unit, it: Training, at: datetime, answers: Iterable[ChecklistAnswer] = ()) -> None:
    held = it.held(at, answers)
    start, end = held.start_at or at, held.end_at or at
    asked = _news(held, TrainingNews.HELD, held.asked_to_mark, start, end)
    if asked is not None:
        asked = asked.model_copy(update={"marks_until": at + MARKED_WITHIN})
    unit.save(Trainings, held, *_all(asked))


def _news(
    it: Training,
    news: TrainingNews,
    contact_ids: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
) -> TrainingTold | None:
    """None where there is nobody to tell it to, or it never had a time."""
    if not contact_ids or start is None or end is None:
        return None
    return TrainingTold(
        training_id=it.id,
        customer_id=it.customer_id,
        site_id=it.site_id,
        contact_ids=contact_ids,
        news=news,
        title=it.title,
        room=it.room,
        start_at=start,
        end_at=end,
        technician_id=it.technician_id,
        sequence=it.sequence,
    )


def _all(*facts: TrainingTold | None) -> tuple[TrainingTold, ...]:
    return tuple(each for each in facts if each is not None)
