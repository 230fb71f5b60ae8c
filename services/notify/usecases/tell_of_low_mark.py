"""Tell a contract's managers that a client is not satisfied."""

from dataclasses import dataclass

from contracts.ticket.events import SatisfactionGiven
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Origin
from services.notify.domain.message import Details, MessageKind
from services.notify.domain.staff import to_staff
from services.notify.domain.timing import USUAL, Timing
from services.notify.store.copies import Contracts
from services.notify.usecases.managers import managers_of
from services.notify.usecases.queue_message import queue


@dataclass(frozen=True)
class TellOfLowMark:
    """Work without a contract has no manager."""

    event: SatisfactionGiven
    origin: Origin
    timing: Timing = USUAL

    def loads(self) -> Loads:
        contract_id = self.event.contract_id
        return () if contract_id is None else (Ref(Contracts, contract_id),)

    def decide(self, unit: Unit) -> None:
        event = self.event
        if event.contract_id is None:
            return
        details = Details(event.number, summary=event.summary, site_ids=event.site_ids, mark=event.mark)
        managers = managers_of(unit, event.contract_id)
        for message in to_staff(managers, MessageKind.LOW_MARK, event, details, event.visit_id):
            queue(unit, self.origin, message, self.timing)
