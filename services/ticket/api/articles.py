"""``/v1/articles``: the base of known repairs, written, reviewed, published and searched."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from contracts.audience import Viewer
from contracts.refusal import NotFound, UnknownReference
from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.article_body import RepairBody
from services.ticket.api.bodies import DiagnosedBody
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.article import Article, ArticleState
from services.ticket.domain.article_record import ArticleRecord
from services.ticket.domain.diagnosis_walk import briefing, walk
from services.ticket.lookup.searching import Match, Sought, texts
from services.ticket.store.articles import ArticleRecords, Articles
from services.ticket.store.copies import Assets
from services.ticket.store.diagnoses import Diagnoses
from services.ticket.store.known_repairs import KnownRepairs
from services.ticket.usecases.diagnosing import SPOKEN
from services.ticket.usecases.put_article import PublishArticle, PutArticle, RetireArticle, ReviewArticle
from services.ticket.views.listing import ListView

router = APIRouter(prefix="/v1/articles", tags=["articles"])

Author = Annotated[Principal, allow("articles:write")]
Editor = Annotated[Principal, allow("articles:publish")]
Reader = Annotated[Principal, allow("articles:read")]


async def _known_repairs(request: Request) -> KnownRepairs:
    known: KnownRepairs = request.app.state.known_repairs
    return known


Known = Annotated[KnownRepairs, Depends(_known_repairs)]


class FixRateView(BaseModel):
    """``worked`` of ``tried`` fixed it; the true share lies between ``low`` and ``high`` 19 times in 20."""

    worked: int
    tried: int
    rate: float
    low: float
    high: float


class ArticleView(BaseModel):
    """``published`` is what is found, as of ``revision``; it is all that the customer's side is shown.

    ``seen_on`` are the tickets whose closing proposed the draft. ``fix_rate`` is null before the first try.
    """

    id: str
    state: ArticleState
    revision: int
    published: RepairBody | None
    draft: RepairBody | None
    draft_state: ArticleState | None
    author: str | None
    reviewer: str | None
    seen_on: tuple[str, ...]
    fix_rate: FixRateView | None
    updated_at: Instant


class ArticleListView(ListView):
    items: list[ArticleView]


class FoundView(BaseModel):
    """``score`` compares the articles of one search, and with nothing else."""

    article: ArticleView
    score: float


class FoundListView(BaseModel):
    items: list[FoundView]


class SearchBody(Body):
    """What the requester says, and what else is known: the category, the asset, answers to a diagnosis."""

    text: Annotated[str, said(4_000)]
    category: Id | None = None
    asset: Id | None = None
    diagnosis: DiagnosedBody | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 3


def article_view(kept: Kept[Article], record: ArticleRecord | None, *, inside: bool = True) -> ArticleView:
    found = kept.value
    rate = None if record is None else record.fix_rate
    return ArticleView(
        id=found.id,
        state=found.state,
        revision=found.revision,
        published=None if found.published is None else RepairBody.of(found.published),
        draft=None if found.draft is None or not inside else RepairBody.of(found.draft),
        draft_state=found.draft_state if inside else None,
        author=found.author if inside else None,
        reviewer=found.reviewer if inside else None,
        seen_on=found.seen_on if inside else (),
        fix_rate=None
        if rate is None
        else FixRateView(worked=rate.worked, tried=rate.tried, rate=rate.rate, low=rate.low, high=rate.high),
        updated_at=kept.updated_at,
    )


def _is_shown(article: Article, *, inside: bool) -> bool:
    """Whether a search may show it by now: to customers what they can do themselves."""
    return article.found is not None and (inside or article.found.self_service)


async def _records(run: Runtime, ids: Iterable[str]) -> Mapping[str, ArticleRecord]:
    wanted = sorted(ids)
    found = await run.find(ArticleRecords, {"_id": {"$in": wanted}}, limit=len(wanted)) if wanted else []
    return {kept.value.id: kept.value for kept in found}


async def matches_view(run: Runtime, viewer: Viewer, matches: Sequence[Match]) -> FoundListView:
    """What was found, as it is stored by now."""
    ids = [match.id for match in matches]
    stored = await run.find(Articles, {"_id": {"$in": ids}}, limit=len(ids)) if ids else []
    articles = {kept.value.id: kept for kept in stored}
    records = await _records(run, articles)
    return FoundListView(
        items=[
            FoundView(
                article=article_view(articles[each.id], records.get(each.id), inside=viewer.of_the_firm),
                score=each.score,
            )
            for each in matches
            if each.id in articles and _is_shown(articles[each.id].value, inside=viewer.of_the_firm)
        ]
    )


async def model_of(run: Runtime, viewer: Viewer, asset_id: str | None, customer_id: str | None) -> str | None:
    """The asset's model; another customer's asset does not exist."""
    if asset_id is None:
        return None
    kept = await run.read(Assets, asset_id)
    if kept is None or customer_id not in (None, kept.value.customer_id):
        raise UnknownReference("asset", asset_id)
    if not viewer.answers_for(kept.value.site_id):
        raise UnknownReference("asset", asset_id)
    return kept.value.model


@router.post("/search", response_model=FoundListView)
async def search_articles(body: SearchBody, principal: Reader, run: Run, known: Known) -> FoundListView:
    """The known repairs that speak to it, the likeliest first; to the customer's side what a user can do."""
    viewer = await viewer_of(principal, run)
    answers, named, category = "", tuple[str, ...](), body.category
    if body.diagnosis is not None:
        kept = await run.read(Diagnoses, body.diagnosis.id)
        if kept is None or kept.value.published is None:
            raise UnknownReference("diagnosis", body.diagnosis.id)
        walked = walk(kept.value.published, body.diagnosis.given())
        told = briefing(kept.value.published, walked.given, SPOKEN)
        answers = texts([(each.question, each.answer) for each in told])
        named, category = walked.fills.articles, category or walked.fills.category
    sought = Sought(
        text=body.text,
        answers=answers,
        category=category,
        model=await model_of(run, viewer, body.asset, viewer.customer_id),
        named=named,
        himself=not viewer.of_the_firm,
    )
    return await matches_view(run, viewer, (await known()).search(sought, body.limit))


