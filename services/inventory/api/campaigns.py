"""``/v1/campaigns``: tips for the people whose machines they are about."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.events import Wording
from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.inventory.domain.campaign import Campaign, Person, Told, concerned, people_of
from services.inventory.store.assets import Assets
from services.inventory.store.campaigns import Campaigns
from services.inventory.store.contacts import Contacts
from services.inventory.usecases.send_campaign import SendCampaign

router = APIRouter(prefix="/v1/campaigns", tags=["maintenance"])

Reader = Annotated[Principal, allow("campaigns:read")]
Writer = Annotated[Principal, allow("campaigns:write")]


class TitleBody(Body):
    fr: Annotated[str, said(120)]
    en: Annotated[str, said(120)]


class WordsBody(Body):
    fr: Annotated[str, said(4_000)]
    en: Annotated[str, said(4_000)]


class CampaignBody(Body):
    """For the owners and users of machines of that ``kind`` and ``model``, at ``customers`` or at all; of
    machines that have neither, for who answers for their site. One of the three is said."""

    title: TitleBody
    text: WordsBody
    customers: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    kind: Id | None = None
    model: Annotated[str, said(200)] | None = None
    dry_run: bool = False


class CampaignView(BaseModel):
    """``recipients`` of ``machines`` at ``customers``; ``id`` and ``sent_at`` are null in a dry run."""

    id: str | None
    title: Wording
    text: Wording
    kind: str | None
    model: str | None
    machines: int
    recipients: int
    customers: list[str]
    sent_at: Instant | None
    sent_by: str | None


class CampaignPage(BaseModel):
    items: list[CampaignView]
    next: str | None


@router.post(
    "",
    status_code=201,
    response_model=CampaignView,
    responses={200: {"model": CampaignView, "description": "Whom it would reach: a dry run"}},
)
async def send_campaign(
    body: CampaignBody, principal: Writer, cause: Caused, key: Idempotency, run: Run, response: Response
) -> Any:
    """Everybody is told by mail, as he wants ``tip`` to be told. ``dry_run`` says whom it would reach."""
    machines, told = await _reached(run, body)
    now = run.clock.now()

    def sending(id: str) -> Campaign:
        return Campaign(
            id=id,
            title=Wording(fr=_line(body.title.fr), en=_line(body.title.en)),
            text=Wording(fr=body.text.fr, en=body.text.en),
            told=told,
            machines=machines,
            sent_at=now,
            sent_by=principal.actor,
            kind=body.kind,
            model=body.model,
        )

    if body.dry_run:
        response.status_code = 200
        return _view(sending("")).model_copy(update={"id": None, "sent_at": None, "sent_by": None})
    if not told:
        raise Refusal(
            "nobody-to-tell",
            Text(
                "No machine fits that has an owner, a user, or somebody who answers for its site.",
                "Aucune machine ne correspond qui ait un propriétaire, un utilisateur ou un contact de site.",
            ),
        )
    created = await run.create(lambda id: SendCampaign(sending(id)), cause, key)
    response.headers["Location"] = f"/v1/campaigns/{created.id}"
    return await _shown(run, created.id, response)


@router.get("", response_model=CampaignPage)
async def list_campaigns(page: Paged, principal: Reader, run: Run) -> Any:
    found = await run.find(Campaigns, page.filter({}), sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: _view(kept.value))


@router.get("/{id}", response_model=CampaignView)
async def read_campaign(id: Id, principal: Reader, run: Run, response: Response) -> Any:
    return await _shown(run, id, response)


async def _shown(run: Runtime, id: str, response: Response) -> CampaignView:
    kept: Kept[Campaign] | None = await run.read(Campaigns, id)
    if kept is None:
        raise not_found("campaign", id)
    response.headers["ETag"] = etag(kept.version)
    return _view(kept.value)


async def _reached(run: Runtime, body: CampaignBody) -> tuple[int, tuple[Told, ...]]:
    """How many machines it is about, and who is told because of them."""
    if not body.customers and body.kind is None and body.model is None:
        raise Refusal(
            "nothing-named",
            Text(
                "Say which machines: by `kind`, `model` or `customers`.",
                "Dites quelles machines : par `kind`, `model` ou `customers`.",
            ),
        )
    query: dict[str, Any] = {} if body.kind is None else {"kind": body.kind}
    if body.customers:
        query["customer_id"] = {"$in": list(body.customers)}
    assets = [kept.value for kept in await run.find(Assets, query, limit=0)]
    machines = concerned(assets, body.kind, body.model)
    customers = sorted({each.customer_id for each in machines})
    found = await run.find(Contacts, {"customer_id": {"$in": customers}}, limit=0) if customers else []
    people = (
        Person(each.contact_id, each.customer_id, each.sites) for each in (kept.value for kept in found)
    )
    return len(machines), people_of(machines, people)


def _line(title: str) -> str:
    """On one line, as a mail's subject is."""
    return " ".join(title.split())


def _view(campaign: Campaign) -> CampaignView:
    shown = CampaignView.model_fields.keys() - {"customers"}
    return CampaignView(
        **{name: getattr(campaign, name) for name in shown},
        customers=[each.customer_id for each in campaign.told],
    )
