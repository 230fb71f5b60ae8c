"""Every rule's test runs on the chassis as it is, and in its turn with the rule's protection taken away."""

import time
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer

from infra.chassis.events.topics import apply_topics
from tests.infra.chassis.stage import Stage, Variant
from tests.rules import faults_of
from tests.servers import RealServers
from tests.turns import has_its_turn

PATIENCE_SECONDS = 15.0
LEAST_PATIENCE_SECONDS = 0.8


TOOK: dict[str, float] = {}
"""How long each rule's test took on the sound chassis."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" not in metafunc.fixturenames:
        return
    faulty = [
        pytest.param(fault, id=f"fault-{name}", marks=pytest.mark.xfail(raises=AssertionError, strict=True))
        for name, fault in faults_of(metafunc.function.__name__).items()
        if has_its_turn(f"{metafunc.function.__name__}/{name}")
    ]
    metafunc.parametrize("variant", [pytest.param(Variant(), id="sound"), *faulty])


@pytest.fixture(scope="session")
async def by_hand(servers: RealServers) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    yield producer
    await producer.stop()


@pytest.fixture
async def stage(
    servers: RealServers,
    unique: str,
    variant: Variant,
    by_hand: AIOKafkaProducer,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Stage]:
    """With a fault a test's end is waited for no longer than twice as long as the whole test took without.

    What leads there has its full time: a slow machine is no fault that was noticed.
    """
    sound = request.node.get_closest_marker("xfail") is None
    name = request.node.originalname
    stage = Stage(servers, unique, variant, by_hand, PATIENCE_SECONDS)
    if not sound and name in TOOK:
        stage.last_patience = max(LEAST_PATIENCE_SECONDS, 2 * TOOK[name])
    await apply_topics(servers.kafka, catalogue=stage.catalogue)
    begun = time.monotonic()
    yield stage
    if sound:
        TOOK[name] = time.monotonic() - begun
    await stage.close()
