"""Freeze the months whose contesting is over."""

import asyncio
from datetime import UTC, datetime, timedelta

from contracts.refusal import Refusal
from infra.chassis.crew import Crew
from infra.chassis.runtime import Kept, Runtime, new_id
from infra.chassis.store.unit import Cause
from services.ticket.domain.commitment import Month
from services.ticket.domain.contract import Contract
from services.ticket.domain.statement_month import StatementMonth, contestable_until, month_id
from services.ticket.statements.gathering import gathered, over, over_at, packed
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.revisions import Revisions
from services.ticket.store.statements import StatementMonths
from services.ticket.usecases.freeze_statement import FreezeMonth
from services.ticket.views.statement import digest_of

LOOK_SECONDS = 15.0
PAGE = 200
BY = "service:ticket"


class Freezing:
    """Looks for months that may be frozen; what it has seen frozen it does not look at again."""

    def __init__(self, days: int, crew: Crew) -> None:
        self._days = days
        self._crew = crew
        self._done: set[str] = set()
        self._revisions: Revisions | None = None

    async def __call__(self, run: Runtime) -> None:
        while True:
            await self.look(run)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, run: Runtime) -> None:
        """Freeze every month of every contract that is over, was so long enough, and waits for no answer."""
        now = run.clock.now()
        after = ""
        while True:
            found = await run.find(Contracts, {"_id": {"$gt": after}}, limit=PAGE)
            for kept in found:
                for month in await self._due(run, kept.value, now):
                    await self._freeze(run, kept.value, month, now)
            if len(found) < PAGE:
                return
            after = found[-1].value.id

    def _terms(self, run: Runtime) -> Revisions:
        self._revisions = self._revisions or Revisions(run)
        return self._revisions

    async def _due(self, run: Runtime, contract: Contract, now: datetime) -> list[Month]:
        latest = Month(now.year, now.month).preceding
        if now.date() <= contestable_until(latest, self._days) or not over(latest, now):
            latest = latest.preceding
        first = await run.read(ContractRevisions, f"{contract.id}:1")
        begun = now if first is None else first.updated_at
        months, month = [], latest
        while month >= Month(begun.year, begun.month):
            months.append(month)
            month = month.preceding
        return [month for month in reversed(months) if month_id(contract.id, month) not in self._done]

    def _known_by(self, month: Month, kept: Kept[StatementMonth] | None) -> datetime:
        """When contesting was over everywhere, or the last contest had its answer."""
        until = datetime.combine(contestable_until(month, self._days), datetime.min.time(), UTC)
        contests = () if kept is None else kept.value.contests
        answered = (each.answered.at for each in contests if each.answered is not None)
        return max(until + timedelta(days=1), over_at(month), *answered)

    async def _freeze(self, run: Runtime, contract: Contract, month: Month, now: datetime) -> None:
        id = month_id(contract.id, month)
        kept = await run.read(StatementMonths, id)
        if kept is not None and kept.value.frozen is not None:
            self._done.add(id)
            return
        if kept is not None and kept.value.open_contests:
            return
        as_of = min(now, self._known_by(month, kept))
        try:
            content = await gathered(run, self._crew, self._terms(run), contract, month, as_of)
        except Exception:
            run.log.exception("%s cannot be worked out and stays provisional", id)
            return
        case = FreezeMonth(
            contract_id=contract.id,
            customer_id=contract.customer_id,
            month=month,
            by=BY,
            days=self._days,
            as_of=as_of,
            packed=packed(content),
            digest=digest_of(content.written()),
        )
        try:
            await run.do(case, Cause(actor=BY, correlation_id=new_id()))
        except Refusal as refused:
            run.log.info("%s stays provisional: %s", id, refused)
        else:
            self._done.add(id)
