"""Keep what the state of a machine asks for, until somebody can be sent a ticket for it."""

from dataclasses import dataclass

from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.asked_work import AskedWork
from services.ticket.store.asked_works import AskedWorks


@dataclass(frozen=True)
class KeepAskedWork:
    """Told again it is kept once."""

    work: AskedWork

    def loads(self) -> Loads:
        return (Ref(AskedWorks, self.work.id),)

    def decide(self, unit: Unit) -> None:
        if unit.get(AskedWorks, self.work.id) is None:
            unit.add(AskedWorks, self.work)


@dataclass(frozen=True)
class SettleAskedWork:
    """Its ticket is open, or was refused because of ``why``."""

    id: str
    why: Text | None = None

    def loads(self) -> Loads:
        return (Ref(AskedWorks, self.id),)

    def decide(self, unit: Unit) -> None:
        work = unit.get(AskedWorks, self.id)
        if work is not None:
            unit.save(AskedWorks, work.opened() if self.why is None else work.refused(self.why, unit.now))
