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
from dataclasses import dataclass
from typing import Any, TypeVar

IDLE_SECONDS = 60.0
RETIRED_AT = 256 * 2**20
"""Bytes that a process may have used and still be given more work: it would keep them."""
MOST = 2
HEADER = struct.Struct("!Q")
"""Before each message: how many bytes it has."""

T = TypeVar("T")


class Lost(Exception):
    """Two processes in a row ended over the same work: there may not be memory enough for it."""


@dataclass(frozen=True)
class Answer:
    """``stays`` is false of a process that is not to be asked again."""

    result: Any = None
    raised: Exception | None = None
    stays: bool = True


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
        self.alone = asyncio.Lock()
        """For work that takes so much memory that there may be one of it at a time."""
        self._idle: list[_Hand] = []
        self._rest: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many processes wait for work."""
        return len(self._idle)

    async def do(self, function: Callable[..., T], *given: Any) -> T:
        """What ``function`` returns or raises, elsewhere. ``Lost`` where its process ends, and one more."""
        async with self._turns:
            if self._rest is not None:
                self._rest.cancel()
            try:
                try:
                    return await self._done(function, given)
                except (OSError, EOFError) as lost:
                    self._log.warning("a computing process was lost (%s): another does its work", lost)
                    return await self._done(function, given)
            except (OSError, EOFError) as lost:
                raise Lost(str(lost)) from lost
            finally:
                loop = asyncio.get_running_loop()
                self._rest = loop.call_later(self._idle_seconds, self.dismiss)

    async def _done(self, function: Callable[..., T], given: tuple[Any, ...]) -> T:
        hand = self._idle.pop() if self._idle else await _Hand.start()
        stays = False
        try:
            answer = await hand.do(function, given)
            stays = answer.stays
        finally:
            # One that was left in the middle would answer to who asks next.
            if stays:
                self._idle.append(hand)
            else:
                hand.kill()
        if answer.raised is not None:
            raise answer.raised
        result: T = answer.result
        return result

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

    async def do(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Answer:
        asked = pickle.dumps((function, given), pickle.HIGHEST_PROTOCOL)
        self._to.write(HEADER.pack(len(asked)))
        self._to.write(asked)
        await self._to.drain()
        [size] = HEADER.unpack(await self._from.readexactly(HEADER.size))
        answer: Answer = pickle.loads(await self._from.readexactly(size))
        return answer

    def kill(self) -> None:
        self._to.close()
        with suppress(ProcessLookupError):
            self._process.kill()
