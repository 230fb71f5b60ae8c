"""What operators ask of a running service: lag, outbox age, what is put aside, and whether it lives.

Looked at every few seconds, so that a scrape costs nothing and a slow answer of one server hides no
other figure.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

from infra.chassis.events import parked
from infra.chassis.events.parked import PARKED
from infra.chassis.ops.metrics import Metrics

if TYPE_CHECKING:
    from infra.chassis.runtime import Runtime

LOOK_SECONDS = 5.0
FIGURE_SECONDS = 1.5
"""Less than a health check may take: the figures that are known then are told."""
STALLED_SECONDS = 120.0

Place = tuple[str, int]
_UNKNOWN = float("nan")


@dataclass(frozen=True)
class _Seen:
    """How far a partition with unread records had been read, and since when."""

    offset: int
    since: float


class Watch:
    """Looks at one running service; its figures go to /health and /metrics."""

    def __init__(
        self,
        runtime: "Runtime",
        metrics: Metrics,
        log: logging.Logger,
        *,
        stalled_after: float = STALLED_SECONDS,
    ) -> None:
        self._runtime = runtime
        self._log = log
        self._stalled_after = stalled_after
        self._standing: dict[Place, _Seen] = {}
        self._lag = metrics.gauge("consumer_lag_records", "Records not read yet", ("topic",))
        self._partitions = metrics.gauge("consumer_assigned_partitions", "Partitions that are read here")
        self._age = metrics.gauge("outbox_age_seconds", "Age of the oldest event that Kafka has not taken")
        self._waiting = metrics.gauge("outbox_waiting_events", "Events on their way to Kafka")
        self._silent = metrics.gauge("kafka_silent_seconds", "How long Kafka has taken nothing")
        self._aside = metrics.gauge("parked_events", "Events put aside", ("state",))
        self._rebalances = metrics.counter("consumer_rebalances", "Times that partitions were shared out")
        self._published = metrics.counter("events_published", "Events that Kafka has taken")
        self._overdue = (
            metrics.gauge("timer_overdue_seconds", "How long the oldest timer that is due has waited")
            if runtime.service.timers
            else None
        )
        self._counted = {self._rebalances: 0, self._published: 0}

    async def run(self) -> None:
        """Look until cancelled."""
        await self._runtime.prepared.wait()
        while True:
            try:
                await self.look(within=2 * LOOK_SECONDS)
            except Exception:
                self._log.exception("the figures could not be looked at")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, within: float = FIGURE_SECONDS) -> Mapping[str, Any]:
        """The figures now. One that could not be had in time says why, beside the others."""
        runtime = self._runtime
        unread, age, aside, overdue = await asyncio.gather(
            *(
                _figure(each, within)
                for each in (
                    self._unread(),
                    self._outbox_age(),
                    parked.counts(runtime.db),
                    self._timers_overdue(),
                )
            )
        )
        assignment = runtime.consumer.assignment()
        known = not isinstance(unread, Exception) and not isinstance(age, Exception)
        self._follow(unread if known else {}, assignment)
        lag: dict[str, float] = dict.fromkeys(runtime.consumer.topics, _UNKNOWN)
        if not isinstance(unread, Exception):
            lag = {
                topic: sum(end - read for (each, _), (read, end) in unread.items() if each == topic)
                for topic in runtime.consumer.topics
            }
        for topic, records in lag.items():
            self._lag.labels(topic).set(records)
        for state in ("parked", "awaiting", "follower", "dead"):
            count = _UNKNOWN if isinstance(aside, Exception) else aside.get(state, 0)
            self._aside.labels(state).set(count)
        self._age.set(_UNKNOWN if isinstance(age, Exception) else age)
        self._partitions.set(len(assignment))
        self._waiting.set(runtime.publisher.waiting)
        self._silent.set(runtime.publisher.silent_seconds)
        if self._overdue is not None:
            self._overdue.set(_UNKNOWN if isinstance(overdue, Exception) else overdue)
        self._count(self._rebalances, runtime.consumer.rebalances)
        self._count(self._published, runtime.publisher.published)
        return {
            "lag": _told(unread if isinstance(unread, Exception) else lag),
            "assignment": list(assignment),
            "parked": _told(aside),
            "outbox_age_seconds": _told(age),
            "outbox_waiting": runtime.publisher.waiting,
            "kafka_silent_seconds": round(runtime.publisher.silent_seconds, 1),
            "timer_overdue_seconds": _told(overdue),
        }

    def _count(self, counter: Counter, now: int) -> None:
        """What counts itself is taken over; a publisher that was put together anew begins at nothing."""
        counter.inc(max(now - self._counted[counter], 0))
        self._counted[counter] = now

    @property
    def progresses(self) -> bool:
        """False once a partition that this process has to read stands still while both servers answer."""
        now = asyncio.get_running_loop().time()
        return all(now - seen.since < self._stalled_after for seen in self._standing.values())

    def _follow(self, unread: Mapping[Place, tuple[int, int]], assignment: tuple[str, ...]) -> None:
        """Without an assignment it answers for all partitions: another process would have moved them."""
        now = asyncio.get_running_loop().time()
        before, self._standing = self._standing, {}
        for place, (read, _) in unread.items():
            if assignment and f"{place[0]}/{place[1]}" not in assignment:
                continue
            seen = before.get(place)
            self._standing[place] = seen if seen is not None and seen.offset == read else _Seen(read, now)

    async def _unread(self) -> Mapping[Place, tuple[int, int]]:
        return await self._runtime.consumer.unread() if self._runtime.consumer.topics else {}

    async def _timers_overdue(self) -> float:
        """How long the oldest due timer has waited, by the clock that it is set by."""
        due = await self._runtime.next_due()
        late = (self._runtime.clock.now() - due).total_seconds() if due is not None else 0.0
        return max(round(late, 1), 0.0)

    async def _outbox_age(self) -> float:
        """How long the oldest unpublished event has waited; 0 when none does."""
        runtime = self._runtime
        waiting = {"outbox.0.at": {"$exists": True}}
        oldest = [
            runtime.db[name].find_one(waiting, {"outbox.at": 1}, sort=[("outbox.0.at", 1)])
            for name in (*runtime.aggregates, PARKED)
        ]
        now = runtime.system_clock.now()
        ages = [now - found["outbox"][0]["at"] for found in await asyncio.gather(*oldest) if found]
        return max((round(age.total_seconds(), 1) for age in ages), default=0.0)


async def _figure(asked: Awaitable[Any], within: float) -> Any:
    try:
        return await asyncio.wait_for(asked, within)
    except Exception as error:
        return error


def _told(figure: Any) -> Any:
    if isinstance(figure, Exception):
        return f"unknown: {str(figure) or type(figure).__name__}"
    return figure
