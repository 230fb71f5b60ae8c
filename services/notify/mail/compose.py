"""Write a message as a mail: a text and an HTML part from one template, in the recipient's language."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError

from contracts import mails
from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import SiteChanged
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from contracts.values import Language, SiteAccess
from infra.chassis import moments
from infra.chassis.http.signed import signed
from infra.chassis.store.deliveries import Rejected
from services.notify.domain.delivery import Delivery
from services.notify.domain.message import Details, MessageKind, RecipientKind
from services.notify.domain.staff import StaffMember
from services.notify.domain.template import TemplateVersion
from services.notify.mail import wording
from services.notify.mail.calendar_entry import attach_entry
from services.notify.mail.own_words import CannotRender, render

_log = logging.getLogger(__name__)
_PEOPLE = {"contact": "/v1/contacts/", "technician": "/v1/technicians/", "staff": "/v1/staff/", "": "/"}
_NO_PLACE_ZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Sender:
    """Who writes: the firm's name and address, and the address that its links start with.

    ``link_key`` signs those that need no login; without it there are none.
    """

    firm: str
    address: str
    links: str
    link_key: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Names:
    """Whom and what a message's ids stand for, as known now."""

    recipient: ContactChanged | TechnicianChanged | StaffMember
    customer: CustomerChanged | None = None
    technician: TechnicianChanged | None = None
    sites: tuple[SiteChanged, ...] = ()
    ruled_out: tuple[TechnicianChanged, ...] = ()
    contract: ContractChanged | None = None
    own: TemplateVersion | None = None


def message_id(delivery: Delivery, sender: Sender) -> str:
    """The same for every attempt at a delivery, whoever makes it; ``contracts.mails`` says what it tells."""
    ticket_id = delivery.message.ticket_id
    if ticket_id is None:
        return f"<{delivery.id}@{sender.domain}>"
    return mails.message_id(ticket_id, delivery.id, sender.domain)


def compose(delivery: Delivery, names: Names, sender: Sender, at: datetime) -> EmailMessage:
    """The mail, ready to be sent at ``at``. ``Rejected`` when the recipient's address makes no mail."""
    person = names.recipient
    language = person.language
    told = {**words(delivery, names, sender, language), "language": str(language), "firm": sender.firm}
    name = f"{language}/{delivery.message.kind}.txt"
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(sender.firm, addr_spec=sender.address)
        mail["To"] = Address(_one_line(person.name), addr_spec=person.email or "")
    except (MessageError, ValueError, IndexError) as error:
        raise Rejected(f"bad-address: the address of {delivery.message.recipient.id} is none") from error
    own = own_words(names, told, delivery.id)
    mail["Subject"] = own[0] if own else line(delivery.message.kind, language, told, "subject")
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(delivery, sender)
    asked = delivery.message.details.in_reply_to
    if asked is not None:
        mail["In-Reply-To"] = asked
    if delivery.message.ticket_id is not None:
        root = mails.thread_of(delivery.message.ticket_id, sender.domain)
        mail["References"] = root if asked is None else f"{root} {asked}"
    mail["Auto-Submitted"] = "auto-generated" if asked is None else "auto-replied"
    mail.set_content(f"{own[1]}\n\n-- \n{sender.firm}\n" if own else _text(name, told))
    html = html_of_own(*own, told) if own else None
    mail.add_alternative(html or _HTML.get_template(name).render(told), subtype="html")
    mail["Content-Language"] = str(language)
    attach_entry(mail, delivery.message, names, sender, at)
    return mail


