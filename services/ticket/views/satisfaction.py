"""The page on which a mark is given, and the list of them."""

from pydantic import BaseModel

from infra.chassis.web.marking import PAGE_HEADERS, marking_page
from services.ticket.domain.satisfaction import Satisfaction
from services.ticket.views.listing import ListView
from services.ticket.views.mark import GivenView, SatisfactionView

__all__ = ["PAGE_HEADERS", "MarkPageView", "SatisfactionListView", "mark_page"]


class MarkPageView(BaseModel):
    """``asked`` is the mark of the link that was opened: nothing is recorded before it is sent with POST."""

    number: str
    asked: int | None
    given: GivenView | None


class SatisfactionListView(ListView):
    items: list[SatisfactionView]


_WORDS = {
    "fr": {
        "title": "Votre satisfaction",
        "ask": "Quelle note donnez-vous, de 1 (pas du tout satisfait) à 5 (très satisfait) ?",
        "comment": "Un mot, si vous voulez",
        "thanks": "Merci, votre note {mark} sur 5 est enregistrée. Vous pouvez la changer pendant 14 jours.",
    },
    "en": {
        "title": "How did it go?",
        "ask": "Which mark do you give, from 1 (not satisfied at all) to 5 (very satisfied)?",
        "comment": "A word, if you like",
        "thanks": "Thank you, your mark {mark} out of 5 is recorded. You can change it for 14 days.",
    },
}


def mark_page(number: str, language: str, *, chosen: int | None, given: Satisfaction | None) -> str:
    """``chosen`` by the link that was opened, and not recorded yet; ``given`` what is."""
    said = None if given is None else (given.mark, given.comment)
    return marking_page(number, language, _WORDS[language], asked=chosen, given=said)
