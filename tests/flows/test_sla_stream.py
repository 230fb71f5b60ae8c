"""The stream of SLA clocks: each reader gets his own, of them what he asks for, and a word on a gap."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

from contracts.values import rfc3339
from tests.flows.clocks import now
from tests.flows.firm import Firm, Person, promise
from tests.flows.streams import Heard, Reader, listening
from tests.flows.waiting import until

Wanted = Callable[[Heard], bool]


async def test_each_gets_exactly_the_clocks_that_are_his_and_that_he_asks_for(firm: Firm) -> None:
    acme, bolt = await firm.customer("acme"), await firm.customer("bolt")
    west, east = await firm.site(acme, "west"), await firm.site(acme, "east")
    hall = await firm.site(bolt, "hall")
    of_acme, of_both, of_none = (firm.contract_manager(name) for name in ("ines", "claire", "zoe"))
    promises = promise(60, "response", met_by="started"), promise(240)
    care = await firm.contract(acme, *promises, managers=[of_acme, of_both])
    gold = await firm.contract(bolt, *promises, name="gold", managers=[of_both])
    work = await firm.work()

    def those(field: str, value: str) -> Wanted:
        return lambda each: bool(each.data["data"][field] == value)

    expected: list[tuple[Reader, Wanted]] = []
    async with AsyncExitStack() as stack:

        async def hears(person: Person, wanted: Wanted, **asked: Any) -> Reader:
            reader = await stack.enter_async_context(listening(person, "sla", **asked))
            expected.append((reader, wanted))
            return reader

        ours = [acme.id, bolt.id]
        everything = await hears(firm.dispatcher, lambda each: True, customer=ours)
        await hears(firm.dispatcher, those("customer_id", bolt.id), customer=bolt.id)
        await hears(firm.dispatcher, those("site_id", east), site=east)
        await hears(firm.dispatcher, those("contract_id", care), contract=care)
        await hears(of_both, those("target", "repair"), target="repair")
        await hears(of_both, lambda each: each.event == "sla-breached", type="sla-breached")
        await hears(of_both, lambda each: True)
        await hears(of_acme, those("customer_id", acme.id))
        await hears(of_acme, lambda each: False, contract=gold)
        await hears(of_none, lambda each: False)
        await hears(acme.portal, those("customer_id", acme.id))
        await hears(bolt.portal, those("customer_id", bolt.id))
        await hears(bolt.portal, lambda each: False, customer=acme.id)

        long_ago = rfc3339(await now(firm) - timedelta(minutes=100))
        await firm.opens(work, west, east)
        await firm.opens(work, hall, occurred_at=long_ago)
        await firm.opens(work, west, occurred_at=long_ago)
        await until(lambda: counts(everything, 4 + 6 + 6), why=lambda: f"heard {len(everything.heard)}")
        for reader, wanted in expected:
            found = [each for each in everything.heard if wanted(each)]
            await until(
                lambda r=reader, n=len(found): counts(r, n),  # type: ignore[misc]
                why=f"for {[(each.event, each.data['data']['site_id']) for each in found]} at reader "
                f"{[each for each, _ in expected].index(reader)}, who heard {len(reader.heard)}",
            )
            assert reader.heard == found
        counted = [len(reader.heard) for reader, _ in expected]
        assert counted == [16, 6, 2, 10, 4, 2, 16, 10, 0, 0, 10, 6, 0]


async def counts(reader: Reader, count: int) -> bool:
    return len(reader.heard) >= count


async def test_who_was_away_past_retention_is_told_which_numbers_are_gone(firm: Firm) -> None:
    acme = await firm.customer()
    await firm.contract(acme, promise())
    site, work = await firm.site(acme), await firm.work()
    async with listening(firm.dispatcher, "sla", customer=acme.id) as reader:
        for _ in range(2):
            await firm.opens(work, site, urgent=False)
        await until(lambda: counts(reader, 2))
    gone, kept = reader.heard
    await firm.platform.db("notify").stream_sla.delete_many({"_id": {"$lte": gone.id}})
    back: list[Heard] = []

    async def reads_the_rows() -> bool:
        async with listening(firm.dispatcher, "sla", after=0, customer=acme.id) as again:
            await until(lambda: counts(again, 2))
            back[:] = again.heard
        # Lines stay in memory while somebody reads.
        return back[0].event == "gap"

    await until(reads_the_rows, why=lambda: f"for a gap; heard {back}")
    gap, line = back
    assert (gap.id, gap.data) == (gone.id, {"from": 1, "to": gone.id})
    assert line == kept
