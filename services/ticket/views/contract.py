from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.values import Channel, HoldReason, Instant, Priority, TicketKind
from services.ticket.domain.contract import (
    AssetsCovered,
    Contract,
    ContractRevision,
    CoverageTerms,
    MetBy,
    OnReopen,
    Target,
    Terms,
)
from services.ticket.domain.priority import cells_of


class TargetView(BaseModel):
    """Either ``minutes`` or ``days``, ``by`` and ``cutoff`` are set."""

    name: str
    minutes: int | None
    days: int | None
    by: str | None
    cutoff: str | None
    calendar: str
    stops_on: tuple[HoldReason, ...]
    met_by: MetBy
    on_reopen: OnReopen


class CoverageTermsView(BaseModel):
    """Null is what leaves nothing out."""

    kinds: tuple[TicketKind, ...] | None
    categories: tuple[str, ...] | None
    excluded_categories: tuple[str, ...]
    hours: str | None
    assets: AssetsCovered
    warranty_first: bool
    out_needs_approval: bool


class PlannedView(BaseModel):
    """Terms that begin to apply on a day to come."""

    revision: int
    applies_from: str


class TermsView(BaseModel):
    """``sites`` is null when all of the customer's are covered."""

    name: str
    sites: tuple[str, ...] | None
    managers: tuple[str, ...]
    channels: tuple[Channel, ...]
    valid_from: str
    valid_to: str | None
    calendars: dict[str, dict[str, Any]]
    targets: dict[Priority, list[TargetView]]
    priority_matrix: dict[str, dict[str, str]]
    penalties: dict[str, Any] | None
    billing: dict[str, Any] | None
    coverage: CoverageTermsView | None


class ContractView(TermsView):
    """A contract under one of its revisions, which count changes of terms. ``applies_from`` is null for
    those of before these days were kept. ``planned`` is what comes after today."""

    id: str
    customer_id: str
    revision: int
    applies_from: str | None
    planned: list[PlannedView]
    updated_at: Instant


def contract_view(
    contract: Contract, revision: ContractRevision, updated_at: datetime, now: datetime
) -> ContractView:
    dated = {each.revision: each.applies_from for each in contract.dated}
    return ContractView(
        id=contract.id,
        customer_id=contract.customer_id,
        revision=revision.revision,
        applies_from=revision.applies_from or dated.get(revision.revision),
        planned=[
            PlannedView(revision=each.revision, applies_from=each.applies_from)
            for each in contract.dated
            if each.begins_at > now
        ],
        updated_at=updated_at,
        **terms_view(revision.terms).__dict__,
    )


def terms_view(terms: Terms) -> TermsView:
    return TermsView(
        name=terms.name,
        sites=terms.sites or None,
        managers=terms.managers,
        channels=terms.channels,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        calendars={name: dict(calendar) for name, calendar in terms.calendars.items()},
        targets={p: [_target(target) for target in targets] for p, targets in terms.targets.items()},
        priority_matrix=cells_of(terms.priority_matrix),
        penalties=None if terms.penalties is None else dict(terms.penalties),
        billing=None if terms.billing is None else dict(terms.billing),
        coverage=None if terms.coverage is None else _coverage(terms.coverage),
    )


def _coverage(coverage: CoverageTerms) -> CoverageTermsView:
    return CoverageTermsView(
        kinds=coverage.kinds or None,
        categories=coverage.categories or None,
        excluded_categories=coverage.excluded_categories,
        hours=coverage.hours,
        assets=coverage.assets,
        warranty_first=coverage.warranty_first,
        out_needs_approval=coverage.out_needs_approval,
    )


def _target(target: Target) -> TargetView:
    return TargetView(
        name=target.name,
        minutes=target.minutes,
        days=target.days,
        by=target.by,
        cutoff=target.cutoff,
        calendar=target.calendar,
        stops_on=target.stops_on,
        met_by=target.met_by,
        on_reopen=target.on_reopen,
    )
