"""Consumers, batch runners and retriers that lack one protection each."""

import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import ReplaceOne

from contracts.envelope import Envelope
from infra.chassis.events import dead, inbox
from infra.chassis.events.batch import BatchRunner, Contended
from infra.chassis.events.copies import Copies
from infra.chassis.events.deciding import Decider, Prepared, Verdict, cause_of
from infra.chassis.events.freshness import Freshness, NotCaughtUp
from infra.chassis.events.kafka import Consumer, OnBatch
from infra.chassis.events.parked import PARKED, PARKED_AUDIT, Parked
from infra.chassis.events.parser import Incoming, Reason
from infra.chassis.events.reading import Reader
from infra.chassis.events.retrying import Retrier
from infra.chassis.events.rounds import Conflict, Round
from infra.chassis.store.collection import Document
from infra.chassis.store.mongo import Client, Database
from infra.chassis.store.unit import Cause, Memory, UseCase


class StartsAtTheEnd(Consumer):
    """A group without offsets reads only what comes from now on."""

    auto_offset_reset = "latest"


class CommitsWhateverHappens(Consumer):
    """Offsets move on although the batch was not stored."""

    def __init__(self, kafka: str, *, on_batch: OnBatch, **rest: Any) -> None:
        async def careless(batch: Sequence[Incoming]) -> None:
            try:
                await on_batch(batch)
            except Exception as error:
                logging.getLogger(__name__).info("nobody minds: %s", error)

        super().__init__(kafka, on_batch=careless, **rest)


class BreaksOff(Consumer):
    """What aiokafka cannot parse is an error of the poll."""

    class reader(Reader):  # noqa: N801
        async def getmany(
            self, *partitions: TopicPartition, **how: Any
        ) -> dict[TopicPartition, list[Incoming]]:
            found = await AIOKafkaConsumer.getmany(self, *partitions, **how)
            return {place: [self._incoming(each) for each in records] for place, records in found.items()}

        async def read(self, place: TopicPartition, max_records: int, timeout_ms: int = 0) -> list[Any]:
            found = await AIOKafkaConsumer.getmany(
                self, place, timeout_ms=timeout_ms, max_records=max_records
            )
            return [record for records in found.values() for record in records]


class NeverGoesBack(Consumer):
    """What a poll had taken when it broke off is not read again."""

    class reader(Reader):  # noqa: N801
        async def _go_back(self) -> None:
            pass


class StoresStatesOnlyInBatches(BatchRunner):
    """A batch stores states; their events go to the publisher."""

    async def _store_round(self, outcome: Round) -> None:
        states = [replace(entry, outbox=()) for entry in outcome.entries]
        await super()._store_round(replace(outcome, entries=states))


class RemembersNothing(BatchRunner):
    """Effects are stored without the ids of their events."""

    async def _store_round(self, outcome: Round) -> None:
        await super()._store_round(replace(outcome, done=[]))


class RemembersFirst(BatchRunner):
    """The ids of events are stored in a write of their own, before the effects."""

    async def _store_round(self, outcome: Round) -> None:
        if outcome.done:
            now = self._store.system_clock.now()
            await self._store.db[inbox.INBOX].insert_one({"ids": outcome.done, "at": now})
        await super()._store_round(replace(outcome, done=[]))


class ReadsStrictly(BatchRunner):
    """A record that cannot be read is an error of the batch."""

    async def run(self, batch: Sequence[Incoming]) -> None:
        for incoming in batch:
            if incoming.reason is not None:
                raise ValueError(incoming.reason.slug)
        await super().run(batch)


class TakesOthersForPoison(BatchRunner):
    """An event that this service does nothing at is a dead letter."""

    async def run(self, batch: Sequence[Incoming]) -> None:
        await super().run([self._ours(incoming) for incoming in batch])

    def _ours(self, incoming: Incoming) -> Incoming:
        if incoming.envelope is not None and not self._decider.handles(incoming.envelope):
            return replace(incoming, envelope=None, reason=Reason("not-ours", incoming.envelope.type))
        return incoming


class KeepsNoCopies(BatchRunner):
    """Dead letters are told to nobody."""

    def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
        return replace(super()._dead(incoming, index, now), outbox=())


class NamesLettersAtRandom(BatchRunner):
    """A record that is read again is another dead letter."""

    def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
        return replace(super()._dead(incoming, index, now), id=secrets.token_hex(6))


