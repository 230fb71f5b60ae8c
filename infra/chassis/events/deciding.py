"""Run the use cases of many events over one memory, each event whole or not at all."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson.errors import InvalidDocument
from pymongo.errors import PyMongoError

from contracts.catalogue import Catalogue
from contracts.envelope import Envelope, Fact, Payload
from contracts.refusal import UnknownReference
from infra.chassis.events.parser import Incoming, Reason
from infra.chassis.ops.context import Context, carrying
from infra.chassis.ops.tracing import failed
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.loading import load
from infra.chassis.store.merge import merge
from infra.chassis.store.runner import Store
from infra.chassis.store.unit import Cause, Emission, Memory, NotLoaded, Unit, UseCase

BEHIND = Reason("behind", "an earlier event with this key is put aside")
REHEARSALS = 8
"""What a use case asks for after it has been given more, it asks for in turn: so often it is foreseen."""
Handler = Callable[[Any, Envelope], Iterable[UseCase[Any]]]
Handlers = Mapping[type[Fact], Handler]
SpanOf = Callable[[Envelope], AbstractContextManager[Cause]]
"""What the handling of an event goes on in: its effects' cause, its log lines' context, its span."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Moment:
    """One reading of both clocks, shared by a batch."""

    now: datetime
    system_now: datetime


@dataclass
class Verdict:
    """What became of one event: applied, or the reason why not (and the read copy it waits for)."""

    incoming: Incoming
    reason: Reason | None = None
    awaiting: str | None = None
    emissions: list[Emission] = field(default_factory=list)


Prepared = tuple[Verdict, list[UseCase[Any]] | None]
"""An event and its use cases; None where there is a reason already."""


def cause_of(envelope: Envelope, traceparent: str | None = None) -> Cause:
    """The cause that effects of an event carry: same correlation and trace, caused by this event."""
    return Cause(
        actor=f"event:{envelope.type}",
        correlation_id=envelope.correlation_id,
        causation_id=envelope.identity,
        traceparent=traceparent or envelope.traceparent,
    )


class carried:  # noqa: N801 - used like the function that it stands for, at every event
    """What is logged meanwhile says what caused it."""

    __slots__ = ("_carrying", "_cause")

    def __init__(self, cause: Cause) -> None:
        self._cause = cause
        self._carrying = carrying(Context(cause.correlation_id, cause.traceparent, cause.actor))

    def __enter__(self) -> Cause:
        self._carrying.__enter__()
        return self._cause

    def __exit__(self, *_: object) -> None:
        self._carrying.__exit__()


def caused(envelope: Envelope) -> AbstractContextManager[Cause]:
    """Log lines and effects that are this event's."""
    return carried(cause_of(envelope))


