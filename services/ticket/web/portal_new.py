"""``/portal/new``: raise a request. Answers travel in the form; nothing is kept until it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.calendars import public_holidays
from contracts.inventory.states import CurrentAssetChanged
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Id, Language, TicketKind
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.service import Run
from services.ticket.api.articles import ArticleView, Known, SearchBody, search_articles
from services.ticket.api.bodies import DiagnosedBody, WalkBody
from services.ticket.api.diagnoses import WalkView, walk_diagnosis
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.diagnosis import MAX_ASKED, Given, Question, Tree
from services.ticket.domain.diagnosis_walk import walk
from services.ticket.domain.work_type import WorkType
from services.ticket.store.copies import Assets
from services.ticket.store.diagnoses import Diagnoses
from services.ticket.store.work_types import WorkTypes
from services.ticket.web.pages import PAGES
from services.ticket.web.portal import Place, places_for

router = APIRouter(include_in_schema=False)
Client = Annotated[Principal, allow("screens:portal")]

Form = Mapping[str, Sequence[str]]
ANSWER = "answer."
REPAIRS = 3
TEXT = 4_000
"""Characters of what somebody says that are looked up."""
KINDS = (
    TicketKind.INCIDENT,
    TicketKind.REQUEST,
    TicketKind.TRAINING,
    TicketKind.ADVICE,
    TicketKind.MAINTENANCE,
)
DAYS = 5
HALVES = (("morning", time(8), time(12)), ("afternoon", time(13), time(18)))
SATURDAY = 5


@dataclass(frozen=True)
class Answered:
    """A question with what was answered to it; None: he does not know."""

    question: Question
    value: str | None


@dataclass(frozen=True)
class Asking:
    """A diagnosis as far as it has been walked; ``wrong`` is why the last answer was not taken."""

    id: str
    answered: tuple[Answered, ...]
    next: Question | None
    walk: WalkView
    wrong: str | None

    @property
    def asked(self) -> int:
        return len(self.answered)


@router.get("/portal/new")
async def new_request(request: Request, who: Client, run: Run, asset: Id | None = None) -> Response:
    """An empty form, or one about a machine. Its key makes one request of it however often it is sent."""
    who.require("tickets:open")
    places = await places_for(run, await viewer_of(who, run))
    machine = await machine_at(run, places, asset)
    asked = await asked_for(request, run, places)
    his = set[str]() if machine is None else {machine.site_id}
    return PAGES.page(
        request, "portal-new.html", key=new_id(), places=places, his=his, machine=machine, **asked
    )


@router.get("/portal/new/when")
async def when_it_suits(
    request: Request, who: Client, run: Run, sites: Annotated[list[Id] | None, Query(max_length=200)] = None
) -> Response:
    """The half-days to come, by the clocks of the first site that was picked."""
    places = await places_for(run, await viewer_of(who, run))
    return when_page(request, run, [each for each in places if not sites or each.id in sites])


@router.post("/portal/new/advice")
async def advice(request: Request, who: Client, run: Run, known: Known) -> Response:
    """The next question, the known repairs, and what nobody has said yet, after what was filled in."""
    return await advice_page(request, who, run, known)


async def machine_at(run: Runtime, places: Sequence[Place], id: str | None) -> CurrentAssetChanged | None:
    """The machine that a request is about; none where it stands at no site that may be asked for."""
    kept = None if id is None else await run.read(Assets, id)
    if kept is None or kept.value.site_id not in {each.id for each in places}:
        return None
    return kept.value


async def asked_for(request: Request, run: Runtime, places: Sequence[Place]) -> dict[str, Any]:
    """What may be asked for, by its kind, and when somebody could come."""
    found = await run.find(WorkTypes, {}, sort=(("_id", 1),), limit=500)
    language = Language(call_of(request).language)
    work_types = sorted((each.value for each in found), key=lambda each: each.name[language])
    by_kind = [(kind, [each for each in work_types if each.kind is kind]) for kind in KINDS]
    return {
        "kinds": [(kind, of) for kind, of in by_kind if of],
        "halves": halves_of(run.clock.now(), places, language),
    }


def when_page(request: Request, run: Runtime, places: Sequence[Place]) -> Response:
    halves = halves_of(run.clock.now(), places, call_of(request).language)
    return PAGES.page(request, "portal-when.html", halves=halves)


async def advice_page(request: Request, who: Principal, run: Runtime, known: Any) -> Response:
    """The part of a form that is made of its answers; the firm is shown every known repair."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    category = _one(form, "category")
    kept = None if not category else await run.read(WorkTypes, category)
    if kept is None:
        return PAGES.page(request, "portal-advice.html", work_type=None)
    asking = await _asking(request, who, run, category, form)
    tried = [*form.get("tried", ()), *form.get("failed", ())]
    repairs = await _repairs(request, who, run, known, kept.value, form, asking)
    return PAGES.page(
        request,
        "portal-advice.html",
        work_type=kept.value,
        asking=asking,
        skipped=bool(_one(form, "skipped")),
        most=MAX_ASKED,
        tried=tried,
        repairs=[each for each in repairs if each.id not in tried],
        impact=_one(form, "impact"),
        urgency=_one(form, "urgency"),
    )


