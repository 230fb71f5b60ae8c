from pydantic import BaseModel

from contracts.values import Instant, Language, TicketKind
from infra.chassis.runtime import Kept
from services.ticket.domain.work_type import WorkType


class PartView(BaseModel):
    sku: str
    quantity: int


class WorkTypeView(BaseModel):
    id: str
    name: dict[Language, str]
    kind: TicketKind
    skills: dict[str, int]
    duration_minutes: int
    parts: list[PartView]
    remote: bool
    technicians: int
    companion_skills: dict[str, int]
    safety: str | None
    updated_at: Instant


def work_type_view(kept: Kept[WorkType]) -> WorkTypeView:
    work_type = kept.value
    work = work_type.work
    return WorkTypeView(
        id=work_type.id,
        name=dict(work_type.name),
        kind=work_type.kind,
        skills=dict(work.skills),
        duration_minutes=work.duration_minutes,
        parts=[PartView(sku=part.sku, quantity=part.quantity) for part in work.parts],
        remote=work.remote,
        technicians=work.technicians,
        companion_skills=dict(work.companion_skills),
        safety=work_type.safety,
        updated_at=kept.updated_at,
    )
