"""What a ticket keeps of its clocks: the log they read, how they stood, and what was said of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from contracts.calendars import HolidayCode
from contracts.ticket.sla import ClockState
from contracts.values import HoldReason
from services.ticket.domain.contract import ContractRevision, MetBy
from services.ticket.domain.sla import Clock, Cover, clocks_of, cover_of, respond_by, restore_by
from services.ticket.domain.sla_history import (
    ClockName,
    History,
    Key,
    Reading,
    Turn,
    Word,
    histories,
    reading_of,
)
from services.ticket.domain.sla_log import Happening, LogEntry


@dataclass(frozen=True)
class Promise:
    """A site and the contract's revision that covers it, with the site's calendar as of the opening."""

    site_id: str
    contract_id: str
    revision: int
    time_zone: str
    holidays: str
    good_friday: bool = False

    @property
    def revision_id(self) -> str:
        return f"{self.contract_id}:{self.revision}"


@dataclass(frozen=True)
class Said:
    """Something said of a clock; ``n`` is the number of the fact among the ticket's SLA facts."""

    word: Word
    at: datetime
    n: int
    threshold: int | None = None
    promise: str | None = None

    @property
    def key(self) -> Key:
        return self.word, self.at, self.threshold, self.promise


@dataclass(frozen=True)
class KeptClock:
    """A clock as it was when somebody last looked (``SlaRecord.as_of``), and what was said of it."""

    site_id: str
    target: str
    met_by: MetBy
    reading: Reading
    said: tuple[Said, ...] = ()

    @property
    def name(self) -> ClockName:
        return self.site_id, self.target

    @property
    def due_at(self) -> datetime | None:
        return self.reading.due_at


@dataclass(frozen=True)
class Saying:
    """A fact to publish of one clock. ``corrects`` is what it takes back."""

    site_id: str
    target: str
    met_by: MetBy
    word: Word
    at: datetime
    reading: Reading
    reason: HoldReason | None = None
    corrects: tuple[Said, ...] = ()

    @property
    def name(self) -> ClockName:
        return self.site_id, self.target


@dataclass(frozen=True)
class SlaRecord:
    """``next_at`` is when a clock changes by itself. ``said`` counts the ticket's SLA facts."""

    promises: tuple[Promise, ...]
    log: tuple[LogEntry, ...]
    as_of: datetime
    clocks: tuple[KeptClock, ...] = ()
    next_at: datetime | None = None
    said: int = 0

    @property
    def revision_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(promise.revision_id for promise in self.promises))

    @property
    def ticking(self) -> bool:
        """Whether any clock counts on: late ones do, until the promise is kept."""
        return any(
            clock.reading.state is ClockState.RUNNING
            or (clock.reading.state is ClockState.BREACHED and clock.reading.met_at is None)
            for clock in self.clocks
        )

    def promise(self, site_id: str) -> Promise:
        found = self.promise_at(site_id)
        assert found is not None, "a clock runs where something is promised"
        return found

    def promise_at(self, site_id: str) -> Promise | None:
        """The site's promise; none where no contract covers it."""
        return next((promise for promise in self.promises if promise.site_id == site_id), None)

    def changed_since_the_opening(self, at: datetime) -> bool:
        """Whether the priority of that instant is one that the clocks do not count from the opening."""
        changes = sorted((e for e in self.log if e.changes_targets and e.at <= at), key=lambda e: e.at)
        return bool(changes) and changes[-1].event is Happening.RETARGETED

    def said_of(self, name: ClockName) -> tuple[Said, ...]:
        """What was said of a clock and holds."""
        return next((clock.said for clock in self.clocks if clock.name == name), ())

    def respond_by(self, site_id: str) -> datetime | None:
        """By when work must begin there, or somebody be there."""
        return respond_by(self._at(site_id))

    def restore_by(self, site_id: str) -> datetime | None:
        """By when service must be back there, or the fault resolved."""
        return restore_by(self._at(site_id))

    def _at(self, site_id: str) -> Iterator[KeptClock]:
        return (clock for clock in self.clocks if clock.site_id == site_id)