async def _asking(request: Request, who: Principal, run: Runtime, category: str, form: Form) -> Asking | None:
    found = await run.find(Diagnoses, {"published.categories": category}, sort=(("_id", 1),), limit=1)
    tree = found[0].value.published if found else None
    if tree is None:
        return None
    answered, wrong = answers_in(tree, form)
    body = WalkBody(answers={each.question.id: each.value for each in answered})
    walked = await walk_diagnosis(found[0].value.id, body, who, run, request)
    following = None if walked.next is None else tree.question(walked.next.id)
    said = None if wrong is None else wrong.in_(call_of(request).language)
    return Asking(found[0].value.id, tuple(answered), following, walked, said)


def answers_in(tree: Tree, form: Form) -> tuple[list[Answered], Text | None]:
    """The answers of a form along the way that they lead, up to the one that is to be given ``again``.

    Those to questions of another way are left out, and so is one that cannot be, with why.
    """
    answered: list[Answered] = []
    again = _one(form, "again")
    question = tree.question(tree.first)
    while question is not None and question.id != again and f"{ANSWER}{question.id}" in form:
        value = _one(form, f"{ANSWER}{question.id}").strip() or None
        given = [Given(each.question.id, each.value) for each in answered]
        try:
            walked = walk(tree, [*given, Given(question.id, value)])
        except Refusal as refused:
            return answered, refused.detail
        answered.append(Answered(question, walked.given[-1].value))
        question = walked.next
    return answered, None


async def _repairs(
    request: Request,
    who: Principal,
    run: Runtime,
    known: Any,
    work_type: WorkType,
    form: Form,
    asking: Asking | None,
) -> list[ArticleView]:
    """What he may do himself, the likeliest first."""
    name = work_type.name[Language(call_of(request).language)]
    said = "\n".join(each for each in (name, _one(form, "summary"), _one(form, "description")) if each)
    diagnosis = None
    if asking is not None:
        answers = {each.question.id: each.value for each in asking.answered}
        diagnosis = DiagnosedBody(id=asking.id, answers=answers)
    body = SearchBody(text=said[:TEXT], category=work_type.id, diagnosis=diagnosis, limit=REPAIRS)
    return [each.article for each in (await search_articles(body, who, run, known)).items]


@dataclass(frozen=True)
class Half:
    """Half a day of work at a site: its bounds are moments, ``part`` and ``day`` what people call it."""

    begins: datetime
    ends: datetime
    part: str
    day: str

    @property
    def window(self) -> str:
        return f"{self.begins.isoformat()}/{self.ends.isoformat()}"


def halves_of(now: datetime, places: Sequence[Place], language: str) -> list[list[Half]]:
    """The half-days that have not begun of the next days that people work on at the first of the places."""
    if not places:
        return []
    zone = ZoneInfo(places[0].time_zone)
    here = now.astimezone(zone)
    days: list[list[Half]] = []
    day = here.date()
    while len(days) < DAYS:
        named = format_date(day, "EEE d MMM", locale=language)
        halves = [
            Half(begins, datetime.combine(day, to, zone), part, named)
            for part, from_, to in HALVES
            if (begins := datetime.combine(day, from_, zone)) > here
        ]
        off = day.weekday() >= SATURDAY or day in public_holidays(places[0].holidays, day.year)
        if halves and not off:
            days.append(halves)
        day += timedelta(days=1)
    return days


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")
