"""Appointments as the API shows them, and the page on which a client chooses without a login.

Scanners of mails open every link: opening one records nothing, a button has to be pressed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from contracts.values import Language, Window
from infra.chassis import moments
from infra.chassis.runtime import Kept
from infra.chassis.web.linked import linked_headers, linked_page, said
from services.dispatch.domain.appointment import Appointment, AppointmentState, OfferedSlot

PAGE_HEADERS = linked_headers()


class SlotView(BaseModel):
    slot: str
    arrival_from: datetime
    arrival_to: datetime


class ChosenView(BaseModel):
    arrival_from: datetime
    arrival_to: datetime


class AppointmentView(BaseModel):
    """``wanted``: windows are about to be offered, after a visit in vain. ``declined``: none suits, or none
    is free. ``lapsed``: nobody answered by ``expires_at``. ``next_visit_id``: the visit made instead of one
    in vain, which has the appointment now."""

    visit_id: str
    state: AppointmentState
    slots: tuple[SlotView, ...]
    offered_at: datetime | None
    expires_at: datetime | None
    chosen: ChosenView | None
    chosen_at: datetime | None
    next_visit_id: str | None
    updated_at: datetime


class AppointmentPageView(BaseModel):
    """``asked`` is the slot of the link that was opened: nothing is recorded before it is sent with POST.
    ``possible``: whether a slot may be chosen, or another one."""

    number: str
    state: AppointmentState
    slots: tuple[SlotView, ...]
    asked: str | None
    chosen: ChosenView | None
    possible: bool


def appointment_view(kept: Kept[Appointment]) -> AppointmentView:
    known = kept.value
    return AppointmentView(
        visit_id=known.id,
        state=known.state,
        slots=slot_views(known.slots),
        offered_at=known.offered_at,
        expires_at=known.expires_at,
        chosen=chosen_view(known.chosen),
        chosen_at=known.chosen_at,
        next_visit_id=known.next_visit_id,
        updated_at=kept.updated_at,
    )


def slot_views(slots: tuple[OfferedSlot, ...]) -> tuple[SlotView, ...]:
    return tuple(
        SlotView(slot=each.id, arrival_from=each.window.from_at, arrival_to=each.window.to_at)
        for each in slots
    )


def chosen_view(window: Window | None) -> ChosenView | None:
    return None if window is None else ChosenView(arrival_from=window.from_at, arrival_to=window.to_at)


_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Votre rendez-vous",
        "ask": "Quand notre technicien peut-il passer ?",
        "change": "Un autre horaire vous convient mieux ?",
        "none": "Aucun ne me convient",
        "thanks": "C’est noté : notre technicien arrivera {window}.",
        "declined": "C’est noté : aucun de ces horaires ne convient. Nous vous appelons.",
        "gone": "Cet horaire vient d’être pris. Voici ceux qui sont libres.",
        "none-free": "Cet horaire vient d’être pris, et aucun autre n’est libre. Nous vous appelons.",
        "over": "L’horaire de ce passage ne se choisit plus ici. Appelez-nous et indiquez {number}.",
    },
    "en": {
        "title": "Your appointment",
        "ask": "When may our technician come?",
        "change": "Would another time suit you better?",
        "none": "None of these suits me",
        "thanks": "Noted: our technician will arrive {window}.",
        "declined": "Noted: none of these times suits you. We will call you.",
        "gone": "This time has just been taken. These are free.",
        "none-free": "This time has just been taken, and no other is free. We will call you.",
        "over": "The time of this visit cannot be chosen here any more. Call us and quote {number}.",
    },
}


@dataclass(frozen=True, kw_only=True)
class PageOf:
    """What the page is about. ``taken``: what was chosen is not free any more."""

    number: str
    site: str
    time_zone: str
    language: str
    state: AppointmentState
    slots: tuple[SlotView, ...]
    asked: str | None
    chosen: ChosenView | None
    possible: bool
    taken: bool


def appointment_page(page: PageOf) -> str:
    words = _WORDS[page.language]
    form = _form(page, words) if page.possible else ""
    about = " · ".join(filter(None, (page.number, page.site)))
    return linked_page(words["title"], page.language, about, _said(page, words) + form)


def _said(page: PageOf, words: Mapping[str, str]) -> str:
    if page.taken:
        return said(words["gone" if page.slots and page.possible else "none-free"], done=False)
    if page.state is AppointmentState.DECLINED:
        return said(words["declined"])
    if page.chosen is not None:
        window = _window(page, page.chosen.arrival_from, page.chosen.arrival_to)
        return said(words["thanks"].format(window=window))
    return "" if page.possible else said(words["over"].format(number=page.number), done=False)


def _form(page: PageOf, words: Mapping[str, str]) -> str:
    others = [
        slot
        for slot in page.slots
        if page.chosen is None or slot.arrival_from != page.chosen.arrival_from or page.taken
    ]
    buttons = "".join(
        _button(slot.slot, _window(page, slot.arrival_from, slot.arrival_to), chosen=slot.slot == page.asked)
        for slot in others
    )
    ask = words["change" if page.chosen is not None else "ask"]
    none = f'<button class="other" name="slot" value="none">{escape(words["none"])}</button>'
    return (
        f'<form method="post" action="?"><p id="ask">{escape(ask)}</p>'
        f'<ul class="choices" aria-labelledby="ask">{buttons}<li>{none}</li></ul></form>'
    )


def _button(slot: str, words: str, *, chosen: bool = False) -> str:
    asked = ' class="asked" autofocus' if chosen else ""
    return f'<li><button name="slot" value="{escape(slot)}"{asked}>{escape(words)}</button></li>'


def _window(page: PageOf, first: datetime, last: datetime) -> str:
    said_in_words = moments.window(first, last, ZoneInfo(page.time_zone), Language(page.language))
    return said_in_words.replace(" h ", "\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}")
