"""What a month of a contract comes to: commitments kept and broken, penalties, and what was cancelled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.values import Priority
from services.ticket.domain.commitment import Commitment, Month, Outcome
from services.ticket.domain.penalties import Penalties, Scale, penalties_of
from services.ticket.domain.tally import Tally


@dataclass(frozen=True)
class Cancelled:
    """``duplicate_of`` is none where the client agreed to the cancellation."""

    ticket_id: str
    number: str
    at: datetime
    duplicate_of: str | None


@dataclass(frozen=True)
class Count:
    """Commitments of a target at a priority by what became of them."""

    target: str
    priority: Priority
    kept: int
    broken: int
    late: int
    stopped: int
    open: int


@dataclass(frozen=True)
class Statement:
    """``revision`` is the one whose scale of penalties applies. ``penalties`` is none where it has none.
    ``broken`` are the commitments that penalties may be for."""

    contract_id: str
    customer_id: str
    revision: int
    month: Month
    as_of: datetime
    counts: tuple[Count, ...]
    broken: tuple[Commitment, ...]
    penalties: Penalties | None
    cancelled: tuple[Cancelled, ...]


def statement_of(
    contract_id: str,
    customer_id: str,
    revision: int,
    scale: Scale | None,
    month: Month,
    as_of: datetime,
    tally: Tally,
    cancelled: Iterable[Cancelled],
) -> Statement:
    """The statement, in an order that does not depend on how it was gathered."""
    return Statement(
        contract_id,
        customer_id,
        revision,
        month,
        as_of,
        counts_of(tally),
        tuple(sorted(tally.broken, key=lambda each: each.key)),
        None if scale is None else penalties_of(scale, tally),
        tuple(sorted(cancelled, key=lambda each: (each.number, each.ticket_id))),
    )


def counts_of(tally: Tally) -> tuple[Count, ...]:
    by = sorted({(priority, target) for priority, target, _ in tally.counts})
    return tuple(
        Count(target, priority, *(tally.counts[priority, target, outcome] for outcome in Outcome))
        for priority, target in by
    )


def percent_kept(kept: int, broken: int) -> float | None:
    """To two places; none where nothing was to be kept."""
    counted = kept + broken
    return round(100 * kept / counted, 2) if counted else None
