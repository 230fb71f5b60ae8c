"""The on-call rota is written, and people are on call by it."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Technician
from services.dispatch.store.rota import Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.giving_up import give_up_what_no_longer_fits
from services.dispatch.usecases.resting import count_rests


@dataclass(frozen=True)
class PutRotaEntry:
    """Create or replace; of what has begun only the end changes. True when it is new.

    Urgent visits that were planned for somebody who is not on call then any more are planned anew.
    """

    entry: RotaEntry

    def loads(self) -> Loads:
        return (Ref(Rota, self.entry.id), Ref(Technicians, self.entry.technician_id))

    def decide(self, unit: Unit) -> bool:
        self.entry.check()
        known = unit.get(Rota, self.entry.id)
        technician = unit.require(Technicians, self.entry.technician_id, as_="technician")
        if known is not None and replace(known, told_at=None, calls=(), swapped=False) == self.entry:
            return False
        told = replace(self.entry, told_at=unit.now)
        unit.put(Rota, told if known is None else known.replaced_by(self.entry, unit.now))
        if known is not None and known.technician_id != technician.id:
            _no_longer_called(unit, known)
        _change(unit, technician, technician.called_in(self.entry.period, unit.now))
        return known is None or known.withdrawn


@dataclass(frozen=True)
class WithdrawRotaEntry:
    """Nobody is on call by this entry, which has not begun, any more."""

    entry_id: str

    def loads(self) -> Loads:
        return (Ref(Rota, self.entry_id),)

    def decide(self, unit: Unit) -> str:
        known = unit.get(Rota, self.entry_id)
        if known is None or known.withdrawn:
            raise NotFound("rota entry", self.entry_id)
        unit.save(Rota, known.withdrawn_by(unit.now))
        _no_longer_called(unit, known)
        return known.id


def hand_over(unit: Unit, entry: RotaEntry, technician_id: str, *, agreed: bool) -> None:
    """Another is on call by the entry from now on; ``agreed`` by the two."""
    unit.save(Rota, entry.handed_to(technician_id, unit.now, agreed=agreed))
    _no_longer_called(unit, entry)
    technician = unit.require(Technicians, technician_id, as_="technician")
    _change(unit, technician, technician.called_in(entry.period, unit.now))


def _no_longer_called(unit: Unit, entry: RotaEntry) -> None:
    technician = unit.get(Technicians, entry.technician_id)
    if technician is not None:
        _change(unit, technician, technician.not_called_in(entry.id))


def _change(unit: Unit, known: Technician, changed: Technician) -> None:
    if changed == known:
        return
    unit.save(Technicians, changed)
    give_up_what_no_longer_fits(unit, known, changed)
    count_rests(unit, changed.id)
