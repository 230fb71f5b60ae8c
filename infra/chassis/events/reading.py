"""Read on past records that aiokafka cannot parse, and lose none of those around them.

A header's name that is not UTF-8 makes its parser raise in the middle of a poll: the records that the
poll had taken until then are gone, its position is past them, and the next commit would make that
final. So that from such an error on everything is read again from what the group has committed, one
partition at a time and fewer and fewer records at once, until the one that cannot be parsed is alone.
"""

import asyncio
import random
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError, CorruptRecordException, KafkaError, UnsupportedCodecError

from infra.chassis.events.parser import RawRecord

CAREFUL_SECONDS = 1.0
"""So long after the last such record the partitions are still read one at a time."""
PAUSE_SECONDS = 0.01
PATIENCE_MS = 500
"""FastStream sleeps after each poll that found nothing, and what comes then would wait for it."""
UNPARSABLE = (UnicodeDecodeError, CorruptRecordException)


class Reader(AIOKafkaConsumer):  # type: ignore[misc]
    """aiokafka's consumer, for which a record that cannot be parsed is a record like any other.

    It is returned as a ``RawRecord`` that has coordinates and a reason but no contents. Polls that give
    something are at least ``linger_seconds`` apart unless they give all they may: under load a batch of
    ten costs little more than a batch of one, and an event that comes alone never waits.
    """

    _careful_until: float | None = None
    _gone_back = True

    def __init__(self, *topics: str, linger_seconds: float = 0.0, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._linger_seconds = linger_seconds
        self._next_poll_at = 0.0
        self._at_most: dict[TopicPartition, int] = {}

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """aiokafka's ``getmany``; ``max_records`` must be given."""
        assert max_records is not None
        now = asyncio.get_running_loop().time
        if (early := self._next_poll_at - now()) > 0:
            await asyncio.sleep(early)
        if self._careful_until is None:
            try:
                found: dict[TopicPartition, list[Any]] = await super().getmany(
                    *partitions, timeout_ms=max(timeout_ms, PATIENCE_MS), max_records=max_records
                )
            except Exception as error:
                if not _interrupts(error):
                    raise
                self._gone_back = False
                self._stay_careful()
            else:
                if 0 < sum(len(some) for some in found.values()) < max_records:
                    self._next_poll_at = now() + self._linger_seconds
                return found
        return await self._one_partition(timeout_ms / 1000, max_records)

    async def read(self, place: TopicPartition, max_records: int, timeout_ms: int = 0) -> list[Any]:
        """Records of one partition; empty also where fewer have to be asked for."""
        at_most = self._at_most.get(place, max_records)
        try:
            found = await super().getmany(place, timeout_ms=timeout_ms, max_records=at_most)
        except UNPARSABLE as error:
            self._stay_careful()
            self._at_most[place] = max(1, at_most // 2)
            # Whole or not at all: what this poll had taken is not past the position.
            offset = await self.position(place)
            if at_most > 1:
                self.seek(place, offset)
                return []
            self.seek(place, offset + 1)
            why = f"{type(error).__name__}: {error}"
            return [RawRecord(place.topic, place.partition, offset, None, (), None, unparsable=why)]
        records: list[Any] = found.get(place, [])
        return records

    def _stay_careful(self) -> None:
        self._careful_until = asyncio.get_running_loop().time() + CAREFUL_SECONDS

    async def _one_partition(self, seconds: float, max_records: int) -> dict[TopicPartition, list[Any]]:
        now = asyncio.get_running_loop().time
        if not self._gone_back:
            await self._go_back()
            self._gone_back = True
            self._stay_careful()
        until = now() + seconds
        while self._careful_until is not None:
            for place in random.sample(places := sorted(self.assignment()), len(places)):
                if records := await self.read(place, max_records):
                    return {place: records}
            if now() > self._careful_until:
                self._careful_until = None
                self._at_most.clear()
            elif now() > until:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        return {}

    async def _go_back(self) -> None:
        for place in self.assignment():
            offset = await self.committed(place)
            if place not in self.assignment():
                continue
            if offset is None:
                await self.seek_to_beginning(place)
            else:
                self.seek(place, offset)


def _interrupts(error: Exception) -> bool:
    """Whether a poll may have broken off with records in its hands."""
    if isinstance(error, KafkaError):
        return isinstance(error, CorruptRecordException | UnsupportedCodecError)
    return not isinstance(error, ConsumerStoppedError)
