"""Who works in the background gives way to whoever has met him too often already."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

ENDS_WITHIN_SECONDS = 1.0
"""So long what has begun is waited for."""


class Precedence:
    """Of one process: what rests on many documents is never stored while others change some all the time."""

    def __init__(self) -> None:
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._rests = asyncio.Event()
        self._rests.set()
        self._begun = 0

    @property
    def is_taken(self) -> bool:
        return not self._nobody.is_set()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Meanwhile those who give way begin nothing; what they have begun is over. For one at a time."""
        self._nobody.clear()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._rests.wait(), ENDS_WITHIN_SECONDS)
            yield
        finally:
            self._nobody.set()

    @asynccontextmanager
    async def given(self) -> AsyncIterator[None]:
        """Work that waits while somebody has precedence."""
        while self.is_taken:
            await self._nobody.wait()
        self._begun += 1
        self._rests.clear()
        try:
            yield
        finally:
            self._begun -= 1
            if not self._begun:
                self._rests.set()
