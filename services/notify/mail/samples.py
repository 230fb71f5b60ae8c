"""What a template says in a preview, and what the product's own says, as a text to start from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import SiteChanged
from contracts.notify.events import MessageChannel
from contracts.ticket.events import Wording
from contracts.ticket.states import ContactChanged, CustomerChanged
from contracts.values import Answer, Language, PartNeed
from services.notify.domain.delivery import Delivery, Origin
from services.notify.domain.message import Details, Message, MessageKind, RecipientKind, contact, technician
from services.notify.domain.preferences import KINDS
from services.notify.mail.compose import Names, Sender, block_of, text_of, words

_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_SITE = SiteChanged(
    site_id="nord",
    customer_id="clinique",
    name="Pasteur Nord",
    address="1 rue des Lilas",
    postcode="69001",
    commune="Lyon",
    latitude=45.77,
    longitude=4.83,
    time_zone="Europe/Paris",
    holidays="FR",
)


def sample(kind: MessageKind, language: Language, sender: Sender) -> Mapping[str, Any]:
    """The words of a message of that kind that nobody was sent."""
    told = words(_delivery(kind), _names(kind, language), sender, language)
    return {**told, "language": str(language), "firm": sender.firm}


def original(
    kind: MessageKind, channel: MessageChannel, language: Language, sender: Sender
) -> tuple[str, str]:
    """Subject and body of the product's own template, each word as a place for it (``{{ name }}``).

    What it says only in some cases is there as well, to be asked for by ``if`` or left out.
    """
    places = {name: _place(name, value) for name, value in sample(kind, language, sender).items()}
    if channel is not MessageChannel.MAIL:
        blocks = ("voice", "sms", "subject") if channel is MessageChannel.VOICE else ("sms", "subject")
        return "", block_of(kind, language, places, *blocks)
    body = text_of(kind, language, places).rpartition("\n-- \n")[0].strip()
    return block_of(kind, language, places, "subject"), body


def _place(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [] if name in ("marks", "slots") else [f"{{{{ {name} | join(', ') }}}}"]
    return value if isinstance(value, int) else f"{{{{ {name} }}}}"


def _delivery(kind: MessageKind) -> Delivery:
    within = kind in KINDS[RecipientKind.TECHNICIAN]
    details = Details(
        "INC-000042",
        summary="Serveur de fichiers injoignable",
        site_ids=("nord",),
        technician_id="lea",
        priority="P1",
        start_at=_AT,
        arrival_from=_AT - timedelta(minutes=15),
        arrival_to=_AT + timedelta(minutes=15),
        acknowledge_by=_AT - timedelta(hours=1),
        expected_at=_AT,
        duration_minutes=90,
        briefing=(Answer(question="Depuis quand ?", answer="8 h"),),
        parts=(PartNeed(sku="psu-550", quantity=1),),
        reason="reassigned",
        target="response",
        due_at=_AT + timedelta(hours=2),
        met_at=_AT,
        percent=75,
        until_at=_AT + timedelta(days=1),
        mark=2,
        amount="120.00",
        currency="EUR",
        period="2026-03",
        used_minutes=500,
        included_minutes=600,
        until_day="2026-03-31",
        title=Wording(fr="Fibre coupée", en="Fibre cut"),
        text=Wording(fr="Réparation en cours", en="Being repaired"),
        minutes=30,
        missed=1,
        address="https://example.org/hook",
        since_at=_AT,
        numbers=("INC-000042", "INC-000057"),
        arrived_at=_AT,
        waiting_minutes=15,
        end_at=_AT + timedelta(hours=2),
        room="Salle Ampère",
        about="technician",
        machine="PC-ACCUEIL",
        receipt="A2026-00042",
        loan_out=True,
    )
    person = technician("lea") if within else contact("anne")
    message = Message(kind, person, "clinique", "t1", "t1-1" if within else None, details)
    return Delivery("0" * 40, message, Origin("sample", "sample"), _AT)


def _names(kind: MessageKind, language: Language) -> Names:
    lea = TechnicianChanged(
        technician_id="lea", name="Léa Bernard", email="lea@firm.example", skills={}, language=language
    )
    anne = ContactChanged(
        contact_id="anne", customer_id="clinique", name="Anne Martin", email="anne@clinique.example",
        language=language,
    )  # fmt: skip
    clinic = CustomerChanged(customer_id="clinique", name="Clinique Pasteur")
    within = kind in KINDS[RecipientKind.TECHNICIAN]
    return Names(lea if within else anne, clinic, lea, (_SITE,))
