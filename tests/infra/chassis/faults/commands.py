"""Command runners and runtimes that lack one protection each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from pymongo import AsyncMongoClient, WriteConcern
from pymongo.read_concern import ReadConcern

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.clock import Clock, SystemClock
from infra.chassis.events.resending import Resender
from infra.chassis.runtime import Created, Runtime, Service
from infra.chassis.store import timers
from infra.chassis.store.collection import Collection, Document
from infra.chassis.store.idempotency import KEYS, KeyedBy
from infra.chassis.store.jobs import Job
from infra.chassis.store.loading import load
from infra.chassis.store.mongo import ONE, database
from infra.chassis.store.runner import CommandRunner, Done, Failed
from infra.chassis.store.unit import Cause, Emission, Entry, Memory, Place, Unit, UseCase
from infra.chassis.store.writing import CannotBeStored
from tests.servers import until


class StoresStateOnly(CommandRunner):
    """Events go to the publisher and not into the write that stores the state."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        return await super()._write_each([replace(entry, outbox=()) for entry in entries])


class StoresStatesOnlyTogether(CommandRunner):
    """A transaction stores states; its events go to the publisher."""

    async def _store_together(self, entries: Sequence[Entry], emissions: Sequence[Emission]) -> None:
        await super()._store_together([replace(entry, outbox=()) for entry in entries], emissions)


class UpdateUpserts(CommandRunner):
    """An update of what has gone meanwhile brings it back."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed = await super()._write_each(entries)
        for entry in entries:
            if (entry.kind.name, entry.id) in failed and entry.stored_version:
                change = {"$setOnInsert": {"version": entry.version, "amount": entry.value.amount}}
                await self._store.db[entry.kind.name].update_one({"_id": entry.id}, change, upsert=True)
        return failed


class RewritesTheArray(CommandRunner):
    """A save stores the outbox as it was loaded, with the new events behind."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed = await super()._write_each(entries)
        for entry in entries:
            change = {"$set": {"outbox": list(entry.outbox)}}
            await self._store.db[entry.kind.name].update_one({"_id": entry.id}, change)
        return failed


class LastWriterWins(CommandRunner):
    """A save names the version that it finds, not the one that it was decided on."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed: Failed = {(entry.kind.name, entry.id): None for entry in entries}
        while failed and not any(failed.values()):
            left = [entry for entry in entries if (entry.kind.name, entry.id) in failed]
            failed = await super()._write_each([await self._as_found(entry) for entry in left])
        return failed

    async def _as_found(self, entry: Entry) -> Entry:
        found = await self._store.db[entry.kind.name].find_one({"_id": entry.id}, {"version": 1})
        if found is None or entry.stored_version == 0:
            return entry
        return replace(entry, stored_version=found["version"], version=found["version"] + 1)


class CreationReplaces(CommandRunner):
    """A creation takes the place of what has its id."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed = await super()._write_each(entries)
        for entry in entries:
            place = (entry.kind.name, entry.id)
            if entry.stored_version == 0 and failed.get(place, place) is None:
                await self._store.db[entry.kind.name].delete_one({"_id": entry.id})
                failed = await super()._write_each([entry])
        return failed


class ErasureDeletes(CommandRunner):
    """What is erased leaves no document behind."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed = await super()._write_each(entries)
        for entry in entries:
            if entry.blank is not None:
                await self._store.db[entry.kind.name].delete_one({"_id": entry.id})
        return failed


class RerunsEverybody(CommandRunner):
    """One conflict makes every command of the round run again, the stored ones too."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed = await super()._write_each(entries)
        return {(entry.kind.name, entry.id): None for entry in entries} if failed else {}


class TrustsTheRound(CommandRunner):
    """Decisions rest on what other commands of the round changed, stored or not."""

    def _rests_on_uncommitted(self, unit: Unit, *, refused: bool = False) -> bool:
        return False


