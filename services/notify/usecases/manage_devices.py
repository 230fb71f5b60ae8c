"""Somebody wants to be told in a browser, or no more."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.notify.domain.message import Recipient
from services.notify.domain.preferences import preferences_id
from services.notify.domain.push import Device, Devices
from services.notify.store.devices import DevicesOf


@dataclass(frozen=True)
class AddDevice:
    """A browser is one person's: whoever signed in there before is told in it no more."""

    person: Recipient
    device: Device

    def loads(self) -> Loads:
        return (
            Ref(DevicesOf, preferences_id(self.person)),
            Where(DevicesOf, "device_ids", self.device.id),
        )

    def decide(self, unit: Unit) -> bool:
        """Whether it was not his before."""
        id = preferences_id(self.person)
        for other in unit.where(DevicesOf, "device_ids", self.device.id):
            if other.id != id:
                unit.save(DevicesOf, other.without(self.device.id))
        known = unit.get(DevicesOf, id) or Devices(id)
        before = known.device(self.device.id)
        if before is None or (before.p256dh, before.auth) != (self.device.p256dh, self.device.auth):
            unit.put(DevicesOf, known.with_device(self.device))
        return before is None


@dataclass(frozen=True)
class RemoveDevice:
    person: Recipient
    device_id: str

    def loads(self) -> Loads:
        return (Ref(DevicesOf, preferences_id(self.person)),)

    def decide(self, unit: Unit) -> bool:
        """Whether it was his."""
        known = unit.get(DevicesOf, preferences_id(self.person))
        if known is None or known.device(self.device_id) is None:
            return False
        unit.save(DevicesOf, known.without(self.device_id))
        return True
