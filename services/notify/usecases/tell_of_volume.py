"""Tell that an included volume runs out: a contract's managers, and who answers for the customer."""

from dataclasses import dataclass

from contracts.ticket.agreed import VolumeReached
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Origin
from services.notify.domain.message import Details, Message, MessageKind, Recipient, contact, staff
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.copies import Contacts, Contracts
from services.notify.usecases.managers import managers_of
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class TellOfVolume:
    """Of the customer's people those whose role is ``customer-manager``, which their contact says."""

    event: VolumeReached
    origin: Origin
    timing: Timing = USUAL

    def loads(self) -> Loads:
        event = self.event
        return (Ref(Contracts, event.contract_id), Where(Contacts, "answers_for", event.customer_id))

    def decide(self, unit: Unit) -> None:
        theirs = unit.where(Contacts, "answers_for", self.event.customer_id)
        told = [
            *(
                (MessageKind.VOLUME_REACHED, staff(each.id))
                for each in managers_of(unit, self.event.contract_id)
            ),
            *((MessageKind.VOLUME_USED, contact(each.contact_id)) for each in theirs),
        ]
        for kind, person in told:
            queue(unit, self.origin, _message(kind, person, self.event), self.timing)


def _message(kind: MessageKind, recipient: Recipient, event: VolumeReached) -> Message:
    return Message(
        kind=kind,
        recipient=recipient,
        customer_id=event.customer_id,
        ticket_id=event.ticket_id,
        visit_id=None,
        details=Details(
            event.number,
            percent=event.threshold,
            contract_id=event.contract_id,
            period=event.period,
            used_minutes=event.used_minutes,
            included_minutes=event.included_minutes,
            until_day=None if event.expiry is None else event.expiry.isoformat(),
        ),
        confidential=True,
        contract_ids=(event.contract_id,),
    )