class TakesItForOneInstant(CommandRunner):
    """What a decision went wrong on counts as read together, however long that took."""

    async def _decide_one(self, memory: Memory, job: Job, *, alone: bool = False) -> Unit | None:
        job.at_one_instant = True
        return await super()._decide_one(memory, job, alone=alone)


class TrustsOwnChanges(CommandRunner):
    """A refusal counts although what the command changed before it had another's unstored change."""

    def _rests_on_uncommitted(self, unit: Unit, *, refused: bool = False) -> bool:
        return super()._rests_on_uncommitted(unit)


class WritesOneByOne(CommandRunner):
    """Several documents change without a transaction around them."""

    async def _store_together(self, entries: Sequence[Entry], emissions: Sequence[Emission]) -> None:
        await self._write_each(entries)


class ForgetsOldKeys(CommandRunner):
    """Keys that a document has no room for are gone."""

    async def _make_room(self, memory: Memory, unit: Unit) -> None:
        pass


class ReadsAllOrNothing(CommandRunner):
    """A document that cannot be read is an error of the whole round."""

    async def _decide(self, memory: Memory, jobs: list[Job]) -> list[Job]:
        await load(self._store.db, memory, [want for job in jobs for want in job.loads])
        for entry in memory.entries.values():
            if entry.unreadable is not None:
                raise entry.unreadable
        return await super()._decide(memory, jobs)


class StoresAllOrNothing(CommandRunner):
    """A document that cannot be stored is an error of the whole round."""

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        failed = await super()._write_each(entries)
        for reason in failed.values():
            if isinstance(reason, CannotBeStored):
                raise reason
        return failed


class KeepsKeysAnywhere(CommandRunner):
    """A key lies in whatever a command changed first."""

    def _looked_in(self, job: Job, unit: Unit) -> list[Place]:
        return [(change.kind.name, change.value.id) for change in unit.changes]


class MovesWhatIsNotStored(CommandRunner):
    """A round with many keys moves its own ones to the key collection before they are stored."""

    async def _make_room(self, memory: Memory, unit: Unit) -> None:
        entries = {
            place: replace(entry, keys=tuple({**each, "fresh": False} for each in entry.keys))
            for place, entry in memory.entries.items()
        }
        stored = Memory()
        stored.entries.update(entries)
        await super()._make_room(stored, unit)


class DropsWhatRuns(CommandRunner):
    """A stop does not wait for commands."""

    async def close(self) -> None:
        await asyncio.sleep(0)


class IgnoresKeys(Runtime):
    """An Idempotency-Key changes nothing."""

    async def create(
        self, make: Callable[[str], UseCase[Any]], cause: Cause, key: KeyedBy | None = None
    ) -> Created[Any]:
        return await super().create(make, cause, None)

    async def do(self, use_case: UseCase[Any], cause: Cause, key: KeyedBy | None = None) -> Done[Any]:
        return await super().do(use_case, cause, None)


class IgnoresBodies(Runtime):
    """A key is all that counts, whatever was asked with it."""

    async def create(
        self, make: Callable[[str], UseCase[Any]], cause: Cause, key: KeyedBy | None = None
    ) -> Created[Any]:
        return await super().create(make, cause, None if key is None else replace(key, hash=""))

    async def do(self, use_case: UseCase[Any], cause: Cause, key: KeyedBy | None = None) -> Done[Any]:
        return await super().do(use_case, cause, None if key is None else replace(key, hash=""))


class IgnoresCallers(Runtime):
    """A key is everybody's."""

    async def create(
        self, make: Callable[[str], UseCase[Any]], cause: Cause, key: KeyedBy | None = None
    ) -> Created[Any]:
        return await super().create(make, cause, None if key is None else replace(key, caller=""))


class KeepsReservations(Runtime):
    """A refused creation leaves its key reserved."""

    async def _release(self, key: KeyedBy, id: str) -> None:
        pass


