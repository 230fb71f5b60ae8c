"""Find whom and what a message calls by name, as they are now."""

from dataclasses import dataclass

from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import SiteChanged
from contracts.notify.events import MessageChannel
from contracts.ticket.states import ContractChanged, CustomerChanged
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.message import Message
from services.notify.domain.preferences import preferences_id
from services.notify.domain.push import Device
from services.notify.domain.template import TemplateVersion, template_id
from services.notify.store.copies import Contracts, Customers, Sites, Technicians
from services.notify.store.devices import DevicesOf
from services.notify.store.templates import Templates
from services.notify.usecases.queue_message import Person, named_in, person_for


@dataclass(frozen=True)
class Found:
    """None and left out: erased meanwhile."""

    recipient: Person | None
    customer: CustomerChanged | None
    technician: TechnicianChanged | None
    sites: tuple[SiteChanged, ...]
    ruled_out: tuple[TechnicianChanged, ...] = ()
    contract: ContractChanged | None = None
    device: Device | None = None
    own: TemplateVersion | None = None


@dataclass(frozen=True)
class LookUp:
    """Changes nothing; as a use case it shares its queries with whatever else is decided at the time."""

    message: Message
    device_id: str | None = None
    channel: MessageChannel | None = None

    def loads(self) -> Loads:
        named = (Ref(kind, id) for _, kind, id in named_in(self.message))
        others = (Ref(Technicians, each.technician_id) for each in self.message.details.ruled_out)
        customer, contract_id = self.message.customer_id, self.message.details.contract_id
        customers = () if customer is None else (Ref(Customers, customer),)
        contract = () if contract_id is None else (Ref(Contracts, contract_id),)
        devices = () if self.device_id is None else (Ref(DevicesOf, preferences_id(self.message.recipient)),)
        return (*customers, *named, *others, *contract, *devices)

    def decide(self, unit: Unit) -> Found:
        message, technician_id = self.message, self.message.details.technician_id
        others = (unit.get(Technicians, each.technician_id) for each in message.details.ruled_out)
        contract_id = message.details.contract_id
        sites = (unit.get(Sites, id) for id in message.details.site_ids)
        devices = None
        if self.device_id is not None:
            devices = unit.get(DevicesOf, preferences_id(message.recipient))
        recipient, own = person_for(unit, message.recipient), None
        if recipient is not None and self.channel is not None:
            own = unit.get(Templates, template_id(message.kind, self.channel, recipient.language))
        return Found(
            recipient=recipient,
            own=None if own is None else own.holds,
            customer=None if message.customer_id is None else unit.get(Customers, message.customer_id),
            technician=None if technician_id is None else unit.get(Technicians, technician_id),
            ruled_out=tuple(each for each in others if each is not None),
            sites=tuple(site for site in sites if site is not None),
            contract=None if contract_id is None else unit.get(Contracts, contract_id),
            device=None if devices is None else devices.device(self.device_id),
        )
