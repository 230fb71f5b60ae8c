"""KPIs and what they stand on as they are sent: ids, never names."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Instant, Priority
from services.ticket.domain.kpi_case import By, Case, Measure, Standing, Why
from services.ticket.domain.kpi_definitions import PER_PERSON, PERIOD, WHYS
from services.ticket.domain.kpis import Figure, Kpi, Row, Unit
from services.ticket.domain.measured import Period, Scope

_MINUTE, _HOUR = 60_000, 3_600_000


class RowView(BaseModel):
    """The part of a figure whose cases are all that ``of`` says, such as ``{"priority": "P2"}``."""

    of: dict[By, str]
    value: float | None
    n: int
    unknown: int


class KpiView(BaseModel):
    """``value`` is null where there is nothing to divide by. ``n`` cases it stands on, ``unknown`` ones are
    not among them."""

    kpi: str
    name: str
    value: float | None
    unit: Unit
    n: int
    unknown: int
    definition: str
    breakdown: list[RowView]


class KpisView(BaseModel):
    """``from`` and ``to`` are days, both included. ``per_person`` is what the law asks of whoever uses
    figures of single persons; null where there are none."""

    model_config = ConfigDict(populate_by_name=True)

    from_: date = Field(alias="from")
    to: date
    as_of: Instant
    contract: str | None
    site: str | None
    customer: str | None
    period: str
    per_person: str | None
    items: list[KpiView]


class KpiCaseView(BaseModel):
    """What a ticket gives a figure. ``part`` tells several of one ticket apart: a visit, a site and target, a
    line of its timeline. ``value`` is 1 or 0 of shares and numbers; ``reason`` says why it is not counted, or
    counts against the figure, ``reason_text`` in words."""

    id: str
    ticket_id: str
    number: str
    part: str | None
    counted: bool
    standing: Standing
    value: float | None
    unit: Unit
    reason: Why | None
    reason_text: str | None
    priority: Priority
    site_id: str | None


def kpis_view(
    period: Period,
    scope: Scope,
    as_of: datetime,
    figures: Iterable[Figure],
    language: str,
    *,
    per_person: bool,
) -> KpisView:
    return KpisView(
        from_=period.first,
        to=period.last,
        as_of=as_of,
        contract=scope.contract_id,
        site=scope.site_id,
        customer=scope.customer_id,
        period=PERIOD.in_(language),
        per_person=PER_PERSON.in_(language) if per_person else None,
        items=[_figure(each, language) for each in figures],
    )


def case_view(kpi: Kpi, case: Case, language: str) -> KpiCaseView:
    return KpiCaseView(
        id=case.id,
        ticket_id=case.ticket.id,
        number=case.ticket.number,
        part=case.part or None,
        counted=case.standing is Standing.COUNTED,
        standing=case.standing,
        value=_amount(kpi, case) if case.standing is Standing.COUNTED else None,
        unit=_unit(kpi),
        reason=case.why,
        reason_text=None if case.why is None else WHYS[case.why].in_(language),
        priority=case.priority,
        site_id=case.site_id,
    )


def _figure(figure: Figure, language: str) -> KpiView:
    kpi = figure.kpi
    return KpiView(
        kpi=kpi.id,
        name=kpi.name.in_(language),
        value=figure.value,
        unit=kpi.unit,
        n=figure.n,
        unknown=figure.unknown,
        definition=kpi.definition.in_(language),
        breakdown=[_row(row) for row in figure.rows],
    )


def _row(row: Row) -> RowView:
    return RowView(of=dict(row.of), value=row.value, n=row.n, unknown=row.unknown)


def _unit(kpi: Kpi) -> Unit:
    """A case of a share is one ticket, visit or commitment; the hours are hours whatever is made of them."""
    return Unit.HOURS if kpi.measure is Measure.HOURS else kpi.unit


def _amount(kpi: Kpi, case: Case) -> float:
    unit = _unit(kpi)
    if unit is Unit.HOURS:
        return round(case.amount / _HOUR, 2)
    return round(case.amount / _MINUTE, 1) if unit is Unit.MINUTES else case.amount
