"""How each fault is done to the platform and undone."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from tests.chaos.fleet import Fleet
from tests.chaos.proxy import WAYS
from tests.chaos.restoring import Archivist
from tests.chaos.schedule import Fault
from tests.chaos.servers import Platform

AN_HOUR = 3600.0
DELAY_SECONDS = 0.5
NARROW_BYTES = 5_000.0
BETWEEN_RESTARTS_SECONDS = 2.0
CRASHES_WITHIN_SECONDS = 20.0
LEADS_ALONE_SECONDS = 4.0
PRIMARY_ALONE_SECONDS = 1.5
"""How long one of three has what the others do not: a primary gives up when it hears of nobody for two."""
ONE_AFTER_THE_OTHER_SECONDS = 1.5
"""At most, between what goes when everything does."""


@dataclass
class Hand:
    """What does the faults. ``chance`` picks among replicas and directions."""

    platform: Platform
    fleet: Fleet
    chance: random.Random
    archivist: Archivist | None = None
    """Of a run in which a backup is brought back."""
    _servers: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One thing at a time is done to them: who is being started again is not killed."""

    async def does(self, fault: Fault) -> None:
        """Do it, wait as long as it lasts, and undo it."""
        await self._ways[fault.name](fault)

    @property
    def kinds(self) -> set[str]:
        """What it can do."""
        return set(self._ways)

    @property
    def _ways(self) -> Mapping[str, Callable[[Fault], Awaitable[None]]]:
        return {
            "kill-service": self._kill_service,
            "crash": self._crash,
            "freeze-service": self._freeze,
            "restart-in-turn": self._restart_in_turn,
            "kill-broker": self._kill_broker,
            "kill-database": self._kill_database,
            "kill-everything": self._kill_everything,
            "kafka-away": self._kill_broker,
            "full-disk": self._full_disk,
            "back-up": self._back_up,
            "restore": self._restore,
            "move-leaders": self._move_leaders,
            "step-down": self._step_down,
            "lose-leader": self._lose_leader,
            "lose-primary": self._lose_primary,
            "cut-one-way": self._cut_one_way,
            "cut-both-ways": self._cut_both_ways,
            "delay": self._delay,
            "narrow": self._narrow,
            "clock-forward": self._clock,
            "clock-back": self._clock,
        }

    # -- processes ---------------------------------------------------------------------------

    async def _kill_service(self, fault: Fault) -> None:
        self.chance.choice(self.fleet.of(fault.target)).signal(signal.SIGKILL)

    async def _crash(self, fault: Fault) -> None:
        """The replica dies where it was told to, or is killed when it never comes there."""
        point, _, service = fault.target.partition("@")
        member = self.chance.choice(self.fleet.of(service))
        process = member.process
        member.told(f"crash {point}")
        if process is not None:
            try:
                await asyncio.wait_for(process.wait(), CRASHES_WITHIN_SECONDS)
            except TimeoutError:
                member.signal(signal.SIGKILL)

    async def _freeze(self, fault: Fault) -> None:
        member = self.chance.choice(self.fleet.of(fault.target))
        member.signal(signal.SIGSTOP)
        await asyncio.sleep(fault.seconds)
        member.signal(signal.SIGCONT)

    async def _restart_in_turn(self, fault: Fault) -> None:
        for member in self.fleet.members:
            member.signal(signal.SIGTERM)
            await asyncio.sleep(BETWEEN_RESTARTS_SECONDS)

    async def _clock(self, fault: Fault) -> None:
        off = AN_HOUR if fault.name == "clock-forward" else -AN_HOUR
        for member in self.fleet.of(fault.target):
            member.told(f"clock {off}")
        await asyncio.sleep(fault.seconds)
        for member in self.fleet.of(fault.target):
            member.told("clock 0")

    # -- servers -----------------------------------------------------------------------------

    async def _kill_broker(self, fault: Fault) -> None:
        async with self._servers:
            numbers = [int(fault.target)] if fault.target.isdigit() else []
            await self.platform.kill_brokers(*numbers)
            await asyncio.sleep(fault.seconds)
            await self.platform.start_brokers(*numbers)

    async def _kill_database(self, fault: Fault) -> None:
        async with self._servers:
            await self.platform.kill_databases(int(fault.target))
            await asyncio.sleep(fault.seconds)
            await self.platform.start_databases(int(fault.target))

    async def _kill_everything(self, fault: Fault) -> None:
        """Machines do not lose their power at the same instant: who goes first is chance's choice."""

        async def kill_services() -> None:
            for member in self.fleet.members:
                member.signal(signal.SIGKILL)

        ways = [kill_services, self.platform.kill_brokers, self.platform.kill_databases]
        self.chance.shuffle(ways)
        async with self._servers:
            for kill in ways:
                await kill()
                await asyncio.sleep(self.chance.uniform(0.0, ONE_AFTER_THE_OTHER_SECONDS))
            await kill_services()  # those that were started again meanwhile
            await asyncio.sleep(fault.seconds)
            await asyncio.gather(self.platform.start_brokers(), self.platform.start_databases())

    async def _full_disk(self, fault: Fault) -> None:
        """Servers that found no room have ended; they are started again when there is some."""
        async with self._servers:
            disk = self.platform.disk
            assert disk is not None, "this fault is drawn only where the disk is small"
            await asyncio.to_thread(disk.fill)
            await asyncio.sleep(fault.seconds)
            disk.empty()
            await asyncio.gather(self.platform.start_brokers(), self.platform.start_databases())

    async def _back_up(self, fault: Fault) -> None:
        async with self._servers:
            assert self.archivist is not None, "this is drawn only where there is one"
            await self.archivist.back_up()

    async def _restore(self, fault: Fault) -> None:
        async with self._servers:
            assert self.archivist is not None, "this is drawn only where there is one"
            await self.archivist.bring_back()

    async def _move_leaders(self, fault: Fault) -> None:
        async with self._servers:
            await self.platform.move_leaders(int(fault.target))

    async def _step_down(self, fault: Fault) -> None:
        await self.platform.step_down()

    async def _lose_leader(self, fault: Fault) -> None:
        """A broker dies with what the others have not had yet, and comes back when they have gone on."""
        async with self._servers:
            async with self.platform.brokers_frozen(but=int(fault.target)):
                await asyncio.sleep(LEADS_ALONE_SECONDS)
                await self.platform.kill_brokers(int(fault.target))
            await asyncio.sleep(fault.seconds)
            await self.platform.start_brokers(int(fault.target))

    async def _lose_primary(self, fault: Fault) -> None:
        """The primary dies with what the secondaries have not had yet."""
        async with self._servers:
            primary = await self.platform.primary()
            async with self.platform.databases_frozen(but=primary):
                await asyncio.sleep(PRIMARY_ALONE_SECONDS)
                await self.platform.kill_databases(primary)
            await asyncio.sleep(fault.seconds)
            await self.platform.start_databases(primary)

    # -- wires -------------------------------------------------------------------------------

    async def _cut_one_way(self, fault: Fault) -> None:
        way = self.chance.choice(WAYS)
        for wire in self.platform.wires[fault.target]:
            wire.cut(way)
        await self._heals(fault)

    async def _cut_both_ways(self, fault: Fault) -> None:
        for wire in self.platform.wires[fault.target]:
            wire.cut(*WAYS)
        await self._heals(fault)

    async def _delay(self, fault: Fault) -> None:
        for wire in self.platform.wires[fault.target]:
            wire.delay(DELAY_SECONDS)
        await self._heals(fault)

    async def _narrow(self, fault: Fault) -> None:
        for wire in self.platform.wires[fault.target]:
            wire.narrow(NARROW_BYTES)
        await self._heals(fault)

    async def _heals(self, fault: Fault) -> None:
        await asyncio.sleep(fault.seconds)
        for wire in self.platform.wires[fault.target]:
            wire.heal()
