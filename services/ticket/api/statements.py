"""``/v1/contracts/{id}/statements``: what each month came to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from contracts.values import Id
from infra.chassis.crew import Crew, Lost
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem, not_ready
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.workbook import XLSX
from services.ticket.api.clocks import Terms
from services.ticket.api.contracts import exists_for
from services.ticket.domain.commitment import Month
from services.ticket.domain.contract import Contract
from services.ticket.domain.statement_month import (
    Contested,
    StatementMonth,
    Version,
    contestable_until,
    month_id,
    not_frozen,
)
from services.ticket.statements.gathering import differences, gathered, over, packed, unpacked
from services.ticket.store.contracts import Contracts
from services.ticket.store.revisions import Revisions
from services.ticket.store.statements import FrozenContents, StatementMonths
from services.ticket.usecases.freeze_statement import (
    AnswerContest,
    ContestMonth,
    CorrectMonth,
    FreezeMonth,
)
from services.ticket.views.listing import ListView
from services.ticket.views.statement import (
    Shown,
    StatementContent,
    StatementView,
    digest_of,
)
from services.ticket.views.statement_pdf import as_pdf, as_told
from services.ticket.views.statement_sheet import as_xlsx
from services.ticket.views.statement_summary import StatementSummaryView, summary_view

router = APIRouter(prefix="/v1/contracts/{id}/statements", tags=["contracts"])

FIRST_YEAR, LAST_YEAR = 2000, 2100
PDF = "application/pdf"
MANY = 1_000
"""As many commitments are written in an instant; with more, the others would wait."""
MonthText = Annotated[str, Path(description="`YYYY-MM`", examples=["2026-03"])]
WhichVersion = Annotated[
    int | None, Query(ge=1, description="One that was frozen; the last of them when absent")
]
Words = Annotated[str, said(2_000)]


class ContestBody(Body):
    """What is wrong: in the whole month, or of a ticket, or of a target at a site of it."""

    text: Words
    ticket_id: Id | None = None
    site_id: Id | None = None
    target: Id | None = None


class AnswerBody(Body):
    """Who accepts corrects the ticket as well (requalify, a late closing): the month is read from there."""

    accepted: bool
    text: Words


class FreezeBody(Body):
    """``agreed_by``: who of the customer's agreed, for a month that may still be contested."""

    agreed_by: Annotated[str, said(200)] | None = None


class CorrectBody(Body):
    reason: Words


class StatementListView(ListView):
    items: list[StatementSummaryView]


@dataclass(frozen=True)
class Months:
    """The months of one contract, for whoever may see it."""

    id: str
    run: Runtime
    terms: Revisions
    crew: Crew
    days: int

    async def contract(self, who: Principal) -> Contract:
        kept = await self.run.read(Contracts, self.id)
        if kept is None or not exists_for(who, kept.value):
            raise NotFound("contract", self.id)
        return kept.value

    async def kept(self, contract: Contract, month: Month) -> StatementMonth:
        id = month_id(contract.id, month)
        found = await self.run.read(StatementMonths, id)
        return found.value if found else StatementMonth(id, contract.id, contract.customer_id, str(month))

    async def known(self, contract: Contract, month: Month, as_of: datetime) -> StatementContent:
        """What is known of it at that instant."""
        try:
            return await gathered(self.run, self.crew, self.terms, contract, month, as_of)
        except Lost as lost:
            raise _too_much() from lost

    async def frozen(self, month: StatementMonth, version: Version) -> StatementContent:
        kept = await self.run.read(FrozenContents, f"{month.id}:{version.n}")
        assert kept is not None, "a version is kept together with what it says"
        return await asyncio.to_thread(unpacked, kept.value.packed)

    def until(self, month: Month) -> date:
        return contestable_until(month, self.days)

    async def shown(self, who: Principal, text: str, wanted: int | None) -> Shown:
        contract, month = await self.contract(who), _begun(text, self.run.clock.now())
        kept = await self.kept(contract, month)
        version = kept.frozen
        if wanted is not None:
            version = next((each for each in kept.versions if each.n == wanted), None)
            if version is None:
                raise NotFound("statement", f"{kept.id}:{wanted}")
        if version is not None:
            content = await self.frozen(kept, version)
        else:
            content = await self.known(contract, month, self.run.clock.now())
        return Shown(kept, self.until(month), version, content)