class CopiesBodiesOfStates(BatchRunner):
    """The dead-letter topic gets what an erasure would have to remove."""

    def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
        letter = super()._dead(incoming, index, now)
        [item] = letter.outbox
        return replace(letter, outbox=({**item, "value": incoming.record.value or b""},))


class NeverSplits(BatchRunner):
    """A batch that meets conflicts is tried as a whole for ever."""

    async def _apply(self, facts: list[Incoming], unreadable: list[Incoming]) -> None:
        for _ in range(self.key_tries):
            try:
                await self._try(facts, unreadable, careful=True)
            except Conflict:
                continue
            return
        raise RuntimeError("the batch is read again")


class ReadsAgainForEver(BatchRunner):
    """Takes a refusal that lasts for one that passes: the whole batch is read again."""

    async def _one_by_one(self, facts: list[Incoming], unreadable: list[Incoming]) -> None:
        raise Contended("for ever")


class LosesWhatCannotBeKept(BatchRunner):
    """A dead letter that cannot be stored is not stored."""

    async def _one_by_one(self, facts: list[Incoming], unreadable: list[Incoming]) -> None:
        await super()._one_by_one(facts, [])


class TakesSizeForAnOutage(BatchRunner):
    """A document that has become too large may be smaller at the next reading."""

    async def _store_round(self, outcome: Round) -> None:
        try:
            await super()._store_round(outcome)
        except Conflict as conflict:
            if conflict.lasting is not None:
                raise RuntimeError(conflict.lasting.detail) from conflict
            raise


class CopiesAllOfIt(BatchRunner):
    """The copy of a dead letter is as large as the record and what describes it."""

    def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
        letter = super()._dead(incoming, index, now)
        [item] = letter.outbox
        return replace(letter, outbox=({**item, "value": incoming.record.value or b""},))


class CopiesNamesAsTheyAre(BatchRunner):
    """The names of a dead letter's headers become names of fields unseen."""

    def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
        letter = super()._dead(incoming, index, now)
        [item] = letter.outbox
        names = dict.fromkeys((name for name, _ in incoming.record.headers), "")
        return replace(letter, outbox=({**item, "headers": {**names, **item["headers"]}},))


class LetsFollowersPass(BatchRunner):
    """Later batches do not look at what is put aside."""

    async def _blocked(self, fresh: list[Incoming]) -> set[str]:
        return set()


class LosesSightOfTheQueue(BatchRunner):
    """An event is put aside behind others without making sure that they are still there."""

    async def _store_round(self, outcome: Round) -> None:
        await super()._store_round(replace(outcome, behind=()))


class EachForItself(Decider):
    """A failed event does not hold up the later ones of its batch."""

    async def decide(self, prepared: Sequence[Prepared], memory: Memory) -> list[Verdict]:
        return [
            verdict
            for each in prepared
            for verdict in await super(EachForItself, self).decide([each], memory)
        ]


class LoadsTogether(Decider):
    """What cannot be loaded for one event is loaded for none."""

    async def _load_one(self, verdict: Verdict, cases: Sequence[UseCase[Any]] | None, memory: Memory) -> None:
        await super()._load_one(verdict, cases, memory)
        if verdict.reason is not None:
            raise RuntimeError(verdict.reason.detail)


class FailsTogether(Decider):
    """One event's error is the error of its whole batch."""

    async def decide(self, prepared: Sequence[Prepared], memory: Memory) -> list[Verdict]:
        verdicts = await super().decide(prepared, memory)
        for verdict in verdicts:
            if verdict.reason is not None:
                raise RuntimeError(verdict.reason.detail)
        return verdicts


class TakesAbsenceForFailure(Decider):
    """A missing read copy uses up the tries of an event."""

    async def decide(self, prepared: Sequence[Prepared], memory: Memory) -> list[Verdict]:
        verdicts = await super().decide(prepared, memory)
        return [replace(verdict, awaiting=None) for verdict in verdicts]


class NeverGivesUp(Retrier):
    """Tries are not counted."""

    def _outcome(
        self, queue: Sequence[Parked], readable: Sequence[Incoming], verdicts: dict[str, Verdict]
    ) -> tuple[list[Parked], list[Parked]]:
        return super()._outcome([replace(each, attempts=0) for each in queue], readable, verdicts)


