"""Whether a service has come to rest: nothing it began, stored or was told waits for anything but time."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.chassis.events import parked
from infra.chassis.events.browsing import AWAY
from infra.chassis.store.mongo import LOCAL
from infra.chassis.store.rows import holding

if TYPE_CHECKING:
    from infra.chassis.runtime import Runtime

LAST = datetime.max.replace(tzinfo=UTC)


def stirring(runtime: "Runtime") -> list[str]:
    """What the process is in the middle of, as far as can be told without asking a server."""
    reasons = []
    if not runtime.prepared.is_set():
        reasons.append("starting")
    if runtime.commands.running:
        reasons.append(f"{runtime.commands.running} commands running")
    if runtime.publisher.busy:
        reasons.append("publishing")
    if runtime.consumer.working:
        reasons.append("taking in events")
    return reasons


async def unquiet(runtime: "Runtime") -> list[str]:
    """Why the service is not quiet; empty when nothing is on its way."""
    if reasons := stirring(runtime):
        return reasons
    present = runtime.db.with_options(read_concern=LOCAL)
    for name in await holding(present, runtime.aggregates, "outbox.0.at", LAST):
        reasons.append(f"events in {name}")
    try:
        if runtime.consumer.topics and any((await runtime.consumer.lag()).values()):
            reasons.append("events to read")
    except AWAY:
        reasons.append("Kafka does not answer")
    states = await parked.counts(runtime.db)
    if states.get("parked") or states.get("awaiting"):
        reasons.append("parked events")
    for busy in runtime.busy:
        if await busy():
            reasons.append("background work")
    return reasons
