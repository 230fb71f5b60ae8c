"""A client company: the boundary of isolation."""

from dataclasses import dataclass
from datetime import datetime

from contracts.values import TechnicianWishes


@dataclass(frozen=True)
class CriticalPeriod:
    """A stretch of time in which the customer cannot afford a failure, its end excluded."""

    from_at: datetime
    to_at: datetime
    name: str | None = None


@dataclass(frozen=True)
class Customer:
    """``vip_contacts`` are ids of contacts of this customer.

    Whoever writes from one of ``mail_domains`` belongs to it, known or not; ``mail_site`` is the site that
    mails are about where nothing tells it.
    """

    id: str
    name: str
    vip_contacts: tuple[str, ...] = ()
    critical_periods: tuple[CriticalPeriod, ...] = ()
    mail_domains: tuple[str, ...] = ()
    mail_site: str | None = None
    technicians: TechnicianWishes | None = None
