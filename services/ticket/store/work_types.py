from infra.chassis.store.collection import Collection
from services.ticket.domain.work_type import WorkType

WorkTypes = Collection("work_types", WorkType)
