"""Technicians as documents, and what other services may know of them."""

from contracts.dispatch.states import TechnicianChanged
from infra.chassis.store.collection import Collection
from services.dispatch.domain.technician import Technician


def _state(technician: Technician) -> TechnicianChanged:
    return TechnicianChanged(
        technician_id=technician.id,
        name=technician.name,
        email=technician.written_to,
        phone=technician.phone,
        language=technician.language,
        skills=technician.skills,
        territory=technician.territory,
        agency=technician.agency,
    )


Technicians = Collection("technicians", Technician, state=_state, published=TechnicianChanged)
