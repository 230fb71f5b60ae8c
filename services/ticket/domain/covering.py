"""Who pays is judged anew, and what waits for the client's approval goes on or does not."""

from dataclasses import replace
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.agreed import CoverageCorrected
from contracts.values import Coverage, HoldReason, TicketState
from services.ticket.domain.attention import Attention
from services.ticket.domain.coverage import Because, CoverageCorrection, SiteCoverage, TicketCoverage
from services.ticket.domain.ticket import Step, Ticket


def known_coverage(ticket: Ticket) -> TicketCoverage:
    """As it was decided; for a ticket of before that was, in where a contract stands."""
    if ticket.coverage is not None:
        return ticket.coverage
    under = {visit.site_id: visit.contract_id for visit in ticket.visits}
    return TicketCoverage(
        tuple(
            SiteCoverage(site, Coverage.IN, Because.COVERED, contract)
            for site in ticket.site_ids
            if (contract := under.get(site)) is not None
        )
    )


def waiting_for_approval(ticket: Ticket) -> Step:
    """A new ticket whose work waits where the client has to approve of it: nobody is asked to go there."""
    sites = () if ticket.coverage is None else ticket.coverage.unapproved
    if not sites:
        return ticket, ()
    visits = tuple(replace(v, asked=v.asked and v.site_id not in sites) for v in ticket.visits)
    waiting = replace(ticket, visits=visits).needing(Attention.APPROVAL)
    return waiting.holding(HoldReason.WAITING_FOR_APPROVAL, sites, ticket.declared_at)


def approved(ticket: Ticket, sites: tuple[str, ...]) -> Ticket:
    """Nothing waits for approval at those sites any more: their visits are asked for."""
    coverage = ticket.coverage
    if coverage is None or not set(sites) & set(coverage.unapproved):
        return ticket
    visits = tuple(replace(v, asked=v.asked or v.site_id in sites) for v in ticket.visits)
    return replace(ticket, coverage=coverage.approved(sites), visits=visits)


def quoted(ticket: Ticket, n: int, author: str, at: datetime) -> Ticket:
    """A quote is approved: it pays for what is done from now on, and what waited for it is work that the
    contract does not pay for."""
    known = known_coverage(ticket)
    if known.quoted_at is None:
        known = replace(known, quoted_at=at)
    sites = tuple(
        hold.site_id
        for hold in ticket.holds
        if hold.reason is HoldReason.WAITING_FOR_APPROVAL and known.at(hold.site_id) is Coverage.IN
    )
    if sites:
        known = known.corrected(CoverageCorrection(sites, Coverage.OUT, f"quote {n}", author, at, since=at))
    return replace(ticket, coverage=known)


def paid_by_quote(ticket: Ticket, site_id: str, began_at: datetime) -> bool:
    """Whether the price of an approved quote is what work costs: work out of the contract that began once the
    client had approved, on a ticket that was not called off."""
    known = ticket.coverage
    if known is None or known.quoted_at is None or ticket.state is TicketState.CANCELLED:
        return False
    return known.quoted_at <= began_at and known.at(site_id, began_at) is Coverage.OUT


def quotes_pay(ticket: Ticket) -> bool:
    """Whether an approved quote is due once the ticket is done.

    It is not where it is called off, nor where it was found since that the contract pays everywhere.
    """
    known = ticket.coverage
    if known is None or known.quoted_at is None or ticket.state is TicketState.CANCELLED:
        return False
    judged_since = any(each.since is None and each.at > known.quoted_at for each in known.corrections)
    return not judged_since or any(known.at(site) is Coverage.OUT for site in ticket.site_ids)


def released(ticket: Ticket, sites: tuple[str, ...], at: datetime) -> Step:
    """Work goes on where it waited for approval."""
    held = {hold.site_id for hold in ticket.holds if hold.reason is HoldReason.WAITING_FOR_APPROVAL}
    waiting = tuple(site for site in sites if site in held)
    after = approved(ticket, sites)
    return after.resuming(waiting, at) if waiting and ticket.is_open else (after, ())


def corrected(
    ticket: Ticket, coverage: Coverage, sites: tuple[str, ...], reason: str, author: str, at: datetime
) -> Step:
    """Judge otherwise at ``sites`` (all when none is named); the first judgement stays, and the same is no
    news. Where work is not out any more nothing waits for approval."""
    known = known_coverage(ticket)
    meant = tuple(site for site in ticket.sites_meant(sites, ticket.site_ids) if known.at(site) != coverage)
    if not meant:
        return ticket, ()
    correction = CoverageCorrection(meant, coverage, reason, author, at)
    after = replace(ticket, coverage=known.corrected(correction))
    fact = after.fact(CoverageCorrected, coverage=coverage, corrected_sites=meant)
    if coverage is Coverage.OUT:
        return after, ((at, fact),)
    after, happened = released(after, tuple(site for site in meant if site in known.unapproved), at)
    return after, ((at, fact), *happened)


def check_not_awaiting(ticket: Ticket, sites: tuple[str, ...]) -> None:
    """The refusal of another hold where the client has to approve first: it would hide what is waited for."""
    unapproved = () if ticket.coverage is None else ticket.coverage.unapproved
    awaited = {hold.site_id for hold in ticket.holds if hold.reason is HoldReason.WAITING_FOR_APPROVAL}
    waiting = [site for site in sites or ticket.site_ids if site in unapproved and site in awaited]
    if waiting and ticket.is_open:
        raise Refusal(
            "awaits-approval",
            Text(
                f"{', '.join(waiting)} waits for the client's approval already: send a quote, or resume it.",
                f"{', '.join(waiting)} attend déjà l'accord du client : envoyez un devis, ou reprenez.",
            ),
            sites=waiting,
        )
