"""Services that call themselves quiet although something is on its way, or never."""

from infra.chassis.events import parked
from infra.chassis.runtime import Runtime


class _Overlooks(Runtime):
    reason: str

    async def unquiet(self) -> list[str]:
        return [each for each in await super().unquiet() if self.reason not in each]


class OverlooksCommands(_Overlooks):
    """A clock may jump while a use case runs."""

    reason = "commands running"


class OverlooksPublishing(_Overlooks):
    """A clock may jump while an event is on its way to Kafka."""

    reason = "publishing"


class OverlooksOutboxes(_Overlooks):
    """A clock may jump over events that a dead process left."""

    reason = "events in"


class OverlooksDeliveries(_Overlooks):
    """A clock may jump while a mail is due."""

    reason = "background work"


class OverlooksUnread(_Overlooks):
    """A clock may jump before its readers have read everything."""

    reason = "events to read"


class OverlooksParked(_Overlooks):
    """A clock may jump while an event waits for its next try."""

    reason = "parked events"


class MindsTheDead(Runtime):
    """What waits behind a dead letter, until a person decides, stops the clock."""

    async def unquiet(self) -> list[str]:
        states = await parked.counts(self.db)
        return await super().unquiet() + ["followers"] * bool(states.get("follower"))
