"""Looks through each customer's park once a day for what is to be renewed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.lease import LEASES, Lease
from infra.chassis.store.unit import Cause
from services.inventory.domain.asset import Asset
from services.inventory.domain.history import AssetLine, Happening
from services.inventory.domain.machine import Machine, SoftwareList
from services.inventory.domain.product_names import Products
from services.inventory.domain.renewal_rules import EVERYBODY, RenewalRules
from services.inventory.domain.renewal_watch import MOST_UNMATCHED, RenewalWatch
from services.inventory.domain.renewing import Findings, Standing
from services.inventory.domain.watching import RuleKind
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.contracts import Contracts
from services.inventory.store.customers import Customers
from services.inventory.store.failures import Failures
from services.inventory.store.machines import Machines, SoftwareLists
from services.inventory.store.renewals import LifeCycles, NamesOfProducts, RenewalRuleSets, RenewalWatches
from services.inventory.usecases.keep_advices import KeepAdvices

ACTOR = "service:inventory"
EVERY = timedelta(days=1)
LOOK_SECONDS = 600.0
LASTS = timedelta(minutes=5)
AT_ONCE = 100
"""Machines that are in memory with their software at a time."""
FAULTS_OF = timedelta(days=365)
_FAULTS = frozenset(RuleKind)


async def keep_watching(run: Runtime) -> None:
    """Each customer once a day, by one replica of the service."""
    lease = Lease(run.collection(LEASES), "renewals", new_id(), LASTS)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if await lease.is_mine(run.system_clock.now()):
            for customer_id in await _due(run):
                try:
                    await look_through(run, customer_id, Cause(ACTOR, new_id()))
                except Exception:
                    # The customers after this one are looked through all the same.
                    run.log.exception(
                        "the park of %s could not be looked through and is again later", customer_id
                    )
                await lease.is_mine(run.system_clock.now())


async def _due(run: Runtime) -> list[str]:
    since = run.clock.now() - EVERY
    seen = {kept.value.id: kept.value.looked_at for kept in await run.find(RenewalWatches, {}, limit=0)}
    known: list[str] = await run.collection(Customers.name).distinct("_id", {"erased": {"$ne": True}})
    return sorted(each for each in known if each not in seen or seen[each] <= since)


async def look_through(run: Runtime, customer_id: str, cause: Cause) -> int:
    """How many advices are new or otherwise. Machines come some at a time: a park may have thousands."""
    now = run.clock.now()
    findings = Findings.with_products(await rules_of(run, customer_id), now.date(), await known_products(run))
    machines = 0
    async for standings in _standings(run, customer_id):
        for each in standings:
            findings.look_at(each)
        machines += len(standings)
    for contract in await run.find(Contracts, {"customer_id": customer_id, "erased": {"$ne": True}}, limit=0):
        findings.look_at_contract(contract.value)
    unmatched = findings.unmatched
    watch = RenewalWatch(
        customer_id,
        now,
        machines,
        unmatched[:MOST_UNMATCHED],
        max(0, len(unmatched) - MOST_UNMATCHED),
    )
    done = await run.do(KeepAdvices(watch, tuple(findings.advices)), cause)
    return done.result


async def rules_of(run: Runtime, customer_id: str) -> RenewalRules:
    for id in (customer_id, EVERYBODY):
        kept = await run.read(RenewalRuleSets, id)
        if kept is not None:
            return kept.value
    return RenewalRules(EVERYBODY)


async def known_products(run: Runtime) -> Products:
    products = [kept.value for kept in await run.find(LifeCycles, {}, limit=0)]
    names = {kept.value.id: kept.value.names for kept in await run.find(NamesOfProducts, {}, limit=0)}
    return Products(products, names)


async def _standings(run: Runtime, customer_id: str) -> AsyncIterator[Sequence[Standing]]:
    last = ""
    while True:
        query = {"customer_id": customer_id, "_id": {"$gt": last}}
        found = [kept.value for kept in await run.find(Assets, query, sort=(("_id", 1),), limit=AT_ONCE)]
        if not found:
            return
        last = found[-1].id
        yield await standings_of(run, found)
        # Other callers have their turn.
        await asyncio.sleep(0)


async def standings_of(run: Runtime, assets: Sequence[Asset]) -> list[Standing]:
    among = {"_id": {"$in": [each.id for each in assets]}}
    machines: dict[str, Machine] = {
        kept.value.id: kept.value for kept in await run.find(Machines, among, limit=0)
    }
    lists: dict[str, SoftwareList] = {
        kept.value.id: kept.value for kept in await run.find(SoftwareLists, among, limit=0)
    }
    faults = await _faults(run, [each.id for each in assets])
    return [
        Standing(
            each,
            machines[each.id].system if each.id in machines else None,
            lists[each.id].items if each.id in lists else (),
            faults[each.id],
        )
        for each in assets
    ]


async def _faults(run: Runtime, ids: Sequence[str]) -> Counter[str]:
    """Of the last 12 months: incidents and repairs, exchanges at visits, and states that asked for work; what
    is of one ticket counts once."""
    since = run.clock.now() - FAULTS_OF
    query = {"asset_id": {"$in": list(ids)}, "at": {"$gte": since}}
    found = [kept.value for kept in await run.find(AssetLines, query, limit=0)]
    told = {(line.asset_id, line.ticket_id or line.id) for line in found if _is_fault(line)}
    failed = [kept.value for kept in await run.find(Failures, query, limit=0)]
    told |= {(each.asset_id, each.id) for each in failed}
    return Counter(asset_id for asset_id, _ in told)


def _is_fault(line: AssetLine) -> bool:
    return line.happening is Happening.EXCHANGED or any(each.field in _FAULTS for each in line.differences)
