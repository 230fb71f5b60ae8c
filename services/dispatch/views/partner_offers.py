"""A visit as it is offered to a partner's firm, and the page on which it answers without a login.

Scanners of mails open every link: opening one records nothing, a button has to be pressed.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from html import escape
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from contracts.inventory.states import SiteChanged
from contracts.values import Language, Priority
from infra.chassis import moments
from infra.chassis.web.linked import linked_headers, linked_page, said
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit

PAGE_HEADERS = linked_headers()


class Standing(StrEnum):
    """``over``: it is somebody else's by now, or is not wanted any more."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVER = "over"


class OfferView(BaseModel):
    """What a firm has to know to answer. Where it is no more its visit, no more than ``state`` is said."""

    number: str
    state: Standing
    technician: str
    planned_start: datetime | None = None
    duration_minutes: int | None = None
    priority: Priority | None = None
    summary: str | None = None
    site: str | None = None
    place: str | None = None
    answer_by: datetime | None = None


def offer_view(
    visit: Visit, technician: Technician, standing: Standing, site: SiteChanged | None
) -> OfferView:
    shown = OfferView(number=visit.number, state=standing, technician=technician.name)
    if standing not in (Standing.OFFERED, Standing.ACCEPTED) or visit.plan is None:
        return shown
    return shown.model_copy(
        update={
            "planned_start": visit.plan.start_at,
            "duration_minutes": visit.need.duration_minutes,
            "priority": visit.priority,
            "summary": visit.need.summary,
            "site": None if site is None else site.name,
            "place": None if site is None else f"{site.address}, {site.postcode} {site.commune}",
            "answer_by": visit.acknowledge_by_at if standing is Standing.OFFERED else None,
        }
    )


_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Intervention proposée",
        "ask": "{technician} peut-il y être {start} ({duration}) ?",
        "by": "Sans réponse avant {by}, elle est proposée à quelqu’un d’autre.",
        "accept": "Accepter",
        "decline": "Refuser",
        "reason": "Pourquoi, si vous refusez",
        "accepted": "C’est noté : {technician} y sera {start}.",
        "declined": "C’est noté : vous refusez cette intervention.",
        "over": "Cette intervention n’est plus à vous.",
    },
    "en": {
        "title": "A visit for you",
        "ask": "Can {technician} be there {start} ({duration})?",
        "by": "Without an answer by {by} it is offered to somebody else.",
        "accept": "Accept",
        "decline": "Decline",
        "reason": "Why, if you decline",
        "accepted": "Noted: {technician} will be there {start}.",
        "declined": "Noted: you decline this visit.",
        "over": "This visit is not yours any more.",
    },
}


def offer_page(view: OfferView, time_zone: str, language: str, refused: str | None) -> str:
    """``refused``: why the answer was not taken."""
    words, zone = _WORDS[language], ZoneInfo(time_zone)
    about = " · ".join(filter(None, (view.number, view.priority, view.site)))

    def moment(at: datetime | None) -> str:
        return "" if at is None else moments.moment(at, zone, Language(language))

    told = "" if refused is None else said(refused, done=False)
    if view.state is not Standing.OFFERED:
        words_of_it = words[view.state].format(technician=view.technician, start=moment(view.planned_start))
        done = view.state in (Standing.ACCEPTED, Standing.DECLINED)
        return linked_page(words["title"], language, about, told + said(words_of_it, done=done))
    lasts = moments.minutes(view.duration_minutes or 0, Language(language))
    start = moment(view.planned_start)
    ask = words["ask"].format(technician=view.technician, start=start, duration=lasts)
    facts = "".join(f"<p>{escape(each)}</p>" for each in (view.summary, view.place) if each)
    form = (
        f'<p id="ask">{escape(ask)}</p>{facts}<p>{escape(words["by"].format(by=moment(view.answer_by)))}</p>'
        '<form method="post" action="?"><ul class="choices" aria-labelledby="ask">'
        f'<li><button name="answer" value="accept">{escape(words["accept"])}</button></li></ul></form>'
        f'<form method="post" action="?"><p><label for="reason">{escape(words["reason"])}</label> '
        '<textarea id="reason" name="reason" maxlength="400" rows="2" required></textarea></p>'
        '<ul class="choices" aria-labelledby="ask">'
        f'<li><button class="other" name="answer" value="decline">{escape(words["decline"])}</button></li>'
        "</ul></form>"
    )
    return linked_page(words["title"], language, about, told + form)
