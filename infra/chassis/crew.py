"""Processes that compute, for what would keep a service's other callers waiting.

A service starts them when there is the first work for them, and lets them go when there was none for a
while. They are plain children that read their work from standard input: they end with the service, however
it ends, and import nothing but what they compute.
"""

import asyncio
import logging
import os
import pickle
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

IDLE_SECONDS = 60.0
MOST = 2
HEADER = struct.Struct("!Q")
"""Before each message: how many bytes it has."""

T = TypeVar("T")


class Crew:
    """At most ``hands`` processes: two, or one where there is one processor.

    Functions, what they are given and what they return are pickled. Functions are found by their modules.
    """

    def __init__(
        self, log: logging.Logger, hands: int | None = None, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self.hands = hands or min(MOST, len(os.sched_getaffinity(0)))
        self._log = log
        self._idle_seconds = idle_seconds
        self._turns = asyncio.Semaphore(self.hands)
        self._idle: list[_Hand] = []
        self._rest: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many processes wait for work."""
        return len(self._idle)

    async def do(self, function: Callable[..., T], *given: Any) -> T:
        """What ``function`` returns or raises, elsewhere; here, in a thread, where its process is lost."""
        async with self._turns:
            if self._rest is not None:
                self._rest.cancel()
            hand = self._idle.pop() if self._idle else await _Hand.start()
            whole = False
            try:
                done, result = await hand.do(function, given)
                whole = True
            except (OSError, EOFError) as lost:
                self._log.warning("a computing process was lost (%s): its work is done here", lost)
                return await asyncio.to_thread(function, *given)
            finally:
                # One that was left in the middle would answer to who asks next.
                if whole:
                    self._idle.append(hand)
                else:
                    hand.kill()
                loop = asyncio.get_running_loop()
                self._rest = loop.call_later(self._idle_seconds, self.dismiss)
        if not done:
            raise result
        return result  # type: ignore[no-any-return]

    def dismiss(self) -> None:
        """Let go who waits for work."""
        while self._idle:
            self._idle.pop().kill()

    async def stay(self, *_: object) -> None:
        """For as long as the service lives: afterwards nobody waits for work any more."""
        try:
            await asyncio.Event().wait()
        finally:
            if self._rest is not None:
                self._rest.cancel()
            self.dismiss()


class _Hand:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None, "a pipe was asked for"
        assert process.stdout is not None, "a pipe was asked for"
        self._process, self._to, self._from = process, process.stdin, process.stdout

    @classmethod
    async def start(cls) -> "_Hand":
        pipe = asyncio.subprocess.PIPE
        # A session of its own: Ctrl-C is for the service, which then lets go of it.
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "infra.chassis.crew_hand"),
                stdin=pipe,
                stdout=pipe,
                limit=2**20,
                start_new_session=True,
            )
        )

    async def do(self, function: Callable[..., Any], given: tuple[Any, ...]) -> tuple[bool, Any]:
        asked = pickle.dumps((function, given), pickle.HIGHEST_PROTOCOL)
        self._to.write(HEADER.pack(len(asked)))
        self._to.write(asked)
        await self._to.drain()
        [size] = HEADER.unpack(await self._from.readexactly(HEADER.size))
        done, result = pickle.loads(await self._from.readexactly(size))
        return done, result

    def kill(self) -> None:
        self._to.close()
        with suppress(ProcessLookupError):
            self._process.kill()
