"""What the rules and dashboards ask Prometheus for is what a running platform tells, and it moves."""

from collections import defaultdict
from datetime import datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from contracts.catalogue import CATALOGUE, SERVICES
from infra.observability.__main__ import expressions
from infra.observability.promql import RECORDED, Asked, asked
from tests.flows.firm import Firm, promise
from tests.flows.platform import Platform, producer
from tests.flows.waiting import until

GIVEN_BY_PROMETHEUS = frozenset({"job", "instance", "service"})
MADE_BY_PROMETHEUS = "up"
READ_BY_ALL = ("ticket.lifecycle.v1", "dispatch.visits.v1")
"""Each service reads one of these."""


class Exposition:
    """One scrape: what each series says and which labels it has, and what only grows."""

    def __init__(self, text: str) -> None:
        self.values: dict[str, float] = defaultdict(float)
        self.labels: dict[str, set[str]] = defaultdict(set)
        self.grows: set[str] = set()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                name = sample.name
                # The text has one type for all services' families: whose a sample is its label says.
                self.values[name] += sample.value
                self.labels[name] |= sample.labels.keys()
                if family.type in {"counter", "histogram"}:
                    self.grows.add(name)


def everything_asked() -> dict[Asked, str]:
    """Every metric that is not recorded from others, with the place that asks for it."""
    return {
        each: place
        for place, expression in expressions()
        for each in asked(expression)
        if RECORDED not in each.metric and each.metric != MADE_BY_PROMETHEUS
    }


async def scrape(platform: Platform) -> Exposition:
    answer = await platform.client.get("/metrics")
    assert answer.status_code == 200
    return Exposition(answer.text)


async def test_every_metric_that_rules_and_dashboards_name_is_told_and_moves(
    platform: Platform, firm: Firm
) -> None:
    wanted = everything_asked()
    assert len({each.metric for each in wanted}) > len(SERVICES)
    readers = (CATALOGUE.topic_named(topic).consumers.values() for topic in READ_BY_ALL)
    assert {each for of_topic in readers for names in of_topic for each in names} >= set(SERVICES)
    await a_day_of_work(firm)
    async with producer(platform.kafka) as hand:
        for topic in READ_BY_ALL:
            await hand.send_and_wait(topic, b"no event at all", key=b"nobody")

    missing: dict[str, str] = {}

    async def all_told() -> bool:
        after = await scrape(platform)
        missing.clear()
        for each, place in wanted.items():
            if each.metric not in after.values:
                missing[each.metric] = f"is not told; {place}"
            elif lacking := each.labels - after.labels[each.metric] - GIVEN_BY_PROMETHEUS:
                missing[each.metric] = f"has no label {', '.join(sorted(lacking))}; {place}"
            elif each.metric in after.grows and not after.values[each.metric]:
                missing[each.metric] = f"has not moved; {place}"
        return not missing

    await until(all_told, within=30, every=0.5, why=lambda: f"for {missing}")


async def a_day_of_work(firm: Firm) -> None:
    """An urgent visit is not answered in time and goes to somebody else; a calm one is told once it rests."""
    acme = await firm.customer()
    await firm.contract(acme, promise(minutes=8))
    fuser = await firm.part("fuser")
    for name in ("lea", "tom"):
        technician = await firm.technician(name)
        await firm.stock(f"van:{technician.id}", fuser, 1)
    site, work = await firm.site(acme), await firm.work(parts={fuser: 1})
    request = await firm.opens(work, site, requester=acme.ann)
    calm = await firm.opens(work, site, requester=acme.ann, urgent=False)
    sent = await request.visit.is_("dispatched")
    await calm.visit.is_("planned", "dispatched")
    now = datetime.fromisoformat((await firm.platform.clock())["now"])
    await firm.platform.step(now + timedelta(minutes=5))

    async def passed_on() -> bool:
        return bool((await request.visit.now())["technician_id"] != sent["technician_id"])

    await until(passed_on, why="for somebody else to be sent")
    asked = await firm.dispatcher.post("/v1/plans", {"technician_id": sent["technician_id"]})
    assert asked.status_code in (201, 409), asked.text
