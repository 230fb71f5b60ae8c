"""``/v1/kpis``: figures of a period with their definitions, and the tickets behind each."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.audience import Reach
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.paging import Paged
from infra.chassis.http.parameters import Day, wrong_parameter
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.workbook import XLSX
from services.ticket.api.clocks import Terms
from services.ticket.api.contracts import exists_for
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.contract import Contract
from services.ticket.domain.kpi_case import By
from services.ticket.domain.kpi_definitions import BY_ID, KPIS
from services.ticket.domain.kpis import Counting, hours_sold
from services.ticket.domain.measured import Period, Scope
from services.ticket.statements.measuring import PAGE, Measuring
from services.ticket.store.contracts import Contracts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.views.kpi_sheet import as_xlsx
from services.ticket.views.kpis import KpiCaseView, KpisView, case_view, kpis_view
from services.ticket.views.listing import ListView
from services.ticket.views.visibility import TICKET

router = APIRouter(prefix="/v1/kpis", tags=["kpis"])

MOST_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2000, 2100


class BrokenDownBy(StrEnum):
    KIND = "kind"
    PRIORITY = "priority"
    CATEGORY = "category"
    SITE = "site"
    CONTRACT = "contract"
    TECHNICIAN = "technician"


class KpiCaseListView(ListView):
    items: list[KpiCaseView]


@dataclass(frozen=True)
class Wanted:
    """A period of what exists for who asks; ``contract`` where one was named."""

    who: Principal
    measuring: Measuring
    contract: Contract | None

    @property
    def sold(self) -> Fraction | None:
        hours = None if self.contract is None else hours_sold(self.contract.terms.billing)
        return None if hours is None else hours.within(self.measuring.period)


async def _wanted(
    who: Annotated[Principal, allow("kpis:read")],
    run: Run,
    terms: Terms,
    contract: Id | None = None,
    site: Id | None = None,
    customer: Id | None = None,
    first: Annotated[Day | None, Query(alias="from", description="The first day, `YYYY-MM-DD`")] = None,
    last: Annotated[
        Day | None,
        Query(
            alias="to",
            description="The last day, included. With `from` or `to` alone it is the rest of that month, "
            "with neither the last month that is over",
        ),
    ] = None,
) -> Wanted:
    now = run.clock.now()
    period = _period(first, last, now)
    named = None if contract is None else await _contract(run, who, contract)
    if site is not None:
        await _require_site(run, who, site)
    if customer is not None and (not who.sees(customer) or await run.read(Customers, customer) is None):
        raise NotFound("customer", customer)
    viewer = await viewer_of(who, run)
    scope = Scope(
        customer_id=customer if who.of_the_firm else who.customer,
        site_id=site,
        contract_id=contract,
        contracts=frozenset(viewer.contracts) if viewer.reach is Reach.CONTRACTS else None,
    )
    return Wanted(who, Measuring(run, terms, period, scope, now, TICKET.among(viewer)), named)


Of = Annotated[Wanted, Depends(_wanted)]


@router.get(
    "",
    response_model=KpisView,
    responses={200: {"content": {XLSX: {}}, "description": "The figures, or a workbook of them"}},
)
async def read_kpis(
    of: Of,
    request: Request,
    breakdown_by: Annotated[
        BrokenDownBy | None, Query(description="Instead of what each figure is broken down by anyway")
    ] = None,
    format: Annotated[Literal["json", "xlsx"], Query(description="For spreadsheets: `xlsx`")] = "json",
) -> Response:
    """Figures of a contract, a site, a customer, or of all that the caller may see. The customer's side sees
    its own customer. What is confidential counts for those who may read it."""
    per_person = breakdown_by is BrokenDownBy.TECHNICIAN
    if per_person and not (request.app.state.kpis_per_person and of.who.of_the_firm):
        raise _not_of_persons()
    counting = Counting(KPIS, None if breakdown_by is None else By(breakdown_by))
    measuring, language = of.measuring, call_of(request).language
    await measuring.count(counting)
    figures = await asyncio.to_thread(counting.figures, of.sold)
    period = measuring.period
    shown = kpis_view(period, measuring.scope, measuring.now, figures, language, per_person=per_person)
    if format == "json":
        return Response(shown.model_dump_json(by_alias=True), media_type="application/json")
    content = await asyncio.to_thread(as_xlsx, shown, language)
    name = f"kpis-{period.first}-{period.last}.xlsx"
    return Response(
        content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/{kpi}/tickets", response_model=KpiCaseListView)
async def list_tickets_of_kpi(kpi: Id, of: Of, page: Paged, request: Request) -> Any:
    """The tickets that a figure stands on, and those left out with the reason, in the order of their ids; one
    with several visits or commitments comes with each."""
    known = BY_ID.get(kpi)
    if known is None:
        raise NotFound("kpi", kpi)
    language = call_of(request).language
    after = "" if page.after is None else page.after[1]
    ids = await of.measuring.ids(after.partition(" ")[0], page.updated_after)
    found: list[Kept[KpiCaseView]] = []
    for n in range(0, len(ids), PAGE):
        cases = await of.measuring.cases(ids[n : n + PAGE], known.measure)
        found += [
            Kept(case_view(known, case, language), 1, of.measuring.now) for case in cases if case.id > after
        ]
        if len(found) >= page.fetch:
            break
    return page.of(found[: page.fetch], lambda kept: kept.value.model_dump(mode="json"))


async def _contract(run: Runtime, who: Principal, id: str) -> Contract:
    kept = await run.read(Contracts, id)
    if kept is None or not exists_for(who, kept.value):
        raise NotFound("contract", id)
    return kept.value


async def _require_site(run: Runtime, who: Principal, id: str) -> None:
    kept = await run.read(Sites, id)
    if kept is None or not who.sees(kept.value.customer_id):
        raise NotFound("site", id)


def _period(first: date | None, last: date | None, now: datetime) -> Period:
    today = now.date()
    for name, day in (("from", first), ("to", last)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            years = f"{FIRST_YEAR}–{LAST_YEAR}"
            raise wrong_parameter((name, Text(f"Give a day of {years}", f"Donnez un jour de {years}")))
    if first is None and last is None:
        last = today.replace(day=1) - timedelta(days=1)
    if last is None:
        assert first is not None, "one of them was given"
        last = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if first is None:
        first = last.replace(day=1)
    if last < first:
        raise Refusal(
            "period-ends-before-it-begins",
            Text(f"{last} is before {first}: swap them.", f"{last} précède {first} : échangez-les."),
        )
    if first > today:
        raise Refusal(
            "period-ahead",
            Text(f"{first} has not begun: ask for days that have.", f"{first} n'a pas commencé."),
        )
    if (last - first).days >= MOST_DAYS:
        raise Refusal(
            "period-too-long",
            Text(
                f"From {first} to {last} is more than {MOST_DAYS} days: ask for a year at a time.",
                f"Du {first} au {last}, c'est plus de {MOST_DAYS} jours : demandez une année à la fois.",
            ),
        )
    return Period(first, last)


def _not_of_persons() -> Refusal:
    return Refusal(
        "per-person-figures-off",
        Text(
            "Figures of single persons are off here (ASTREINTE_KPIS_PER_PERSON), and never for the "
            "customer's side: employees and works council are to be told first (Code du travail L1222-4, "
            "L2312-38).",
            "Les chiffres par personne sont désactivés ici (ASTREINTE_KPIS_PER_PERSON), et jamais donnés au "
            "client : salariés et CSE doivent d'abord être informés (Code du travail L1222-4, L2312-38).",
        ),
    )