def covers_of(promises: Iterable[Promise], revisions: Mapping[str, ContractRevision]) -> list[Cover]:
    """What the clocks run on; ``revisions`` by their ids."""
    return [
        cover_of(
            revisions[promise.revision_id],
            promise.site_id,
            time_zone=promise.time_zone,
            holidays=cast(HolidayCode, promise.holidays),
            good_friday=promise.good_friday,
        )
        for promise in promises
    ]


def clocks_now(record: SlaRecord, revisions: Mapping[str, ContractRevision], now: datetime) -> list[Clock]:
    """The clocks as they are, without a word about them."""
    return clocks_of(record.log, covers_of(record.promises, revisions), now)


def looked_at(
    record: SlaRecord, revisions: Mapping[str, ContractRevision], now: datetime
) -> tuple[SlaRecord, tuple[Saying, ...]]:
    """The record as of ``now``, and what is to be said that has not been, in the order it came about.

    Where a clock turns out to have gone another way than was said, one correction says how it is, and
    what is not so is taken back; whatever else came about by now comes with that. ``Refusal`` when the log
    makes no sense.
    """
    covers = covers_of(record.promises, revisions)
    found = histories(
        record.log, covers, now, {clock.name: [said.key for said in clock.said] for clock in record.clocks}
    )
    sayings = [each for history in found for each in _to_say(record, history)]
    there = {(each.clock.site_id, each.clock.name) for each in found}
    sayings += [
        (_withdrawn(clock, now), ()) for clock in record.clocks if clock.said and clock.name not in there
    ]
    # A correction first: what follows it goes on from there.
    sayings.sort(key=lambda each: (each[0].word is not Word.CORRECTED, each[0].at))
    numbered: dict[ClockName, list[Said]] = {}
    for n, (saying, turns) in enumerate(sayings, start=record.said + 1):
        numbered.setdefault(saying.name, []).extend(
            Said(t.word, t.at, n, t.threshold, t.promise) for t in turns
        )
    after = replace(
        record,
        as_of=now,
        clocks=tuple(_kept(record, history, numbered) for history in found),
        next_at=min((at for each in found if (at := each.clock.next_at) is not None), default=None),
        said=record.said + len(sayings),
    )
    return after, tuple(saying for saying, _ in sayings)


def _to_say(record: SlaRecord, history: History) -> Iterator[tuple[Saying, tuple[Turn, ...]]]:
    """What to say of a clock, each with the turns that are said by it."""
    clock, name = history.clock, _name(history.clock)
    said, turns = record.said_of(name), history.turns
    fresh = turns[history.agreed :]
    if history.agreed < len(said):
        keys = Counter(turn.key for turn in turns)
        gone = tuple(each for each in said if not _taken(keys, each.key))
        reading = reading_of(clock.run, history.threshold)
        corrects = gone or said[history.agreed :]
        yield Saying(*name, clock.met_by, Word.CORRECTED, clock.now, reading, corrects=corrects), fresh
        return
    for turn in fresh:
        assert turn.reading is not None, "what was not agreed on comes with its reading"
        yield Saying(*name, clock.met_by, turn.word, turn.at, turn.reading, turn.reason), (turn,)


def _withdrawn(clock: KeptClock, now: datetime) -> Saying:
    """All that was said of a clock which, as it turned out, never ran."""
    reading = replace(clock.reading, state=ClockState.STOPPED, due_at=None, breached_at=None, met_at=None)
    return Saying(*clock.name, clock.met_by, Word.CORRECTED, now, reading, corrects=clock.said)


def _kept(record: SlaRecord, history: History, numbered: Mapping[ClockName, list[Said]]) -> KeptClock:
    clock, name = history.clock, _name(history.clock)
    said = (*record.said_of(name)[: history.agreed], *numbered.get(name, ()))
    return KeptClock(*name, clock.target.met_by, reading_of(clock.run, history.threshold), said)


def _taken(left: Counter[Key], key: Key) -> bool:
    left[key] -= 1
    return left[key] >= 0


def _name(clock: Clock) -> ClockName:
    assert clock.site_id is not None, "what is promised is promised for a site"
    return clock.site_id, clock.name
