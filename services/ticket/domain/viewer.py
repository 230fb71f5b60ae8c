"""Who asks, and which tickets exist for him."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from services.ticket.domain.ticket import Ticket

CUSTOMERS_LATITUDE = timedelta(minutes=15)


class Reach(StrEnum):
    """How far a role sees: all of the firm's, managed contracts, own visits; or, within one customer,
    everything, own sites, own tickets."""

    FIRM = "firm"
    CONTRACTS = "contracts"
    VISITS = "visits"
    CUSTOMER = "customer"
    SITES = "sites"
    OWN = "own"


@dataclass(frozen=True)
class Viewer:
    """``confidential``: sees other people's confidential tickets too (the firm's side always does).

    ``sites`` counts for SITES and ``contracts`` for CONTRACTS only. ``customer_id`` is set within
    one customer.
    """

    subject: str
    reach: Reach
    customer_id: str | None = None
    confidential: bool = False
    sites: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()

    @property
    def of_the_firm(self) -> bool:
        return self.reach in (Reach.FIRM, Reach.CONTRACTS, Reach.VISITS)

    def sees(self, ticket: Ticket) -> bool:
        if self.reach is Reach.FIRM:
            return True
        if not self.of_the_firm and ticket.customer_id != self.customer_id:
            return False
        if self.subject == ticket.opened_by or (not self.of_the_firm and self.subject == ticket.requester_id):
            return True
        if self.reach is Reach.VISITS:
            return any(visit.technician_id == self.subject for visit in ticket.visits)
        if self.reach is Reach.CONTRACTS:
            return any(visit.contract_id in self.contracts for visit in ticket.visits)
        if ticket.confidential and not self.confidential:
            return False
        if self.reach is Reach.SITES:
            return self.subject == ticket.on_site_contact_id or any(s in self.sites for s in ticket.site_ids)
        return self.reach is Reach.CUSTOMER

    def dated(self, occurred_at: datetime | None, now: datetime) -> datetime:
        """When it happened: as told (the customer's side at most 15 minutes back), else now."""
        if occurred_at is None:
            return now
        if occurred_at > now:
            raise Refusal(
                "occurred-in-the-future",
                Text(
                    "occurred_at lies in the future: give a time that has passed, or leave it out.",
                    "occurred_at est dans l'avenir : donnez un instant passé, ou omettez-le.",
                ),
            )
        if not self.of_the_firm and occurred_at < now - CUSTOMERS_LATITUDE:
            raise Refusal(
                "occurred-too-long-ago",
                Text(
                    "occurred_at may be at most 15 minutes back: leave it out, or ask the hotline to.",
                    "occurred_at peut remonter à 15 minutes au plus : omettez-le, "
                    "ou demandez à la hotline de le dater.",
                ),
            )
        return occurred_at