class ForgetsReservations(Runtime):
    """A refused creation takes its reservation away, whoever has used it."""

    async def _release(self, key: KeyedBy, id: str) -> None:
        await self.db[KEYS].delete_one({"_id": key.name, "id": id})


class ClearsTimersFirst(Runtime):
    """A timer is taken out of its document before what it fires is stored."""

    async def fire_due(self) -> None:
        for kind in self.service.timers:
            due = {"next_due": {"$lte": self.clock.now()}}
            found = await self.db[kind.name].find(due, {"_id": 1}).to_list(None)
            await self.db[kind.name].update_many(due, {"$unset": {"next_due": ""}})
            for each in found:
                case = self.service.timers[kind](each["_id"])
                await self.commands.run(case, Cause(actor="timer", correlation_id="c"))


class StampsBusinessByTheSystem(Runtime):
    """Business happens when the machine says."""

    def __init__(self, service: Service, *, clock: Clock, **rest: Any) -> None:
        super().__init__(service, clock=SystemClock(), **rest)


class LeavesRowsBehind(Runtime):
    """Rows are moved by the command that wrote them, or never."""

    async def _sweep_rows(self) -> None:
        pass


class EverInEpochZero(Runtime):
    """A restore leaves no mark on the ids of events."""

    def _assemble(self, epoch: int) -> None:
        super()._assemble(0)


class IgnoresUpgrades(Collection[Any]):
    """A document of an older schema is read as if it were of the present one."""

    def decode(self, document: Document) -> Any:
        return super().decode({**document, "schema": self.schema})


class UpgradesReadersOnly(Runtime):
    """What is stored stays as it was stored."""

    async def _upgrade(self) -> None:
        pass


class ComparesDocumentsOnly(Resender):
    """A state is sent again by its version alone, as if no restore could take one back."""

    async def run(self) -> int:
        self._store = replace(self._store, epoch=0)
        return await super().run()


class FiresByTheSystem(Runtime):
    """A timer is due when the machine's clock says so."""

    async def fire_due(self) -> None:
        for each in await timers.due(self.db, self.service.timers, self.system_clock.now()):
            await self.commands.run(each.case, Cause(actor="timer", correlation_id="c"))


class AnswersWhenPublished(Runtime):
    """A command is answered when Kafka has its events."""

    async def do(self, use_case: UseCase[Any], cause: Cause, key: KeyedBy | None = None) -> Done[Any]:
        done = await super().do(use_case, cause, key)

        async def published() -> bool:
            return not self.publisher.busy

        await until(published, within=60)
        return done


class IsReadyAtOnce(Runtime):
    """Indexes are made when there is time."""

    async def _prepare(self) -> None:
        self.prepared.set()
        await super()._prepare()


class KnowsCopiesOnly(Runtime):
    """What another service's facts create here is not waited for."""

    async def _arrives(self, missing: UnknownReference | NotFound) -> bool:
        return missing.kind not in self.service.born and await super()._arrives(missing)


class AsksOneMember(Runtime):
    """A write is done when the primary has it, which is also what is read."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.db = self.db.with_options(write_concern=ONE, read_concern=ReadConcern("local"))
        self._assemble(0)


class LeavesTheJournalOut(Runtime):
    """A write is done when a majority has it in memory."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.db = self.db.with_options(write_concern=WriteConcern("majority", j=False))
        self._assemble(0)


class ReadsWhatMayGo(Runtime):
    """A read gives what a failover may take back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.db = self.db.with_options(read_concern=ReadConcern("local"))
        self._assemble(0)


class LeavesTransactionsToTheServer(Runtime):
    """The concerns of a transaction are whatever the address or the server says."""

    def __init__(self, *args: Any, mongo: str, **options: Any) -> None:
        super().__init__(*args, mongo=mongo, **options)
        self.client = AsyncMongoClient(mongo, tz_aware=True, tzinfo=UTC)
        self.db = database(self.client, self.db.name)
        self._assemble(0)
