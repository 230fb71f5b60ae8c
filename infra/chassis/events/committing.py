"""Commit a batch's offsets while the next one is worked on.

What is read again because a commit was still on its way, the inbox knows: waiting for it would cost a
twentieth of the throughput and keep nothing safer.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError


class Committer:
    """The commits of one consumer, one after the other."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._under_way: asyncio.Task[None] | None = None

    async def commit(self, consumer: Any, records: Sequence[Any]) -> None:
        """Commit the offsets after these records, once the commit before is through."""
        await self.settle()
        last = {(each.topic, each.partition): each.offset for each in records}
        after = {TopicPartition(*place): offset + 1 for place, offset in last.items()}
        self._under_way = asyncio.create_task(self._commit(consumer, after))

    async def settle(self, within: float | None = None) -> None:
        """Wait for the commit that is under way."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=within)

    async def _commit(self, consumer: Any, after: dict[TopicPartition, int]) -> None:
        try:
            await consumer.commit(after)
        except KafkaError as error:
            self._log.info("offsets will be committed with those of the next batch: %s", error)


class Offsets:
    """What FastStream acknowledges a batch on: the batch's own offsets, whatever was polled since."""

    def __init__(self, consumer: Any, records: Sequence[Any], committer: Committer) -> None:
        self._consumer = consumer
        self._records = records
        self._committer = committer

    async def commit(self) -> None:
        await self._committer.commit(self._consumer, self._records)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._consumer.seek(partition=partition, offset=offset)
