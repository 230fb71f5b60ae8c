"""The dispatch service's technicians, as known here: the agency says which depot is theirs."""

from contracts.dispatch.states import TechnicianChanged
from infra.chassis.store.collection import ReadCopy

Technicians = ReadCopy[TechnicianChanged]("technicians_copy", TechnicianChanged)
