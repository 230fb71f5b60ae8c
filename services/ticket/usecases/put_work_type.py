from dataclasses import dataclass

from infra.chassis.http.etag import Expected
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.work_type import WorkType
from services.ticket.store.copies import Parts
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.putting import put


@dataclass(frozen=True)
class PutWorkType:
    work_type: WorkType
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        parts = (Ref(Parts, part.sku) for part in self.work_type.work.parts)
        return (Ref(WorkTypes, self.work_type.id), *parts)

    def decide(self, unit: Unit) -> bool:
        for part in self.work_type.work.parts:
            unit.require(Parts, part.sku, as_="part")
        return put(unit, WorkTypes, self.work_type, expected=self.expected)
