"""The firm that the load plays with: three clients who must never see each other, technicians, parts."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.flows.firm import CESSON, LYON, RENNES, VILLEURBANNE, Customer, Firm, Technician, promise
from tests.flows.platform import Deployment

TECHNICIANS = 16
PLACES = (RENNES, CESSON, LYON, VILLEURBANNE)
CUSTOMERS = ("acme", "globex", "initech")
PIECES_IN_A_VAN = 20_000
PROMISED_MINUTES = (1, 2, 240)


@dataclass
class World:
    """``busy`` are the technicians with a step under way: each does one thing at a time."""

    firm: Firm
    customers: list[Customer]
    sites: dict[str, list[str]]
    works: list[str]
    skus: list[str]
    technicians: list[Technician]
    busy: set[str] = field(default_factory=set)

    def sites_of(self, customer: Customer, count: int, chance: random.Random) -> Sequence[str]:
        return chance.sample(self.sites[customer.id], count)


async def founded(deployment: Deployment) -> World:
    firm = Firm(deployment, "chaos")
    customers = [await firm.customer(name) for name in CUSTOMERS]
    manager = firm.contract_manager("manager")
    sites = {
        each.id: [
            await firm.site(each, name, near)
            for name, near in (
                ("office", RENNES),
                ("depot", CESSON),
                ("branch", LYON),
                ("shop", VILLEURBANNE),
            )
        ]
        for each in customers
    }
    promises = [promise(minutes, f"within-{minutes}") for minutes in PROMISED_MINUTES]
    for each in customers:
        await firm.contract(each, *promises, managers=[manager])
    skus = [await firm.part("fuser"), await firm.part("lamp")]
    works = [
        await firm.work("repair", minutes=5, parts={skus[0]: 1}),
        await firm.work("dead-screen", minutes=10, parts={skus[1]: 1}),
        await firm.work("lost-connection", minutes=5),
    ]
    technicians = [await firm.technician(f"tech-{n}", PLACES[n % len(PLACES)]) for n in range(TECHNICIANS)]
    await asyncio.gather(
        *(firm.stock(f"van:{each.id}", sku, PIECES_IN_A_VAN) for each in technicians for sku in skus)
    )
    return World(firm, customers, sites, works, skus, technicians)


async def subscribed(world: World, url: str) -> None:
    """Each client has what is of one stream posted to ``url``, at a path of its own name: all of it together
    would be as many deliveries as all other work."""
    streams: tuple[tuple[str, ...], ...] = (
        ("visit-planned", "visit-rescheduled", "technician-dispatched", "intervention-closed"),
        ("ticket-opened", "ticket-noted", "ticket-resolved", "ticket-cancelled"),
        ("sla-breached", "sla-paused", "sla-resumed"),
    )
    for each, types in zip(world.customers, streams, strict=True):
        asked = {"url": f"{url}/{each.id}", "types": types}
        answer = await each.portal.post("/v1/subscriptions", asked)
        assert answer.status_code == 201, answer.text
