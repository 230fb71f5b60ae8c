"""Technicians as documents, and what other services may know of them."""

from typing import Any

from contracts.dispatch.states import TechnicianChanged
from infra.chassis.store.collection import Collection, Index
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


def _searched_by(technician: Technician) -> dict[str, Any]:
    learns = technician.apprenticeship
    return {"tutor_id": None if learns is None else learns.tutor_id}


Technicians = Collection(
    "technicians",
    Technician,
    schema=2,
    state=_state,
    published=TechnicianChanged,
    indexes=(Index((("tutor_id", 1),)),),
    searched_by=_searched_by,
)
