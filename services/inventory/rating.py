"""How often machines fail and which are likely to: worked out from the whole park, kept until it changes."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.unit import Cause
from infra.chassis.wiring import Wake
from services.inventory.domain.asset import Asset
from services.inventory.domain.failure import FAILURES, Failure
from services.inventory.domain.risk import Lived, Rated, rated
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.failures import Countings, Failures
from services.inventory.store.machines import Machines
from services.inventory.usecases.count_failures import BeginCounting

ACTOR = "service:inventory"
FRESH = timedelta(minutes=5)
AT_ONCE = 1_000
"""Machines that are rated before others get a turn."""


async def begin_counting(run: Runtime) -> None:
    await run.do(BeginCounting(), Cause(ACTOR, new_id()))


@dataclass
class Ratings:
    """``of`` gives the whole park's, or a customer's own; an asset or a failure that changes here is in the
    next answer.

    What other replicas write, and what inventories say of machines, is in it after ``FRESH`` at the latest:
    the whole park would be read again at every agent's inventory.
    """

    run: Runtime
    _kept: dict[str | None, Rated] = field(default_factory=dict)
    _wakes: list[Wake] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._wakes = [self.run.wakes_on(kind) for kind in (Assets, Failures)]

    async def of(self, customer_id: str | None = None) -> Rated:
        async with self._turn:
            changed = [await wake.wait(0) for wake in self._wakes]
            if any(changed):
                self._kept.clear()
            known, now = self._kept.get(customer_id), self.run.clock.now()
            if known is None or not known.at <= now < known.at + FRESH:
                lived = await self._lived(customer_id)
                known = self._kept[customer_id] = await asyncio.to_thread(rated, lived, now)
            return known

    async def _lived(self, customer_id: str | None) -> list[Lived]:
        counting = await self.run.read(Countings, FAILURES)
        since = self.run.clock.now() if counting is None else counting.value.since_at
        query = {} if customer_id is None else {"customer_id": customer_id}
        assets: list[Asset] = []
        after = ""
        while True:
            page = await self.run.find(Assets, {**query, "_id": {"$gt": after}}, limit=AT_ONCE)
            assets += [kept.value for kept in page]
            if len(page) < AT_ONCE:
                break
            after = page[-1].value.id
            await asyncio.sleep(0)
        lived = []
        for start in range(0, len(assets), AT_ONCE):
            lived += await self._some(assets[start : start + AT_ONCE], since)
        return lived

    async def _some(self, assets: list[Asset], since: datetime) -> list[Lived]:
        ids = [each.id for each in assets]
        machines = {
            kept.value.id: kept.value
            for kept in await self.run.find(Machines, {"_id": {"$in": ids}}, limit=0)
        }
        failures: dict[str, list[Failure]] = {}
        for kept in await self.run.find(Failures, {"asset_id": {"$in": ids}}, limit=0):
            failures.setdefault(kept.value.asset_id, []).append(kept.value)
        firsts = await self.run.find(AssetLines, {"_id": {"$in": [f"{id}#1" for id in ids]}}, limit=0)
        registered = {kept.value.asset_id: kept.value.at for kept in firsts}
        return [
            Lived(
                asset,
                max(since, registered.get(asset.id, since), _bought(asset, since)),
                machines.get(asset.id),
                tuple(sorted(failures.get(asset.id, ()), key=lambda each: each.at)),
            )
            for asset in assets
        ]


def _bought(asset: Asset, otherwise: datetime) -> datetime:
    if asset.bought_on is None:
        return otherwise
    return datetime.fromisoformat(asset.bought_on).replace(tzinfo=UTC)
