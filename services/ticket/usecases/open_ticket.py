"""A request becomes a ticket with a visit per site."""

from dataclasses import dataclass, replace
from itertools import takewhile

from contracts.audience import Viewer
from contracts.ticket.events import TicketOpened
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import AlreadyExists, Unit
from services.ticket.domain.contact import Person
from services.ticket.domain.coverage import Asked, TicketCoverage, coverage_of
from services.ticket.domain.covering import waiting_for_approval
from services.ticket.domain.origin import Origin
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.domain.remote_first import tried_from_the_desk
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.timeline import line_of
from services.ticket.domain.visit import Visit
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.usecases.clocking import clocks_begun
from services.ticket.usecases.diagnosing import skill_of, work_with
from services.ticket.usecases.judging import worst
from services.ticket.usecases.keeping import need_of
from services.ticket.usecases.opening import Ground, Request, ground, ground_loads
from services.ticket.usecases.people import known


@dataclass(frozen=True, kw_only=True)
class OpenTicket:
    """``id`` and ``number`` are new.

    With ``approval_first`` the client approves of a quote before anybody goes there, whoever pays. Without
    ``clocks`` no time is promised: the firm asks itself, often weeks ahead, and nobody waits.

    Nothing is opened, and None comes back, while the requester or the on-site contact is not among
    the customer's contacts: ``AddContacts`` writes them first.
    """

    id: str
    number: str
    request: Request
    viewer: Viewer
    requester: Person | None = None
    on_site_contact: Person | None = None
    patience: Patience = USUAL
    approval_without_contract: bool = False
    approval_first: bool = False
    clocks: bool = True

    def loads(self) -> tuple[Ref | Where, ...]:
        himself = () if self.viewer.of_the_firm else (Ref(Contacts, self.viewer.subject),)
        return (Ref(Tickets, self.id), *himself, *ground_loads(self.request, self.viewer))

    def decide(self, unit: Unit) -> Ticket | None:
        if unit.get(Tickets, self.id) is not None:
            raise AlreadyExists(Tickets.name, self.id)
        asked, stands = self.request, ground(unit, self.request, self.viewer, self.id)
        named = tuple(person for person in (self.requester, self.on_site_contact) if person is not None)
        contacts = {person: known(unit, stands.customer_id, person) for person in named}
        if None in contacts.values():
            return None
        ids = {person: contact.id for person, contact in contacts.items() if contact is not None}
        matrices = [agreed.terms.priority_matrix for _, agreed in stands.sites if agreed is not None]
        judged, finding = stands.judged, stands.finding
        work = work_with(stands.work_type.work, finding.fills)
        requester_id = ids[self.requester] if self.requester else self._himself(unit, stands.customer_id)
        ticket = Ticket(
            id=self.id,
            number=self.number,
            customer_id=stands.customer_id,
            kind=asked.kind,
            summary=asked.summary,
            description=asked.description,
            category=judged.category,
            impact=judged.impact,
            urgency=judged.urgency,
            priority=worst(matrices, judged.impact, judged.urgency),
            work=work,
            site_ids=asked.sites,
            visits=tuple(
                Visit(
                    id=f"{self.id}-{n}",
                    site_id=site.site_id,
                    work=work,
                    contract_id=None if agreed is None else agreed.contract_id,
                    contract_revision=None if agreed is None else agreed.revision,
                    after=tuple(f"{self.id}-{first}" for first in _before(asked, site.site_id)),
                    same_technician=asked.same_technician,
                )
                for n, (site, agreed) in enumerate(stands.sites, start=1)
            ),
            declared_at=stands.declared_at,
            opened_at=unit.now,
            opened_by=self.viewer.subject,
            opened_by_firm=self.viewer.of_the_firm,
            channel=asked.channel,
            declared_by=asked.declared_by,
            requester_id=requester_id,
            on_site_contact_id=ids[self.on_site_contact] if self.on_site_contact else None,
            asset_id=stands.asset_id,
            preferred_windows=asked.preferred_windows,
            confidential=asked.confidential,
            external_reference=asked.external_reference,
            custom=asked.custom,
            answers=finding.briefing(skill_of(unit, requester_id)),
            diagnosed=finding.diagnosed,
            judged=self.viewer.of_the_firm and None not in (asked.category, asked.impact, asked.urgency),
            patience=self.patience,
            origin=Origin(unit.cause.correlation_id, unit.cause.traceparent),
            coverage=self._coverage(unit, stands, judged.category),
            checklist=asked.checklist,
        )
        ticket, happened = waiting_for_approval(ticket)
        lines = [
            line_of(
                fact,
                ticket_id=ticket.id,
                n=n,
                at=at,
                recorded_at=unit.now,
                actor=unit.cause.actor,
            )
            for n, (at, fact) in enumerate(happened, start=1)
        ]
        told = [(at, fact, line.id) for (at, fact), line in zip(happened, lines, strict=True)]
        ticket = ticket.with_lines(len(lines))
        ticket, said = clocks_begun(ticket, stands, unit.now, told) if self.clocks else (ticket, ())
        ticket = tried_from_the_desk(ticket, unit.now)
        unit.add(Tickets, ticket, self._opened(unit, ticket), at=ticket.declared_at)
        for at, fact in (*happened, *said):
            unit.save(Tickets, ticket, fact, at=at)
        for line in lines:
            unit.add(Timeline, line)
        return ticket

    def _coverage(self, unit: Unit, stands: Ground, category: str) -> TicketCoverage:
        asset = None if stands.asset_id is None else unit.get(Assets, stands.asset_id)
        asked = Asked(self.request.kind, category, stands.declared_at, asset)
        decided = coverage_of(stands.sites, asked, approval_without_contract=self.approval_without_contract)
        return replace(decided, unapproved=self.request.sites) if self.approval_first else decided

    def _himself(self, unit: Unit, customer_id: str) -> str | None:
        """The caller's own contact, when he asks for himself and is one of the customer's."""
        if self.viewer.of_the_firm:
            return None
        contact = unit.get(Contacts, self.viewer.subject)
        return contact.id if contact is not None and contact.customer_id == customer_id else None

    def _opened(self, unit: Unit, ticket: Ticket) -> TicketOpened:
        return ticket.fact(
            TicketOpened,
            kind=ticket.kind,
            category=ticket.category,
            priority=ticket.priority,
            asset_id=ticket.asset_id,
            answers=ticket.answers,
            visits=tuple(need_of(unit, ticket, v, ticket.declared_at) for v in ticket.visits if v.asked),
            impact=ticket.impact,
            urgency=ticket.urgency,
            channel=ticket.channel,
            in_reply_to=self.request.in_reply_to,
            external_reference=ticket.external_reference,
            declared_at=ticket.declared_at,
            opened_at=ticket.opened_at,
        )


def _before(asked: Request, site_id: str) -> list[int]:
    """The numbers, from 1, of the sites that are to be visited before this one."""
    first = list(takewhile(lambda group: site_id not in group, asked.site_order))
    if len(first) == len(asked.site_order):
        return []
    return sorted(asked.sites.index(site) + 1 for group in first for site in group)