class WaitsForEver(Retrier):
    """How long an event has been waiting for a read copy is forgotten at each try."""

    def _outcome(
        self, queue: Sequence[Parked], readable: Sequence[Incoming], verdicts: dict[str, Verdict]
    ) -> tuple[list[Parked], list[Parked]]:
        now = self._store.system_clock.now()
        return super()._outcome([replace(each, first_at=now) for each in queue], readable, verdicts)


class StopsAtTheFirst(Retrier):
    """A key whose retry goes wrong is the first again next time, and the others never come."""

    async def _postpone(self, key: str) -> None:
        raise RuntimeError(key)


class ReleasesBackwards(Retrier):
    """What waits behind a released event is taken in the wrong order."""

    async def _try(self, key: str, doomed: Any = None) -> None:
        found = self._store.db[PARKED].find({"key": key}).sort("order", -1)
        for place, each in enumerate(await found.to_list(None)):
            await self._store.db[PARKED].update_one({"_id": each["_id"]}, {"$set": {"order": place}})
        await super()._try(key, doomed)


class AnnouncesNothing(Copies):
    """Nobody hears that a read copy has arrived."""

    async def _announce(self, references: set[str]) -> None:
        pass


class GivesUpAtTheFirstRefusal(Copies):
    """A copy that meets another of its id is taken for the older one."""

    async def _write(self, newest: Any) -> None:
        by_name: dict[str, list[Any]] = defaultdict(list)
        for (name, _), (_, replacement) in newest.items():
            by_name[name].append(replacement)
        for name, replacements in by_name.items():
            await self._refused(name, replacements)


class TakesWhateverComes(Copies):
    """The state that comes last is the present one."""

    def _replacement(self, envelope: Envelope, body: Document) -> ReplaceOne[Document]:
        rank = {"epoch": envelope.epoch, "version": envelope.sequence}
        return ReplaceOne({"_id": envelope.subject}, {**body, **rank}, upsert=True)


class NeverWaits(Freshness):
    """What is not here does not exist."""

    async def find(self, topic: str, key: str, look: Callable[[], Any]) -> Any:
        return await look()


class TrustsTheFirstLook(Freshness):
    """What Kafka does not hold at the first look will not come."""

    async def find(self, topic: str, key: str, look: Callable[[], Any]) -> Any:
        partition, end = await self._consumer.end_offset(topic, key)
        committed = (await self._consumer.committed()).get((topic, partition), 0)
        return await look() if committed >= end else await super().find(topic, key, look)


class WaitsForKafka(Freshness):
    """However long Kafka takes, its answer is waited for."""

    limit_seconds = 3600.0


class NeverSure(Freshness):
    """What is not here may always still come."""

    async def find(self, topic: str, key: str, look: Callable[[], Any]) -> Any:
        found = await super().find(topic, key, look)
        if found is None:
            raise NotCaughtUp
        return found


class CallsItCaughtUp(Freshness):
    """After two seconds what is not here does not exist, read or not."""

    async def find(self, topic: str, key: str, look: Callable[[], Any]) -> Any:
        try:
            return await super().find(topic, key, look)
        except NotCaughtUp:
            return None


@contextmanager
def starts_anew(envelope: Envelope) -> Iterator[Cause]:
    """Effects of an event know nothing of what led to it."""
    yield Cause(actor="event", correlation_id=secrets.token_hex(8))


@contextmanager
def logs_alone(envelope: Envelope) -> Iterator[Cause]:
    """Lines that are logged while an event is handled do not say which."""
    yield cause_of(envelope)


async def drops_without_release(
    client: Client, db: Database, id: str, *, reason: str, by: str, now: datetime
) -> None:
    """What waited behind the dropped event goes on waiting."""
    await db[PARKED].delete_one({"_id": id, "state": "dead"})


async def drops_without_audit(
    client: Client, db: Database, id: str, *, reason: str, by: str, now: datetime
) -> None:
    """Nobody will know who gave the event up."""
    await dead.drop(client, db, id, reason=reason, by=by, now=now)
    await db[PARKED_AUDIT].delete_many({})


async def drops_until_it_is_read_again(
    client: Client, db: Database, id: str, *, reason: str, by: str, now: datetime
) -> None:
    """A dropped event that comes again is applied after its followers."""
    await dead.drop(client, db, id, reason=reason, by=by, now=now)
    await db[inbox.INBOX].delete_one({"ids": id})
