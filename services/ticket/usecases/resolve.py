from dataclasses import dataclass
from typing import Any

from contracts.values import WorkMode
from infra.chassis.store.unit import Unit
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.trying import tried
from services.ticket.store.articles import Articles
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.parent import children_of, resolve_together


@dataclass(frozen=True, kw_only=True)
class ResolveTicket(TicketCommand):
    """``article_worked`` False: the article was tried, and something else was it.

    ``children``: those that nothing stands against are resolved with it; ``resolved`` and ``left`` say
    which were, and why the others were not.
    """

    work_done: str
    cause: str | None = None
    article_id: str | None = None
    article_worked: bool = True
    children: bool = False

    def decide(self, unit: Unit) -> Ticket | dict[str, Any]:
        ticket, at = self.addressed(unit)
        remotely = ticket.started == (WorkMode.REMOTE,)
        used = self.article_id if self.article_worked else None
        after, happened = ticket.resolved(Resolution(self.work_done, self.cause, used), at, remotely=remotely)
        if self.article_id is not None:
            unit.require(Articles, self.article_id, as_="article")
            after = tried(after, self.article_id, at, worked=self.article_worked)
        kept = keep(unit, ticket, (after, happened), at=at, words=self.work_done)
        if not self.children:
            return kept
        resolution = Resolution(self.work_done, self.cause, used)
        return resolve_together(unit, children_of(unit, kept), resolution, at, confidential=kept.confidential)