@router.put(
    "/{id}",
    response_model=ArticleView,
    responses={201: {"model": ArticleView, "description": "It is new"}},
)
async def put_article(
    id: Id, body: RepairBody, principal: Author, run: Run, cause: Caused, key: Idempotency, expected: IfMatch
) -> Response:
    """Write the draft; what is published is found until the draft is."""
    done = await run.do(PutArticle(id, body.repair(), principal.subject or "", expected), cause, key)
    record = (await _records(run, [id])).get(id)
    return await put_answer(
        run, Articles, id, lambda kept: article_view(kept, record), f"/v1/articles/{id}", created=done.result
    )


def _verb(name: str, command: type[Any], what: str) -> None:
    async def do_it(
        id: Id, principal: Editor, run: Run, cause: Caused, key: Idempotency, expected: IfMatch
    ) -> Response:
        await run.do(command(id=id, by=principal.subject or "", expected=expected), cause, key)
        record = (await _records(run, [id])).get(id)
        return await put_answer(
            run, Articles, id, lambda kept: article_view(kept, record), f"/v1/articles/{id}", created=False
        )

    router.post(f"/{{id}}/{name}", response_model=ArticleView, name=f"{name}_article", description=what)(
        do_it
    )


_verb("review", ReviewArticle, "Somebody read the draft and found it right.")
_verb("publish", PublishArticle, "The reviewed draft is found from now on; a retired article is again.")
_verb("retire", RetireArticle, "Nobody finds it any more.")


@router.get("", response_model=ArticleListView)
async def list_articles(
    page: Annotated[Page, paged(ArticleState)],
    principal: Reader,
    run: Run,
    category: Id | None = None,
) -> Any:
    """Those published, to the customer's side what a user can do himself; to the firm all, by ``state``."""
    inside = principal.of_the_firm
    clauses: dict[str, Any] = {} if inside else {"published.self_service": True, "state": "published"}
    if category is not None:
        clauses["published.categories"] = category
    found = await run.find(Articles, page.filter(clauses), sort=page.sort, limit=page.fetch)
    records = await _records(run, [kept.value.id for kept in found])

    def shown(kept: Kept[Article]) -> Any:
        view = article_view(kept, records.get(kept.value.id), inside=inside)
        return view.model_dump(mode="json", by_alias=True)

    return page.of(found, shown)


@router.get("/{id}", response_model=ArticleView)
async def read_article(id: Id, principal: Reader, run: Run) -> Response:
    # Never 304: how often it worked changes while what it says does not.
    kept = await run.read(Articles, id)
    inside = principal.of_the_firm
    if kept is None or not (inside or _is_shown(kept.value, inside=False)):
        raise NotFound("article", id)
    record = (await _records(run, [id])).get(id)
    return answer(article_view(kept, record, inside=inside), kept.version)