def _environment(kind: str, *, escaped: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("services.notify.mail"),
        autoescape=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["layout"] = environment.get_template(f"layout.{kind}")
    environment.globals["ui"] = environment.get_template(f"ui.{kind}").module
    return environment


_TEXT = _environment("txt", escaped=False)
_HTML = _environment("html", escaped=True)


_OWN = _HTML.from_string(
    "{% extends layout %}{% block subject %}{{ title }}{% endblock %}{% block body %}"
    '{% for each in paragraphs %}<p style="margin:0 0 16px;white-space:pre-line">{{ each | urlize }}</p>\n'
    "{% endfor %}{% endblock %}"
)


def own_words(names: Names, told: Mapping[str, Any], id: str) -> tuple[str, str] | None:
    """Subject and text as the firm has written them, with why it disturbs whoever is left alone otherwise;
    None where it has not, or they cannot be said: nobody goes untold for a template's sake."""
    if names.own is None:
        return None
    try:
        subject = _one_line(render(names.own.subject, told))
        text = render(names.own.body, told).strip()
    except CannotRender as error:
        _log.warning("the firm's template of message %s is passed over: %s", id, error)
        return None
    why = told["disturbs"]
    if why and why not in text:
        text = f"{text}\n\n{why}"
    return (subject, text) if text else None


def html_of_own(subject: str, text: str, told: Mapping[str, Any]) -> str:
    """The firm's text as HTML, in which nothing of it is markup but its links."""
    return _OWN.render(told, title=subject, paragraphs=text.split("\n\n"))


def block_of(kind: MessageKind, language: Language, told: Mapping[str, Any], *blocks: str) -> str:
    """As ``line``, where a block may fail for want of what it compares: then nothing."""
    try:
        return line(kind, language, told, *blocks)
    except (TemplateError, TypeError, ValueError):
        return ""


def text_of(kind: MessageKind, language: Language, told: Mapping[str, Any]) -> str:
    """A mail's text."""
    return _text(f"{language}/{kind}.txt", told)


def line(kind: MessageKind, language: Language, told: Mapping[str, Any], *blocks: str) -> str:
    """The first of these blocks that the template of that kind of message has, on one line."""
    template = _TEXT.get_template(f"{language}/{kind}.txt")
    block = next(template.blocks[name] for name in blocks if name in template.blocks)
    return _one_line("".join(block(template.new_context(dict(told)))))


def _text(name: str, told: Mapping[str, Any]) -> str:
    rendered = _TEXT.get_template(name).render(told)
    return re.sub(r"\n{3,}", "\n\n", rendered).strip() + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def words(delivery: Delivery, names: Names, sender: Sender, language: Language) -> dict[str, Any]:
    """What templates may say, by name."""
    message, details = delivery.message, delivery.message.details
    site = names.sites[0] if names.sites else None
    zone = ZoneInfo(site.time_zone) if site else _NO_PLACE_ZONE
    within = message.recipient.kind is not RecipientKind.CONTACT
    of_visit = within and message.visit_id is not None
    path = f"/v1/visits/{message.visit_id}" if of_visit else f"/v1/tickets/{message.ticket_id}"
    if message.ticket_id is None:
        path = f"/v1/major-incidents/{message.major_id}"
    if message.kind in (MessageKind.WEBHOOK_DISABLED, MessageKind.CLIENT_WEBHOOK_DISABLED):
        path = f"/v1/subscriptions/{details.number}"

    if message.kind is MessageKind.ADDRESS_REFUSED:
        path = _PEOPLE[details.about or ""] + details.number

    def moment(at: datetime | None) -> str:
        return moments.moment(at, zone, language) if at else ""

    def clock(at: datetime | None) -> str:
        return moments.clock(at, zone, language) if at else ""

    return {
        "name": names.recipient.name,
        "number": details.number,
        "summary": details.summary or "",
        "priority": details.priority or "",
        "customer": names.customer.name if names.customer else "",
        "technician": names.technician.name if names.technician else "",
        "role": details.role or "",
        "site": site.name if site else "",
        "place": _place(site) if site else "",
        "sites": [_place(each) for each in names.sites],
        "start": moment(details.start_at),
        "start_in_short": moments.in_short(details.start_at, zone, language) if details.start_at else "",
        "amount": _amount(details, language),
        "until": moment(details.until_at),
        "lines": [
            f"{moment(line.at)} · {line.number} · {wording.news(line.kind, language)}"
            + (f" · {line.summary}" if line.summary else "")
            for line in details.lines
        ],
        "arrival": _arrival(details, zone, language),
        "title": details.title.in_(language) if details.title else "",
        "text": details.text.in_(language) if details.text else "",
        "rhythm": moments.minutes(details.minutes, language) if details.minutes else "",
        "missed": details.missed or 0,
        "about": details.about or "",
        "address": details.address or "",
        "numbers": list(details.numbers or (details.number,)),
        "since": moment(details.since_at),
        "since_clock": clock(details.since_at),
        "target": details.target or "",
        "due": moment(details.due_at),
        "met": moment(details.met_at),
        "percent": details.percent or "",
        "contract": names.contract.name if names.contract else details.contract_id or "",
        "period": details.period if details.period != "book" else "",
        "used": _minutes(details.used_minutes, language),
        "included": _minutes(details.included_minutes, language),
        "until_day": _day(details.until_day, language),
        "expected": clock(details.expected_at),
        "acknowledge_by": clock(details.acknowledge_by),
        "duration": moments.minutes(details.duration_minutes, language) if details.duration_minutes else "",
        "briefing": [f"{line.question} {line.answer}" for line in details.briefing],
        "access": _access(details.access or (site.access if site else None), language),
        "parts": [f"{part.quantity} × {part.sku}" for part in details.parts],
        "ruled_out": _ruled_out(details, names, language),
        "reason": wording.reason(details.reason, language) if details.reason else "",
        "mark": details.mark or "",
        "marks": _marks(delivery, sender, language),
        "offer": _offer(delivery, sender),
        "slots": _slots(delivery, sender, zone, language),
        "report": _report(delivery, sender),
        "because": details.because or "",
        "machine": details.machine or "",
        "receipt": details.receipt or "",
        "loan_out": "yes" if details.loan_out else "",
        "good_until": moments.day(details.link_until, zone, language) if details.link_until else "",
        "end": clock(details.end_at),
        "room": details.room or "",
        "arrived": moment(details.arrived_at),
        "waited": _minutes(details.waiting_minutes, language),
        "attempts": [
            f"{clock(each.at)} · {wording.channel(each.channel, language)}"
            for each in details.contact_attempts
        ],
        "disturbs": wording.disturbs(delivery.disturbs, language) if delivery.disturbs else "",
        "link": sender.links.rstrip("/") + path,
    }


def _marks(delivery: Delivery, sender: Sender, language: Language) -> list[dict[str, Any]]:
    """For each visit that is asked about what it is called, and a link for each mark."""
    message, until = delivery.message, delivery.message.details.rated_until
    if until is None or not sender.link_key:
        return []
    visits = message.details.rated
    asked = []
    if message.details.training_id is not None:
        token = signed(
            sender.link_key, f"training/{message.details.training_id}/{message.recipient.id}", until
        )
        link = f"{sender.links.rstrip('/')}/v1/training-marks/{token}"
        return [{"title": "", "links": [(mark, f"{link}?mark={mark}") for mark in range(1, 6)]}]
    for visit_id in visits:
        token = signed(sender.link_key, f"{message.ticket_id}/{visit_id}", until)
        link = f"{sender.links.rstrip('/')}/v1/satisfaction/{token}"
        name = "Intervention" if language is Language.FR else "Visit"
        title = f"{name} {visit_id.rpartition('-')[2]}" if len(visits) > 1 else ""
        asked.append({"title": title, "links": [(mark, f"{link}?mark={mark}") for mark in range(1, 6)]})
    return asked


def _slots(delivery: Delivery, sender: Sender, zone: ZoneInfo, language: Language) -> list[tuple[str, str]]:
    """Each window that may be chosen, and the link by which it is; without a key there is none."""
    message, until = delivery.message, delivery.message.details.link_until
    if until is None:
        return []
    link = ""
    if sender.link_key:
        token = signed(sender.link_key, f"appointment/{message.visit_id}", until)
        link = f"{sender.links.rstrip('/')}/v1/appointments/{token}"
    return [
        (
            moments.window(slot.arrival_from, slot.arrival_to, zone, language),
            f"{link}?slot={slot.slot}" if link else "",
        )
        for slot in message.details.slots
    ]


def _offer(delivery: Delivery, sender: Sender) -> str:
    """The link by which a partner's firm answers for its technician; without a key there is none."""
    message, until = delivery.message, delivery.message.details.link_until
    told_to_go = message.kind is MessageKind.TECHNICIAN_DISPATCHED
    if until is None or not told_to_go or not sender.link_key:
        return ""
    token = signed(sender.link_key, f"offer/{message.visit_id}/{message.recipient.id}", until)
    return f"{sender.links.rstrip('/')}/v1/partner-offers/{token}"


def _report(delivery: Delivery, sender: Sender) -> str:
    """Where he reads the report: by a link of his own, or in the portal where there is no key to sign it."""
    message, until = delivery.message, delivery.message.details.link_until
    n = message.details.report_version
    if n is None or until is None:
        return ""
    links = sender.links.rstrip("/")
    if not sender.link_key:
        return f"{links}/portal/requests/{message.ticket_id}"
    what = f"report/{message.visit_id}/{n}/{message.recipient.id}"
    return f"{links}/v1/service-reports/{signed(sender.link_key, what, until)}"


def _minutes(count: int | None, language: Language) -> str:
    return "" if count is None else moments.minutes(count, language)


def _day(iso: str | None, language: Language) -> str:
    return (
        "" if iso is None else moments.day(datetime.fromisoformat(f"{iso}T12:00Z"), _NO_PLACE_ZONE, language)
    )


def _place(site: SiteChanged) -> str:
    return f"{site.name}, {site.address}, {site.postcode} {site.commune}"


def _amount(details: Details, language: Language) -> str:
    if details.amount is None:
        return ""
    figures = details.amount.replace(".", ",") if language is Language.FR else details.amount
    return f"{figures} {details.currency or ''}".strip()


def _arrival(details: Details, zone: ZoneInfo, language: Language) -> str:
    if details.arrival_from is None or details.arrival_to is None:
        return ""
    return moments.window(details.arrival_from, details.arrival_to, zone, language)


def _ruled_out(details: Details, names: Names, language: Language) -> list[str]:
    known = {each.technician_id: each.name for each in names.ruled_out}
    english = language is Language.EN
    return [
        f"{known.get(each.technician_id, each.technician_id)} – "
        f"{(each.detail_en if english else None) or each.detail}"
        for each in details.ruled_out
    ]


def _access(access: SiteAccess | None, language: Language) -> list[str]:
    if access is None:
        return []
    french = language is Language.FR
    lines = [access.instructions or ""]
    if access.badge_lead_minutes:
        time = moments.minutes(access.badge_lead_minutes, language)
        lines.append(f"Badge : prévoir {time}" if french else f"Badge: allow {time}")
    if access.escort:
        lines.append("Accompagnement obligatoire" if french else "You must be escorted")
    if access.parking:
        lines.append(f"Stationnement : {access.parking}" if french else f"Parking: {access.parking}")
    if access.permits:
        permits = ", ".join(access.permits)
        lines.append(f"Habilitations : {permits}" if french else f"Permits: {permits}")
    return [line for line in lines if line]