class Decider:
    """Chooses and runs use cases for events; holds nothing between calls."""

    def __init__(
        self,
        store: Store,
        handlers: Handlers,
        catalogue: Catalogue,
        span: SpanOf = caused,
        log: logging.Logger = _log,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._handlers = {model.TYPE: handler for model, handler in handlers.items()}
        self._span = span
        self._asked_for_more: set[type[UseCase[Any]]] = set()
        self._log = log

    def handles(self, envelope: Envelope) -> bool:
        """Whether this service does something at such an event."""
        return envelope.type in self._handlers

    def choose(self, incoming: Iterable[Incoming]) -> list[Prepared]:
        """The use cases of each event."""
        return [self._prepare(each) for each in incoming]

    async def load(self, prepared: Sequence[Prepared], memory: Memory) -> None:
        """Load what the use cases name, and what they name once they have seen that."""
        await self._load(prepared, memory)
        if more := [want for each in prepared for want in self._more(each, memory)]:
            with suppress(InvalidDocument, OverflowError):  # deciding meets it again, and tells
                await load(self._store.db, memory, more)
        await self._rehearse(prepared, memory)

    async def _rehearse(self, prepared: Sequence[Prepared], memory: Memory) -> None:
        """Load together what use cases like those that asked for more before would ask for one by one."""
        pending = [
            case
            for verdict, cases in prepared
            for case in cases or ()
            if verdict.reason is None and type(case) in self._asked_for_more
        ]
        now, cause = self._store.clock.now(), Cause(actor="", correlation_id="")
        for _ in range(REHEARSALS):
            wants: list[Ref | Where] = []
            again: list[UseCase[Any]] = []
            for case in pending if len(pending) > 1 else ():
                try:
                    case.decide(Unit(memory, now=now, cause=cause))
                except NotLoaded as missing:
                    wants.append(missing.want)
                    again.append(case)
                except Exception:  # deciding meets it again, and tells
                    continue
            if not wants:
                return
            with suppress(InvalidDocument, OverflowError):
                await load(self._store.db, memory, wants)
            pending = again

    def tell(self, failed: Iterable[Verdict]) -> None:
        """Say in the log which events have been put aside, and why."""
        for verdict in failed:
            envelope, reason = verdict.incoming.envelope, verdict.reason
            if envelope is not None and reason not in (None, BEHIND) and verdict.awaiting is None:
                with self._span(envelope):
                    self._log.warning("%s %s is put aside: %s", envelope.type, envelope.id, reason.detail)

    def _more(self, prepared: Prepared, memory: Memory) -> Loads:
        """What the event's use cases name after a look at what is loaded, if they do that."""
        verdict, cases = prepared
        wants: list[Ref | Where] = []
        for case in cases or ():
            loads_more = getattr(case, "loads_more", None)
            if loads_more is None or verdict.reason is not None:
                continue
            cause = Cause(actor="", correlation_id="")
            with suppress(Exception, NotLoaded):  # deciding meets it again, and tells
                wants += loads_more(Unit(memory, now=self._store.clock.now(), cause=cause))
        return wants

    async def decide(self, prepared: Sequence[Prepared], memory: Memory) -> list[Verdict]:
        """Decide on events in order; every effect is left in ``memory``, merged and encoded.

        An event whose use case fails leaves nothing behind and says why; the next ones with its
        partition key are not tried and fail with the reason ``behind``.
        """
        moment = Moment(self._store.clock.now(), self._store.system_clock.now())
        blocked: set[str] = set()
        verdicts = []
        for verdict, cases in prepared:
            envelope = verdict.incoming.envelope
            assert envelope is not None
            if envelope.key in blocked:
                verdict.reason = BEHIND
                verdict.awaiting = None
            elif cases is not None and verdict.reason is None:
                with self._span(envelope) as cause:
                    await self._run(verdict, envelope, cases, memory, moment, cause)
            if verdict.reason is not None:
                blocked.add(envelope.key)
            verdicts.append(verdict)
        return verdicts

    def _prepare(self, incoming: Incoming) -> Prepared:
        verdict = Verdict(incoming)
        envelope = incoming.envelope
        assert envelope is not None
        handler = self._handlers[envelope.type]
        try:
            payload: Payload = self._catalogue.decode(envelope, incoming.record.value or b"")
        except Exception as error:
            verdict.reason = Reason("invalid-body", str(error)[:2000], _name(handler))
            return verdict, None
        try:
            return verdict, list(handler(payload, envelope))
        except Exception as error:
            verdict.reason = _reason(error, _name(handler))
            return verdict, None

    async def _load(self, prepared: Sequence[Prepared], memory: Memory) -> None:
        """Load what the use cases name: all at once, or event by event where that goes wrong."""
        try:
            await load(self._store.db, memory, [want for _, cases in prepared for want in _wants(cases)])
        except PyMongoError:
            raise
        except Exception:
            for verdict, cases in prepared:
                await self._load_one(verdict, cases, memory)

    async def _load_one(self, verdict: Verdict, cases: Sequence[UseCase[Any]] | None, memory: Memory) -> None:
        envelope = verdict.incoming.envelope
        assert envelope is not None
        try:
            await load(self._store.db, memory, _wants(cases))
        except PyMongoError:
            raise
        except Exception as error:
            verdict.reason = _reason(error, _name(self._handlers[envelope.type]))

    async def _run(
        self,
        verdict: Verdict,
        envelope: Envelope,
        cases: list[UseCase[Any]],
        memory: Memory,
        moment: Moment,
        cause: Cause,
    ) -> None:
        before = dict[Any, Any]()
        try:
            for case in cases:
                unit = await self._decide_one(case, Unit(memory, now=moment.now, cause=cause))
                for change in unit.changes:
                    place = (change.kind.name, change.value.id)
                    before.setdefault(place, memory.entries.get(place))
                merge(memory, unit, self._store.stamp(cause, moment.now, moment.system_now))
                verdict.emissions.extend(unit.emissions)
        except PyMongoError:
            raise
        except Exception as error:
            for place, entry in before.items():
                if entry is None:
                    memory.entries.pop(place, None)
                else:
                    memory.entries[place] = entry
            verdict.emissions.clear()
            verdict.reason = _reason(error, _name(self._handlers[envelope.type]))
            failed(verdict.reason.detail)
            if isinstance(error, UnknownReference):
                verdict.awaiting = f"{error.kind}/{error.id}"

    async def _decide_one(self, case: UseCase[Any], unit: Unit) -> Unit:
        while True:
            try:
                case.decide(unit)
            except NotLoaded as missing:
                self._asked_for_more.add(type(case))
                await load(self._store.db, unit.memory, [missing.want])
                unit = Unit(unit.memory, now=unit.now, cause=unit.cause)
            else:
                return unit


def _wants(cases: Iterable[UseCase[Any]] | None) -> list[Ref | Where]:
    return [want for case in cases or () for want in case.loads()]


def _name(handler: Handler) -> str:
    return getattr(handler, "__qualname__", type(handler).__qualname__)


def _reason(error: Exception, handler: str) -> Reason:
    slug = getattr(error, "slug", None) or "failed"
    return Reason(slug, f"{type(error).__name__}: {error}"[:2000], handler)
