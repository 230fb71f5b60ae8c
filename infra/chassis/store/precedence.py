"""Who works in the background gives way to whoever has met him too often already."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Precedence:
    """Of one process: what rests on many documents is never stored while others change some all the time."""

    def __init__(self) -> None:
        self._nobody = asyncio.Event()
        self._nobody.set()

    @property
    def is_taken(self) -> bool:
        return not self._nobody.is_set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Meanwhile those who give way wait. For one at a time."""
        self._nobody.clear()
        try:
            yield
        finally:
            self._nobody.set()

    async def given(self) -> None:
        """Wait while somebody has it; what one has begun he may end."""
        await self._nobody.wait()
