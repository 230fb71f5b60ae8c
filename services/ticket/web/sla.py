"""``/sla``: what burns first, why each clock stands where it does, and what a month came to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Annotated, Any, Literal, get_args

from babel.dates import format_date
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.refusal import NotFound
from contracts.ticket.sla import SLA_FACTS, ClockState
from contracts.values import Id, Language
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.contracts import exists_for
from services.ticket.api.finding import visible_ticket
from services.ticket.api.statements import Of
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.commitment import Month, Outcome
from services.ticket.domain.consumption import FIRM_ZONE
from services.ticket.domain.contract import Contract
from services.ticket.domain.possible import OPEN
from services.ticket.domain.sla_record import clocks_now
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import Contracts
from services.ticket.store.revisions import Revisions
from services.ticket.store.tickets import Tickets
from services.ticket.views.sla import SlaView, explained_views, sla_views
from services.ticket.views.statement import CommitmentView
from services.ticket.views.visibility import TICKET
from services.ticket.web.pages import PAGES
from services.ticket.web.portal import places_of

router = APIRouter(include_in_schema=False)
MOST = 500
"""Tickets looked at for one page: beyond that, one contract is asked for."""
MONTHS = 13
RUNNING = (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)
AT_RISK = 75
"""Percent of what is allowed."""

Standing = Literal["breached", "risk", "running", "waiting"]
Who = Annotated[Principal, allow("screens:sla")]


@dataclass(frozen=True)
class Row:
    """A clock as the page lists it. ``burnt`` is the share of what is allowed; of days it is not known."""

    ticket: Ticket
    clock: SlaView
    site: str
    zone: str

    @property
    def id(self) -> str:
        return f"{self.ticket.id}:{self.clock.site_id}:{self.clock.target}"

    @property
    def standing(self) -> Standing:
        clock = self.clock
        if clock.state == ClockState.BREACHED:
            return "breached"
        if clock.state == ClockState.PAUSED:
            return "waiting"
        return "risk" if (clock.threshold or 0) >= AT_RISK else "running"

    @property
    def burnt(self) -> float | None:
        elapsed, remaining = self.clock.elapsed_minutes, self.clock.remaining_minutes
        if elapsed is None or remaining is None or elapsed + remaining <= 0:
            return None
        return min(1.0, elapsed / (elapsed + remaining))

    @property
    def urgency(self) -> tuple[bool, float]:
        """What burns first comes first: by when it is or was due, then what waits, by what it has left."""
        due = self.clock.breached_at or self.clock.due_at
        if due is not None:
            return False, due.timestamp()
        left = self.clock.remaining_minutes
        return True, inf if left is None else left


@router.get("/sla")
async def overview(
    request: Request,
    who: Who,
    run: Run,
    terms: Terms,
    contract: Annotated[str, Query(max_length=64)] = "",
    standing: Standing | None = None,
) -> Response:
    """The clocks that run or wait, the one that burns first at the top; a part of it for htmx."""
    contracts = await _contracts(run, who)
    rows = await _rows(run, terms, who, contract)
    tally = Counter(row.standing for row in rows)
    shown = [row for row in rows if standing is None or row.standing == standing]
    return PAGES.page(
        request,
        "sla-clocks.html" if asks_for_part(request) else "sla.html",
        rows=shown,
        counts={each: tally[each] for each in get_args(Standing)},
        contracts=contracts,
        contract=contract,
        standing=standing,
        now=run.clock.now(),
        types=[model.TYPE for model in SLA_FACTS],
    )


@router.get("/sla/clocks/{id}")
async def why(request: Request, id: Id, site: Id, target: Id, who: Who, run: Run, terms: Terms) -> Response:
    """Every stretch of a clock's time: whether it counts, what began and what ended it, in a sentence."""
    ticket = (await visible_ticket(run, id, await viewer_of(who, run))).value
    record = ticket.sla
    if record is None:
        raise NotFound("clock", f"{id}:{site}:{target}")
    clocks = clocks_now(record, await terms(record.revision_ids), run.clock.now())
    views = explained_views(record, clocks, Language(call_of(request).language))
    found = next((each for each in views if (each.site_id, each.target) == (site, target)), None)
    if found is None:
        raise NotFound("clock", f"{id}:{site}:{target}")
    name, zone = (await _sites(run, [site]))[site]
    return PAGES.page(
        request,
        "sla-why.html",
        ticket=ticket,
        clock=found,
        site=name,
        zone=zone,
        now=run.clock.now(),
    )


@router.get("/sla/contracts/{id}")
async def contract_months(
    request: Request,
    of: Of,
    who: Who,
    month: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$")] = None,
) -> Response:
    """A contract's month: the page at once, what it came to as a part, which takes a moment to count."""
    contract = await of.contract(who)
    now = of.run.clock.now()
    present = Month(now.year, now.month)
    asked = month or str(present)
    if not asks_for_part(request):
        months = _last_months(present, call_of(request).language)
        return PAGES.page(request, "sla-contract.html", contract=contract, month=asked, months=months)
    shown = await of.shown(who, asked, None)
    commitments = list(map(CommitmentView.model_validate_json, shown.content.written_of(Outcome.BROKEN)))
    sites = await _sites(of.run, {each.site_id for each in commitments})
    return PAGES.page(
        request,
        "sla-month.html",
        contract=contract,
        month=asked,
        summary=shown.summary,
        version=shown.version,
        statement=shown.content.head,
        broken=commitments,
        names={id: name for id, (name, _) in sites.items()},
        zone=FIRM_ZONE.key,
        now=now,
    )


async def _contracts(run: Runtime, who: Principal) -> list[Contract]:
    scope = {"terms.managers": who.manager} if who.manager is not None else {}
    found = await run.find(Contracts, {**who.customer_filter(), **scope}, limit=200)
    contracts = [kept.value for kept in found if exists_for(who, kept.value)]
    return sorted(contracts, key=lambda each: each.terms.name.casefold())


async def _rows(run: Runtime, terms: Revisions, who: Principal, contract: str) -> list[Row]:
    query: dict[str, Any] = {
        "state": {"$in": sorted(OPEN)},
        "sla.clocks.reading.state": {"$in": RUNNING},
        **TICKET.among(await viewer_of(who, run)),
    }
    if contract:
        query["sla.promises.contract_id"] = contract
    found: list[Kept[Ticket]] = await run.find(
        Tickets, query, sort=(("updated_at", -1), ("_id", -1)), limit=MOST
    )
    tickets = [kept.value for kept in found]
    live = await shown_clocks(terms, tickets, run.clock.now())
    sites = await _sites(run, {site for ticket in tickets for site in ticket.site_ids})
    rows = (
        Row(ticket, clock, *sites.get(clock.site_id, (clock.site_id, "UTC")))
        for ticket in tickets
        for clock in live.get(ticket.id) or sla_views(ticket.sla)
        if clock.state in RUNNING and contract in ("", clock.contract_id)
    )
    return sorted(rows, key=lambda row: row.urgency)


async def _sites(run: Runtime, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Their names and zones; of one that is not known here, its id and UTC."""
    wanted = set(ids)
    known = await places_of(run, wanted)
    return {id: (known[id].name, known[id].time_zone) if id in known else (id, "UTC") for id in wanted}


def _last_months(present: Month, language: str) -> list[tuple[str, str]]:
    """The last months, each as addresses have it and as people write it."""
    year, month, found = present.year, present.month, []
    for _ in range(MONTHS):
        said = format_date(date(year, month, 1), "LLLL y", locale=language)
        found.append((f"{year:04}-{month:02}", said))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found
