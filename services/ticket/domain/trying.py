"""Known repairs that were tried on a ticket, and what became of that."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from contracts.dispatch.events import InterventionClosed
from contracts.values import Answer, Language, Outcome
from services.ticket.domain.article_record import Tried
from services.ticket.domain.ticket import Step, Ticket

_ATTEMPTS = frozenset({Outcome.FIXED, Outcome.WORKAROUND, Outcome.NOT_FIXED})
"""How a visit ends on which somebody could try anything."""
_ALREADY = {Language.FR: "Déjà essayé sans succès", Language.EN: "Tried already, without success"}


def tried(ticket: Ticket, article_id: str, at: datetime, *, worked: bool) -> Ticket:
    """Somebody tried that article; what was said of it before counts no more."""
    others = tuple(each for each in ticket.tried if each.article_id != article_id)
    return replace(ticket, tried=(*others, Tried(article_id, worked, at)))


def tried_on_the_spot(ticket: Ticket, told: InterventionClosed, *, undone: bool) -> Ticket:
    """What the technician says of it or, where he does not, how the visit ended: only ``fixed`` fixed it,
    and nothing did that the client has not accepted (``undone``)."""
    if told.article_id is None or (told.article_worked is None and told.outcome not in _ATTEMPTS):
        return ticket
    worked = told.outcome is Outcome.FIXED if told.article_worked is None else told.article_worked
    return tried(ticket, told.article_id, told.ended_at, worked=worked and not undone)


def nothing_worked(step: Step) -> Step:
    """The ticket was reopened: what seemed to have fixed it had not."""
    ticket, happened = step
    return replace(ticket, tried=tuple(replace(each, worked=False) for each in ticket.tried)), happened


def in_vain(title: str, language: Language) -> Answer:
    """The briefing's line on what needs no second try."""
    return Answer(question=_ALREADY[language], answer=title)


def briefed_in_vain(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Those lines among a briefing's."""
    return tuple(each for each in answers if each.question in _ALREADY.values())
