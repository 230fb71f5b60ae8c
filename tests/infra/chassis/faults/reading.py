"""Consumers that take more or less than they should, and batches that tell nobody."""

import math
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.metadata import MetadataRequest
from faststream.kafka import KafkaBroker
from pymongo.errors import OperationFailure

from infra.chassis.events import inbox
from infra.chassis.events.batch import BatchRunner, Committed
from infra.chassis.events.committing import Committer
from infra.chassis.events.copies import Copies
from infra.chassis.events.deciding import Decider
from infra.chassis.events.kafka import Consumer
from infra.chassis.events.reading import Reader
from infra.chassis.events.rounds import Conflict, Round
from infra.chassis.store.mongo import open_session
from infra.chassis.store.runner import Store
from infra.chassis.store.writing import write_together


class AwaitsCommits(Consumer):
    """A batch is over when its offsets are committed."""

    class _Committer(Committer):
        async def commit(self, consumer: Any, records: Any) -> None:
            await super().commit(consumer, records)
            await self.settle()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._committer = self._Committer(self._log)


class CommitsWhatItPolled(Consumer):
    """A commit is of whatever was polled when it is made."""

    class _Committer(Committer):
        async def _commit(self, consumer: Any, after: dict[TopicPartition, int]) -> None:
            await consumer.commit()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._committer = self._Committer(self._log)


class ReadsWhatMayBeTakenBack(Consumer):
    """Records of a transaction count before it is committed."""

    class reader(Reader):  # noqa: N801
        def __init__(self, *topics: str, **options: Any) -> None:
            super().__init__(*topics, **{**options, "isolation_level": "read_uncommitted"})


class MakesTopics(Consumer):
    """A topic that is not there is made, with a single partition."""

    def _make(self) -> KafkaBroker:
        broker = super()._make()
        broker.config.broker_config.allow_auto_create_topics = True
        broker.config.broker_config.consumer_only = False
        for topic in self._subscriber._topics:
            topic.declare = True
        return broker


class LetsTheBrokerMakeTopics(Consumer):
    """A topic that is asked for is made by a broker that is set up so."""

    class reader(Reader):  # noqa: N801
        async def start(self) -> None:
            client = AIOKafkaClient(bootstrap_servers=self._client._bootstrap_servers)
            await client.bootstrap()
            wanted = sorted(self._subscription.subscription.topics)
            await client.send(client.get_random_node(), MetadataRequest(wanted, True))
            await client.close()
            await super().start()


class KeepsWhatItReadAhead(Consumer):
    """A batch that is read again comes after the one that was read ahead of it."""

    class reader(Reader):  # noqa: N801
        def _give_back(self) -> None:
            pass


class LosesWhatItReadAhead(Consumer):
    """What was read ahead of a batch that is read again has been read."""

    class reader(Reader):  # noqa: N801
        def _give_back(self) -> None:
            self._ahead_from = {}
            super()._give_back()


class ReadsAheadBesideTheSpoilt(Consumer):
    """What comes next is polled ahead also while each partition is read by itself."""

    class reader(Reader):  # noqa: N801
        def _stay_careful(self) -> None:
            full = self._full
            super()._stay_careful()
            self._full = full


class ReadsOnePartitionABatch(Consumer):
    """After a record that cannot be parsed a batch is of one partition, for as long as there is any."""

    class reader(Reader):  # noqa: N801
        def _stay_careful(self) -> None:
            super()._stay_careful()
            self._careful_until = math.inf

        async def _each_alone(self, max_records: int) -> tuple[dict[TopicPartition, list[Any]], int]:
            for place in sorted(self.assignment()):
                if records := await self.read(place, max_records):
                    return {place: records}, 0
            return {}, max_records


class TellsNobody(BatchRunner):
    """What a batch tells stays in the outboxes until somebody sweeps them."""

    def __init__(
        self, service: str, store: Store, decider: Decider, copies: Copies, _: Committed, *rest: Any
    ) -> None:
        super().__init__(service, store, decider, copies, lambda entries: None, *rest)


class TakesContentionForAConflict(BatchRunner):
    """A batch whose numbers somebody else takes first is decided again, and in the end split."""

    async def _store_round(self, outcome: Round) -> None:
        store, now = self._store, self._store.system_clock.now()
        try:
            async with open_session(store.client) as session, await session.start_transaction():
                await inbox.record(store.db, session, outcome.done, now)
                await write_together(store.db, session, outcome.entries, updated_at=now)
                await store.write_emissions(store.db, session, outcome.emissions, now)
        except OperationFailure as error:
            raise Conflict from error
