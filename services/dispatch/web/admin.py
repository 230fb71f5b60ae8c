"""``/admin/dispatch``: technicians."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.values import Language
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.web.field_words import COMMON
from infra.chassis.web.forms import N_, Form, Say, Wording
from infra.chassis.web.references import Reference, reference_router
from services.dispatch.api.technicians import TechnicianBody
from services.dispatch.domain.technician import Technician
from services.dispatch.store.technicians import Technicians
from services.dispatch.views.technicians import technician_view
from services.dispatch.web.pages import PAGES

WORDS = COMMON.and_(
    Wording(
        labels={
            "shifts": N_("Shifts"),
            "shifts.#0": N_("A weeks and B weeks"),
            "shifts.#1": N_("Every week the same"),
            "A": N_("A weeks"),
            "B": N_("B weeks"),
            "home": N_("Home"),
            "agency": N_("Agency"),
            "regime": N_("Labour rules"),
            "certificates": N_("Permits and certificates"),
            "certificates.[]": N_("Permit or certificate"),
            "valid_until": N_("Valid until"),
            "partner": N_("Lent by a partner firm"),
            "firm": N_("Firm"),
            "papers": N_("Papers of the firm"),
            "partner.papers.[]": N_("Paper"),
            "answer_minutes": N_("Minutes to answer an offer"),
            "apprenticeship": N_("Apprentice"),
            "tutor_id": N_("Tutor"),
            "school": N_("At school"),
            "apprenticeship.school.[]": N_("Days at school"),
            "first": N_("First day"),
            "last": N_("Last day"),
            "proposed_after": N_("Visits until a skill is proposed"),
        },
        hints={
            "apprenticeship": N_("He goes along with his tutor and nowhere alone"),
            "shifts": N_("Such as 08:00-12:00, 14:00-18:00; empty: off"),
            "home": N_("Where the first way of a day begins"),
            "valid_until": N_("Its last day"),
            "papers": N_("Nobody is planned on a day on which one has expired"),
            "shifts.#0": N_("The week of 1 January 2024 is an A week"),
            "skills": N_("As work types ask for them"),
        },
        options={
            "hours": N_("By hours"),
            "forfait-jours": N_("By days a year"),
            "minor": N_("Under eighteen"),
            "partner": N_("Partner firm's own"),
        },
    )
)
USUAL = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def _values(kept: Kept[Technician], principal: Principal) -> Mapping[str, Any]:
    return technician_view(kept, principal, Language.EN).model_dump(mode="json", by_alias=True)


def _cells(kept: Kept[Technician], say: Say, language: str) -> Sequence[str]:
    one = kept.value
    skills = ", ".join(f"{name} {level}" for name, level in one.skills.items())
    return (one.name, skills, one.territory or "", one.agency or "", one.partner.firm if one.partner else "")


TECHNICIANS = Reference(
    service="dispatch",
    name="technicians",
    title=N_("Technicians"),
    new=N_("New technician"),
    empty=N_("Add who makes visits: skills, shifts and home decide who is sent."),
    collection=Technicians,
    form=Form(
        TechnicianBody,
        WORDS,
        suggests={"time_zone": "zones"},
        start={"time_zone": "Europe/Paris", "holidays": "FR", "shifts": USUAL},
    ),
    verb="technicians:write",
    values=_values,
    heads=(N_("Technician"), N_("Skills"), N_("Territory"), N_("Agency"), N_("Partner firm")),
    cells=_cells,
)

router = reference_router(PAGES, TECHNICIANS)
