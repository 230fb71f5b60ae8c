"""The live streams of this process."""

import asyncio

from infra.chassis.events.tail import Tail
from infra.chassis.runtime import Runtime
from infra.chassis.store.runner import Unavailable
from services.notify.domain.line import Stream


class LiveStreams:
    """One tail per stream, for every reader; there once the service has its database."""

    def __init__(self) -> None:
        self._tails: dict[Stream, Tail] = {}

    async def run(self, run: Runtime) -> None:
        """Keep up with every stream until cancelled."""
        self._tails = {stream: Tail(run.db, stream) for stream in Stream}
        async with asyncio.TaskGroup() as group:
            for tail in self._tails.values():
                group.create_task(tail.run())

    def __getitem__(self, stream: Stream) -> Tail:
        """``Unavailable`` before the service has its database."""
        if stream not in self._tails:
            raise Unavailable
        return self._tails[stream]
