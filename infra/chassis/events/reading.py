"""Read ahead while a batch is stored, and read on past records that aiokafka cannot parse.

A header's name that is not UTF-8 makes its parser raise in the middle of a poll: the records that the
poll had taken until then are gone, its position is past them, and the next commit would make that
final. So that from such an error on everything is read again from what the group has committed, each
partition by itself and fewer and fewer records at once, until the one that cannot be parsed is alone.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    IllegalStateError,
    KafkaError,
    UnsupportedCodecError,
)

from infra.chassis.events.metadata import keep_learning
from infra.chassis.events.parser import Incoming, RawRecord, raw_record, read

CAREFUL_SECONDS = 1.0
"""So long after the last such record each partition is still read by itself."""
PAUSE_SECONDS = 0.01
PATIENCE_MS = 500
"""FastStream sleeps after each poll that found nothing, and what comes then would wait for it."""
UNPARSABLE = (UnicodeDecodeError, CorruptRecordException)
PARSED_AT_ONCE = 50
TURNS = 16
"""Records read ahead are parsed fifty at a time, and in between the batch before them has as many turns of
the event loop as it takes to send its next command."""

Parse = Callable[[RawRecord], Incoming]


class Reader(AIOKafkaConsumer):  # type: ignore[misc]
    """aiokafka's consumer, for which a record that cannot be parsed is a record like any other.

    It is returned as a ``RawRecord`` that has coordinates and a reason but no contents. Polls that give
    something are at least ``linger_seconds`` apart unless they give all they may: under load a batch of
    ten costs little more than a batch of one, and an event that comes alone never waits. After a poll
    that gave all it may, ``read_ahead`` makes the next one while the records of the first are stored;
    where these have to be read again, so have those read ahead.
    """

    _careful_until: float | None = None
    _gone_back = True

    def __init__(
        self, *topics: str, linger_seconds: float = 0.0, parse: Parse = read, **options: Any
    ) -> None:
        super().__init__(*topics, **options)
        keep_learning(self._client)
        self._linger_seconds = linger_seconds
        self._parse = parse
        self._next_poll_at = 0.0
        self._at_most: dict[TopicPartition, int] = {}
        self._full = 0
        self._ahead: asyncio.Task[dict[TopicPartition, list[Incoming]]] | None = None
        self._ahead_from: dict[TopicPartition, int] = {}

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Incoming]]:
        """aiokafka's ``getmany``, each record read; ``max_records`` must be given."""
        assert max_records is not None
        now = asyncio.get_running_loop().time
        if (early := self._next_poll_at - now()) > 0:
            await asyncio.sleep(early)
        if self._careful_until is None:
            try:
                found = await self._read_before()
                if not found:
                    timeout_ms = max(timeout_ms, PATIENCE_MS)
                    polled = await super().getmany(
                        *partitions, timeout_ms=timeout_ms, max_records=max_records
                    )
                    found = {place: [self._incoming(each) for each in some] for place, some in polled.items()}
            except Exception as error:
                if not _interrupts(error):
                    raise
                self._gone_back = False
                self._stay_careful()
            else:
                count = sum(len(some) for some in found.values())
                self._full = max_records if count == max_records else 0
                if 0 < count < max_records:
                    self._next_poll_at = now() + self._linger_seconds
                return found
        each_alone = await self._carefully(timeout_ms / 1000, max_records)
        return {place: [self._incoming(each) for each in some] for place, some in each_alone.items()}

    def read_ahead(self) -> None:
        """Poll and parse what comes next, if there is likely to be a whole batch of it."""
        if self._full and self._ahead is None:
            self._ahead = asyncio.create_task(self._read_ahead(self._full))

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """aiokafka's ``seek``; what was read ahead is read again after it."""
        self._give_back()
        super().seek(partition, offset)

    async def stop(self) -> None:
        self._give_back()
        await super().stop()

    def _incoming(self, record: Any) -> Incoming:
        return self._parse(raw_record(record))

    async def _read_ahead(self, max_records: int) -> dict[TopicPartition, list[Incoming]]:
        parsed: dict[TopicPartition, list[Incoming]] = {}
        while max_records:
            found = await super().getmany(max_records=min(max_records, PARSED_AT_ONCE))
            if not found:
                break
            for place, records in found.items():
                self._ahead_from.setdefault(place, records[0].offset)
                parsed.setdefault(place, []).extend([self._incoming(each) for each in records])
                max_records -= len(records)
            for _ in range(TURNS):
                await asyncio.sleep(0)
        return parsed

    async def _read_before(self) -> dict[TopicPartition, list[Incoming]]:
        """What was read ahead of the partitions that are still ours."""
        if self._ahead is None:
            return {}
        try:
            found = await self._ahead
        except BaseException:
            self._give_back()
            raise
        self._ahead = None
        self._ahead_from = {}
        return {place: records for place, records in found.items() if place in self.assignment()}

    def _give_back(self) -> None:
        """Go back before what was read ahead."""
        if self._ahead is None:
            return
        ahead, self._ahead = self._ahead, None
        ahead.cancel()
        ahead.add_done_callback(lambda done: done.cancelled() or done.exception())
        for place, offset in self._ahead_from.items():
            with suppress(IllegalStateError):  # it is somebody else's by now
                super().seek(place, offset)
        self._ahead_from = {}

    async def read(self, place: TopicPartition, max_records: int, timeout_ms: int = 0) -> list[Any]:
        """Records of one partition; empty also where fewer have to be asked for."""
        at_most = min(max_records, self._at_most.get(place, max_records))
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
        # What a poll ahead lost would be behind what is read carefully beside it.
        self._full = 0

    async def _carefully(self, seconds: float, max_records: int) -> dict[TopicPartition, list[Any]]:
        now = asyncio.get_running_loop().time
        if not self._gone_back:
            await self._go_back()
            self._gone_back = True
            self._stay_careful()
        until = now() + seconds
        while self._careful_until is not None:
            found, room = await self._each_alone(max_records)
            if room and now() > self._careful_until:
                self._careful_until = None
                self._at_most.clear()
            if found or now() > until:
                return found
            await asyncio.sleep(PAUSE_SECONDS)
        return {}

    async def _each_alone(self, max_records: int) -> tuple[dict[TopicPartition, list[Any]], int]:
        """Records of one partition after the other, and how many more there was room for."""
        found: dict[TopicPartition, list[Any]] = {}
        for place in random.sample(places := sorted(self.assignment()), len(places)):
            try:
                records = await self.read(place, max_records)
            except Exception:
                if not found:
                    raise
                break  # what was found is not to be lost with it
            if records:
                found[place] = records
                max_records -= len(records)
            if not max_records:
                break
        return found, max_records

    async def _go_back(self) -> None:
        places = sorted(self.assignment())
        for place, offset in zip(places, await asyncio.gather(*map(self.committed, places)), strict=True):
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
