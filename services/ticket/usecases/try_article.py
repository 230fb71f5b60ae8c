"""Somebody tried a known repair on a ticket: that was it, or it was not."""

from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import UnknownReference, illegal_transition
from contracts.values import WorkMode
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.article import Repair
from services.ticket.domain.correcting import correct
from services.ticket.domain.replying import replied
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Step, Ticket
from services.ticket.domain.trying import in_vain, tried
from services.ticket.lookup.searching import in_language
from services.ticket.store.articles import ArticleRecords, Articles
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.diagnosing import SPOKEN
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class TryArticle(TicketCommand):
    """Where it worked the ticket is resolved and no visit is wanted; said by the client it is closed, too.

    Where it did not, whoever comes is told that it was tried.
    """

    article_id: str
    worked: bool

    def loads(self) -> tuple[Ref, ...]:
        of_the_article = (Ref(Articles, self.article_id), Ref(ArticleRecords, self.article_id))
        return (Ref(Tickets, self.ticket_id), *of_the_article)

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        article = unit.get(Articles, self.article_id)
        repair = None if article is None else article.found
        if repair is None or not (self.viewer.of_the_firm or repair.self_service):
            raise UnknownReference("article", self.article_id)
        if not ticket.is_open:
            raise illegal_transition("ticket", ticket.state, "tried", ticket.possible)
        title = in_language(repair.title, SPOKEN)
        if self.worked:
            return keep(unit, ticket, self._fixed(ticket, repair, title, at), at=at, words=title)
        step = self._in_vain(ticket, title, at)
        if repair.self_service:
            return keep(unit, ticket, step, at=at, words=title)
        # What clients are not shown they do not read of here.
        inside = tuple((when, fact.model_copy(update={"public": False})) for when, fact in step[1])
        return keep(unit, ticket, (step[0], inside), at=at)

    def _fixed(self, ticket: Ticket, repair: Repair, title: str, at: datetime) -> Step:
        cause = None if repair.cause is None else in_language(repair.cause, SPOKEN)
        remotely = WorkMode.ONSITE not in ticket.started
        resolution = Resolution(title, cause, self.article_id)
        after, happened = ticket.resolved(resolution, at, remotely=remotely)
        after = tried(after, self.article_id, at, worked=True)
        if self.viewer.of_the_firm:
            return after, happened
        after, accepted = after.closed(at)
        return after, (*happened, *accepted)

    def _in_vain(self, ticket: Ticket, title: str, at: datetime) -> Step:
        line = in_vain(title, SPOKEN)
        answers = ticket.answers if line in ticket.answers else (*ticket.answers, line)
        step = correct(ticket, {"answers": answers}, at)
        if not self.viewer.of_the_firm:
            step = replied(step, at)
        after, happened = step
        known = next((each for each in after.tried if each.article_id == self.article_id), None)
        if known is not None and not known.worked:
            return after, happened
        return tried(after, self.article_id, at, worked=False), happened
