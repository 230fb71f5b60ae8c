"""The dispatch service's technicians, as known here: the agency says which depot is theirs."""

from contracts.dispatch.states import TechnicianChanged
from infra.chassis.store.collection import A_STRING, Index, ReadCopy

Technicians = ReadCopy[TechnicianChanged](
    "technicians_copy",
    TechnicianChanged,
    indexes=(Index((("territory", 1),), partial={"territory": A_STRING}, name="of_territory"),),
)
