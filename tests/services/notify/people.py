"""A small client with a technician, and the events that concern them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from contracts.dispatch.events import TechnicianDispatched, VisitFact, VisitPlanned, VisitRescheduled
from contracts.dispatch.states import TechnicianChanged
from contracts.envelope import Envelope, Payload
from contracts.inventory.assets import TipSent, TrainingTold
from contracts.inventory.states import SiteChanged
from contracts.ticket.events import TicketFact, TicketOpened
from contracts.ticket.majors import MajorIncidentDeclared, MajorIncidentFact, MajorUpdateDue
from contracts.ticket.sla import SlaFact
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from contracts.values import Language
from services.notify.domain.staff import StaffMember, StaffRole
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.copies import Contacts, Contracts, Customers, Sites, Technicians
from services.notify.stream.lifecycle import on_ticket_fact
from services.notify.stream.majors import on_major_fact
from services.notify.stream.park import on_tip_sent, on_training_told
from services.notify.stream.sla import on_sla_fact
from services.notify.stream.visits import on_visit_fact
from tests.contracts.messages import MESSAGES, envelope_of
from tests.world import World

P = TypeVar("P", bound=Payload)

ANNE = ContactChanged(
    contact_id="contact-anne",
    customer_id="clinique-pasteur",
    name="Anne Martin",
    email="anne@clinique.example",
)
BRUNO = ContactChanged(
    contact_id="contact-bruno",
    customer_id="clinique-pasteur",
    name="Bruno Faure",
    email="bruno@clinique.example",
    language=Language.EN,
)
"""Who waits on the spot, where Anne has asked."""
LEA = TechnicianChanged(
    technician_id="tech-lea", name="Léa Bernard", email="lea@firm.example", skills={"server": 3}
)
MARC = TechnicianChanged(
    technician_id="tech-marc",
    name="Marc Petit",
    email="marc@firm.example",
    language=Language.EN,
    skills={"server": 2},
)
SANDRINE = StaffMember(
    "sandrine", "Sandrine Roy", StaffRole.DISPATCHER, email="sandrine@firm.example", on_duty=True
)
CLAIRE = StaffMember(
    "claire",
    "Claire Vidal",
    StaffRole.CONTRACT_MANAGER,
    email="claire@firm.example",
    language=Language.EN,
)

CLINIC = CustomerChanged(customer_id="clinique-pasteur", name="Clinique Pasteur")


def site(id: str, name: str) -> SiteChanged:
    return SiteChanged(
        site_id=id,
        customer_id="clinique-pasteur",
        name=name,
        address="1 rue des Lilas",
        postcode="69001",
        commune="Lyon",
        latitude=45.77,
        longitude=4.83,
        time_zone="Europe/Paris",
        holidays="FR",
    )


NORTH = site("pasteur-nord", "Pasteur Nord")
SOUTH = site("pasteur-sud", "Pasteur Sud")


def example(model: type[P], **changes: Any) -> P:
    """The example message of a kind, with some fields changed."""
    [found] = [each for each in MESSAGES if isinstance(each, model)]
    return found.model_copy(update=changes)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


def moved(model: type[P], start: datetime, technician: str = "tech-lea", **changes: Any) -> P:
    """An assignment that begins at ``start``, arrival a quarter of an hour around it."""
    return example(
        model,
        technician_id=technician,
        planned_start=start,
        planned_end=start + timedelta(minutes=90),
        arrival_from=start - timedelta(minutes=15),
        arrival_to=start + timedelta(minutes=15),
        **changes,
    )


CONTRACT = example(ContractChanged, managers=("claire",))

Heard = TicketFact | VisitFact | MajorIncidentFact | TipSent | TrainingTold


class Office(World):
    """A world where everybody is known and events arrive as they would from Kafka, each once."""

    def __init__(self, timing: Timing = USUAL) -> None:
        super().__init__()
        self.timing = timing
        self.count = 0
        self.give(Contacts, ANNE, "contact-anne")
        self.give(Contacts, BRUNO, "contact-bruno")
        self.give(Technicians, LEA, "tech-lea")
        self.give(Technicians, MARC, "tech-marc")
        self.give(Contracts, CONTRACT, "pasteur-2026")
        self.give(Customers, CLINIC, "clinique-pasteur")
        self.give(Sites, NORTH, "pasteur-nord")
        self.give(Sites, SOUTH, "pasteur-sud")

    def hears(self, event: Heard, *, occurred_at: datetime | None = None) -> Envelope:
        """Run what the event leads to, as the next of its aggregate."""
        self.count += 1
        envelope = envelope_of(event)
        envelope = replace(
            envelope,
            id=f"{envelope.subject}:{self.count}",
            sequence=self.count,
            occurred_at=occurred_at or self.clock.now(),
        )
        self.hears_again(event, envelope)
        return envelope

    def hears_again(self, event: Heard, envelope: Envelope) -> None:
        if isinstance(event, SlaFact):
            self.run(on_sla_fact(event, envelope, self.timing))
        elif isinstance(event, TicketFact):
            self.run(on_ticket_fact(event, envelope, self.timing))
        elif isinstance(event, MajorIncidentDeclared | MajorUpdateDue):
            self.run(on_major_fact(event, envelope, self.timing))
        elif isinstance(event, TipSent):
            self.run(on_tip_sent(event, envelope, self.timing))
        elif isinstance(event, TrainingTold):
            self.run(on_training_told(event, envelope, self.timing))
        else:
            assert isinstance(event, VisitFact)
            self.run(on_visit_fact(event, envelope, self.timing))


__all__ = [
    "ANNE", "LEA", "MARC", "NORTH", "Office", "TechnicianDispatched", "TicketOpened", "VisitPlanned",
    "VisitRescheduled", "at", "example", "moved",
]  # fmt: skip
