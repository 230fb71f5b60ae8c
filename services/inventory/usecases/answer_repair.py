"""The client has answered what his repair was quoted at."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.inventory.store.repairs import RepairOrders
from services.inventory.usecases.keep_repair import keep_repair


@dataclass(frozen=True)
class AnswerRepair:
    """A fact: an answer to a quote that is not the one that stands now changes nothing."""

    ticket_id: str
    total: str
    by: str
    approved: bool

    def loads(self) -> Loads:
        return (Where(RepairOrders, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for order in unit.where(RepairOrders, "ticket_id", self.ticket_id):
            after = order.answered(self.total, unit.now, self.by, approved=self.approved)
            if after != order:
                keep_repair(unit, after)


@dataclass(frozen=True)
class DropQuotedRepair:
    """The ticket was cancelled, and its quote with it: the machine is given back as it is."""

    ticket_id: str
    by: str

    def loads(self) -> Loads:
        return (Where(RepairOrders, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for order in unit.where(RepairOrders, "ticket_id", self.ticket_id):
            after = order.unanswered(unit.now, self.by)
            if after != order:
                keep_repair(unit, after)
