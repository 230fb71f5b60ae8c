"""``/v1/diagnoses``: trees of questions set beforehand, written, tried and published."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from contracts.refusal import NotFound
from contracts.values import Id, Impact, Instant, Urgency
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.bodies import AnswersBody, WalkBody
from services.ticket.api.diagnosis_body import QuestionBody, TreeBody
from services.ticket.domain.diagnosis import Diagnosis, EndedEarly, Filling, Tree
from services.ticket.domain.diagnosis_ending import Likely, ended_early
from services.ticket.domain.diagnosis_walk import Walk, walk
from services.ticket.store.articles import Articles
from services.ticket.store.diagnoses import Diagnoses
from services.ticket.store.likely import likeliest
from services.ticket.usecases.put_diagnosis import PublishDiagnosis, PutDiagnosis
from services.ticket.views.ended_early import EndedEarlyView, ended_early_view
from services.ticket.views.listing import ListView
from services.ticket.views.work_type import PartView

router = APIRouter(prefix="/v1/diagnoses", tags=["diagnoses"])

Author = Annotated[Principal, allow("diagnoses:write")]
Reader = Annotated[Principal, allow("diagnoses:read")]


class DiagnosisView(BaseModel):
    """``published`` is what is asked, as of ``revision``; ``draft`` is for its authors, null to others."""

    id: str
    revision: int
    published: TreeBody | None
    draft: TreeBody | None
    updated_at: Instant


class DiagnosisListView(ListView):
    items: list[DiagnosisView]


class LikelyView(BaseModel):
    """The repair that ended ``cases`` of ``of`` tickets with these answers; its cause is the firm's own."""

    article_id: str | None
    cause: str | None
    cases: int
    of: int


class FilledView(BaseModel):
    """What the answers say of the ticket."""

    category: str | None
    impact: Impact | None
    urgency: Urgency | None
    skills: dict[str, int]
    parts: list[PartView]
    articles: tuple[str, ...]


class WalkView(BaseModel):
    """``answers`` along the way, the ``next`` question (null at the end), and what is filled in by now.

    ``likely`` is null until 30 tickets with these answers have ended. ``ended_early`` says why nothing more
    is asked though there are questions left; null otherwise.
    """

    answers: dict[str, str | None]
    next: QuestionBody | None
    fills: FilledView
    likely: LikelyView | None
    ended_early: EndedEarlyView | None


def diagnosis_view(kept: Kept[Diagnosis], *, draft: bool = True) -> DiagnosisView:
    found = kept.value
    return DiagnosisView(
        id=found.id,
        revision=found.revision,
        published=None if found.published is None else TreeBody.of(found.published),
        draft=None if found.draft is None or not draft else TreeBody.of(found.draft),
        updated_at=kept.updated_at,
    )


def _filled(fills: Filling) -> FilledView:
    return FilledView(
        category=fills.category,
        impact=fills.impact,
        urgency=fills.urgency,
        skills=dict(fills.skills or {}),
        parts=[PartView(sku=part.sku, quantity=part.quantity) for part in fills.parts],
        articles=fills.articles,
    )


async def sure(run: Runtime, tree: Tree, walked: Walk, likely: Likely | None) -> EndedEarly | None:
    """What ends the walk here: a repair that is still known."""
    early = ended_early(tree, walked, likely)
    article = None if early is None else await run.read(Articles, early.article_id)
    return early if article is not None and article.value.found is not None else None


def walk_view(
    principal: Principal, walked: Walk, likely: Likely | None, early: EndedEarly | None, language: str
) -> WalkView:
    """``early`` hides the question that is next."""
    shown = None
    if likely is not None and (principal.of_the_firm or likely.article_id is not None):
        cause = likely.cause if principal.of_the_firm else None
        shown = LikelyView(article_id=likely.article_id, cause=cause, cases=likely.cases, of=likely.of)
    return WalkView(
        answers={each.question: each.value for each in walked.given},
        next=None if walked.next is None or early is not None else QuestionBody.of(walked.next),
        fills=_filled(walked.fills),
        likely=shown,
        ended_early=ended_early_view(early, language),
    )


