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
from services.dispatch.domain.appointment import Appointment, AppointmentState, OfferedSlot

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


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
    said = _said(page, words)
    form = _form(page, words) if page.possible else ""
    return (
        f'<!doctype html><html lang="{page.language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{words["title"]}</title>'
        "<style>body{font:18px/1.5 system-ui;max-width:34em;margin:2em auto;padding:0 1em}"
        "button{font:inherit;padding:.5em 1em;margin:.2em 0;width:100%;text-align:left}"
        "button[autofocus]{font-weight:600}</style>"
        f"<h1>{words['title']}</h1><p>{escape(page.number)} · {escape(page.site)}</p>"
        f"{''.join(f'<p><strong>{escape(line)}</strong></p>' for line in said)}{form}</html>"
    )


def _said(page: PageOf, words: Mapping[str, str]) -> list[str]:
    if page.taken:
        return [words["gone" if page.slots and page.possible else "none-free"]]
    said = []
    if page.chosen is not None and page.state is not AppointmentState.DECLINED:
        window = _window(page, page.chosen.arrival_from, page.chosen.arrival_to)
        said.append(words["thanks"].format(window=window))
    if page.state is AppointmentState.DECLINED:
        said.append(words["declined"])
    if not page.possible and not said:
        said.append(words["over"].format(number=page.number))
    return said


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
    return f"<form method=post action=?><p>{ask}</p>{buttons}{_button('none', words['none'])}</form>"


def _button(slot: str, words: str, *, chosen: bool = False) -> str:
    focus = " autofocus" if chosen else ""
    return f'<p><button name="slot" value="{escape(slot)}"{focus}>{escape(words)}</button></p>'


def _window(page: PageOf, first: datetime, last: datetime) -> str:
    return moments.window(first, last, ZoneInfo(page.time_zone), Language(page.language))
