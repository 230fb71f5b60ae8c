"""``/parc/assets/{id}``: a machine and what became of it; ``/parc/reviews``: what is in doubt."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.boundary import require_site
from services.inventory.domain.advice import Advice, AdviceKind, AdviceState
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.differences import size_of, system_name
from services.inventory.domain.document import MAX_DOCUMENTS, AssetDocument
from services.inventory.domain.history import AssetLine
from services.inventory.domain.machine import Machine
from services.inventory.domain.renewal_words import words_of
from services.inventory.domain.renewing import Findings, wear_of
from services.inventory.domain.replacing import REASONS, judged
from services.inventory.domain.review import Review, ReviewState
from services.inventory.domain.site import Site
from services.inventory.domain.warranty import age_years, warranty_on
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.contacts import Contacts
from services.inventory.store.documents import AssetDocuments
from services.inventory.store.machines import Machines, Reviews, SoftwareLists
from services.inventory.store.renewals import Advices
from services.inventory.store.sites import Sites
from services.inventory.views.plan_files import money
from services.inventory.watcher import known_products, rules_of, standings_of
from services.inventory.web.pages import PAGES

router = APIRouter(include_in_schema=False)
MOST_LINES = 100
MOST_REVIEWS = 100
MOST_LINKS = 200

Who = Annotated[Principal, allow("screens:parc")]


@dataclass(frozen=True)
class Linked:
    """Another asset that this one has a link to, or that has one to it."""

    kind: str
    asset: Asset
    from_here: bool


@router.get("/parc/assets/{id}")
async def asset_page(id: Id, request: Request, who: Who, run: Run) -> Response:
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    asset = kept.value
    await require_site(run, who, asset.customer_id, asset.site_id, "asset", id)
    machine: Kept[Machine] | None = await run.read(Machines, id)
    software = await run.read(SoftwareLists, id)
    site = await run.read(Sites, asset.site_id)
    lines: list[Kept[AssetLine]] = await run.find(
        AssetLines, {"asset_id": id}, sort=(("updated_at", -1), ("_id", -1)), limit=MOST_LINES
    )
    now = run.clock.now()
    return PAGES.page(
        request,
        "parc-asset.html",
        it=asset,
        site=site.value.name if site else asset.site_id,
        zone=site.value.time_zone if site else "UTC",
        machine=None if machine is None else machine.value,
        software=() if software is None else software.value.items,
        lines=[each.value for each in lines],
        linked=await _linked(run, asset),
        people=await _people(run, asset),
        age=age_years(now.date(), asset.bought_on),
        warranty=warranty_on(now.date(), asset.warranty_until),
        now=now,
        may_write=who.may("assets:write") and asset.status is not Status.DISPOSED,
        sites=await _sites(run, asset),
        contacts=await _contacts(run, asset),
        documents=await _documents(run, asset),
        advices=await _advices(run, asset),
        **await _judged(run, asset, language=call_of(request).language),
        size_of=size_of,
        system_name=system_name,
    )


@router.get("/parc/reviews")
async def reviews_page(request: Request, who: Who, run: Run) -> Response:
    """Inventories that wait for somebody to say which machine they are of; the oldest first."""
    who.require("inventory:review")
    found: list[Kept[Review]] = await run.find(
        Reviews,
        {"state": ReviewState.OPEN.value},
        sort=(("updated_at", 1), ("_id", 1)),
        limit=MOST_REVIEWS,
    )
    reviews = [each.value for each in found]
    named = sorted({each.asset_id for review in reviews for each in review.candidates})
    assets = await run.find(Assets, {"_id": {"$in": named}}, limit=0)
    sites = await run.find(Sites, {"_id": {"$in": sorted({each.site_id for each in reviews})}}, limit=0)
    return PAGES.page(
        request,
        "parc-review-list.html" if asks_for_part(request) else "parc-reviews.html",
        reviews=reviews,
        assets={kept.value.id: kept.value for kept in assets},
        zones={kept.value.id: kept.value.time_zone for kept in sites},
        now=run.clock.now(),
    )


async def waiting_reviews(run: Runtime, who: Principal) -> int:
    """How many wait, for those who decide about them."""
    if not who.may("inventory:review"):
        return 0
    return await run.collection(Reviews.name).count_documents({"state": ReviewState.OPEN.value}, limit=100)


async def _linked(run: Runtime, asset: Asset) -> list[Linked]:
    own = {each.asset_id for each in asset.links}
    query: dict[str, Any] = {
        "customer_id": asset.customer_id,
        "$or": [{"_id": {"$in": sorted(own)}}, {"links.asset_id": asset.id}],
    }
    others = {kept.value.id: kept.value for kept in await run.find(Assets, query, limit=MOST_LINKS)}
    forth = [
        Linked(link.kind, others[link.asset_id], from_here=True)
        for link in asset.links
        if link.asset_id in others
    ]
    back = [
        Linked(link.kind, other, from_here=False)
        for other in others.values()
        for link in other.links
        if link.asset_id == asset.id
    ]
    return [*forth, *back]


async def _sites(run: Runtime, asset: Asset) -> list[Site]:
    """Where it may be moved to."""
    found = await run.find(Sites, {"customer_id": asset.customer_id}, limit=MOST_LINKS)
    return sorted((kept.value for kept in found), key=lambda each: each.name.casefold())


async def _contacts(run: Runtime, asset: Asset) -> dict[str, str]:
    """To whom it may be lent."""
    found = await run.find(Contacts, {"customer_id": asset.customer_id}, limit=MOST_LINKS)
    return {kept.value.contact_id: kept.value.name for kept in found}


async def _documents(run: Runtime, asset: Asset) -> list[AssetDocument]:
    """Papers and pictures that are there, the oldest first."""
    query = {"asset_id": asset.id, "removed_at": None}
    return [kept.value for kept in await run.find(AssetDocuments, query, limit=MAX_DOCUMENTS)]


async def _advices(run: Runtime, asset: Asset) -> list[Advice]:
    """What is advised of it and not settled, beside its replacement."""
    states = [AdviceState.OPEN.value, AdviceState.ACCEPTED.value]
    query = {"asset_id": asset.id, "state": {"$in": states}, "kind": {"$ne": AdviceKind.REPLACE.value}}
    found = await run.find(Advices, query, limit=MOST_LINKS)
    return sorted((kept.value for kept in found), key=lambda each: each.due_on)


async def _judged(run: Runtime, asset: Asset, *, language: str) -> dict[str, Any]:
    """Whether it is worth another repair, with the figures."""
    rules = await rules_of(run, asset.customer_id)
    [standing] = await standings_of(run, [asset])
    today = run.clock.now().date()
    findings = Findings.with_products(rules, today, await known_products(run))
    wear = wear_of(
        standing, rules, rules.life_of(asset.kind), today, unsupported=findings.is_unsupported(standing)
    )
    judgement = judged(wear)
    return {
        "wear": wear,
        "judgement": judgement,
        "because": [REASONS[each].in_(language) for each in judgement.reasons],
        "cents": lambda cents: money(cents, rules.currency, language),
        "today": today,
        "words_of": words_of,
    }


async def _people(run: Runtime, asset: Asset) -> dict[str, str]:
    """The names of its owner, its users and whom it is lent to."""
    loan = () if asset.loan is None else (asset.loan.contact_id,)
    ids = {*asset.users, *loan, *(() if asset.owner_id is None else (asset.owner_id,))}
    if not ids:
        return {}
    found = await run.find(Contacts, {"_id": {"$in": sorted(ids)}}, limit=len(ids))
    return {kept.value.contact_id: kept.value.name for kept in found}
