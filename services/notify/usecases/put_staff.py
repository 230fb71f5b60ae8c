"""Write down somebody of the firm's own, new or known."""

from dataclasses import dataclass

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.staff import StaffMember
from services.notify.store.staff import Staff


@dataclass(frozen=True)
class PutStaffMember:
    member: StaffMember
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Staff, self.member.id),)

    def decide(self, unit: Unit) -> bool:
        """Whether he is new."""
        present = unit.get(Staff, self.member.id)
        check_version(unit.version(Staff, self.member.id), self.expected)
        if present != self.member:
            unit.put(Staff, self.member)
        return present is None
