"""Time that the client agrees not to count: a correction of the clocks, which stays in their log."""

from datetime import datetime

from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from contracts.ticket.agreed import TimeExcluded
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.ticket import Step, Ticket


def excluded(
    ticket: Ticket,
    since: datetime,
    until: datetime,
    reason: str,
    at: datetime,
    *,
    site_id: str | None = None,
    target: str | None = None,
) -> Step:
    """Leave the time out, at one site or all and for one target or all.

    ``Refusal`` where it lies outside the ticket's life up to now, or where some of it is left out already.
    """
    if site_id is not None and site_id not in ticket.site_ids:
        raise UnknownReference("site", site_id)
    clocks = () if ticket.sla is None else ticket.sla.clocks
    here = [clock for clock in clocks if site_id in (None, clock.site_id)]
    if not any(target in (None, clock.target) for clock in here):
        raise UnknownReference("target", target or site_id or ticket.id)
    _check_within_its_life(ticket, since, until, at)
    for entry in () if ticket.sla is None else ticket.sla.log:
        if entry.event is Happening.EXCLUDED and _meets(entry, since, until, site_id, target):
            raise _overlaps(entry)
    fact = ticket.fact(
        TimeExcluded,
        excluded_from=since,
        excluded_to=until,
        reason=reason,
        site_id=site_id,
        target=target,
    )
    return ticket, ((at, fact),)


def _check_within_its_life(ticket: Ticket, since: datetime, until: datetime, at: datetime) -> None:
    ends = (None if ticket.is_open else ticket.resolved_at, ticket.cancelled_at)
    latest = min((end for end in ends if end is not None), default=at)
    if ticket.declared_at <= since < until <= latest:
        return
    raise Refusal(
        "exclusion-outside-the-ticket",
        Text(
            f"From {since.isoformat()} to {until.isoformat()} is no time between the ticket's opening, "
            f"{ticket.declared_at.isoformat()}, and {latest.isoformat()}: correct it, or put the ticket on "
            "hold for what lies ahead.",
            f"Du {since.isoformat()} au {until.isoformat()} n'est pas un temps compris entre l'ouverture du "
            f"ticket, {ticket.declared_at.isoformat()}, et {latest.isoformat()} : corrigez-le, ou mettez le "
            "ticket en attente pour ce qui est à venir.",
        ),
        earliest=ticket.declared_at.isoformat(),
        latest=latest.isoformat(),
    )


def _meets(
    entry: LogEntry, since: datetime, until: datetime, site_id: str | None, target: str | None
) -> bool:
    """Whether some clock would leave some of the time out twice."""
    same_place = None in (site_id, entry.site_id) or site_id == entry.site_id
    same_target = None in (target, entry.target_name) or target == entry.target_name
    return same_place and same_target and entry.at < until and since < (entry.until or entry.at)


def _overlaps(entry: LogEntry) -> Refusal:
    since, until = entry.at.isoformat(), (entry.until or entry.at).isoformat()
    return Refusal(
        "exclusion-overlaps",
        Text(
            f"The time from {since} to {until} is left out already: give what is not.",
            f"Le temps du {since} au {until} est déjà exclu : donnez ce qui ne l'est pas.",
        ),
        **{"from": since, "to": until},
    )
