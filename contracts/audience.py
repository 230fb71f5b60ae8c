"""Who may read what: one rule for tickets, visits, messages and live streams.

A thing has readers, a caller has names; it exists for him when one of his names is among its readers.
Of what happens to it some is public, the rest stays within the firm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from contracts.dispatch import events as visits
from contracts.dispatch import reports
from contracts.envelope import Fact
from contracts.ticket import agreed, repairs, sla
from contracts.ticket import events as lifecycle

PUBLIC: frozenset[type[Fact]] = frozenset(
    [
        lifecycle.TicketOpened,
        lifecycle.TicketTriaged,
        lifecycle.TicketReprioritised,
        lifecycle.TicketRequalified,
        lifecycle.WorkStarted,
        lifecycle.TicketRestored,
        lifecycle.VisitsRequested,
        lifecycle.VisitsWithdrawn,
        lifecycle.TicketHeld,
        lifecycle.TicketResumed,
        lifecycle.ClientReminded,
        lifecycle.MajorIncidentUpdated,
        agreed.TimeExcluded,
        agreed.CoverageCorrected,
        agreed.QuoteSent,
        agreed.QuoteApproved,
        agreed.QuoteRefused,
        repairs.RepairProgressed,
        lifecycle.TicketResolved,
        lifecycle.TicketClosed,
        lifecycle.TicketReopened,
        lifecycle.TicketCancelled,
        sla.SlaStarted,
        sla.SlaPaused,
        sla.SlaResumed,
        sla.SlaAtRisk,
        sla.SlaMet,
        sla.SlaBreached,
        sla.SlaCorrected,
        sla.SlaStopped,
        visits.VisitPlanned,
        visits.VisitRescheduled,
        visits.TechnicianDispatched,
        visits.TechnicianEnRoute,
        visits.TechnicianArrived,
        visits.InterventionStarted,
        visits.InterventionPaused,
        visits.InterventionResumed,
        visits.InterventionClosed,
        visits.VisitCancelled,
        visits.AppointmentOffered,
        visits.AppointmentChosen,
        visits.AppointmentDeclined,
        visits.AppointmentReminded,
        reports.ServiceReportMade,
        reports.ServiceReportReminded,
    ]
)

SAYS_ITSELF = (lifecycle.TicketNoted, lifecycle.AttachmentAdded, lifecycle.AttachmentRemoved)


def is_public(fact: Fact) -> bool:
    """Whether the customer's side may read it: what is not listed is the firm's own business.

    A note and an attachment say of themselves whom they are for. A start that moves within the arrival
    window is no news to somebody who was promised the window.
    """
    if isinstance(fact, visits.VisitRescheduled) and fact.within_window:
        return False
    if isinstance(fact, SAYS_ITSELF):
        return fact.public
    return type(fact) in PUBLIC


FIRM = "firm"


def is_of_money(fact: Fact) -> bool:
    """Whether it is about what a contract costs: for its managers and who answers for the customer, not for
    who asked, waits on the spot or works there."""
    return isinstance(fact, agreed.VolumeReached)


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Whom a ticket, a visit or what happened to one concerns.

    ``contact_ids`` are the people of the customer's who opened it, asked for it or wait on the spot.
    """

    customer_id: str
    confidential: bool = False
    contact_ids: tuple[str | None, ...] = ()
    site_ids: tuple[str, ...] = ()
    contract_ids: tuple[str | None, ...] = ()
    technician_ids: tuple[str | None, ...] = ()

    @property
    def firm(self) -> frozenset[str]:
        """The names of those of the firm's whose business it is."""
        technicians = _named("technician", self.technician_ids)
        return frozenset((FIRM, *technicians, *_named("contract", self.contract_ids)))

    @property
    def readers(self) -> frozenset[str]:
        """The names of everybody whose business it is. What is confidential is kept from those who
        only share its customer or its site, not from the people it names."""
        named = {*self.firm, f"confident:{self.customer_id}", *_named("contact", self.contact_ids)}
        if not self.confidential:
            named |= {f"customer:{self.customer_id}", *_named("site", self.site_ids)}
        return frozenset(named)


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
    """Who asks. ``confidential``: sees other people's confidential tickets too.

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

    @property
    def names(self) -> frozenset[str]:
        """What he is called among readers; a contact's and a site's names count within his customer."""
        match self.reach:
            case Reach.FIRM:
                return frozenset((FIRM,))
            case Reach.CONTRACTS:
                return frozenset(_named("contract", self.contracts))
            case Reach.VISITS:
                return frozenset(_named("technician", (self.subject,)))
            case Reach.CUSTOMER:
                whole = f"{'confident' if self.confidential else 'customer'}:{self.customer_id}"
                return frozenset((whole, f"contact:{self.subject}"))
            case Reach.SITES:
                return frozenset((f"contact:{self.subject}", *_named("site", self.sites)))
            case Reach.OWN:
                return frozenset((f"contact:{self.subject}",))

    def answers_for(self, site_id: str) -> bool:
        """Whether a site of his customer's exists for him."""
        return self.reach is not Reach.SITES or site_id in self.sites

    def sees(self, parties: Parties) -> bool:
        """Whether what concerns them exists for him."""
        within = self.of_the_firm or parties.customer_id == self.customer_id
        return within and not self.names.isdisjoint(parties.readers)


def _named(kind: str, ids: Iterable[str | None]) -> Iterable[str]:
    return (f"{kind}:{id}" for id in ids if id is not None)