async def _months(id: Id, run: Run, terms: Terms, request: Request) -> Months:
    state = request.app.state
    return Months(id, run, terms, state.crew, state.statement_days)


Of = Annotated[Months, Depends(_months)]


def _month(text: str) -> Month:
    try:
        month = Month.of(text)
    except ValueError:
        raise NotFound("statement", text) from None
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise NotFound("statement", text)
    return month


def _begun(text: str, now: datetime) -> Month:
    """A month that has begun: of what lies ahead there is nothing to say."""
    month = _month(text)
    if month > Month(now.year, now.month):
        raise Refusal(
            "month-ahead",
            Text(f"{text} has not begun.", f"{text} n'a pas commencé."),
        )
    return month


def _ended(text: str, now: datetime) -> Month:
    month = _month(text)
    if not over(month, now):
        raise Refusal(
            "month-not-over",
            Text(
                f"{text} is not over wherever there may be sites: wait until it is.",
                f"{text} n'est pas fini partout où il peut y avoir des sites : attendez qu'il le soit.",
            ),
        )
    return month


@router.get("", response_model=StatementListView)
async def list_statements(of: Of, page: Paged, who: Annotated[Principal, allow("statements:read")]) -> Any:
    """The months that were frozen or contested; any other month is worked out when it is asked for."""
    contract = await of.contract(who)
    query = page.filter({"contract_id": contract.id})
    found = await of.run.find(StatementMonths, query, sort=page.sort, limit=page.fetch)
    return page.of(
        found,
        lambda kept: summary_view(kept.value, of.until(Month.of(kept.value.month))).model_dump(mode="json"),
    )


@router.get(
    "/{month}.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "To be read, printed and signed"}},
)
async def read_pdf(
    of: Of,
    month: MonthText,
    who: Annotated[Principal, allow("statements:read")],
    request: Request,
    version: WhichVersion = None,
) -> Response:
    """Figures, penalties and each broken commitment with its reasons; the kept ones are in the others."""
    return await _file(of, month, who, request, version, as_pdf, "pdf", PDF, as_told)


@router.get(
    "/{month}.xlsx",
    response_class=Response,
    responses={
        200: {"content": {XLSX: {}}, "description": "A row for each commitment, and sheets of the rest"}
    },
)
async def read_xlsx(
    of: Of,
    month: MonthText,
    who: Annotated[Principal, allow("statements:read")],
    request: Request,
    version: WhichVersion = None,
) -> Response:
    return await _file(of, month, who, request, version, as_xlsx, "xlsx", XLSX)


@router.get("/{month}", response_model=StatementView)
async def read_statement(
    of: Of,
    month: MonthText,
    who: Annotated[Principal, allow("statements:read")],
    version: WhichVersion = None,
) -> Response:
    """As it was frozen; until then, as known now. The present month is shown as far as it has come."""
    shown = await of.shown(who, month, version)
    return Response(await asyncio.to_thread(shown.as_json), media_type="application/json")


@router.post("/{month}/contests", response_model=StatementSummaryView, status_code=201)
async def contest(
    of: Of,
    month: MonthText,
    body: ContestBody,
    who: Annotated[Principal, allow("statements:contest")],
    cause: Caused,
    key: Idempotency,
) -> StatementSummaryView:
    """Say what is wrong, while the month may be contested; it is not frozen before this is answered."""
    what = Contested(body.text, body.ticket_id, body.site_id, body.target)
    return await _told(of, month, who, cause, key, lambda given: ContestMonth(**given, what=what))


@router.post("/{month}/contests/{n}/answer", response_model=StatementSummaryView)
async def answer_contest(
    of: Of,
    month: MonthText,
    n: int,
    body: AnswerBody,
    who: Annotated[Principal, allow("statements:freeze")],
    cause: Caused,
    key: Idempotency,
) -> StatementSummaryView:
    def case(given: dict[str, Any]) -> AnswerContest:
        return AnswerContest(**given, n=n, accepted=body.accepted, text=body.text)

    return await _told(of, month, who, cause, key, case)


