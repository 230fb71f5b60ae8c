"""Numbers that people say on the phone: ``T-2026-000123``, counted by year.

Each process reserves a block with one write and gives out of it; what a process had not given
when it ended is a gap. Numbers are unique, not dense, and rise only within a process.
"""

import asyncio
from dataclasses import dataclass, field

from pymongo import ReturnDocument

from infra.chassis.store.mongo import DocumentCollection

BLOCK = 50


@dataclass
class Numbers:
    """The numbers of one process, out of ``counters`` (one document a year)."""

    counters: DocumentCollection
    block: int = BLOCK
    _left: dict[int, list[int]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self, year: int) -> str:
        async with self._lock:
            left = self._left.get(year)
            if not left:
                left = self._left[year] = await self._reserve(year)
            return f"T-{year}-{left.pop():06d}"

    async def _reserve(self, year: int) -> list[int]:
        counter = await self.counters.find_one_and_update(
            {"_id": f"ticket-numbers-{year}"},
            {"$inc": {"reserved": self.block}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        assert counter is not None, "an upsert gives what it made"
        last: int = counter["reserved"]
        return list(range(last, last - self.block, -1))
