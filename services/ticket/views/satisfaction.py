"""The page on which a mark is given, and the list of them.

Scanners of mails open every link, and some run the page: so opening it records nothing. The page sends the
mark of the link that was opened at the first sign of a person (the pointer moves, a finger or a key comes
down), which scripts cannot make: one click in the mail is enough. Without scripts the five buttons do it.
"""

from html import escape

from pydantic import BaseModel

from infra.chassis.web.linked import linked_headers, linked_page, said
from services.ticket.domain.satisfaction import Satisfaction
from services.ticket.views.listing import ListView
from services.ticket.views.mark import GivenView, SatisfactionView

MARKS = (1, 2, 3, 4, 5)
_ASKED = ' class="asked" autofocus'


class MarkPageView(BaseModel):
    """``asked`` is the mark of the link that was opened: nothing is recorded before it is sent with POST."""

    number: str
    asked: int | None
    given: GivenView | None


class SatisfactionListView(ListView):
    items: list[SatisfactionView]


_SCRIPT = """
const form = document.querySelector("form[data-mark]");
const signs = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel"];
function sent(event) {
  if (!event.isTrusted || document.visibilityState !== "visible") return;
  signs.forEach((sign) => removeEventListener(sign, sent));
  if (!form.dataset.done) { form.dataset.done = "1"; form.requestSubmit(form.querySelector("[autofocus]")); }
}
if (form) signs.forEach((sign) => addEventListener(sign, sent));
"""
PAGE_HEADERS = linked_headers(_SCRIPT)

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
    words = _WORDS[language]
    asked = chosen if given is None or given.mark != chosen else None
    thanks = "" if given is None else said(words["thanks"].format(mark=given.mark))
    buttons = "".join(
        f'<button name="mark" value="{mark}"{_ASKED if mark == asked else ""}>{mark}</button>'
        for mark in MARKS
    )
    comment = escape((given.comment if given is not None else None) or "")
    is_chosen = f' data-mark="{asked}"' if asked is not None else ""
    form = (
        f'<form method="post" action="?"{is_chosen}><p id="ask">{words["ask"]}</p>'
        f'<div class="marks" role="group" aria-labelledby="ask">{buttons}</div><label>{words["comment"]}'
        f'<textarea name="comment" maxlength="1000">{comment}</textarea></label></form>'
    )
    return linked_page(words["title"], language, number, thanks + form, script=_SCRIPT)
