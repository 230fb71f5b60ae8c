"""Tickets a second through the whole chain with one, two and three replicas of every service.

On two cores one replica of each already fills the machine together with Kafka, MongoDB and the load: the
ratio to look for is one. That it does not fall says that replicas share the work and do not fight for it.
"""

import tempfile
from pathlib import Path

from infra.chassis.events.topics import apply_topics
from tests.benchmarks.chain import chain
from tests.benchmarks.figures import Figure
from tests.servers import chosen_backend, started

REPLICAS = (1, 2, 3)
WARM_SECONDS, SECONDS = 5.0, 20.0


async def measure() -> list[Figure]:
    """Tickets a second; the goal, on two cores, is at least 0.8 of what one replica does."""
    rates = {count: await _rate(count) for count in REPLICAS}
    return [
        Figure(f"chain-{count}-replicas", rates[count], "tickets/s", "1 replica", rates[1], "at least 0.8 x")
        for count in REPLICAS
    ]


async def _rate(replicas: int) -> float:
    # Servers of their own: they would read the tickets of those before from the topics.
    with tempfile.TemporaryDirectory() as folder:
        async with started(chosen_backend(), Path(folder)) as servers:
            await apply_topics(servers.kafka)
            async with chain(servers, replicas) as given:
                await given.live(seconds=WARM_SECONDS)
                lived, took = await given.live(seconds=SECONDS)
                return lived / took
