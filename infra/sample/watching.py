"""Contract managers watch the clocks of their contracts on the live stream."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.values import parse_rfc3339
from infra.sample.calling import Telephone, Who

WORTH_TELLING_PERCENT = 75


@dataclass
class Watch:
    """``told`` hears once of each event that matters, whoever of the managers saw it first."""

    telephone: Telephone
    told: Callable[[datetime, str], None]
    _seen: set[str] = field(default_factory=set)

    async def watch(self, manager: str) -> None:
        """Until cancelled, or until the stream ends with the platform."""
        async for event in self.telephone.follow("/v1/streams/sla", Who("contract-manager", manager)):
            text = in_words(event)
            if text is not None and event["id"] not in self._seen:
                self._seen.add(event["id"])
                self.told(parse_rfc3339(event["recordedtime"]), f"{manager} sees {text}")


def in_words(event: dict[str, Any]) -> str | None:
    """What a manager wants to know of it; None where that is nothing."""
    clock = event["data"]
    name = f"{clock['target']} of {clock['number']}"
    match event["type"]:
        case "sla-at-risk" if clock["threshold"] >= WORTH_TELLING_PERCENT:
            return f"{name} at risk, {clock['threshold']} % used up"
        case "sla-breached":
            return f"{name} breached"
        case "sla-corrected":
            return f"{name} corrected: {clock['state']}"
    return None
