"""A training in the calendar of who is invited (RFC 5545, RFC 5546): sent again it moves, or goes away."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from services.notify.domain.message import Message, MessageKind

_METHODS = {
    MessageKind.TRAINING_INVITED: "REQUEST",
    MessageKind.TRAINING_MOVED: "REQUEST",
    MessageKind.TRAINING_CALLED_OFF: "CANCEL",
}


def attach_entry(mail: EmailMessage, message: Message, names: Any, sender: Any, at: datetime) -> None:
    """Nothing is attached to what is no appointment. ``at``: when the mail is sent."""
    details = message.details
    method = _METHODS.get(message.kind)
    if method is None or details.start_at is None or details.end_at is None or details.title is None:
        return
    site = names.sites[0] if names.sites else None
    zone = ZoneInfo(site.time_zone if site else "Europe/Paris")
    event = Event()
    event.add("uid", f"training-{details.training_id}@astreinte")
    event.add("sequence", details.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", details.start_at.astimezone(zone).replace(microsecond=0))
    event.add("dtend", details.end_at.astimezone(zone).replace(microsecond=0))
    event.add("summary", details.title.in_(names.recipient.language))
    where = [details.room, *((site.name, site.address, f"{site.postcode} {site.commune}") if site else ())]
    event.add("location", ", ".join(each for each in where if each))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _person(sender.firm, sender.address))
    event.add("attendee", _person(names.recipient.name, names.recipient.email or ""))
    calendar = Calendar()
    calendar.add("prodid", "-//Astreinte//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written: str = calendar.to_ical().decode()
    mail.add_attachment(written, subtype="calendar", filename="formation.ics", params={"method": method})


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = " ".join(name.split())
    return person
