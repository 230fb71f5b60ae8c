"""Two technicians agree that one is on call instead of the other; a dispatcher may veto it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import illegal_transition


class SwapState(StrEnum):
    """What has become of it."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    VETOED = "vetoed"
    WITHDRAWN = "withdrawn"


POSSIBLE: Mapping[SwapState, tuple[str, ...]] = {
    SwapState.ASKED: ("accept", "decline", "withdraw", "veto"),
    SwapState.ACCEPTED: ("veto",),
    SwapState.DECLINED: (),
    SwapState.VETOED: (),
    SwapState.WITHDRAWN: (),
}


@dataclass(frozen=True)
class Swap:
    """``asked_of`` is on call by ``entry_id`` instead of ``asked_by``, who is by ``in_return``, if given.

    ``people`` are the two, by whom it is found. ``reason`` is the one for a refusal or a veto.
    """

    id: str
    entry_id: str
    asked_by: str
    asked_of: str
    asked_at: datetime
    from_at: datetime
    to_at: datetime
    people: tuple[str, ...]
    in_return: str | None = None
    state: SwapState = SwapState.ASKED
    reason: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def possible(self) -> tuple[str, ...]:
        return POSSIBLE[self.state]

    def check(self, verb: str) -> None:
        """Refuse a verb that the present state does not allow."""
        if verb not in self.possible:
            raise illegal_transition("swap", self.state, verb, self.possible)

    def ended(self, state: SwapState, by: str, at: datetime, reason: str | None = None) -> "Swap":
        return replace(self, state=state, ended_by=by, ended_at=at, reason=reason)
