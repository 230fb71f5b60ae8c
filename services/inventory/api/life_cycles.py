"""``/v1/renewals/products``, ``names``, ``rules``: what ends when, what it is called, what renewing costs."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.imports.api import FILE_FORM, FORM_BYTES, uploaded
from infra.chassis.service import Caused, Run
from services.inventory.api.boundary import require_site
from services.inventory.domain.life_cycle import Cycle, Product, ProductNames
from services.inventory.domain.life_cycle_file import products_of, unreadable
from services.inventory.domain.product_names import NAMES
from services.inventory.domain.renewal_rules import HORIZON_MONTHS, RenewalRules
from services.inventory.domain.renewing import Findings, wear_of
from services.inventory.domain.replacing import judged
from services.inventory.store.assets import Assets
from services.inventory.store.renewals import LifeCycles, NamesOfProducts, RenewalRuleSets
from services.inventory.usecases.keep_life_cycles import (
    KeepLifeCycles,
    LetFileSay,
    PutProduct,
    PutProductNames,
    PutRenewalRules,
)
from services.inventory.views.renewals import (
    JudgementView,
    ProductPage,
    ProductView,
    RenewalRulesView,
    judgement_view,
    product_view,
    rules_view,
)
from services.inventory.watcher import known_products, rules_of, standings_of

PATH = "/v1/renewals/products"
STREAMED = {PATH: FORM_BYTES}
A_WRITE = 100
"""Products of a file that are stored together."""

router = APIRouter(tags=["renewals"])

Reader = Annotated[Principal, allow("renewals:read")]
Writer = Annotated[Principal, allow("renewals:write")]
Name = Annotated[str, said(100)]
Cents = Annotated[int, Field(ge=0, le=10**11)]


class FiledView(BaseModel):
    """``left``: how many the firm has written down itself, which a file does not change."""

    products: int
    changed: int
    left: int


class CycleBody(Body):
    """``ends_on``: from then on nobody mends its security holes."""

    name: Name
    label: Name | None = None
    ends_on: date | None = None
    active_until: date | None = None
    extended_until: date | None = None
    latest: Name | None = None


class ProductBody(Body):
    """``names``: as machines, or their models, call it. Its cycles are matched by their names."""

    label: Name
    names: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    cycles: Annotated[tuple[CycleBody, ...], Field(min_length=1, max_length=500)]


class NamesBody(Body):
    names: Annotated[tuple[Name, ...], Field(max_length=500)]


class NamesView(BaseModel):
    """``built_in``: those that are known without saying so."""

    product: str
    names: tuple[str, ...]
    built_in: tuple[str, ...]


class RenewalRulesBody(Body):
    """Money is in cents of ``currency``. ``price_cents`` and ``life_years`` by kind of machine.

    ``upgrade_cents`` by product, or under ``other`` for all that are not named; ``warranty_cents`` is what
    another term of warranty costs, ``repair_cents`` a repair. What is left out has no cost.
    ``training_category`` is the work type of trainings for those who get new machines.
    """

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    horizon_months: Annotated[int, Field(ge=1, le=60)] = HORIZON_MONTHS
    category: Id | None = None
    life_years: dict[Id, Annotated[int, Field(ge=1, le=40)]] = Field(default_factory=dict)
    price_cents: dict[Id, Cents] = Field(default_factory=dict)
    upgrade_cents: dict[Id, Cents] = Field(default_factory=dict)
    warranty_cents: Cents | None = None
    repair_cents: Cents | None = None
    training_category: Id | None = None


@router.post(PATH, openapi_extra=dict(FILE_FORM))
async def take_file(who: Writer, run: Run, cause: Caused, request: Request) -> FiledView:
    """A file of endoflife.date: one product's cycles (its name is the file's), a product, or all of them.

    The same file again changes nothing, and what it does not name stays.
    """
    file = await uploaded(request)
    products = await asyncio.to_thread(_read, file.content, file.name)
    changed = left = 0
    for n in range(0, len(products), A_WRITE):
        done = await run.do(KeepLifeCycles(products[n : n + A_WRITE]), cause)
        changed, left = changed + done.result[0], left + done.result[1]
    return FiledView(products=len(products), changed=changed, left=left)


@router.get(PATH, response_model=ProductPage)
async def list_products(
    page: Paged,
    who: Reader,
    run: Run,
    own: Annotated[bool | None, Query(description="Those that the firm wrote down itself")] = None,
) -> Any:
    found = await run.find(LifeCycles, page.filter({}, own=own), sort=page.sort, limit=page.fetch)
    return page.of(found, product_view)


@router.get(f"{PATH}/{{id}}", response_model=ProductView)
async def read_product(id: Id, who: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await run.read(LifeCycles, id)
    if kept is None:
        raise not_found("product", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or product_view(kept)


@router.put(f"{PATH}/{{id}}", responses={201: {"model": ProductView, "description": "It is new"}})
async def put_product(
    id: Id,
    body: ProductBody,
    expected: IfMatch,
    key: Idempotency,
    who: Writer,
    cause: Caused,
    run: Run,
    response: Response,
) -> ProductView:
    """The firm's own list: what no file names, or knows otherwise."""
    cycles = tuple(
        Cycle(
            each.name,
            each.label or each.name,
            _day(each.ends_on),
            active_until=_day(each.active_until),
            extended_until=_day(each.extended_until),
            latest=each.latest,
        )
        for each in body.cycles
    )
    done = await run.do(PutProduct(Product(id, body.label, cycles, body.names), expected), cause, key)
    kept = await run.read(LifeCycles, id)
    assert kept is not None
    created_or_replaced(response, f"{PATH}/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return product_view(kept)


@router.delete(f"{PATH}/{{id}}/own", status_code=204)
async def let_file_say(id: Id, who: Writer, run: Run, cause: Caused, key: Idempotency) -> Response:
    """The firm's own word on it counts no more: the next file says."""
    await run.do(LetFileSay(id), cause, key)
    return Response(status_code=204)


@router.put(
    "/v1/renewals/names/{product}", responses={201: {"model": NamesView, "description": "They are the first"}}
)
async def put_names(
    product: Id,
    body: NamesBody,
    expected: IfMatch,
    key: Idempotency,
    who: Writer,
    cause: Caused,
    run: Run,
    response: Response,
) -> NamesView:
    """What else machines call a product. Names under `none` are no product's with an end, and not told of."""
    done = await run.do(PutProductNames(ProductNames(product, body.names), expected), cause, key)
    kept = await run.read(NamesOfProducts, product)
    assert kept is not None
    created_or_replaced(response, f"/v1/renewals/names/{product}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return _names_view(product, kept.value.names)


@router.get("/v1/renewals/names/{product}", response_model=NamesView)
async def read_names(product: Id, who: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await run.read(NamesOfProducts, product)
    version = 0 if kept is None else kept.version
    response.headers["ETag"] = etag(version)
    return not_modified(request, version) or _names_view(product, () if kept is None else kept.value.names)


@router.put(
    "/v1/renewals/rules/{id}", responses={201: {"model": RenewalRulesView, "description": "They are new"}}
)
async def put_rules(
    id: Id,
    body: RenewalRulesBody,
    expected: IfMatch,
    key: Idempotency,
    who: Writer,
    cause: Caused,
    run: Run,
    response: Response,
) -> RenewalRulesView:
    """``id`` is a customer's, or ``default``: the rules of all customers that have none of their own."""
    rules = RenewalRules(id, **dict(body))
    done = await run.do(PutRenewalRules(rules, expected), cause, key)
    kept = await run.read(RenewalRuleSets, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/renewals/rules/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return rules_view(kept.value)


@router.get("/v1/renewals/rules/{id}", response_model=RenewalRulesView)
async def read_rules(
    id: Id,
    who: Annotated[Principal, allow("renewals:write")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    kept = await run.read(RenewalRuleSets, id)
    if kept is None:
        raise not_found("rules", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or rules_view(kept.value)


@router.get("/v1/assets/{id}/repair-or-replace", tags=["assets"])
async def repair_or_replace(
    id: Id,
    who: Reader,
    run: Run,
    request: Request,
    repair_cents: Annotated[int | None, Query(ge=0, le=10**11, description="What this repair costs")] = None,
) -> JudgementView:
    """Whether a machine is worth another repair, and by which figures. An asked price counts as a fault."""
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    asset = kept.value
    await require_site(run, who, asset.customer_id, asset.site_id, "asset", id)
    rules = await rules_of(run, asset.customer_id)
    today = run.clock.now().date()
    [standing] = await standings_of(run, [asset])
    if repair_cents is not None:
        rules = replace(rules, repair_cents=repair_cents)
        standing = replace(standing, faults=standing.faults + 1)
    findings = Findings.with_products(rules, today, await known_products(run))
    wear = wear_of(
        standing, rules, rules.life_of(asset.kind), today, unsupported=findings.is_unsupported(standing)
    )
    return judgement_view(id, wear, judged(wear), rules.currency, call_of(request).language)


def _read(content: bytes, name: str) -> tuple[Product, ...]:
    try:
        said: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise unreadable("it is no JSON", "ce n'est pas du JSON") from None
    return products_of(said, name.rpartition("/")[2].removesuffix(".json"))


def _names_view(product: str, names: tuple[str, ...]) -> NamesView:
    return NamesView(product=product, names=names, built_in=NAMES.get(product, ()))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
