"""A machine whose own serial was taken out of a site goes on as the one that was put in."""

from dataclasses import dataclass

from contracts.serials import serial_key
from contracts.values import PartUsed
from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.history import Happening
from services.inventory.store.assets import Assets
from services.inventory.usecases.asset_lines import keep_asset


@dataclass(frozen=True)
class ExchangeMachine:
    """An intervention was closed. A serial taken out that is no machine's of that site is a part's."""

    ticket_id: str
    site_id: str
    used: tuple[PartUsed, ...]

    def loads(self) -> Loads:
        return tuple(Where(Assets, "serial_key", key) for key in self._keys())

    def decide(self, unit: Unit) -> None:
        for part in self.used:
            machine = self._taken_out(unit, part)
            if machine is None or part.serial_in is None:
                continue
            changed = machine.exchanged_for(part.serial_in)
            keep_asset(unit, machine, changed, Happening.EXCHANGED, ticket_id=self.ticket_id)

    def _keys(self) -> tuple[str, ...]:
        keys = (serial_key(part.serial_out) for part in self.used if part.serial_in is not None)
        return tuple(key for key in keys if key is not None)

    def _taken_out(self, unit: Unit, part: PartUsed) -> Asset | None:
        """The machine, where the serial names exactly one there."""
        key = serial_key(part.serial_out)
        if key is None or part.serial_in is None:
            return None
        there = [
            each
            for each in unit.where(Assets, "serial_key", key)
            if each.site_id == self.site_id and each.status is not Status.DISPOSED
        ]
        return there[0] if len(there) == 1 else None