@router.post("/{month}/freeze", response_model=StatementSummaryView)
async def freeze(
    of: Of,
    month: MonthText,
    who: Annotated[Principal, allow("statements:freeze")],
    cause: Caused,
    key: Idempotency,
    body: FreezeBody | None = None,
) -> StatementSummaryView:
    """Fix what is known; by itself that happens when contesting is over and nothing waits for an answer."""
    contract, when = await of.contract(who), _ended(month, of.run.clock.now())
    told = body or FreezeBody()
    as_of = of.run.clock.now()
    content = await of.known(contract, when, as_of)
    case = FreezeMonth(**_given(of, contract, when, who), **_fixed(content, as_of), agreed_by=told.agreed_by)
    done = await of.run.do(case, cause, key)
    return await _summary(of, contract, when, done.result)


@router.post("/{month}/correct", response_model=StatementSummaryView)
async def correct(
    of: Of,
    month: MonthText,
    body: CorrectBody,
    who: Annotated[Principal, allow("statements:freeze")],
    cause: Caused,
    key: Idempotency,
) -> StatementSummaryView:
    """A new version, of what is known now: it lists what differs, and the one before stays as it is."""
    contract, when = await of.contract(who), _ended(month, of.run.clock.now())
    kept = await of.kept(contract, when)
    if kept.frozen is None:
        raise not_frozen(kept.month)
    as_of = of.run.clock.now()
    content = await of.known(contract, when, as_of)
    changes = await asyncio.to_thread(differences, await of.frozen(kept, kept.frozen), content)
    case = CorrectMonth(
        **_given(of, contract, when, who),
        **_fixed(content, as_of),
        reason=body.reason,
        replaces=kept.frozen.n,
        changes=changes,
    )
    done = await of.run.do(case, cause, key)
    return await _summary(of, contract, when, done.result)


def _given(of: Months, contract: Contract, month: Month, who: Principal) -> dict[str, Any]:
    return {
        "contract_id": contract.id,
        "customer_id": contract.customer_id,
        "month": month,
        "by": who.subject,
        "days": of.days,
    }


def _fixed(content: StatementContent, as_of: datetime) -> dict[str, Any]:
    return {"as_of": as_of, "packed": packed(content), "digest": digest_of(content.written())}


async def _told(
    of: Months,
    text: str,
    who: Principal,
    cause: Caused,
    key: Idempotency,
    case: Callable[[dict[str, Any]], Any],
) -> StatementSummaryView:
    contract, month = await of.contract(who), _ended(text, of.run.clock.now())
    done = await of.run.do(case(_given(of, contract, month, who)), cause, key)
    return await _summary(of, contract, month, done.result)


async def _summary(of: Months, contract: Contract, month: Month, done: Any) -> StatementSummaryView:
    kept = done if isinstance(done, StatementMonth) else await of.kept(contract, month)
    return summary_view(kept, of.until(month))


async def _file(
    of: Months,
    month: str,
    who: Principal,
    request: Request,
    version: int | None,
    write: Callable[[Shown, str], bytes],
    suffix: str,
    media_type: str,
    part: Callable[[Shown], Shown] = lambda shown: shown,
) -> Response:
    language = call_of(request).language
    shown = part(await of.shown(who, month, version))
    if len(shown.content.commitments) > MANY:
        try:
            async with of.crew.alone:
                content = await of.crew.do(write, shown, language)
        except Lost as lost:
            raise _too_much() from lost
    else:
        content = await asyncio.to_thread(write, shown, language)
    name = f"{of.id}-{month}.{suffix}"
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _too_much() -> Problem:
    return not_ready(
        Text(
            "There was not memory enough to work this month out. Try again later; if that does not help, the "
            "service needs more of it.",
            "La mémoire n'a pas suffi pour calculer ce mois. Réessayez plus tard ; sinon, le service en "
            "demande davantage.",
        ),
        seconds=60,
    )