@router.put(
    "/{id}",
    response_model=DiagnosisView,
    responses={201: {"model": DiagnosisView, "description": "It is new"}},
)
async def put_diagnosis(
    id: Id, body: TreeBody, principal: Author, run: Run, cause: Caused, key: Idempotency, expected: IfMatch
) -> Response:
    """Put a draft. It is refused, with the path, where somebody would be led round, or nowhere."""
    done = await run.do(PutDiagnosis(id, body.tree(), expected), cause, key)
    return await put_answer(run, Diagnoses, id, diagnosis_view, f"/v1/diagnoses/{id}", created=done.result)


@router.post("/{id}/try", response_model=WalkView)
async def try_diagnosis(id: Id, body: AnswersBody, principal: Author, run: Run, request: Request) -> WalkView:
    """Walk the draft (what is published where there is none) with these answers; nothing is kept, and no
    question left out."""
    kept = await run.read(Diagnoses, id)
    tree = None if kept is None else kept.value.draft or kept.value.published
    if tree is None:
        raise NotFound("diagnosis", id)
    walked = walk(tree, body.given())
    likely = await likeliest(run, id, walked.given)
    return walk_view(principal, walked, likely, None, call_of(request).language)


@router.post("/{id}/publish", response_model=DiagnosisView)
async def publish_diagnosis(
    id: Id, principal: Author, run: Run, cause: Caused, key: Idempotency, expected: IfMatch
) -> Response:
    """Ask the draft from now on."""
    await run.do(PublishDiagnosis(id, expected), cause, key)
    return await put_answer(run, Diagnoses, id, diagnosis_view, f"/v1/diagnoses/{id}", created=False)


@router.post("/{id}/walk", response_model=WalkView)
async def walk_diagnosis(id: Id, body: WalkBody, principal: Reader, run: Run, request: Request) -> WalkView:
    """What is asked next after these answers, and what they say: for whoever opens a request with them.

    The walk ends early (``ended_early``, and ``next`` is null) where at least 30 tickets with these answers
    have ended, one published article fixed nearly all of them (the lower bound of Wilson's interval at 95 %
    is 0.8 or more), and no answer that is left can change category, impact, urgency, skills or asset. With
    ``all_questions`` it never does.
    """
    kept = await run.read(Diagnoses, id)
    if kept is None or kept.value.published is None:
        raise NotFound("diagnosis", id)
    tree = kept.value.published
    walked = walk(tree, body.given())
    likely = await likeliest(run, id, walked.given)
    early = None if body.all_questions else await sure(run, tree, walked, likely)
    return walk_view(principal, walked, likely, early, call_of(request).language)


@router.get("", response_model=DiagnosisListView)
async def list_diagnoses(page: Paged, principal: Reader, run: Run, category: Id | None = None) -> Any:
    """Those that are published, for requests of that category; their authors see all of them."""
    author = principal.may("diagnoses:write")
    clauses: dict[str, Any] = {} if author else {"published": {"$ne": None}}
    if category is not None:
        clauses["published.categories"] = category
    query = page.filter(clauses)
    found = await run.find(Diagnoses, query, sort=page.sort, limit=page.fetch)
    return page.of(
        found, lambda kept: diagnosis_view(kept, draft=author).model_dump(mode="json", by_alias=True)
    )


@router.get("/{id}", response_model=DiagnosisView)
async def read_diagnosis(id: Id, principal: Reader, run: Run, request: Request) -> Response:
    author = principal.may("diagnoses:write")
    kept = await run.read(Diagnoses, id)
    if kept is None or (kept.value.published is None and not author):
        raise NotFound("diagnosis", id)
    return not_modified(request, kept.version) or answer(diagnosis_view(kept, draft=author), kept.version)
