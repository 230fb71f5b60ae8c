"""States of technicians. Where a technician lives is in no event."""

from typing import ClassVar

from contracts.envelope import State
from contracts.values import Id, Language, SkillLevels


class TechnicianChanged(State):
    TYPE: ClassVar[str] = "technician-changed"
    ERASED: ClassVar[str] = "technician-erased"

    technician_id: Id
    name: str
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FR
    skills: SkillLevels
    territory: str | None = None
    agency: str | None = None
