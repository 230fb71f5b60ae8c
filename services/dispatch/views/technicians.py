"""A technician as the API shows him."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from contracts.values import Language, Point, WeeklyWindows
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.dispatch.domain.technician import NO_SHIFTS, Apprenticeship, Certificate, Regime, Technician

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
    "papers": {
        Language.FR: "sans documents de son entreprise, rien ne dit quand elle n'est plus en règle",
        Language.EN: "without papers of his firm nothing says when it is no longer in order",
    },
}
"""What will not work until a field is filled in."""


class AbsenceView(BaseModel):
    id: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    kind: str
    said_at: datetime | None
    recorded_at: datetime | None
    author: str | None


class Weeks(BaseModel):
    """Shifts that alternate: the week of 1 January 2024 is an A week."""

    week_a: WeeklyWindows = Field(serialization_alias="A")
    week_b: WeeklyWindows = Field(serialization_alias="B")


class Shortcoming(BaseModel):
    """What will not work until it is filled in. ``type`` is stable, ``detail`` is for people."""

    type: str
    detail: str


class OnCallView(BaseModel):
    """``id`` is the rota entry's."""

    id: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    territory: str | None


class RestView(BaseModel):
    """A rest owed after an intervention on call; ``rule`` is the labour rule."""

    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    rule: str


class CertificateView(BaseModel):
    name: str
    valid_until: str | None


class PartnerView(BaseModel):
    """The firm that lends him, and its papers with their last days."""

    firm: str
    papers: tuple[CertificateView, ...]
    email: str | None
    answer_minutes: int


class SchoolView(BaseModel):
    """Both days included."""

    first: str
    last: str


class ApprenticeshipView(BaseModel):
    """He goes along with his tutor and nowhere alone."""

    tutor_id: str
    school: tuple[SchoolView, ...]
    proposed_after: int


class TechnicianView(BaseModel):
    id: str
    name: str
    skills: dict[str, int]
    agency: str | None
    time_zone: str
    holidays: str
    regime: Regime
    shifts: Weeks | WeeklyWindows
    territory: str | None
    email: str | None
    phone: str | None
    language: Language
    languages: tuple[str, ...]
    partner: PartnerView | None
    apprenticeship: ApprenticeshipView | None
    certificates: tuple[CertificateView, ...]
    absences: tuple[AbsenceView, ...]
    on_call: tuple[OnCallView, ...]
    rests: tuple[RestView, ...]
    updated_at: datetime
    warnings: tuple[Shortcoming, ...]


class WithHome(TechnicianView):
    """For himself and for those who plan."""

    home: Point | None


class TechnicianPage(BaseModel):
    items: tuple[WithHome | TechnicianView, ...]
    next: str | None


def technician_view(
    kept: Kept[Technician], principal: Principal, language: Language
) -> WithHome | TechnicianView:
    """The technician for this caller, with what is missing in his language."""
    one = kept.value
    a, b = one.shifts.week_a, one.shifts.week_b
    view = TechnicianView(
        id=one.id,
        name=one.name,
        skills=dict(one.skills),
        agency=one.agency,
        time_zone=one.time_zone,
        holidays=one.holidays,
        regime=one.regime,
        shifts=a if a == b else Weeks(week_a=a, week_b=b),
        territory=one.territory,
        email=one.email,
        phone=one.phone,
        language=one.language,
        languages=one.languages,
        partner=one.partner
        and PartnerView(
            firm=one.partner.firm,
            papers=_shown(one.partner.papers),
            email=one.partner.email,
            answer_minutes=one.partner.answer_minutes,
        ),
        apprenticeship=one.apprenticeship and _apprenticeship(one.apprenticeship),
        certificates=_shown(one.certificates),
        absences=tuple(
            AbsenceView(
                id=away.id,
                from_at=away.from_at,
                to_at=away.to_at,
                kind=away.kind,
                said_at=away.said_at,
                recorded_at=away.recorded_at,
                author=away.author,
            )
            for away in one.absences
        ),
        on_call=tuple(
            OnCallView(id=each.id, from_at=each.from_at, to_at=each.to_at, territory=each.territory)
            for each in one.on_call
        ),
        rests=tuple(RestView(from_at=rest.from_at, to_at=rest.to_at, rule=rest.rule) for rest in one.rests),
        updated_at=kept.updated_at,
        warnings=tuple(
            Shortcoming(type=f"no-{field}", detail=texts[language])
            for field, texts in MISSING.items()
            if _lacks(one, field)
        ),
    )
    if principal.may("technicians:write") or principal.subject == one.id:
        return WithHome(**dict(view), home=one.home)
    return view


def _apprenticeship(one: Apprenticeship) -> ApprenticeshipView:
    return ApprenticeshipView(
        tutor_id=one.tutor_id,
        school=tuple(SchoolView(first=each.first, last=each.last) for each in one.school),
        proposed_after=one.proposed_after,
    )


def _shown(certificates: Iterable[Certificate]) -> tuple[CertificateView, ...]:
    return tuple(CertificateView(name=each.name, valid_until=each.valid_until) for each in certificates)


def _lacks(one: Technician, field: str) -> bool:
    if field == "papers":
        return one.partner is not None and not one.partner.papers
    return one.shifts == NO_SHIFTS if field == "shifts" else not getattr(one, field)
