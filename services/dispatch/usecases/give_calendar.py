"""A technician's calendar gets an address, another one, or none."""

from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.calendar_address import CalendarAddress
from services.dispatch.store.calendar_addresses import CalendarAddresses
from services.dispatch.store.technicians import Technicians


@dataclass(frozen=True)
class GiveCalendar:
    """The address of which this is the digest reads his calendar from now on, and no other does."""

    technician_id: str
    digest: str

    def loads(self) -> Loads:
        return (Ref(Technicians, self.technician_id), Ref(CalendarAddresses, self.technician_id))

    def decide(self, unit: Unit) -> None:
        if unit.get(Technicians, self.technician_id) is None:
            raise NotFound("technician", self.technician_id)
        unit.put(CalendarAddresses, CalendarAddress(self.technician_id, self.digest, unit.now))


@dataclass(frozen=True)
class WithdrawCalendar:
    """Nobody reads his calendar any more. True where somebody could."""

    technician_id: str

    def loads(self) -> Loads:
        return (Ref(CalendarAddresses, self.technician_id),)

    def decide(self, unit: Unit) -> bool:
        known = unit.get(CalendarAddresses, self.technician_id)
        if known is None:
            return False
        unit.erase(CalendarAddresses, known)
        return True
