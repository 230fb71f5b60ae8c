from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.values import Channel, HoldReason, Instant, Priority
from services.ticket.domain.contract import MetBy, OnReopen, Target, Terms
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


class ContractView(BaseModel):
    """``sites`` is null when all of the customer's are covered. ``revision`` counts changes of terms."""

    id: str
    customer_id: str
    revision: int
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
    updated_at: Instant


def contract_view(
    id: str, customer_id: str, revision: int, terms: Terms, updated_at: datetime
) -> ContractView:
    """A contract under the terms of one of its revisions."""
    return ContractView(
        id=id,
        customer_id=customer_id,
        revision=revision,
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
        updated_at=updated_at,
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
