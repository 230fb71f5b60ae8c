"""Follows a numbered stream for every reader of this process, whichever replica numbered its lines."""

import asyncio
import logging
from collections.abc import AsyncGenerator

from pymongo.errors import PyMongoError

from infra.chassis.events.sequence import Gap, Line, Selection, last_number, rows_of
from infra.chassis.store.mongo import Database

POLL_SECONDS = 0.15
AFTER_ERROR_SECONDS = 1.0
KEPT_IN_MEMORY = 4096
PAGE = 500

_log = logging.getLogger(__name__)


class Tail:
    """Reads new lines once and shows them to any number of readers; older ones come from the rows.

    ``run`` must be running for readers to hear anything new. It asks the database only while
    somebody reads, every 150 ms, so a line is shown well within 200 ms of becoming visible.
    ``kept`` lines stay in memory; rows are read ``page`` at a time.
    """

    def __init__(self, db: Database, stream: str, *, kept: int = KEPT_IN_MEMORY, page: int = PAGE) -> None:
        self._db = db
        self._stream = stream
        self._kept = kept
        self._page = page
        self._recent: list[Line] = []
        self._last = 0
        self._readers = 0
        self._wanted = asyncio.Event()
        self._moved = asyncio.Condition()
        self._polling = asyncio.Lock()

    async def run(self) -> None:
        """Keep up with the stream until cancelled."""
        while True:
            await self._wanted.wait()
            try:
                await self._catch_up()
            except PyMongoError as error:
                _log.warning("stream %s cannot be read: %s", self._stream, error)
                await asyncio.sleep(AFTER_ERROR_SECONDS)
            else:
                await asyncio.sleep(POLL_SECONDS)

    async def follow(self, after: int | None, wanted: Selection) -> AsyncGenerator[Line | Gap, None]:
        """What is wanted of the lines numbered above ``after`` (None: of those still to come), for ever.

        A ``Gap`` says which numbers cannot be given.
        """
        self._readers += 1
        try:
            await self._catch_up()
            self._wanted.set()
            position = self._last if after is None else after
            while True:
                if position > self._last:
                    yield Gap(self._last + 1, position, self._last)
                    position = self._last
                async for found in self._older(position, wanted):
                    yield found
                    position = found.resume if isinstance(found, Gap) else found.number
                position = max(position, self._first_recent - 1)
                newest = self._last
                for line in self._recent[position + 1 - self._first_recent :]:
                    if wanted.matches(line.document):
                        yield line
                position = newest
                async with self._moved:
                    await self._moved.wait_for(lambda: self._last != position)  # noqa: B023
        finally:
            self._readers -= 1
            if not self._readers:
                self._wanted.clear()

    @property
    def _first_recent(self) -> int:
        return self._last - len(self._recent) + 1

    async def _older(self, position: int, wanted: Selection) -> AsyncGenerator[Line | Gap, None]:
        """What lies between ``position`` and the lines in memory, page by page from the rows."""
        rows = self._db[rows_of(self._stream)]
        while position < (end := self._first_recent - 1):
            oldest = await rows.find_one({}, {"_id": 1}, sort=[("_id", 1)])
            first_kept = oldest["_id"] if oldest else end + 1
            if position + 1 < first_kept:
                lost = min(first_kept - 1, end)
                yield Gap(position + 1, lost, lost)
                position = lost
            query = {"_id": {"$gt": position, "$lte": end}, **wanted.query()}
            page = await rows.find(query).sort("_id", 1).to_list(self._page)
            for row in page:
                yield Line(row["_id"], row)
            position = page[-1]["_id"] if len(page) == self._page else end

    async def _catch_up(self) -> None:
        async with self._polling:
            newest = await last_number(self._db, self._stream)
            if newest < self._last or not self._wanted.is_set():
                self._recent = []
                moved = newest != self._last
                self._last = newest
            else:
                moved = await self._read_until(newest)
        if moved:
            async with self._moved:
                self._moved.notify_all()

    async def _read_until(self, newest: int) -> bool:
        moved = False
        rows = self._db[rows_of(self._stream)]
        while self._last < newest:
            page = (
                await rows.find({"_id": {"$gt": self._last, "$lte": newest}})
                .sort("_id", 1)
                .to_list(self._page)
            )
            if not page or page[0]["_id"] != self._last + 1:
                self._recent = []
            if not page:
                self._last = newest
                return True
            self._recent = [*self._recent, *(Line(row["_id"], row) for row in page)][-self._kept :]
            self._last = page[-1]["_id"]
            moved = True
        return moved
