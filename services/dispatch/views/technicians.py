"""A technician as the API shows him."""

from typing import Any

from contracts.values import Language, WeeklyWindows
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.dispatch.domain.technician import NO_SHIFTS, Technician

MISSING: dict[str, dict[Language, str]] = {
    "home": {
        Language.FR: "sans domicile connu, le premier et le dernier trajet comptent pour trente minutes",
        Language.EN: "without a home the first and the last way of a day count as thirty minutes",
    },
    "shifts": {
        Language.FR: "sans horaires, aucune visite ne sera planifiée pour ce technicien",
        Language.EN: "without shifts no visit will be planned for this technician",
    },
    "skills": {
        Language.FR: "sans compétences, seules les visites qui n'en demandent aucune conviennent",
        Language.EN: "without skills only visits that need none are suitable",
    },
    "email": {
        Language.FR: "sans adresse, aucun message ne peut lui être envoyé",
        Language.EN: "without an address no message can be sent",
    },
}
"""What will not work until a field is filled in."""


def shown(kept: Kept[Technician], principal: Principal, language: Language) -> dict[str, Any]:
    """The technician for this caller; where he lives is for him and for those who plan."""
    one = kept.value
    document: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "skills": dict(one.skills),
        "agency": one.agency,
        "time_zone": one.time_zone,
        "holidays": one.holidays,
        "regime": one.regime,
        "shifts": _shifts(one),
        "territory": one.territory,
        "email": one.email,
        "phone": one.phone,
        "language": one.language,
        "absences": [
            {"from": absence.from_at, "to": absence.to_at, "kind": absence.kind} for absence in one.absences
        ],
        "updated_at": kept.updated_at,
        "incomplete": [
            {"field": field, "detail": texts[language]}
            for field, texts in MISSING.items()
            if _lacks(one, field)
        ],
    }
    if principal.may("technicians:write") or principal.subject == one.id:
        document["home"] = one.home.model_dump() if one.home else None
    return document


def _lacks(one: Technician, field: str) -> bool:
    return one.shifts == NO_SHIFTS if field == "shifts" else not getattr(one, field)


def _shifts(one: Technician) -> dict[str, Any]:
    if one.shifts.week_a == one.shifts.week_b:
        return _by_day(one.shifts.week_a)
    return {"A": _by_day(one.shifts.week_a), "B": _by_day(one.shifts.week_b)}


def _by_day(windows: WeeklyWindows) -> dict[str, Any]:
    return {str(day): hours for day, hours in windows.items()}
