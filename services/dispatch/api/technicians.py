"""``/v1/technicians``: who makes visits, and when he is away."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, Field, StringConstraints

from contracts.calendars import HolidayCode, known_zone
from contracts.refusal import NotFound
from contracts.values import Id, Language, Level, Point, SpokenLanguage, WeeklyWindows
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.technician import (
    Absence,
    Apprenticeship,
    Certificate,
    Partner,
    Regime,
    SchoolTime,
    Shifts,
    Technician,
)
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_technician import AddAbsence, PutTechnician, WithdrawAbsence
from services.dispatch.views.technicians import (
    TechnicianPage,
    TechnicianView,
    WithHome,
    technician_view,
)

router = APIRouter(tags=["technicians"])

Reader = Annotated[Principal, allow("technicians:read")]
Writer = Annotated[Principal, allow("technicians:write")]
Away = Annotated[Principal, allow("technicians:absences")]
Name = Annotated[str, said(200)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class Home(Body):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class AlternatingWeeks(Body):
    """Weekly windows of A weeks and of B weeks; the week of 1 January 2024 is an A week."""

    week_a: WeeklyWindows = Field(alias="A")
    week_b: WeeklyWindows = Field(alias="B")


class CertificateBody(Body):
    """A permit, habilitation or induction, named as sites ask for it; without ``valid_until`` for good."""

    name: Annotated[str, said(200)]
    valid_until: date | None = None


class PaperBody(Body):
    """``valid_until`` is its last day."""

    name: Annotated[str, said(200)]
    valid_until: date


class PartnerBody(Body):
    """The firm that lends him: he is not planned on a day on which one of its ``papers`` has expired.

    Each of his visits is offered to it, by mail to ``email`` (or else to him) with a link that accepts or
    declines; after ``answer_minutes`` of his hours without an answer, a quarter of an hour where it is
    urgent, it is offered to the next.
    """

    firm: Name
    papers: tuple[PaperBody, ...] = Field(default=(), max_length=50)
    email: Email | None = None
    answer_minutes: Annotated[int, Field(ge=5, le=7 * 24 * 60)] = 120

    def partner(self) -> Partner:
        papers = (Certificate(each.name, each.valid_until.isoformat()) for each in self.papers)
        return Partner(self.firm, tuple(papers), self.email, self.answer_minutes)


class SchoolBody(Body):
    """Days at school or in a training centre, the last included; weeks that alternate are in ``shifts``."""

    first: date
    last: date


class ApprenticeshipBody(Body):
    """He goes along with his tutor and nowhere alone. After ``proposed_after`` visits that took a skill his
    tutor is asked whether he has it."""

    tutor_id: Id
    school: Annotated[tuple[SchoolBody, ...], Field(max_length=100)] = ()
    proposed_after: Annotated[int, Field(ge=1, le=100)] = 5

    def apprenticeship(self) -> Apprenticeship:
        school = (SchoolTime(each.first.isoformat(), each.last.isoformat()) for each in self.school)
        return Apprenticeship(self.tutor_id, tuple(school), self.proposed_after)


class TechnicianBody(Body):
    """``language`` is what he is written to in, and spoken like the others in ``languages``."""

    name: Name
    skills: dict[Id, Level]
    time_zone: Annotated[str, AfterValidator(known_zone)]
    shifts: AlternatingWeeks | WeeklyWindows
    home: Home | None = None
    agency: Id | None = None
    territory: Id | None = None
    holidays: HolidayCode = "none"
    regime: Regime = Regime.HOURS
    email: Email | None = None
    phone: Annotated[str, said(40)] | None = None
    language: Language = Language.FR
    certificates: tuple[CertificateBody, ...] = Field(default=(), max_length=100)
    languages: tuple[SpokenLanguage, ...] = Field(default=(), max_length=20)
    partner: PartnerBody | None = None
    apprenticeship: ApprenticeshipBody | None = None

    def technician(self, id: str) -> Technician:
        given = self.shifts
        weeks = (given.week_a, given.week_b) if isinstance(given, AlternatingWeeks) else (given, given)
        home = self.home
        return Technician(
            id=id,
            name=self.name,
            skills=self.skills,
            time_zone=self.time_zone,
            shifts=Shifts(*weeks),
            home=Point(latitude=home.latitude, longitude=home.longitude) if home else None,
            agency=self.agency,
            territory=self.territory,
            holidays=self.holidays,
            regime=self.regime,
            email=self.email,
            phone=self.phone,
            language=self.language,
            certificates=tuple(
                Certificate(each.name, each.valid_until.isoformat() if each.valid_until else None)
                for each in self.certificates
            ),
            languages=self.languages,
            partner=None if self.partner is None else self.partner.partner(),
            apprenticeship=None if self.apprenticeship is None else self.apprenticeship.apprenticeship(),
        )


class AbsenceBody(Body):
    """``occurred_at``: when it was said, if not now."""

    from_at: datetime = Field(alias="from")
    to_at: datetime = Field(alias="to")
    kind: Annotated[str, said(40)]
    occurred_at: datetime | None = None


@router.put("/v1/technicians/{id}", responses={201: {"description": "He is new"}})
async def put_technician(
    id: Id,
    body: TechnicianBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> WithHome | TechnicianView:
    """Create or replace; `warnings` say what will not work until it is filled in."""
    case = IfUnchanged(PutTechnician(body.technician(id)), Technicians, id, expected)
    done = await run.do(case, cause, key)
    created_or_replaced(response, request.url.path, created=done.result)
    return await _answer(run, id, principal, request, response)


@router.post("/v1/technicians/{id}/absences", status_code=201)
async def add_absence(
    id: Id,
    body: AbsenceBody,
    principal: Away,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> WithHome | TechnicianView:
    """He is away: visits planned then are planned anew. A technician may say so of himself only."""
    principal.require_own(id, "technician", id)
    absence = Absence(body.from_at, body.to_at, body.kind)
    case = IfUnchanged(AddAbsence(id, absence, body.occurred_at), Technicians, id, expected)
    await run.do(case, cause, key)
    return await _answer(run, id, principal, request, response)


@router.delete("/v1/technicians/{id}/absences/{absence_id}")
async def withdraw_absence(
    id: Id,
    absence_id: Id,
    principal: Away,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> WithHome | TechnicianView:
    """He works then after all: visits may be planned there again."""
    principal.require_own(id, "technician", id)
    await run.do(IfUnchanged(WithdrawAbsence(id, absence_id), Technicians, id, expected), cause, key)
    return await _answer(run, id, principal, request, response)


@router.get("/v1/technicians/{id}", response_model=WithHome | TechnicianView)
async def read_technician(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await run.read(Technicians, id)
    if kept is None:
        raise not_found("technician", id)
    return not_modified(request, kept.version) or await _answer(run, id, principal, request, response)


@router.get("/v1/technicians", response_model=TechnicianPage)
async def list_technicians(
    page: Paged,
    principal: Reader,
    run: Run,
    request: Request,
    agency: Id | None = None,
    territory: Id | None = None,
    skill: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_~-]{1,64}$")] = None,
) -> dict[str, Any]:
    having = {f"skills.{skill}": {"$gte": 1}} if skill else None
    query = page.filter(having, agency=agency, territory=territory)
    found = await run.find(Technicians, query, sort=page.sort, limit=page.fetch)
    language = Language(call_of(request).language)
    return page.of(found, lambda kept: technician_view(kept, principal, language))


async def _answer(
    run: Runtime, id: str, principal: Principal, request: Request, response: Response
) -> WithHome | TechnicianView:
    kept = await run.read(Technicians, id)
    if kept is None:
        raise NotFound("technician", id)
    response.headers["ETag"] = etag(kept.version)
    return technician_view(kept, principal, Language(call_of(request).language))
