"""A breaking change of an event, from topic to effect: what was published before it still counts.

The change shown: ``visit-planned`` 1 called ``technician`` what 2 calls ``technician_id``.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar

import pytest

from contracts.catalogue import CATALOGUE, Catalogue, Topic
from contracts.dispatch.events import VisitPlanned
from contracts.upcasters import Body
from contracts.values import PartNeed
from infra.chassis.clock import SystemClock
from infra.chassis.events.topics import apply_topics
from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Cause
from services.inventory.app import SERVICE
from services.inventory.domain.part import Part
from services.inventory.store.reservations import Reservations
from services.inventory.usecases.put_part import PutPart
from services.inventory.usecases.receive_stock import ReceiveStock
from tests.contracts.messages import MESSAGES, envelope_of
from tests.flows.platform import producer
from tests.flows.waiting import until
from tests.servers import RealServers

ME = Cause(actor="tester", correlation_id="c-1")
LEA = "tech-lea"


class VisitPlannedAnew(VisitPlanned):
    MAJOR: ClassVar[int] = 2


def name_the_id(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if key != "technician"}
    return {**rest, "technician_id": body["technician"]}


def after_the_change(prefix: str) -> Catalogue:
    """The catalogue of readers that were released first, on topics of this test alone."""

    def changed(topic: Topic) -> Topic:
        events = tuple(VisitPlannedAnew if model is VisitPlanned else model for model in topic.events)
        return replace(topic, name=f"{prefix}.{topic.name}", events=events)

    return Catalogue(map(changed, CATALOGUE.topics), {(VisitPlanned.TYPE, 1): name_the_id})


@pytest.fixture
async def inventory(servers: RealServers, unique: str) -> AsyncIterator[Runtime]:
    catalogue = after_the_change(unique)
    await apply_topics(servers.kafka, catalogue=catalogue)
    handlers = {
        VisitPlannedAnew if model is VisitPlanned else model: handler
        for model, handler in SERVICE.handlers.items()
    }
    runtime = Runtime(
        replace(SERVICE, handlers=handlers),
        clock=SystemClock(),
        mongo=servers.mongodb,
        kafka=servers.kafka,
        database_name=f"{unique}_inventory",
        group=f"{unique}.inventory",
        catalogue=catalogue,
    )
    await runtime.start()
    await runtime.prepared.wait()
    yield runtime
    await runtime.stop()


@pytest.mark.parametrize(("major", "field"), [(1, "technician"), (2, "technician_id")])
async def test_a_plan_of_either_major_sets_its_parts_aside(
    inventory: Runtime, servers: RealServers, unique: str, major: int, field: str
) -> None:
    sku, visit = f"{unique}-fuser", f"{unique}-1"
    await inventory.do(PutPart(Part(sku, "Fuser")), ME)
    await inventory.do(ReceiveStock("depot:paris", sku, 3, (), None), ME)

    sample = next(each for each in MESSAGES if type(each) is VisitPlanned)
    part = PartNeed(sku=sku, quantity=2)
    planned = sample.model_copy(update={"visit_id": visit, "ticket_id": unique, "parts": (part,)})
    body = json.loads(planned.encode())
    del body["technician_id"]
    body[field] = LEA
    envelope = replace(
        envelope_of(planned), id=f"{visit}:1", subject=visit, key=unique, sequence=1, major=major
    )
    headers = [(name, value.encode()) for name, value in envelope.headers().items()]
    async with producer(servers.kafka) as hand:
        topic = f"{unique}.{envelope.topic}"
        await hand.send_and_wait(topic, json.dumps(body).encode(), key=unique.encode(), headers=headers)

    async def set_aside() -> bool:
        return await inventory.read(Reservations, visit) is not None

    await until(set_aside, why="for the reservation")
    kept = await inventory.read(Reservations, visit)
    assert kept is not None
    assert kept.value.technician_id == LEA
    assert [(each.location, each.sku, each.quantity) for each in kept.value.held] == [("depot:paris", sku, 2)]
