"""One incident on its way through its plan."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.replay.api import Refused
from infra.replay.plan import FINISH, IncidentPlan, Step

Refusal = dict[str, Any]


@dataclass
class Playing:
    """``steps`` are those still to come. ``ready_at``: nothing more of it happens before that.

    ``finished_at`` is when the log says that the work on site was over, once that is past.
    ``unvisited``: it needed somebody on site and nobody went.
    """

    plan: IncidentPlan
    steps: deque[Step] = field(init=False)
    ticket_id: str | None = None
    ready_at: datetime | None = None
    finished_at: datetime | None = None
    done: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    already: bool = False
    unvisited: bool = False
    abandoned: bool = False

    def __post_init__(self) -> None:
        self.steps = deque(self.plan.steps)

    @property
    def waits_for_visit(self) -> bool:
        """Whether it is fixed, says the log, but nobody on site has closed his visit yet."""
        return self.finished_at is not None and bool(self.steps) and self.steps[0].verb == FINISH

    @property
    def has_field_work_ahead(self) -> bool:
        return any(step.verb == FINISH for step in self.steps)

    @property
    def is_over(self) -> bool:
        return not self.steps

    def next_at(self) -> datetime | None:
        """When its next step is to be played; None when it is over or waits for a visit."""
        if not self.steps or self.waits_for_visit:
            return None
        return max(self.steps[0].at, self.ready_at or self.steps[0].at)

    def visit_closed(self, at: datetime) -> None:
        """The work on site is done: the ticket goes on, but not before that."""
        self.ready_at = max(at, self.ready_at or at)
        if self.waits_for_visit:
            self.steps.popleft()
            self.done.append(FINISH)

    def refused(self, verb: str, line: int | None, refused: Refused) -> None:
        told = {"verb": verb, "line": line, "status": refused.status, "type": refused.type}
        self.refusals.append({**told, "detail": refused.detail})

    def abandon(self) -> None:
        """Nothing of it can be played any more."""
        self.abandoned = True
        self.steps.clear()
