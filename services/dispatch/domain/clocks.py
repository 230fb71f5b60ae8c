"""What the ticket service says of SLA clocks, and the visits that their deadlines bind."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.ticket.sla import Aim
from services.dispatch.domain.need import Need


@dataclass(frozen=True)
class KnownClock:
    """The last word on a clock. ``due_at`` None: it waits, its promise is kept, or it is over.

    ``pressing``: most of what is allowed has gone, or more than that. ``said`` numbers the word among
    the ticket's: words may come in any order, and again.
    """

    site_id: str
    target: str
    aim: Aim
    said: tuple[int, int]
    due_at: datetime | None = None
    pressing: bool = False


@dataclass(frozen=True)
class TicketClocks:
    """A ticket's clocks and its visits, whichever were heard of first. ``id`` is the ticket's.

    Whoever stores a visit and whoever hears of a clock both write this, so neither misses the other.
    """

    id: str
    visit_ids: tuple[str, ...] = ()
    clocks: tuple[KnownClock, ...] = ()

    def heard(self, clock: KnownClock) -> "TicketClocks":
        """With this word on a clock; one that is not newer than what is known changes nothing."""
        before = next((each for each in self.clocks if _name(each) == _name(clock)), None)
        if before is not None and before.said >= clock.said:
            return self
        others = tuple(each for each in self.clocks if each is not before)
        return replace(self, clocks=(*others, clock))

    def with_visit(self, visit_id: str) -> "TicketClocks":
        return replace(self, visit_ids=(*self.visit_ids, visit_id))

    def bind(self, need: Need, site_id: str) -> Need:
        """The need with the deadlines of the site's clocks; without a clock, as it was asked."""
        here = [clock for clock in self.clocks if clock.site_id == site_id]
        respond = [clock for clock in here if clock.aim is Aim.RESPOND]
        restore = [clock for clock in here if clock.aim is Aim.RESTORE]
        return replace(
            need,
            respond_by_at=_earliest(respond) if respond else need.respond_by_at,
            restore_by_at=_earliest(restore) if restore else need.restore_by_at,
            pressing=any(clock.pressing for clock in here),
        )


def tightened(before: Need, after: Need) -> bool:
    """Whether a deadline came, came nearer, or began to press."""
    return (
        _sooner(after.respond_by_at, before.respond_by_at)
        or _sooner(after.restore_by_at, before.restore_by_at)
        or (after.pressing and not before.pressing)
    )


def _sooner(after: datetime | None, before: datetime | None) -> bool:
    return after is not None and (before is None or after < before)


def _earliest(clocks: Iterable[KnownClock]) -> datetime | None:
    return min((clock.due_at for clock in clocks if clock.due_at is not None), default=None)


def _name(clock: KnownClock) -> tuple[str, str]:
    return clock.site_id, clock.target
