"""An inventory that may be of more than one machine waits for a person."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain.identity import Identity
from services.inventory.domain.machine import Machine
from services.inventory.domain.matching import Candidate, Doubt


class Decision(StrEnum):
    MERGE = "merge"
    NEW = "new"
    IGNORE = "ignore"


class ReviewState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


@dataclass(frozen=True)
class Review:
    """The id is the agent's, so that it asks once. ``held`` is what it told, applied once it is decided;
    its software waits in the list of the same id.

    ``asset_id``: of which machine it was decided to be.
    """

    id: str
    customer_id: str
    site_id: str
    device_id: str
    identity: Identity
    kind: str
    name: str
    held: Machine
    doubt: Doubt
    candidates: tuple[Candidate, ...]
    received_at: datetime
    state: ReviewState = ReviewState.OPEN
    decision: Decision | None = None
    asset_id: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None

    def decided_as(self, decision: Decision, asset_id: str | None, at: datetime, by: str) -> "Review":
        """A question is decided once; the same inventory does not ask again."""
        if self.state is ReviewState.DECIDED:
            raise Refusal(
                "review-decided",
                Text(
                    "It is decided already: correct the assets themselves where the decision was wrong.",
                    "La question est déjà tranchée : corrigez les équipements eux-mêmes si c'était à tort.",
                ),
                decision=self.decision,
                asset_id=self.asset_id,
            )
        return replace(
            self,
            state=ReviewState.DECIDED,
            decision=decision,
            asset_id=asset_id,
            decided_at=at,
            decided_by=by,
        )
