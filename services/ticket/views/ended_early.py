"""That a diagnosis ended before its questions had, and why."""

from pydantic import BaseModel

from contracts.text import Text
from services.ticket.domain.diagnosis import EndedEarly


class EndedEarlyView(BaseModel):
    """The known repair that ended ``cases`` of the latest ``of`` tickets with these answers.

    ``sentence`` says so in the caller's language.
    """

    article_id: str
    cases: int
    of: int
    sentence: str


def ended_early_view(early: EndedEarly | None, language: str) -> EndedEarlyView | None:
    """None where nothing was left out."""
    if early is None:
        return None
    sentence = _sentence(early).in_(language)
    return EndedEarlyView(article_id=early.article_id, cases=early.cases, of=early.of, sentence=sentence)


def _sentence(early: EndedEarly) -> Text:
    return Text(
        f"The same known repair ended {early.cases} of the latest {early.of} tickets with these answers, and "
        "nothing that is left to answer changes how urgent it is or who comes: no more is asked. Whoever "
        "wants to go on sends `all_questions`.",
        f"La même réparation connue a mis fin à {early.cases} des {early.of} derniers tickets avec ces "
        "réponses, et rien de ce qui reste à répondre ne change l'urgence ni qui vient : on n'en demande pas "
        "plus. Qui veut continuer envoie `all_questions`.",
    )
