"""Read your writes across services: wait until what Kafka held on arrival has been read."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.events.browsing import AWAY
from infra.chassis.events.kafka import Consumer

T = TypeVar("T")
LIMIT_SECONDS = 2.0
POLL_SECONDS = 0.025
ON_ITS_WAY_SECONDS = 0.2
"""What a service has answered is on Kafka a few milliseconds later; so long a busy one may take."""


class NotCaughtUp(Refusal):
    """Whether the thing exists cannot be said yet (503, try again)."""

    def __init__(self) -> None:
        super().__init__(
            "not-ready",
            Text(
                "What other services said a moment ago has not arrived here yet: try again in a second.",
                "Ce que d'autres services viennent de dire n'est pas encore arrivé ici : "
                "réessayez dans une seconde.",
            ),
            retry_after_seconds=1,
        )


class Freshness:
    """Answers whether the group has read everything that a topic's partition held on arrival."""

    limit_seconds = LIMIT_SECONDS

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def find(self, topic: str, key: str, look: Callable[[], Awaitable[T | None]]) -> T | None:
        """What ``look`` finds within 2 s; None once the read copy is up to date and it is not there.

        It is up to date with what Kafka held a moment after the question: whoever asks may have had his
        answer from the other service before its event was published.
        ``NotCaughtUp`` when neither is certain: the group lags, or Kafka does not answer.
        """
        try:
            async with asyncio.timeout(self.limit_seconds):
                return await self._find(topic, key, look)
        except AWAY as error:
            raise NotCaughtUp from error

    async def _find(self, topic: str, key: str, look: Callable[[], Awaitable[T | None]]) -> T | None:
        found = await look()
        if found is not None:
            return found
        clock = asyncio.get_running_loop()
        ends_at = clock.time() + self.limit_seconds
        partition, end = await self._consumer.end_offset(topic, key)
        asked_again = False
        # The timeout's cancellation alone does not end this: ``asyncio.wait_for`` of Python 3.11 drops one
        # that comes while what it waits for is ready.
        while clock.time() < ends_at:
            committed = await self._consumer.committed()
            caught_up = end == 0 or committed.get((topic, partition), 0) >= end
            found = await look()
            if found is not None or (caught_up and asked_again):
                return found
            await asyncio.sleep(ON_ITS_WAY_SECONDS if caught_up else POLL_SECONDS)
            if caught_up:
                partition, end = await self._consumer.end_offset(topic, key)
                asked_again = True
        raise TimeoutError
