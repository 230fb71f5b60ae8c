"""A month is contested, answered, frozen, and corrected by a new version."""

from dataclasses import dataclass
from datetime import date, datetime

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.commitment import Month
from services.ticket.domain.statement_month import (
    Answered,
    Change,
    Contested,
    FrozenContent,
    StatementMonth,
    Version,
    contestable_until,
    month_id,
)
from services.ticket.store.statements import FrozenContents, StatementMonths


@dataclass(frozen=True, kw_only=True)
class _MonthCommand:
    """``days``: for how long after its end a month may be contested."""

    contract_id: str
    customer_id: str
    month: Month
    by: str
    days: int

    @property
    def until(self) -> date:
        return contestable_until(self.month, self.days)

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(StatementMonths, month_id(self.contract_id, self.month)),)

    def decide(self, unit: Unit) -> StatementMonth:
        id = month_id(self.contract_id, self.month)
        before = unit.get(StatementMonths, id)
        known = before or StatementMonth(id, self.contract_id, self.customer_id, str(self.month))
        after = self.changed(known, unit)
        if after != before:
            unit.put(StatementMonths, after)
        return after

    def changed(self, month: StatementMonth, unit: Unit) -> StatementMonth:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ContestMonth(_MonthCommand):
    what: Contested

    def changed(self, month: StatementMonth, unit: Unit) -> StatementMonth:
        return month.contested(self.what, self.by, unit.now, self.until)


@dataclass(frozen=True, kw_only=True)
class AnswerContest(_MonthCommand):
    n: int
    accepted: bool
    text: str

    def changed(self, month: StatementMonth, unit: Unit) -> StatementMonth:
        return month.answered(self.n, Answered(self.accepted, self.text, self.by, unit.now))


@dataclass(frozen=True, kw_only=True)
class _KeepVersion(_MonthCommand):
    """``packed`` is what the month says as known at ``as_of``, ``digest`` of what is packed."""

    as_of: datetime
    packed: bytes
    digest: str

    def kept(
        self,
        month: StatementMonth,
        unit: Unit,
        *,
        agreed_by: str | None = None,
        reason: str | None = None,
        changes: tuple[Change, ...] = (),
    ) -> StatementMonth:
        n = len(month.versions) + 1
        content = FrozenContent(f"{month.id}:{n}", self.contract_id, self.customer_id, self.packed)
        unit.add(FrozenContents, content)
        return month.with_version(
            Version(n, self.as_of, unit.now, self.by, self.digest, agreed_by, reason, changes)
        )


@dataclass(frozen=True, kw_only=True)
class FreezeMonth(_KeepVersion):
    agreed_by: str | None = None

    def changed(self, month: StatementMonth, unit: Unit) -> StatementMonth:
        month.check_freezing(unit.now, self.until, self.agreed_by)
        return self.kept(month, unit, agreed_by=self.agreed_by)


@dataclass(frozen=True, kw_only=True)
class CorrectMonth(_KeepVersion):
    """``changes`` are what differs from the version that it ``replaces``."""

    reason: str
    replaces: int
    changes: tuple[Change, ...]

    def changed(self, month: StatementMonth, unit: Unit) -> StatementMonth:
        month.check_correcting(self.replaces, self.changes)
        return self.kept(month, unit, reason=self.reason, changes=self.changes)
