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
        return timedelta(seconds=json.loads(self._path.read_text())["offset_seconds"])

    def write(self, offset: timedelta) -> None:
        fresh = self._path.with_suffix(".fresh")
        fresh.write_text(json.dumps({"offset_seconds": offset.total_seconds()}))
        fresh.replace(self._path)


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
        self.on_jump = on_jump

    async def read(self) -> dict[str, Any]:
        """``{now, quiet, next_due}``."""
        return await self._shown(quiet=not await self._unquiet())

    async def step(self, to: datetime | str) -> dict[str, Any]:
        """Jump from due moment to due moment up to ``to``, waiting for quiet at each; then ``read``."""
        target = parse_rfc3339(to) if isinstance(to, str) else to
        async with self._stepping:
            await self.until_quiet()
            while (due := await self._next_due()) is not None and due <= target:
                await self._jump(due)
                await self.until_quiet()
            # Nothing is due up to there, so nothing stirs that has to come to rest again.
            await self._jump(target)
            return await self._shown(quiet=True)

    async def until_quiet(self) -> None:
        """Wait until nothing is on its way in any service; ``Refusal`` naming what is, after two minutes."""
        deadline = asyncio.get_running_loop().time() + QUIET_PATIENCE_SECONDS
        while True:
            before = self._activity()
            reasons = await self._unquiet()
            if not reasons and before == self._activity():
                due = await self._next_due()
                if due is None or due > self._clock.now():
                    return
            if asyncio.get_running_loop().time() > deadline:
                why = "; ".join(reasons)
                raise Refusal(
                    "not-ready",
                    Text(
                        f"The services do not come to rest: {why or 'a timer keeps being due'}.",
                        f"Les services ne s'apaisent pas : {why or 'une échéance revient sans cesse'}.",
                    ),
                    retry_after_seconds=10,
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _shown(self, *, quiet: bool) -> dict[str, Any]:
        due = await self._next_due()
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

    def _activity(self) -> int:
        return sum(service.activity for service in self._services)

    async def _unquiet(self) -> list[str]:
        if stirring := [reason for service in self._services for reason in service.stirring]:
            return stirring
        found = await asyncio.gather(*(service.unquiet() for service in self._services))
        return [reason for reasons in found for reason in reasons]

    async def _next_due(self) -> datetime | None:
        found = await asyncio.gather(*(service.next_due() for service in self._services))
        return min((due for due in found if due is not None), default=None)
