"""A technician's days as calendar programs read them (RFC 5545)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from contracts.inventory.states import SiteChanged
from contracts.text import Text
from contracts.values import Language, VisitState
from infra.chassis.runtime import Kept
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit

LOOKED_AGAIN = timedelta(minutes=15)
_ON_CALL = Text("On call", "Astreinte")
_ARRIVAL = Text("Arrival told to the client", "Arrivée annoncée au client")


def calendar_feed(
    technician: Technician,
    visits: Iterable[Kept[Visit]],
    rota: Iterable[Kept[RotaEntry]],
    sites: Mapping[str, SiteChanged],
    links: str,
) -> bytes:
    """Visits, the cancelled ones marked as such, and on-call duty: the same bytes as long as nothing changes.

    An event's UID is its visit's or entry's for good, its SEQUENCE rises with each change. Times are in the
    zone of the site. ``links`` is where our pages are.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Astreinte//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Astreinte · {technician.name}")
    calendar.add("refresh-interval", LOOKED_AGAIN, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for visit in visits:
        calendar.add_component(_visit(visit, sites.get(visit.value.site_id), technician.language, links))
    for entry in rota:
        calendar.add_component(_on_call(entry, technician))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _visit(kept: Kept[Visit], site: SiteChanged | None, language: Language, links: str) -> Event:
    visit, plan = kept.value, kept.value.plan
    assert plan is not None
    event = _event(f"visit-{visit.id}", kept)
    zone = ZoneInfo(visit.place.time_zone)
    _lasts(event, plan.start_at, plan.end_at, zone)
    where = visit.site_id if site is None else site.name
    event.add("summary", f"{visit.number} · {where}")
    if site is not None:
        event.add("location", f"{site.address}, {site.postcode} {site.commune}")
        event.add("geo", (site.latitude, site.longitude))
    arrival = f"{plan.arrival_from_at.astimezone(zone):%H:%M}–{plan.arrival_to_at.astimezone(zone):%H:%M}"
    event.add("description", f"{visit.priority} · {_ARRIVAL.in_(language)} : {arrival}\n{links}/m")
    event.add("status", "CANCELLED" if visit.state is VisitState.CANCELLED else "CONFIRMED")
    return event


def _on_call(kept: Kept[RotaEntry], technician: Technician) -> Event:
    entry = kept.value
    event = _event(f"rota-{entry.id}", kept)
    _lasts(event, entry.from_at, entry.to_at, ZoneInfo(technician.time_zone))
    event.add("summary", _ON_CALL.in_(technician.language))
    event.add("status", "CANCELLED" if entry.withdrawn else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _event(uid: str, kept: Kept[Visit] | Kept[RotaEntry]) -> Event:
    changed = kept.updated_at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{uid}@astreinte")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", kept.version)
    return event


def _lasts(event: Event, start: datetime, end: datetime, zone: ZoneInfo) -> None:
    for name, at in (("dtstart", start), ("dtend", end)):
        event.add(name, at.astimezone(zone).replace(microsecond=0))
