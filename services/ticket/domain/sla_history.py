"""What there is to say of a clock: it began, waits, runs again, is at risk, is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from contracts.ticket.sla import ClockState
from contracts.values import HoldReason, to_millisecond
from services.ticket.domain.contract import Target
from services.ticket.domain.sla import AT_RISK_PERCENT, Clock, Cover, clocks_of
from services.ticket.domain.sla_clock import ClockRun, Stretch
from services.ticket.domain.sla_log import LogEntry


class Word(StrEnum):
    """What is said of a clock, by the type of the fact that says it."""

    STARTED = "sla-started"
    PAUSED = "sla-paused"
    RESUMED = "sla-resumed"
    AT_RISK = "sla-at-risk"
    MET = "sla-met"
    BREACHED = "sla-breached"
    STOPPED = "sla-stopped"
    CORRECTED = "sla-corrected"


@dataclass(frozen=True)
class Reading:
    """A clock as it is at some instant, in seconds. ``threshold`` is the highest percentage reached."""

    state: ClockState
    starts_at: datetime
    due_at: datetime | None
    elapsed_seconds: float | None
    remaining_seconds: float | None
    threshold: int | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None


Key = tuple[Word, datetime, int | None, str | None]


@dataclass(frozen=True)
class Turn:
    """One thing to say of a clock, when it came about, and how the clock was then.

    There is no ``reading`` of what was said already. A beginning names what is promised.
    """

    word: Word
    at: datetime
    threshold: int | None = None
    promise: str | None = None
    reason: HoldReason | None = None
    reading: Reading | None = None

    @property
    def key(self) -> Key:
        return self.word, self.at, self.threshold, self.promise


ClockName = tuple[str, str]
"""A clock by its site and its target."""


@dataclass(frozen=True)
class History:
    """A clock, all there is to say of it in order, and the highest percentage it has reached.

    ``agreed``: so many of the turns had been said just so.
    """

    clock: Clock
    turns: tuple[Turn, ...]
    agreed: int
    threshold: int | None


def histories(
    log: Iterable[LogEntry],
    covers: Iterable[Cover],
    now: datetime,
    said: Mapping[ClockName, Sequence[Key]] = MappingProxyType({}),
) -> list[History]:
    """Every clock of a ticket as it is ``now``, and what came about until then.

    ``said`` are the keys of what was said already, in order. ``Refusal`` when the log makes no sense.
    """
    watchers: dict[ClockName, _Watcher] = {}

    def look(name: str, run: ClockRun, /, cover: Cover) -> None:
        place = (cover.site_id or "", name)
        if place not in watchers:
            watchers[place] = _Watcher(said.get(place, ()))
        watchers[place].look(run)

    clocks = clocks_of(log, covers, now, look)
    found = [(clock, watchers[clock.site_id or "", clock.name]) for clock in clocks]
    return [History(clock, tuple(by.turns), by.agreed, by.threshold) for clock, by in found]


def reading_of(run: ClockRun, threshold: int | None = None) -> Reading:
    """The clock as it is where it stands."""
    clock = Clock("", None, None, run.at, run)
    return Reading(
        state=clock.state,
        starts_at=run.start,
        due_at=clock.due_at,
        elapsed_seconds=_seconds(clock.elapsed),
        remaining_seconds=_seconds(clock.remaining),
        threshold=threshold,
        breached_at=run.breached_at,
        met_at=clock.met_at,
    )


_COUNTING = (Stretch.RUNNING, Stretch.HELD)


class _Watcher:
    """Looks at a run each time it has moved, and notes what is new since the last look."""

    def __init__(self, said: Sequence[Key]) -> None:
        self.turns: list[Turn] = []
        self.agreed = 0
        self._said = said
        self._standing: Stretch | None = None
        self._promised = False
        self._looked_at: datetime | None = None
        self._target: Target | None = None
        self._reached: set[int] = set()
        self._breached = False

    @property
    def threshold(self) -> int | None:
        return max(self._reached, default=None)

    def look(self, run: ClockRun) -> None:
        standing = Stretch.MET if run.standing is Stretch.MET_AND_HELD else run.standing
        if run.target is not self._target:
            # What the new promise has not used up yet it is at risk of once more.
            self._reached = {percent for percent in self._reached if self._used(run, percent)}
            if self._standing in _COUNTING and standing in _COUNTING:
                self._say(Word.STARTED, run.at, run)
        if standing is Stretch.RUNNING or (standing is Stretch.HELD and run.allowed is not None):
            self._look_at_thresholds(run)
        if run.breached_at is not None and not self._breached:
            self._breached = True
            self._say(Word.BREACHED, run.breached_at, run)
        if standing is not self._standing or run.promised is not self._promised:
            self._turned(run, standing)
        self._standing, self._promised = standing, run.promised
        self._target, self._looked_at = run.target, run.at

    def _look_at_thresholds(self, run: ClockRun) -> None:
        since = self._looked_at or run.at
        for percent in AT_RISK_PERCENT:
            if percent in self._reached or not self._used(run, percent):
                continue
            self._reached.add(percent)
            at = max(since, run.share_at(percent) or since)
            if run.breached_at is None or at < run.breached_at:
                self._say(Word.AT_RISK, at, run, threshold=percent)

    def _used(self, run: ClockRun, percent: int) -> bool:
        if run.allowed is not None:
            return run.elapsed * 100 >= run.allowed * percent
        at = run.share_at(percent)
        return at is not None and at <= run.at

    def _turned(self, run: ClockRun, standing: Stretch | None) -> None:
        before = self._standing
        anew = before is None or (before is Stretch.MET and not self._promised)
        if standing in _COUNTING and anew:
            self._say(Word.STARTED, run.at, run)
        if standing is Stretch.RUNNING and not anew:
            self._say(Word.RESUMED, run.at, run)
        elif standing is Stretch.HELD:
            self._say(Word.PAUSED, run.at, run)
        elif standing is Stretch.MET and run.promised:
            self._say(Word.MET if run.breached_at is None else Word.STOPPED, run.at, run)
        elif standing is None and before in _COUNTING:
            self._say(Word.STOPPED, run.at, run)

    def _say(self, word: Word, at: datetime, run: ClockRun, threshold: int | None = None) -> None:
        promise = _in_words(run.target) if word is Word.STARTED else None
        turn = Turn(word, to_millisecond(at), threshold, promise)
        agreeing = self.agreed == len(self.turns) < len(self._said)
        if agreeing and self._said[self.agreed] == turn.key:
            self.agreed += 1
        else:
            reading = reading_of(run, threshold or self.threshold)
            reason = run.hold.reason if word is Word.PAUSED and run.hold and run.held else None
            turn = replace(turn, reading=_at_the_turn(turn, reading, run), reason=reason)
        self.turns.append(turn)


def _in_words(target: Target) -> str:
    if target.minutes is None:
        return f"{target.days} d, {target.cutoff}-{target.by}, {target.calendar}"
    return f"{target.minutes} min, {target.calendar}"


def _at_the_turn(turn: Turn, reading: Reading, run: ClockRun) -> Reading:
    """A reading as it was at the turn, which may lie before the look: then it was just reached."""
    if turn.word is Word.AT_RISK:
        running = ClockState.PAUSED if run.standing is Stretch.HELD else ClockState.RUNNING
        reading = replace(reading, state=running, breached_at=None)
    if turn.at >= run.at or run.allowed is None or turn.word not in (Word.AT_RISK, Word.BREACHED):
        return reading
    elapsed = run.allowed * (turn.threshold or 100) / 100
    left = run.allowed - elapsed
    return replace(reading, elapsed_seconds=_seconds(elapsed), remaining_seconds=_seconds(left))


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
