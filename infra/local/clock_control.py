"""Step the domain clock through every due moment, each only when all is quiet."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import parse_rfc3339, rfc3339
from infra.chassis.clock import SteppedClock
from infra.local.errors import StackError

CLOCK_FILE = "clock.json"
POLL_SECONDS = 0.01
QUIET_PATIENCE_SECONDS = 120.0


class Stepped(Protocol):
    """What the control asks of a running service."""

    async def unquiet(self) -> list[str]: ...

    @property
    def stirring(self) -> list[str]:
        """Those of the reasons of ``unquiet`` that cost nothing to know."""
        ...

    async def next_due(self) -> datetime | None: ...

    @property
    def activity(self) -> int:
        """Rises with every event published or read: between two equal readings nothing moved."""
        ...

    async def fire_due(self) -> None:
        """Do what has become due at once, not at the next turn of the service's own loop."""
        ...


class ClockFile:
    """How far the domain clock is ahead, kept in the data folder so that a restart goes on from there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def read(self) -> timedelta:
        if not self._path.exists():
            return timedelta(0)
        try:
            return timedelta(seconds=json.loads(self._path.read_text())["offset_seconds"])
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise StackError(
                f"{self._path} does not hold the domain clock; remove it: the clock then goes on from the "
                "newest event, or from --clock if that is later."
            ) from error

    def write(self, offset: timedelta) -> None:
        fresh = self._path.with_suffix(".fresh")
        fresh.write_text(json.dumps({"offset_seconds": offset.total_seconds()}))
        fresh.replace(self._path)


def started(
    kept: ClockFile, newest: datetime | None, asked: datetime | None, *, told: Callable[[str], None]
) -> SteppedClock:
    """The domain clock of a start, written down: it never shows less than it showed already.

    It had come as far as the file says and as the ``newest`` recorded event; ``asked`` is where it
    shall start. ``told`` hears when that lies before.
    """
    clock = SteppedClock()
    reached = newest
    if kept.exists or (newest is not None and asked is None):
        ahead = clock.now() + kept.read()
        reached = max(ahead, newest or ahead)
    start = max(asked or reached, reached) if reached else asked
    if asked is not None and start is not None and start > asked:
        told(
            f"The domain clock goes on at {rfc3339(start)}: it has been there already, so it cannot start "
            f"at {rfc3339(asked)}; another --data folder can."
        )
    clock = SteppedClock(start)
    kept.write(clock.offset)
    return clock


class ClockControl:
    """``read`` and ``step`` of ``/v1/clock``; ``on_jump`` may pace the steps for the eye."""

    def __init__(
        self,
        clock: SteppedClock,
        services: Sequence[Stepped],
        kept: ClockFile,
        *,
        on_jump: Callable[[datetime, datetime], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._services = services
        self._kept = kept
        self._stepping = asyncio.Lock()
        self._unquiet_last: Stepped | None = None
        self.on_jump = on_jump

    async def read(self) -> dict[str, Any]:
        """``{now, quiet, next_due}``."""
        before = self._activity()
        reasons = await self._unquiet()
        # One that had come to rest when it was asked may have been told something since.
        return await self._shown(quiet=not reasons and before == self._activity())

    async def step(self, to: datetime | str) -> dict[str, Any]:
        """Jump from due moment to due moment up to ``to``, waiting for quiet at each; then ``read``."""
        async with self._stepping:
            await self.until_quiet()
            await self._go(parse_rfc3339(to) if isinstance(to, str) else to)
            return await self._shown(quiet=True)

    async def go(self, to: datetime) -> None:
        """``step`` for who has just waited for quiet himself: asking again costs more than a short jump."""
        async with self._stepping:
            await self._go(to)

    async def _go(self, to: datetime) -> None:
        while (due := await self.next_due()) is not None and due <= to:
            await self._jump(due)
            await self.until_quiet()
        # Nothing is due up to there, so nothing stirs that has to come to rest again.
        await self._jump(to)

    async def until_quiet(self) -> None:
        """Wait until nothing is on its way in any service; ``Refusal`` naming what is, after two minutes."""
        deadline = asyncio.get_running_loop().time() + QUIET_PATIENCE_SECONDS
        seen, reasons = self._activity(), list[str]()
        while True:
            before, seen = seen, self._activity()
            # While events pass nobody needs to be asked, and asking would hold them up.
            if before == seen:
                reasons = await self._unquiet()
                if not reasons and before == self._activity():
                    return
            if asyncio.get_running_loop().time() > deadline:
                why = "; ".join(reasons)
                raise Refusal(
                    "not-ready",
                    Text(
                        f"The services do not come to rest: {why or 'events keep coming'}.",
                        f"Les services ne s'apaisent pas : {why or 'des événements arrivent sans cesse'}.",
                    ),
                    retry_after_seconds=10,
                )
            await asyncio.sleep(POLL_SECONDS)

    async def next_due(self) -> datetime | None:
        """When the next timer of any service is due."""
        found = await asyncio.gather(*(service.next_due() for service in self._services))
        return min((due for due in found if due is not None), default=None)

    async def _shown(self, *, quiet: bool) -> dict[str, Any]:
        due = await self.next_due()
        return {"now": rfc3339(self._clock.now()), "quiet": quiet, "next_due": rfc3339(due) if due else None}

    async def _jump(self, to: datetime) -> None:
        now = self._clock.now()
        if to <= now:
            return
        if self.on_jump is not None:
            await self.on_jump(now, to)
            now = self._clock.now()
            if to <= now:
                return
        self._kept.write(self._clock.offset + (to - now))
        self._clock.set(to)
        # What fails now is tried again by the service's own loop.
        await asyncio.gather(*(service.fire_due() for service in self._services), return_exceptions=True)

    def _activity(self) -> int:
        return sum(service.activity for service in self._services)

    async def _unquiet(self) -> list[str]:
        """Why it is not quiet: what is known in memory first, then whoever was not quiet the last time."""
        if stirring := [reason for service in self._services for reason in service.stirring]:
            return stirring
        for service in sorted(self._services, key=lambda each: each is not self._unquiet_last):
            if reasons := await service.unquiet():
                self._unquiet_last = service
                return reasons
        due = await self.next_due()
        return ["a timer is due"] if due is not None and due <= self._clock.now() else []
